"""Kernels of softmax and its logarithm: in one piece, which is faster than step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel
from irlib.interpreters.numpy_ref.kernels.activation import bound_rows
from irlib.ops import softmax as ops
from irlib.tensor import Array

_largest: Any = np.maximum.reduce
_total: Any = np.add.reduce
_maximum: Any = np.maximum
_LOWEST = {c: np.finfo(c).min for c in "fdg"}
_ONE = {c: np.dtype(c).type(1) for c in "fdg"}


@kernel(ops.Softmax)
def _(op: ops.Softmax, operands: Operands, results: Results) -> Bound:
    axis = op.axis

    def softmax(x: Array, out: Array) -> None:
        if not x.size:
            return
        np.subtract(x, _top(x, axis), out)
        np.exp(out, out)
        np.divide(out, _sum_from_one(out, axis), out)

    return bound_rows(softmax, operands[0].dtype.numpy)  # type: ignore[union-attr]


@kernel(ops.LogSoftmax)
def _(op: ops.LogSoftmax, operands: Operands, results: Results) -> Bound:
    axis = op.axis

    def log_softmax(x: Array, out: Array) -> None:
        if not x.size:
            return
        np.subtract(x, _top(x, axis), out)
        total = _sum_from_one(np.exp(out), axis)
        np.subtract(out, np.log(total, total), out)

    return bound_rows(log_softmax, operands[0].dtype.numpy)  # type: ignore[union-attr]


def _top(x: Array, axis: int) -> Array:
    """The largest elements of rows, a finite number for a row of -inf: less it, the row is what it was."""
    largest: Array = _largest(x, axis, None, None, True)
    _maximum(largest, _LOWEST[x.dtype.char], out=largest)
    return largest


def _sum_from_one(x: Array, axis: int) -> Array:
    """Sums of rows whose largest element is 1, so that none is below it; of a row of zeros, 1."""
    total: Array = _total(x, axis, None, None, True)
    _maximum(total, _ONE[x.dtype.char], out=total)
    return total
