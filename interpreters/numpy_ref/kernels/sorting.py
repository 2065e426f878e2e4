"""Kernels of sorting and searching: numpy's stable sort."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.ops import sorting as ops

Array = np.ndarray[Any, Any]


def _wide(x: Array) -> Array:
    """The small dtypes of ml_dtypes as float32, which orders them alike and knows where NaN belongs."""
    return x.astype(np.float32) if x.dtype.isbuiltin == 2 else x


def _order(x: Array, axis: int, *, descending: bool) -> Array:
    """The stable order; descending is the ascending one of the reversed elements, read backwards."""
    x = _wide(x)
    if not descending:
        return np.argsort(x, axis, kind="stable")
    found = np.argsort(np.flip(x, axis), axis, kind="stable")
    return np.asarray(x.shape[axis] - 1 - np.flip(found, axis))


@kernel(ops.Sort)
def _sort(op: ops.Sort, operands: Operands, results: Results) -> Bound:
    axis = op.axis
    if operands[0].tensor.dtype.numpy.isbuiltin == 2:  # type: ignore[union-attr]
        return new(lambda x: np.take_along_axis(x, _order(x, axis, descending=op.descending), axis))
    if op.descending:
        return new(lambda x: np.ascontiguousarray(np.flip(np.sort(x, axis, kind="stable"), axis)))
    return new(lambda x: np.sort(x, axis, kind="stable"))


@kernel(ops.Argsort)
def _argsort(op: ops.Argsort, operands: Operands, results: Results) -> Bound:
    return new(lambda x: np.ascontiguousarray(_order(x, op.axis, descending=op.descending)))


@kernel(ops.TopK)
def _top_k(op: ops.TopK, operands: Operands, results: Results) -> Bound:
    def call(x: Array, k: Array) -> tuple[Array, Array]:
        axis, count = op.axis % x.ndim, int(k)
        if not 0 <= count <= x.shape[axis]:
            raise ExecutionError(f"k is {count}, expected 0 <= k <= the dim {x.shape[axis]} of axis {axis}")
        places = _best(_wide(x), axis, count, largest=op.largest)
        if not op.sorted:
            places = np.sort(places, axis)
        places = np.ascontiguousarray(places)
        return np.take_along_axis(x, places, axis), places

    return new(call)


def _ranks(x: Array) -> Array:
    """Strings as numbers in their order: numpy compares no slices of objects."""
    _, ranks = np.unique(x.reshape(-1), return_inverse=True)
    return np.asarray(ranks).reshape(x.shape)


MANY = 256
"""Elements from which it pays to find the best before sorting them, if they are an eighth or less."""


def _best(x: Array, axis: int, count: int, *, largest: bool) -> Array:
    """Where the `count` best elements are, best first; of equal ones the first."""
    n = x.shape[axis]
    if n < MANY or not 0 < count <= n // 8 or x.dtype.kind not in "iuf" or (x.dtype.kind == "f" and np.isnan(x).any()):
        return _order(x, axis, descending=largest)[(*(slice(None),) * axis, slice(count))]
    rows = np.moveaxis(x, axis, -1)
    k = n - count if largest else count - 1
    last = np.partition(rows, k, -1)[..., k : k + 1]
    better, equal = (rows > last if largest else rows < last), rows == last
    room = count - better.sum(-1, keepdims=True)
    better |= equal & (np.cumsum(equal, -1) <= room)
    found = np.nonzero(better.reshape(-1, n))[1].reshape(*rows.shape[:-1], count)
    order = _order(np.take_along_axis(rows, found, -1), -1, descending=largest)
    return np.moveaxis(np.take_along_axis(found, order, -1), -1, axis)


@kernel(ops.Unique)
def _unique(op: ops.Unique, operands: Operands, results: Results) -> Bound:
    axis = op.axis
    found: Callable[[Array], Any] = lambda x: np.unique(  # noqa: E731
        _ranks(x) if x.dtype == object else _wide(x),
        return_index=True,
        return_inverse=True,
        return_counts=True,
        axis=axis,
    )

    def call(x: Array) -> tuple[Array, ...]:
        _, first, inverse, counts = found(x)
        inverse = inverse.reshape(-1)
        if not op.sorted:
            order = np.argsort(first, kind="stable")
            place = np.empty_like(order)
            place[order] = np.arange(len(order))
            first, inverse, counts = first[order], place[inverse], counts[order]
        values = x.reshape(-1).take(first) if axis is None else x.take(first, axis)
        return values, first.astype(np.int64), inverse.astype(np.int64), counts.astype(np.int64)

    return new(call)


@kernel(ops.Nonzero)
def _nonzero(op: ops.Nonzero, operands: Operands, results: Results) -> Bound:
    def call(x: Array) -> Array:
        if x.ndim == 0:
            return np.zeros((0, int(bool(_wide(x) != 0))), np.int64)
        return np.array(np.nonzero(_wide(x)), np.int64)

    return new(call)


@kernel(ops.Searchsorted)
def _searchsorted(op: ops.Searchsorted, operands: Operands, results: Results) -> Bound:
    side: Any = op.side
    return new(lambda x, values: np.asarray(np.searchsorted(_wide(x), _wide(values), side), np.int64))
