"""Vectors of special functions; expected values from the standard library and from series, not from scipy alone."""

import math

import ml_dtypes
import numpy as np

from irlib.ops import special as ops
from tests.vectors.halves import rounded_once
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0], [1.5, -0.75, 0.0]])
UNIT = np.array([0.5, -0.75, 0.1, 0.9])
POSITIVE = np.array([0.5, 1.25, 3.0, 10.0])
NEGATIVE = np.array([-0.5, -2.25])
_ERF, _ERFC, _LGAMMA = np.vectorize(math.erf, "d"), np.vectorize(math.erfc, "d"), np.vectorize(math.lgamma, "d")
EULER = 0.5772156649015329

VECTORS = [
    *[
        case
        for op, f in ((ops.Erf, _ERF), (ops.Erfc, _ERFC))
        for case in (
            v(op(), X, expected=f),
            v(op(), np.array(0.5), expected=f),
            v(op(), np.zeros((0, 2)), expected=np.zeros((0, 2))),
            v(op(), X.astype(np.float32), expected=lambda x, f=f: f(x).astype(np.float32), rtol=3e-7),
            v(op(), X.astype(np.float16), expected=lambda x, f=f: f(x).astype(np.float16), rtol=1e-3),
            v(op(), X.astype(ml_dtypes.bfloat16), expected=rounded_once(f)),
        )
    ],
    v(ops.Erf(), np.array([np.inf, -np.inf, np.nan]), wrt=(), expected=np.array([1.0, -1.0, np.nan])),
    v(ops.Erfc(), np.array([3.0]), expected=np.array([math.erfc(3.0)])),
    v(ops.Erfc(), np.array([20.0]), wrt=(), expected=np.array([math.erfc(20.0)])),
    v(ops.Erfinv(), _ERF(UNIT), expected=UNIT, wrt=(0,)),
    v(ops.Erfinv(), np.array([1.0, -1.0, 2.0]), wrt=(), expected=np.array([np.inf, -np.inf, np.nan])),
    v(ops.Erfinv(), np.array([0.5], np.float16), expected=np.array([0.47693628], np.float16)),
    v(ops.Lgamma(), POSITIVE, expected=_LGAMMA),
    v(ops.Lgamma(), NEGATIVE, expected=_LGAMMA),
    v(ops.Lgamma(), np.array([0.0, -1.0, np.inf]), wrt=(), expected=np.array([np.inf, np.inf, np.inf])),
    v(ops.Lgamma(), np.array(3.0, ml_dtypes.bfloat16), expected=np.array(math.log(2), ml_dtypes.bfloat16)),
    v(ops.Polygamma(), np.array([1.0, 2.0, 0.5]), expected=np.array([-EULER, 1 - EULER, -EULER - 2 * math.log(2)])),
    v(ops.Polygamma(1), np.array([1.0, 0.5]), expected=np.array([np.pi**2 / 6, np.pi**2 / 2])),
    v(ops.Polygamma(3), np.array([[1.0]]), expected=np.array([[np.pi**4 / 15]])),
    v(ops.Polygamma(1), np.array([1.0], np.float16), expected=np.array([np.pi**2 / 6], np.float16)),
]
