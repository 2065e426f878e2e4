"""Vectors of rounding."""

import ml_dtypes
import numpy as np

from irlib.ops import rounding as ops
from tests.vectors.halves import rounded_once
from tests.vectors.vector import v

X = np.array([[-2.5, -1.5, -0.5], [0.5, 1.5, 2.75]])
EDGES = np.array([np.nan, np.inf, -np.inf, -0.0, 1e300])
_TABLE = {ops.Floor: np.floor, ops.Ceil: np.ceil, ops.Round: np.rint, ops.Trunc: np.trunc}

VECTORS = [
    *[
        case
        for op, f in _TABLE.items()
        for case in (
            v(op(), X, expected=f),
            v(op(), np.array(2.5), expected=f),
            v(op(), EDGES, expected=EDGES, wrt=()),
            v(op(), np.zeros((2, 0)), expected=f),
            v(op(), X.astype(np.float16), expected=f),
            v(op(), X.astype(ml_dtypes.bfloat16), expected=rounded_once(f)),
            v(op(), np.array([-3, 5], np.int8), expected=np.array([-3, 5], np.int8)),
        )
    ],
    v(ops.Round(), X, expected=np.array([[-2.0, -2.0, -0.0], [0.0, 2.0, 3.0]]), name="round:half-to-even"),
]
