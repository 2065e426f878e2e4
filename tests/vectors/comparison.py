"""Vectors of comparisons."""

import ml_dtypes
import numpy as np

from irlib.ops import comparison as ops
from tests.vectors.vector import v

X = np.array([[1.0, 2.0, np.nan], [-0.0, np.inf, -np.inf]])
Y = np.array([1.0, 3.0, np.nan])
I, J = np.array([2**63 - 1, -5, 0]), np.array([2**63 - 2, -5, 1])  # noqa: E741
U = np.array([2**64 - 1, 0], np.uint64)
W = np.array(["a", "bc", ""], object)
C = np.array([1 + 2j, 1 - 2j, complex(np.nan, 0), complex(0, np.inf)])
B = np.array([1.0, 1.0078125, np.nan, np.inf], ml_dtypes.bfloat16)

_ORDER = {ops.Less: np.less, ops.LessEqual: np.less_equal, ops.Greater: np.greater, ops.GreaterEqual: np.greater_equal}
_EQUALITY = {ops.Equal: np.equal, ops.NotEqual: np.not_equal}
_KINDS = {ops.IsNan: np.isnan, ops.IsInf: np.isinf, ops.IsFinite: np.isfinite}

VECTORS = [
    *[
        case
        for op, f in (_ORDER | _EQUALITY).items()
        for case in (
            v(op(), X, Y, expected=f),
            v(op(), np.array(0.5), np.array(-0.5), expected=f),
            v(op(), np.zeros((0, 3)), Y, expected=f),
            v(op(), I, J, expected=f),
            v(op(), U, U[::-1].copy(), expected=f),
            v(op(), B, B[::-1].copy(), expected=lambda x, y, f=f: f(x.astype(np.float32), y.astype(np.float32))),
        )
    ],
    *[v(op(), C, np.array(1 + 2j), expected=f) for op, f in _EQUALITY.items()],
    v(ops.Equal(), W, np.array(["a", "b", ""], object), expected=np.array([True, False, True])),
    v(ops.NotEqual(), W, np.array("a", object), expected=np.array([False, True, True])),
    v(ops.Equal(), np.array([True, False]), np.array(True), expected=np.array([True, False])),
    *[
        case
        for op, f in _KINDS.items()
        for case in (
            v(op(), X, expected=f),
            v(op(), np.array(np.nan), expected=f),
            v(op(), C, expected=f),
            v(op(), I, expected=f),
            v(op(), B, expected=lambda x, f=f: f(x.astype(np.float32))),
            v(op(), np.array([np.inf, 1.0], np.float16), expected=f),
        )
    ],
]
