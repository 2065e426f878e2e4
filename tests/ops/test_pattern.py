"""Patterns against the standard library's, and what is refused."""

from __future__ import annotations

import random
import re

import pytest

from irlib.errors import AttributeValueError
from irlib.ops.pattern import compiled

PIECES = ["a", "b", ".", "[ab]", "[^a]", r"\d", r"\W", "(a|b)", "(?:ab)", "(b|)", "^", "$", r"\b", "c"]
_PLACES = ("^", "$", r"\b")
REPEATS = ["", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "*?"]


def test_random_patterns_match_what_re_matches() -> None:
    rng = random.Random(3)
    for _ in range(400):
        parts = [rng.choice(PIECES) for _ in range(rng.randint(1, 4))]
        pattern = "".join(p if p in _PLACES else p + rng.choice(REPEATS) for p in parts)
        if rng.random() < 0.3:
            pattern += "|" + rng.choice(PIECES)
        expected = re.compile(rf"(?:{pattern})\Z", re.ASCII)
        for _ in range(12):
            text = "".join(rng.choice("abc1 ") for _ in range(rng.randint(0, 5)))
            # re's $ also stands before a last newline, which these texts do not have
            assert compiled(pattern).full_match(text) == (expected.match(text) is not None), (pattern, text)


def test_no_word_boundary_is_in_an_empty_text_as_re2_has_it() -> None:
    assert compiled(r"\B").full_match("")
    assert not compiled(r"\b").full_match("")
    assert compiled(r"a\Bb").full_match("ab")
    assert not compiled(r"a\Bb|\Bab").full_match("a b")


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a)", "(?<!a)b", "*a", "a**", "(a", "a)", "[b-a]", "a{2,1}", r"\p{L}", "[a", "\\"]
)
def test_what_is_not_taken_is_refused(pattern: str) -> None:
    with pytest.raises(AttributeValueError, match="pattern"):
        compiled(pattern)


def test_size_and_depth_are_capped() -> None:
    for pattern in ("a" * 5000, "(" * 200 + ")" * 200, "((a{1000}){1000})"):
        with pytest.raises(AttributeValueError):
            compiled(pattern)
