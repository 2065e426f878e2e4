"""Vectors of operations on bits."""

import ml_dtypes
import numpy as np

from irlib.ops import bitwise as ops
from tests.vectors.vector import v

I, J = np.array([[-7], [100]], np.int8), np.array([3, -1], np.int8)  # noqa: E741
U = np.array([0, 1, 255], np.uint8)
T = np.array([True, False])
BY = np.array([-1, 0, 1, 7, 8, 100], np.int8)
N = np.array([-7], np.int8)
_TABLE = {ops.BitwiseAnd: np.bitwise_and, ops.BitwiseOr: np.bitwise_or, ops.BitwiseXor: np.bitwise_xor}

VECTORS = [
    *[
        case
        for op, f in _TABLE.items()
        for case in (
            v(op(), I, J, expected=f),
            v(op(), U, np.array(3, np.uint8), expected=f),
            v(op(), T, np.array(True), expected=f),
            v(op(), np.array(2**62 + 1), np.array([2**62, -1]), expected=f),
            v(op(), np.array([-7, 3], ml_dtypes.int4), np.array([5, -1], ml_dtypes.int4),
              expected=lambda x, y, f=f: f(x.astype(np.int8), y.astype(np.int8)).astype(ml_dtypes.int4)),
        )
    ],
    v(ops.BitwiseNot(), I, expected=np.invert),
    v(ops.BitwiseNot(), U, expected=np.array([255, 254, 0], np.uint8)),
    v(ops.BitwiseNot(), T, expected=np.array([False, True])),
    v(ops.LeftShift(), N, BY, expected=np.array([0, -7, -14, -128, 0, 0], np.int8)),
    v(ops.RightShift(), N, BY, expected=np.array([-1, -7, -4, -1, -1, -1], np.int8)),
    v(ops.RightShift(), np.array([100], np.int8), BY, expected=np.array([0, 100, 50, 0, 0, 0], np.int8)),
    v(ops.LeftShift(), U, np.array([1, 9, 4], np.uint8), expected=np.array([0, 0, 240], np.uint8)),
    v(ops.RightShift(), U, np.array([1, 9, 4], np.uint8), expected=np.array([0, 0, 15], np.uint8)),
    v(ops.LeftShift(), np.array(1), np.array([62, 63, 64]), expected=np.array([2**62, -(2**63), 0])),
]  # fmt: skip
