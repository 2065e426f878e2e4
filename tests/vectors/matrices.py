"""Matrices that the vectors of decompositions and of solving share."""

from typing import Any

import numpy as np

RNG = np.random.default_rng(24)


def normal(*shape: int, dtype: Any = np.float64) -> Any:
    x = RNG.standard_normal(shape)
    return (x + 1j * RNG.standard_normal(shape)).astype(dtype) if np.dtype(dtype).kind == "c" else x.astype(dtype)


def good(*shape: int, dtype: Any = np.float64) -> Any:
    """Well conditioned square matrices."""
    return normal(*shape, dtype=dtype) * 0.4 + (2 * np.eye(shape[-1])).astype(dtype)


def definite(*shape: int, dtype: Any = np.float64) -> Any:
    x = good(*shape, dtype=dtype)
    return (x @ np.conj(np.swapaxes(x, -1, -2))).astype(dtype)


def each(f: Any) -> Any:
    """A function of matrices on batches of them."""

    def expected(*xs: Any) -> Any:
        batch = np.broadcast_shapes(*(x.shape[:-2] for x in xs))
        if not batch:
            return f(*xs)
        made = [f(*(np.broadcast_to(x, (*batch, *x.shape[-2:]))[at] for x in xs)) for at in np.ndindex(*batch)]
        if isinstance(made[0], tuple):
            return tuple(np.reshape(np.stack(p), (*batch, *np.shape(p[0]))) for p in zip(*made, strict=True))
        return np.reshape(np.stack(made), (*batch, *np.shape(made[0])))

    return expected


def hermitian(x: Any) -> Any:
    return (x + np.conj(x.T)) / 2
