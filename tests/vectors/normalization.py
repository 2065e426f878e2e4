"""Vectors of normalizations; expected results by their definitions, computed in float64."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import normalization as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(5)
X = RNG.standard_normal((2, 3, 4))
S, B = RNG.standard_normal(4), RNG.standard_normal(4)
SC, BC, M = RNG.standard_normal(3), RNG.standard_normal(3), RNG.standard_normal(3)
V = np.array([0.5, 1.5, 2.0])
C6 = RNG.standard_normal((2, 6, 2, 2))
S6, B6 = RNG.standard_normal(6), RNG.standard_normal(6)


def _unit(x: Any, axes: Any, epsilon: float = 1e-5) -> Any:
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def _layer(x: Any, s: Any = 1.0, b: Any = 0.0) -> Any:
    return _unit(x, -1) * s + b


def _channels(p: Any, x: Any) -> Any:
    return p.reshape(-1, *[1] * (x.ndim - 2))


def _batch(x: Any, s: Any, b: Any, m: Any, var: Any) -> Any:
    m_, v_, s_, b_ = (_channels(p, x) for p in (m, var, s, b))
    return (x - m_) / np.sqrt(v_ + 1e-5) * s_ + b_


def _training(x: Any, s: Any, b: Any, m: Any, var: Any) -> Any:
    axes = (0, *range(2, x.ndim))
    mean, variance = x.mean(axes), x.var(axes)
    return _batch(x, s, b, mean, variance), 0.9 * m + 0.1 * mean, 0.9 * var + 0.1 * variance


def _group(x: Any, s: Any, b: Any) -> Any:
    y = _unit(x.reshape(len(x), 3, -1), -1).reshape(x.shape)
    return y * _channels(s, x) + _channels(b, x)


def _instance(x: Any, s: Any, b: Any) -> Any:
    return _unit(x, tuple(range(2, x.ndim))) * _channels(s, x) + _channels(b, x)


def _lrn(x: Any, size: int, alpha: float, beta: float, bias: float) -> Any:
    y = np.empty_like(x)
    for c in range(x.shape[1]):
        low, high = max(0, c - (size - 1) // 2), min(x.shape[1], c + size // 2 + 1)
        y[:, c] = x[:, c] / (bias + alpha / size * (x[:, low:high] ** 2).sum(1)) ** beta
    return y


def _in(dtype: Any, f: Any, *xs: Any) -> tuple[list[Any], Any]:
    """Operands in `dtype`, and what comes out when they are computed wide and rounded once."""
    narrow = [np.asarray(x).astype(dtype) for x in xs]
    return narrow, np.asarray(f(*[x.astype(np.float64) for x in narrow])).astype(dtype)


HALF, HALF_Y = _in(np.float16, _layer, X, S, B)
BRAIN, BRAIN_Y = _in(ml_dtypes.bfloat16, _layer, X, S, B)
SINGLE, SINGLE_Y = _in(np.float32, _layer, X, S, B)

VECTORS = [
    v(ops.LayerNorm(), X, expected=_layer),
    v(ops.LayerNorm(), X, S, expected=_layer),
    v(ops.LayerNorm(), X, S, B, expected=_layer),
    v(ops.LayerNorm(), X, None, B, expected=lambda x, s, b: _layer(x, 1.0, b), name="layer_norm:no scale"),
    v(ops.LayerNorm(1, 1e-3), X, X[0], expected=lambda x, s: _unit(x, (1, 2), 1e-3) * s),
    v(ops.LayerNorm(-2), X, S, expected=lambda x, s: _unit(x, (1, 2)) * s),
    v(ops.LayerNorm(), *SINGLE, expected=SINGLE_Y, rtol=1e-5, atol=1e-6),
    v(ops.LayerNorm(), *HALF, expected=HALF_Y, rtol=1e-3, atol=1e-3),
    v(ops.LayerNorm(), *BRAIN, expected=BRAIN_Y, rtol=8e-3, atol=8e-3),
    v(ops.RmsNorm(), X, S, expected=lambda x, s: x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * s),
    v(ops.RmsNorm(1), X, expected=lambda x: x / np.sqrt((x * x).mean((1, 2), keepdims=True) + 1e-5)),
    v(ops.BatchNormInference(), X, SC, BC, M, V, expected=_batch),
    v(ops.BatchNormInference(-2), X, SC, BC, M, V, expected=_batch),
    v(ops.BatchNormTraining(), X, SC, BC, M, V, expected=_training),
    v(ops.BatchNormTraining(), X[..., 0], SC, BC, M, V, expected=_training),
    v(ops.GroupNorm(3), C6, S6, B6, expected=_group),
    v(ops.GroupNorm(1), X, expected=lambda x: _unit(x, (1, 2))),
    v(ops.InstanceNorm(), C6, S6, B6, expected=_instance),
    v(ops.LpNormalize(), X, expected=lambda x: x / np.sqrt((x * x).sum(-1, keepdims=True))),
    v(ops.LpNormalize(0), X, expected=lambda x: x / np.sqrt((x * x).sum(0, keepdims=True))),
    v(ops.LpNormalize(1, 1), X, expected=lambda x: x / np.abs(x).sum(1, keepdims=True)),
    v(ops.LpNormalize(), np.zeros((2, 3)), expected=np.zeros((2, 3)), wrt=(), name="lp_normalize:zeros"),
    v(ops.LocalResponseNorm(3, 0.5, 0.75, 2.0), C6, expected=lambda x: _lrn(x, 3, 0.5, 0.75, 2.0)),
    v(ops.LocalResponseNorm(4), C6, expected=lambda x: _lrn(x, 4, 0.0001, 0.75, 1.0)),
]
