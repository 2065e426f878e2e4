"""Vectors of trigonometric and hyperbolic functions."""

import ml_dtypes
import numpy as np

from irlib.ops import trigonometric as ops
from tests.vectors.halves import rounded_once
from tests.vectors.vector import v

WIDE = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 0.0]])
UNIT = np.array([0.5, -0.75, 0.0, 0.9])
ABOVE = np.array([1.5, 2.0, 10.0])
C = np.array([0.3 + 0.4j, -0.25 - 0.6j])
Y, X = np.array([[1.5], [-2.5]]), np.array([0.5, -1.25, 2.0])

_TABLE = {
    ops.Sin: (np.sin, WIDE), ops.Cos: (np.cos, WIDE), ops.Tan: (np.tan, WIDE), ops.Asin: (np.arcsin, UNIT),
    ops.Acos: (np.arccos, UNIT), ops.Atan: (np.arctan, WIDE), ops.Sinh: (np.sinh, WIDE), ops.Cosh: (np.cosh, WIDE),
    ops.Tanh: (np.tanh, WIDE), ops.Asinh: (np.arcsinh, WIDE), ops.Acosh: (np.arccosh, ABOVE),
    ops.Atanh: (np.arctanh, UNIT),
}  # fmt: skip


VECTORS = [
    *[
        case
        for op, (f, x) in _TABLE.items()
        for case in (
            v(op(), x, expected=f),
            v(op(), np.array(x.flat[0]), expected=f),
            v(op(), np.zeros((0, 2)), expected=f),
            v(op(), C, expected=f, judge="other"),
            v(op(), x.astype(np.float32), expected=f),
            v(op(), x.astype(np.float16), expected=f),
            v(op(), x.astype(ml_dtypes.bfloat16), expected=rounded_once(f)),
        )
    ],
    *[
        case
        for op, f in ((ops.Atan2, np.arctan2), (ops.Hypot, np.hypot))
        for case in (
            v(op(), Y, X, expected=f),
            v(op(), np.array(0.5), X, expected=f),
            v(op(), np.zeros((0, 1)), X, expected=f),
            v(op(), Y.astype(np.float16), X.astype(np.float16), expected=f),
            v(op(), Y.astype(ml_dtypes.bfloat16), X.astype(ml_dtypes.bfloat16), expected=rounded_once(f)),
        )
    ],
    v(ops.Hypot(), np.array([3e200, 3e-200, np.inf, 0.0]), np.array([4e200, 4e-200, np.nan, 0.0]), wrt=(),
      expected=np.array([5e200, 5e-200, np.inf, 0.0]), rtol=1e-15),
    v(ops.Atan2(), np.array([0.0, -0.0, 0.0]), np.array([-1.0, -1.0, 0.0]), wrt=(),
      expected=np.array([np.pi, -np.pi, 0])),
]  # fmt: skip
