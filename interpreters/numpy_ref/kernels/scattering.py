"""Kernels of scattering.

Places are numbered in row-major order, so that combining is one `ufunc.at` on vectors: numpy has a fast path for these,
five to ten times faster than an index beside slices, and faster than sorting and reducing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.ops import scattering as ops

Array = np.ndarray[Any, Any]

_largest: Any = np.maximum.reduce
_COMBINE = {"add": np.add, "multiply": np.multiply, "max": np.maximum, "min": np.minimum}


def _scattering(op: Any, operands: Operands, places: Callable[[Array, Array], Array]) -> Bound:
    combine = _COMBINE.get(op.reduction)
    half = operands[0].tensor.dtype.is_half  # type: ignore[union-attr]

    def call(x: Array, indices: Array, updates: Array, out: Array | None = None) -> Array:
        made = np.empty(x.shape, x.dtype) if out is None else out
        np.copyto(made, x)
        flat, at, new = made.reshape(-1), places(x, indices).reshape(-1), updates.reshape(-1)
        if combine is None:
            flat[at] = new
        elif half:
            wide = flat.astype(np.float32)
            combine.at(wide, at, new.astype(np.float32))
            flat[...] = wide
        else:
            combine.at(flat, at, new)
        return made

    return into(call)


def from_front(indices: Array, dim: int) -> Array:
    """Indices counted from the front. Raises: ExecutionError when one is out of range."""
    if indices.size:
        # seen without a sign, one that counts from the end is larger than any dim: one look tells that none does
        if indices.dtype == np.int64 and _largest(indices.view(np.uint64), None) < dim:
            return indices
        low, high = int(indices.min()), int(indices.max())
        if low < -dim or high >= dim:
            bad = low if low < -dim else high
            raise ExecutionError(f"index {bad} is out of range for dim {dim}, expected {-dim} <= index < {dim}")
        if low < 0:
            return np.where(indices < 0, indices + dim, indices).astype(np.int64, copy=False)
    return indices.astype(np.int64, copy=False)


def _steps(shape: tuple[int, ...]) -> list[int]:
    """How far apart neighbours along each axis are, in elements."""
    return [prod(shape[i + 1 :]) for i in range(len(shape))]


def _along(count: int, step: int, axis: int, rank: int) -> Array:
    """``0, step, 2*step, ..`` laid along one axis."""
    made: Array = np.arange(count) * step
    return np.reshape(made, [count if i == axis else 1 for i in range(rank)])


@kernel(ops.Scatter)
def _scatter(op: ops.Scatter, operands: Operands, results: Results) -> Bound:
    def places(x: Array, indices: Array) -> Array:
        axis = op.axis % x.ndim
        dim, inner = x.shape[axis], prod(x.shape[axis + 1 :])
        found = from_front(indices, dim).reshape(-1)
        if inner == 1 and axis == 0:
            return found
        rows: Array = np.arange(prod(x.shape[:axis]))[:, None] * dim + found
        return np.asarray(rows[:, :, None] * inner + np.arange(inner))

    return _scattering(op, operands, places)


@kernel(ops.ScatterAlongAxis)
def _scatter_along_axis(op: ops.ScatterAlongAxis, operands: Operands, results: Results) -> Bound:
    return _scattering(op, operands, places_along(op.axis))


def places_along(axis: int) -> Callable[[Array, Array], Array]:
    """A function that numbers the elements of x which indices along `axis` name; it remembers what shapes decide."""
    shapes: tuple[Any, ...] = ()
    dim, step, rest = 0, 0, np.zeros((), np.int64)

    def places(x: Array, indices: Array) -> Array:
        nonlocal shapes, dim, step, rest
        if shapes != (x.shape, indices.shape):
            require_within(x, indices, axis % x.ndim)
            steps = _steps(x.shape)
            others = [i for i in range(x.ndim) if i != axis % x.ndim]
            rest = sum((_along(indices.shape[i], steps[i], i, x.ndim) for i in others), np.zeros((), np.int64))
            shapes, dim, step = (x.shape, indices.shape), x.shape[axis], steps[axis]
        found = from_front(indices, dim)
        return (found if step == 1 else found * step) + rest

    return places


def require_within(x: Array, indices: Array, axis: int) -> None:
    """Raises: ExecutionError when indices are wider than `x` off `axis`."""
    for i, (d, e) in enumerate(zip(x.shape, indices.shape, strict=True)):
        if i != axis and e > d:
            raise ExecutionError(f"dim {i} of indices is {e}, expected at most the {d} of x")


@kernel(ops.ScatterNd)
def _scatter_nd(op: ops.ScatterNd, operands: Operands, results: Results) -> Bound:
    return _scattering(op, operands, lambda x, indices: nd_places(x, indices, op.batch_dims))


def nd_places(x: Array, indices: Array, batch: int) -> Array:
    """The number of each element that index tuples name, in the shape of what they name."""
    k, steps, rank = indices.shape[-1], _steps(x.shape), indices.ndim - 1
    found = np.zeros(indices.shape[:-1], np.int64)
    for j in range(k):
        found = found + from_front(indices[..., j], x.shape[batch + j]) * steps[batch + j]
    for i in range(batch):
        found = found + _along(indices.shape[i], steps[i], i, rank)
    inner = x.shape[batch + k :]
    return found.reshape(found.shape + (1,) * len(inner)) + np.arange(prod(inner)).reshape(inner)
