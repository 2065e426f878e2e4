"""Vectors of softmax and its kin; expected results from scipy, or written out."""

from typing import Any

import ml_dtypes
import numpy as np
from scipy import special

from irlib.ops import softmax as ops
from tests.vectors.halves import rounded_once
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0, -4.5], [3.5, -0.75, 7.25, 0.125]])
INF = np.inf
_TABLE: list[tuple[Any, Any]] = [
    (ops.Softmax(), lambda x: special.softmax(x, -1)),
    (ops.LogSoftmax(), lambda x: special.log_softmax(x, -1)),
]

VECTORS = [
    *[v(op, X, expected=f, rtol=1e-12, atol=1e-15) for op, f in _TABLE],
    *[v(op, X.astype(np.float32), expected=lambda x, f=f: f(x.astype(np.float64)).astype(np.float32), rtol=2e-6,
        atol=1e-7) for op, f in _TABLE],
    *[v(op, X.astype(np.float16), expected=rounded_once(f), rtol=1e-3, atol=1e-7) for op, f in _TABLE],
    *[v(op, X.astype(ml_dtypes.bfloat16), expected=rounded_once(f), rtol=8e-3, atol=1e-7) for op, f in _TABLE],
    v(ops.Softmax(0), X, expected=lambda x: special.softmax(x, 0), rtol=1e-12),
    v(ops.LogSoftmax(0), X, expected=lambda x: special.log_softmax(x, 0), rtol=1e-12),
    v(ops.Softmax(1), X.reshape(2, 2, 2), expected=lambda x: special.softmax(x, 1), rtol=1e-12),
    v(ops.Softmax(), np.array([1000.0, 0.0, -1000.0]), expected=np.array([1.0, 0.0, 0.0]), name="softmax:large"),
    v(ops.LogSoftmax(), np.array([1000.0, 0.0]), expected=np.array([0.0, -1000.0]), name="log_softmax:large"),
    v(ops.Softmax(), np.array([[-INF, -INF], [-INF, 3.0]]), expected=np.array([[0.0, 0.0], [0.0, 1.0]]), wrt=(),
      name="softmax:a row of -inf"),
    v(ops.LogSoftmax(), np.array([[-INF, -INF], [-INF, 3.0]]), expected=np.array([[-INF, -INF], [-INF, 0.0]]), wrt=(),
      name="log_softmax:a row of -inf"),
    v(ops.Hardmax(), np.array([[1.0, 3.0, 3.0], [2.0, 1.0, 0.0]]),
      expected=np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])),
    v(ops.Hardmax(0), np.array([[1.0, 3.0], [2.0, 1.0]]), expected=np.array([[0.0, 1.0], [1.0, 0.0]])),
]  # fmt: skip
