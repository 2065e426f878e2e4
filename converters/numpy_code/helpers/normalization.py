"""Helpers of normalizations and activations: the steps of the interpreter's."""

# mypy: ignore-errors

import numpy as np


def _layer_norm(x, scale, bias, axis, epsilon):
    """`x` with mean 0 and variance 1 over axes from `axis` on, scaled and shifted."""
    axes = tuple(range(axis % x.ndim, x.ndim))
    size = np.prod([x.shape[a] for a in axes], dtype=np.int64)
    y = x - (x.sum(axes, keepdims=True) / size).astype(x.dtype)
    variance = (y * y).sum(axes, keepdims=True) / size
    y = y * (1 / np.sqrt(variance + epsilon)).astype(x.dtype)
    y = y if scale is None else y * scale
    return y if bias is None else y + bias


def _gelu_tanh(x):
    """`x` times, nearly, the probability that a normal number is below it."""
    number = x.dtype.type
    inner = (x * x * number(0.044715) + number(1)) * x * number(np.sqrt(2 / np.pi))
    return (np.tanh(inner) + number(1)) * x * number(0.5)
