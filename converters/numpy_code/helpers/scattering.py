"""Helpers of gathering and scattering: places are numbered in row-major order."""

# mypy: ignore-errors

import numpy as np


def _from_front(indices, dim):
    """Indices counted from the front."""
    if indices.size and (indices.min() < -dim or indices.max() >= dim):
        raise IndexError(f"an index is out of range for dim {dim}")
    return np.where(indices < 0, indices + dim, indices).astype(np.int64)


def _along(count, step, axis, rank):
    """0, step, 2 * step, .. laid along one axis."""
    return (np.arange(count) * step).reshape(
        [-1 if i == axis else 1 for i in range(rank)]
    )


def _steps(shape):
    """How far apart neighbours along each axis are, in elements."""
    return [int(np.prod(shape[i + 1 :])) for i in range(len(shape))]


def _rows(x, indices, axis):
    """The places of the slices that `indices` name along `axis`."""
    axis %= x.ndim
    dim, inner = x.shape[axis], int(np.prod(x.shape[axis + 1 :]))
    found = _from_front(indices, dim).reshape(-1)
    rows = np.arange(int(np.prod(x.shape[:axis])))[:, None] * dim + found
    return rows[:, :, None] * inner + np.arange(inner)


def _spots(x, indices, axis):
    """The places that `indices` name along `axis`, element by element."""
    axis %= x.ndim
    steps = _steps(x.shape)
    found = _from_front(indices, x.shape[axis]) * steps[axis]
    for i, (have, most) in enumerate(zip(indices.shape, x.shape, strict=True)):
        if i != axis:
            if have > most:
                raise ValueError(
                    f"dim {i} of indices is {have}, expected at most {most}"
                )
            found = found + _along(have, steps[i], i, x.ndim)
    return found


def _tuples(x, indices, batch):
    """The places that tuples of indices name."""
    steps, rank = _steps(x.shape), indices.ndim - 1
    found = np.zeros(indices.shape[:-1], np.int64)
    for j in range(indices.shape[-1]):
        at = _from_front(indices[..., j], x.shape[batch + j])
        found = found + at * steps[batch + j]
    for i in range(batch):
        found = found + _along(indices.shape[i], steps[i], i, rank)
    inner = x.shape[batch + indices.shape[-1] :]
    return found[(..., *(None,) * len(inner))] + np.arange(
        np.prod(inner, dtype=int)
    ).reshape(inner)


def _scatter(x, places, updates, combine=None):
    """A copy of `x` with `updates` put at, or combined with what is at, `places`."""
    y = x.reshape(-1).copy()
    if combine is None:
        y[places.reshape(-1)] = updates.reshape(-1)
    else:
        combine.at(y, places.reshape(-1), updates.reshape(-1))
    return y.reshape(x.shape)


def _take_along_axis(x, indices, axis):
    """Elements of `x` that `indices` name along `axis`; they may be fewer off it."""
    return x.reshape(-1).take(_spots(x, indices, axis))
