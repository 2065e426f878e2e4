"""Sorting: orders, ranks and partitions."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axis_of, delivered, floating, with_axis
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


def _sortable(a: Any, axis: Any) -> tuple[Array, int]:
    x = lift(a)
    if x.dtype.kind == "c":
        raise refused("sorting complex numbers is not traced", remedy="sort their real parts or absolute values")
    if axis is None:
        x, axis = xp.ravel(x), -1
    if x.ndim == 0:
        raise np.exceptions.AxisError(axis, 0)
    return x, axis_of(axis, x.ndim)


def _as_numbers(x: Array) -> Any:
    return cast(x.value, np.uint8) if x.dtype.kind == "b" else x.value


@function("sort")
def sort(
    a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None, descending: bool = False
) -> Any:
    x, place = _sortable(a, axis)
    made = Tape.current().b.sort(_as_numbers(x), axis=place, descending=descending)
    return delivered("sort", cast(made, x.dtype))


@function("argsort")
def argsort(
    a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None, descending: bool = False
) -> Any:
    x, place = _sortable(lift(a) if axis is None else with_axis(lift(a)), axis)
    return delivered("argsort", Tape.current().b.argsort(_as_numbers(x), axis=place, descending=descending))


@function("partition")
def partition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None) -> Any:
    """Sorted as a whole: every element is in its place, not only those at `kth`."""
    _check_places(a, kth, axis)
    return sort(a, axis)


@function("argpartition")
def argpartition(a: Any, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None) -> Any:
    """The order of a sort: every element is in its place, not only those at `kth`."""
    _check_places(a, kth, axis)
    return argsort(a, axis)


def _check_places(a: Any, kth: Any, axis: Any) -> None:
    x, place = _sortable(a, axis)
    size, known = x.value.shape[place], lift(kth).concrete()
    if isinstance(size, int) and size and known is not None and np.any((known >= size) | (known < -size)):
        raise ValueError(f"place {kth} is outside an axis of size {size}")


@function("lexsort")
def lexsort(keys: Any, axis: int = -1) -> Any:
    rows = [lift(k) for k in keys]
    if not rows:
        raise TypeError("lexsort without keys")
    if rows[0].ndim == 0:
        return lift(np.int64(0))
    place = axis_of(axis, rows[0].ndim)
    b = Tape.current().b
    order = b.argsort(_as_numbers(rows[0]), axis=place)
    for row in rows[1:]:
        then = b.argsort(b.take_along_axis(_as_numbers(row), order, axis=place), axis=place)
        order = b.take_along_axis(order, then, axis=place)
    return wrap(order)


@function("sort_complex")
def sort_complex(a: Any) -> Any:
    x = sort(a, 0) if lift(a).dtype.kind != "c" else _sortable(a, 0)[0]
    return xp.astype(x, np.complex64 if x.dtype.kind in "biu" and x.itemsize <= 2 else xp.result_type(x, np.complex64))


@function("searchsorted")
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    keys, values = lift(a), lift(v)
    if keys.ndim != 1:
        raise ValueError(f"searchsorted in an array of rank {keys.ndim}, expected 1")
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted: got side={side!r}, expected 'left' or 'right'")
    if sorter is not None:
        keys = xp.take(keys, sorter, 0)
    to = xp.result_type(keys, values)
    if to.kind == "c":
        raise refused("searchsorted of complex numbers is not traced")
    b = Tape.current().b
    left, right = (cast(x.value, np.uint8 if to.kind == "b" else to) for x in (keys, values))
    return delivered("searchsorted", b.searchsorted(left, right, side=side))


@function("digitize")
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    values, edges = floating(x, bins)
    known = edges.concrete()
    if edges.ndim != 1:
        raise ValueError(f"digitize: bins of rank {edges.ndim}, expected 1")
    side = "left" if right else "right"
    if known is not None:
        steps = np.diff(known)
        if np.all(steps >= 0):
            return searchsorted(edges, values, side)
        if np.all(steps <= 0):
            return len(known) - searchsorted(xp.flip(edges), values, "right" if right else "left")
        raise ValueError("digitize: bins that neither rise nor fall throughout")
    up = searchsorted(edges, values, side)
    down = edges.shape[0] - searchsorted(xp.flip(edges), values, "right" if right else "left")
    return xp.where(edges[0] <= edges[-1], up, down)
