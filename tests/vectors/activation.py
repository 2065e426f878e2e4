"""Vectors of activation functions; expected results from scipy, or written as their definitions."""

from typing import Any

import ml_dtypes
import numpy as np
from scipy import special

from irlib.ops import activation as ops
from tests.vectors.halves import rounded_once
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0, -4.5], [3.5, -0.75, 7.25, 0.125]])
SOFT = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 3.5]])
INF = np.inf


def _gelu_tanh(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def _negative(x: Any, f: Any) -> Any:
    return np.where(x > 0, x, f(np.minimum(x, 0)))


_TABLE: list[tuple[Any, Any]] = [
    (ops.Relu(), lambda x: np.maximum(x, 0)),
    (ops.Relu6(), lambda x: np.clip(x, 0, 6)),
    (ops.LeakyRelu(), lambda x: np.where(x > 0, x, 0.01 * x)),
    (ops.LeakyRelu(0.2), lambda x: np.where(x > 0, x, 0.2 * x)),
    (ops.ThresholdedRelu(), lambda x: np.where(x > 1, x, 0)),
    (ops.Elu(), lambda x: _negative(x, np.expm1)),
    (ops.Elu(0.5), lambda x: _negative(x, lambda n: 0.5 * np.expm1(n))),
    (ops.Selu(), lambda x: 1.0507009873554805 * _negative(x, lambda n: 1.6732632423543772 * np.expm1(n))),
    (ops.Celu(2.0), lambda x: _negative(x, lambda n: 2 * np.expm1(n / 2))),
    (ops.Gelu(), lambda x: x * special.ndtr(x)),
    (ops.Gelu(tanh=True), _gelu_tanh),
    (ops.Silu(), lambda x: x * special.expit(x)),
    (ops.Swish(1.5), lambda x: x * special.expit(1.5 * x)),
    (ops.Mish(), lambda x: x * np.tanh(np.logaddexp(0, x))),
    (ops.HardSigmoid(), lambda x: np.clip(0.2 * x + 0.5, 0, 1)),
    (ops.HardSwish(), lambda x: x * np.clip(x / 6 + 0.5, 0, 1)),
    (ops.Softsign(), lambda x: x / (1 + np.abs(x))),
    (ops.Shrink(1.0, 0.25), lambda x: np.where(x < -1, x + 0.25, np.where(x > 1, x - 0.25, 0))),
]

VECTORS = [
    *[v(op, X, expected=f, rtol=1e-12, atol=1e-15) for op, f in _TABLE],
    *[v(op, X[:, :0], expected=X[:, :0]) for op, _ in _TABLE],
    *[v(op, X.astype(np.float32), expected=lambda x, f=f: f(x.astype(np.float64)).astype(np.float32), rtol=2e-6,
        atol=1e-7) for op, f in _TABLE],
    *[v(op, X.astype(np.float16), expected=rounded_once(f), rtol=1e-3, atol=1e-7) for op, f in _TABLE],
    *[v(op, X.astype(ml_dtypes.bfloat16), expected=rounded_once(f), rtol=8e-3, atol=1e-7) for op, f in _TABLE],
    v(ops.Prelu(), X, np.array([0.25, 0.5, -1.0, 2.0]), expected=lambda x, s: np.where(x > 0, x, s * x)),
    v(ops.Prelu(), X, np.array([[0.25], [0.5]]), expected=lambda x, s: np.where(x > 0, x, s * x)),
    v(ops.Relu(), np.array([-INF, INF, np.nan, -0.0]), expected=np.array([0.0, INF, np.nan, 0.0]), wrt=(),
      name="relu:edges"),
    v(ops.Elu(), np.array([-INF, INF, 1e4]), expected=np.array([-1.0, INF, 1e4]), wrt=(), name="elu:edges"),
    v(ops.Gelu(), np.array([-10.0, 40.0]), expected=np.array([-10.0 * special.ndtr(-10.0), 40.0]), name="gelu:tails"),
]  # fmt: skip
