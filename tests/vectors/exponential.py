"""Vectors of exponentials and logarithms."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import exponential as ops
from tests.vectors.halves import rounded_once
from tests.vectors.vector import v

WIDE = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 0.0]])
ABOVE = np.array([0.5, 1.25, 10.0])
C = np.array([0.3 + 0.4j, -0.25 - 0.6j])


def _logistic(x: Any) -> Any:
    wide = x if x.dtype.char in "dD" else x.astype(np.float64)
    return (1 / (1 + np.exp(-wide))).astype(x.dtype)


_TABLE: dict[Any, tuple[Any, Any]] = {
    ops.Exp: (np.exp, WIDE), ops.Exp2: (np.exp2, WIDE), ops.Expm1: (np.expm1, WIDE), ops.Log: (np.log, ABOVE),
    ops.Log2: (np.log2, ABOVE), ops.Log10: (np.log10, ABOVE),
    ops.Log1p: (np.log1p, ABOVE), ops.Sigmoid: (_logistic, WIDE),
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
            v(op(), x.astype(np.float32), expected=f, rtol=2e-7),
            v(op(), x.astype(np.float16), expected=f),
            v(op(), x.astype(ml_dtypes.bfloat16), expected=rounded_once(f)),
        )
    ],
    v(ops.Sigmoid(), np.array([-1000.0, 1000.0, -np.inf, np.inf, np.nan, -745.0]), wrt=(),
      expected=np.array([0.0, 1.0, 0.0, 1.0, np.nan, np.exp(-745.0)])),
    v(ops.Log(), np.array([0.0, -0.0, -1.0, np.inf]), wrt=(), expected=np.array([-np.inf, -np.inf, np.nan, np.inf])),
    v(ops.Log2(), np.array([8.0, 1024.0, 2.0**-30]), expected=np.array([3.0, 10.0, -30.0])),
]  # fmt: skip
