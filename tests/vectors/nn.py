"""Vectors of layers of neural networks."""

from typing import Any

import numpy as np
from scipy import special

from irlib.ops import nn as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(7)
X, W, B = RNG.standard_normal((2, 3)), RNG.standard_normal((3, 4)), RNG.standard_normal(4)
Q, K, V = RNG.standard_normal((2, 3, 4)), RNG.standard_normal((2, 5, 4)), RNG.standard_normal((2, 5, 2))
MASK = np.array([[True, False, True, True, False], [False] * 5, [True] * 5])


def _softmax(s: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where(np.all(np.isneginf(s), -1, keepdims=True), 0.0, special.softmax(s, -1))


def _attention(q: Any, k: Any, v: Any, mask: Any = None, causal: bool = False, scale: Any = None) -> Any:
    s = q @ np.swapaxes(k, -1, -2) * (scale or 1 / np.sqrt(q.shape[-1]))
    if mask is not None:
        s = np.where(mask, s, -np.inf) if mask.dtype == bool else s + mask
    if causal:
        s = np.where(np.tril(np.ones(s.shape[-2:], bool)), s, -np.inf)
    return _softmax(s) @ v


KEY = np.array([1, 2], np.uint32)

VECTORS = [
    v(ops.Linear(), X, W, B, expected=lambda x, w, b: x @ w + b),
    v(ops.Linear(), Q, K[0].T.copy(), expected=lambda x, w: x @ w),
    v(ops.Embedding(), W, np.array([[0, 2, 0]]), expected=lambda t, i: t[i]),
    v(ops.Attention(), Q, K, V, expected=_attention),
    v(ops.Attention(scale=0.3), Q, K, V, expected=lambda q, k, v: _attention(q, k, v, scale=0.3)),
    v(ops.Attention(causal=True), Q, K, V, expected=lambda q, k, v: _attention(q, k, v, causal=True)),
    v(ops.Attention(), Q, K, V, MASK, expected=_attention, name="attention:a row masked"),
    v(ops.Attention(), Q, K, V, RNG.standard_normal((3, 5)), expected=_attention, name="attention:float mask"),
    v(ops.Attention(), Q, K[0], V[0], expected=_attention, name="attention:broadcast"),
    v(ops.Dropout(), X, KEY, np.array(0.0), expected=(X, np.ones(X.shape, bool)), wrt=(0,), name="dropout:none"),
    v(ops.Dropout(), X, KEY, np.array(1.0), expected=(0 * X, np.zeros(X.shape, bool)), wrt=(0,), name="dropout:all"),
]
