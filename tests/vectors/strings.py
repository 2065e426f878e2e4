"""Vectors of strings; expected results from the standard library's `re`, or written out."""

import re
from typing import Any

import numpy as np

from irlib.ops import strings as ops
from tests.vectors.vector import v


def s(items: Any) -> Any:
    return np.array(items, object)


WORDS = s([["abc", "", "a.b"], ["äöü", "x1", "no"]])
PATTERNS = [
    "",
    "a.c",
    "[a-c]+",
    r"\w*",
    r"(x|n)[o\d]?",
    "[^a-z]{0,3}",
    r"a\.b|no",
    "(?i)ABC",
    "^a.*c$",
    "(a*)*b?",
    "a{3}",
]

VECTORS = [
    v(ops.StringConcat(), WORDS, s(["1", "2", "3"]),
      expected=s([["abc1", "2", "a.b3"], ["äöü1", "x12", "no3"]]), name="string_concat"),
    v(ops.StringSplit(), s(["a b  c", "", " d "]), name="string_split:white space",
      expected=(s([["a", "b", "c"], ["", "", ""], ["d", "", ""]]), np.array([3, 0, 1]))),
    v(ops.StringSplit(",", 1), s([["a,b,c"], ["d"]]), name="string_split:once",
      expected=(s([[["a", "b,c"]], [["d", ""]]]), np.array([[2], [1]]))),
    v(ops.StringSplit("-"), s("x-y"), expected=(s(["x", "y"]), np.array(2)), name="string_split:scalar"),
    *[v(ops.RegexFullMatch(p), WORDS, name=f"regex_full_match:{p}",
        expected=lambda x, p=p: np.array([[re.fullmatch(p, w, re.ASCII) is not None for w in row] for row in x]))
      for p in PATTERNS],
    v(ops.RegexFullMatch("(a|aa)*b"), s(["a" * 4000, "a" * 4000 + "b"]), expected=np.array([False, True]),
      name="regex_full_match:what takes others forever"),
    v(ops.StringNormalize("lower", stopwords=("monday",)), s(["Monday", "TUESday"]), expected=s(["tuesday"]),
      name="string_normalize"),
    v(ops.StringNormalize("upper", case_sensitive=True, stopwords=("monday",)), s([["Monday", "monday"]]),
      expected=s([["MONDAY"]]), name="string_normalize:case"),
    v(ops.StringNormalize(stopwords=("a",)), s(["a", "A"]), expected=s([""]), name="string_normalize:nothing left"),
]  # fmt: skip
