"""Kernels of operations on bits: numpy's ufuncs; shifts by the width or more, which C leaves open, are defined."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel
from irlib.interpreters.numpy_ref.ufuncs import bound_function, ufunc_kernels
from irlib.ops import bitwise as ops

ufunc_kernels(
    {
        ops.BitwiseAnd: np.bitwise_and,
        ops.BitwiseOr: np.bitwise_or,
        ops.BitwiseXor: np.bitwise_xor,
        ops.BitwiseNot: np.invert,
    }
)


@kernel(ops.LeftShift, ops.RightShift)
def _(op: Any, operands: Operands, results: Results) -> Bound:
    x = operands[0]
    assert x is not None
    shift = _left if isinstance(op, ops.LeftShift) else _right
    return bound_function(shift, 2, x.dtype, np.typecodes["AllInteger"])


def _left(x: Any, y: Any) -> Any:
    out = (y < 0) | (y >= 8 * x.itemsize)
    return np.where(out, x.dtype.type(0), np.left_shift(x, np.where(out, y.dtype.type(0), y)))


def _right(x: Any, y: Any) -> Any:
    most = y.dtype.type(8 * x.itemsize - 1)
    out = (y < 0) | (y > most)
    if x.dtype.kind == "u":
        return np.where(out, x.dtype.type(0), np.right_shift(x, np.where(out, y.dtype.type(0), y)))
    return np.right_shift(x, np.where(out, most, y))
