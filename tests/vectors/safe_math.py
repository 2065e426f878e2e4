"""Vectors of functions that are finite where their pieces are not."""

import ml_dtypes
import numpy as np

from irlib.ops import safe_math as ops
from tests.vectors.halves import rounded_once
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 0.0]])
Y = np.array([[1.5], [0.25]])
INF, NAN = np.inf, np.nan
BF = ml_dtypes.bfloat16

VECTORS = [
    v(ops.Logaddexp(), X, Y, expected=lambda x, y: np.log(np.exp(x) + np.exp(y))),
    v(ops.Logaddexp(), np.array(0.5), np.array(0.75), expected=lambda x, y: np.log(np.exp(x) + np.exp(y))),
    v(ops.Logaddexp(), np.array([1000.0, -INF, INF, -INF, NAN]), np.array([1000.0, -INF, INF, 1.0, 1.0]), wrt=(),
      expected=np.array([1000 + np.log(2), -INF, INF, 1.0, NAN])),
    v(ops.Logaddexp(), X.astype(np.float16), Y.astype(np.float16), expected=np.logaddexp),
    v(ops.Logaddexp(), X.astype(BF), Y.astype(BF), expected=rounded_once(np.logaddexp)),
    v(ops.Softplus(), X, expected=lambda x: np.log(1 + np.exp(x))),
    v(ops.Softplus(), np.array(1.5), expected=lambda x: np.log(1 + np.exp(x))),
    v(ops.Softplus(), np.array([1000.0, -1000.0, -INF, INF, NAN, -40.0]), wrt=(),
      expected=np.array([1000.0, 0.0, 0.0, INF, NAN, np.exp(-40.0)])),
    v(ops.Softplus(), np.zeros((0, 2)), expected=np.zeros((0, 2))),
    v(ops.Softplus(), X.astype(BF), expected=rounded_once(lambda x: np.logaddexp(x, 0))),
    v(ops.Xlogy(), X, Y, expected=lambda x, y: x * np.log(y)),
    v(ops.Xlogy(), np.array([0.0, 0.0, 0.0, 2.0]), np.array([0.0, -1.0, NAN, 0.0]), wrt=(),
      expected=np.array([0.0, 0.0, NAN, -INF])),
    v(ops.Xlogy(), np.array(2.0, np.float32), np.array([2.0, 4.0], np.float32), rtol=1e-6,
      expected=np.array([2 * np.log(2), 2 * np.log(4)], np.float32)),
    v(ops.Xlog1py(), X, Y, expected=lambda x, y: x * np.log1p(y)),
    v(ops.Xlog1py(), np.array([0.0, 0.0, 2.0]), np.array([-1.0, NAN, -1.0]), wrt=(),
      expected=np.array([0.0, NAN, -INF])),
    v(ops.SafeDivide(), X, Y, expected=np.divide),
    v(ops.SafeDivide(), X, np.array([2.0, 0.0, -0.5]), static=(1,),
      expected=lambda x, y: np.where(y == 0, 0, x / (y + (y == 0)))),
    v(ops.SafeDivide(), np.array([1.0, 0.0, INF]), np.array([0.0, -0.0, 0.0]), wrt=(), expected=np.zeros(3)),
]  # fmt: skip
