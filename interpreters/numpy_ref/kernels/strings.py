"""Kernels of strings: object arrays of str, or of bytes in UTF-8."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.ops import strings as ops
from irlib.ops.pattern import compiled
from irlib.tensor import Array


def text(s: Any) -> str:
    """An element as text."""
    return s.decode("utf-8") if isinstance(s, bytes) else s


def each(f: Callable[[str], Any], x: Array, dtype: Any) -> Array:
    """`f` of every element, in an array of `dtype`."""
    made = np.empty(x.shape, dtype)
    made.reshape(-1)[:] = [f(text(s)) for s in x.reshape(-1)]
    return made


@kernel(ops.StringConcat)
def _(op: ops.StringConcat, operands: Operands, results: Results) -> Bound:
    def concat(x: Array, y: Array) -> Array:
        left, right = np.broadcast_arrays(x, y)
        made = np.empty(left.shape, object)
        made.reshape(-1)[:] = [text(a) + text(c) for a, c in zip(left.reshape(-1), right.reshape(-1), strict=True)]
        return made

    return new(concat)


@kernel(ops.StringSplit)
def _(op: ops.StringSplit, operands: Operands, results: Results) -> Bound:
    delimiter = None if not op.delimiter else op.delimiter
    most = -1 if op.maxsplit is None else op.maxsplit

    def split(x: Array) -> tuple[Array, Array]:
        parts = [text(s).split(delimiter, most) for s in x.reshape(-1)]
        width = max(map(len, parts), default=0)
        made = np.full((len(parts), width), "", object)
        for row, found in zip(made, parts, strict=True):
            row[: len(found)] = found
        return made.reshape((*x.shape, width)), np.array([len(p) for p in parts], np.int64).reshape(x.shape)

    return new(split)


@kernel(ops.RegexFullMatch)
def _(op: ops.RegexFullMatch, operands: Operands, results: Results) -> Bound:
    pattern = compiled(op.pattern)
    return new(lambda x: each(pattern.full_match, x, np.bool_))


_CASES: dict[str, Callable[[str], str]] = {"none": str, "lower": str.lower, "upper": str.upper}


@kernel(ops.StringNormalize)
def _(op: ops.StringNormalize, operands: Operands, results: Results) -> Bound:
    compare: Callable[[str], str] = str if op.case_sensitive else str.lower
    stopwords = {compare(w) for w in op.stopwords}
    change = _CASES[op.case]

    def normalize(x: Array) -> Array:
        kept = [change(text(s)) for s in x.reshape(-1) if compare(text(s)) not in stopwords]
        made = np.empty(len(kept) or 1, object)
        made[:] = kept or [""]
        return made.reshape((*x.shape[:-1], len(made)))

    return new(normalize)
