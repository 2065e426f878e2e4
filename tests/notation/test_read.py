"""Reading text that people wrote, and text that is wrong: a coded error with line and column, never anything else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import irlib
from irlib.notation import parse_text, text

GOOD = """\
# a comment
graph line {
  symbol n >= 1
  %x = input : float32[n]
  %c = constant : float32[2, 2] = [[1, 2.5], [inf, nan]]
  %h = tanh(%x) : float32[n] at "a.py":3

  output y = %h
  output c = %c
}
"""


def test_text_by_hand_is_read() -> None:
    graph = parse_text(GOOD)
    assert [n.label for n in graph.nodes] == ["%x", "%c", "%h"]


def test_windows_line_ends_are_read() -> None:
    assert parse_text(GOOD.replace("\n", "\r\n")) == parse_text(GOOD)


def test_labels_that_are_numbers_need_not_be_in_order() -> None:
    wild = parse_text("graph g {\n %x = input : float32[]\n %70 = tanh(%x) : float32[]\n output y = %70\n}")
    assert "%1 = tanh(%x)" in text(wild)


def test_undeclared_symbols_are_declared() -> None:
    graph = parse_text("graph g {\n %x = input : float32[b, a]\n output y = %x\n}")
    assert [s.name for s in graph.symbols] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("%h = tanh(%z) : float32[n]", "line 3, column 13: no node %z stands above this line [IR532]"),
        ("%h = tanh(%x#1) : float32[n]", "line 3, column 15: %x has no result 1 [IR532]"),
        ("%x = input : float32[n]", "line 3, column 3: the label %x is taken [IR112]"),
        ("%h = tanh(%x : float32[n]", "line 3, column 13: got ': float32[n]', expected a comma or ')' [IR530]"),
        ("%h = tanh(%x) : float99[n]", "line 3, column 27: unknown dtype 'float99'"),
        ("%h = tanh(%x) : float32[n] x", "line 3, column 27: got 'x', expected the end of the line [IR530]"),
        ("%h = nosuch(%x) : float32[n]", "line 3, column 16: unknown op irlib.nosuch version 1 [IR310]"),
        ("%h = tanh:9(%x) : float32[n]", "line 3, column 16: op irlib.tanh has no version 9"),
        ("%h = tanh(%x, axis=1) : float32[n]", "line 3, column 22: tanh has no attribute 'axis' [IR301]"),
        ("%h = tanh@1(%x) : float32[n]", "line 3, column 12: there is no graph @1 below this one [IR532]"),
        ("%h:2 = tanh(%x) : float32[n]", "line 3, column 29: 1 types for 2 results, expected as many [IR231]"),
        ("%h = tanh(%x) : float64[n]", "is declared float64[n], its operands give float32[n]"),
        ("%h = tanh() : float32[n]", "tanh got 0 operands, expected 1 (x) [IR104]"),
        ("%c = constant : int64[2] = [1]", "line 3, column 31: the elements are not nested as int64[2] is [IR530]"),
        ("%c = constant : int64[1] = [1, 2]", "the elements are more, or nested deeper, than the type says [IR530]"),
        ("%c = constant : int8[] = 300", "line 3, column 29: an element that int8 cannot hold: out of range [IR530]"),
        ("%c = constant : float32[] = 1e50", "an element that float32 cannot hold: out of range [IR530]"),
        ("%c = constant : int8[] = 1.5", "an element that int8 cannot hold"),
        ("%c = constant : bool[] = 1", "an element that bool cannot hold"),
        ('%c = constant : int64[1] = base64"AAAA"', "line 3, column 40: got 3 bytes, expected 8 [IR530]"),
        ("%c = constant : int64[n] = [1]", "a value of type int64[n], expected a type whose dims are numbers [IR530]"),
        ("%c = constant : int64[]", "a constant without a value [IR236]"),
        ("output y = %x as gradient-of", "gradient-of: it does not say of what"),
        ("output y = %x as hero", "line 3, column 17: got 'hero', expected one of result, loss"),
        ("symbol n <= x", "line 3, column 12: got 'x', expected a number [IR530]"),
        ('metadata "\\q" = "v"', "is not a quoted string [IR530]"),
        ("hello", "line 3, column 1: got 'hello', expected a node, output, symbol, metadata or '}' [IR530]"),
    ],
)
def test_wrong_line_is_refused_with_its_place(line: str, error: str) -> None:
    with pytest.raises(irlib.IRError) as caught:
        parse_text(f"graph g {{\n  %x = input : float32[n]\n{line}\n}}")
    assert error in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "graph",
        "graph g",
        "graph g {",
        "graph g {\n}\n}",
        "graph @1 g {\n}",
        "graph g {\n}\ngraph @2 h {\n}",
        "graph g {}",
    ],
)
def test_broken_frame_is_refused(wrong: str) -> None:
    with pytest.raises(irlib.IRError, match="IR530"):
        parse_text(wrong)


def test_list_that_nests_without_end_is_refused() -> None:
    with pytest.raises(irlib.IRError, match="nested deeper"):
        parse_text("graph g {\n %c = constant : int64[] = " + "[" * 100_000 + "\n}")


def test_mangled_text_is_read_or_refused_with_a_code() -> None:
    rng = random.Random(5)
    for _ in range(3000):
        mangled = list(GOOD)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(mangled))
            mangled[at : at + rng.randint(0, 6)] = rng.choice(
                ["", "%", '"', "\\", "[", "1", "\n", "}", "-", "@", "\ud800", "999"]
            )
        try:
            parse_text("".join(mangled))
        except irlib.IRError as error:
            assert error.code != "IR000"  # noqa: PT017 any other exception fails the test by itself


def test_example_in_the_documentation_is_read_and_written_the_same() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "text.md").read_text(encoding="utf-8")
    example = page.split("```")[1].lstrip("\n")
    assert text(parse_text(example)) == example
