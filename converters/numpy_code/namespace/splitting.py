"""Splitting, repeating, and putting slices in or taking them out."""

from __future__ import annotations

import itertools
import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.dims import ints, one_int, shape_operand
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axis_of, static, with_axis
from irlib.converters.numpy_code.namespace.steps import Pick, Reshape
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.views import sliced, unsqueezed

__all__: list[str] = []


@function("array_split")
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    x = lift(ary)
    place = axis_of(axis, x.ndim)
    if _is_number(indices_or_sections):
        count = operator.index(indices_or_sections)
        total = x.shape[place]
        if count <= 0:
            raise ValueError(f"a split into {count} parts, expected at least 1")
        if isinstance(total, int):
            each, more = divmod(total, count)
            bounds: list[Any] = [0]
            for i in range(count):
                bounds.append(bounds[-1] + each + (i < more))
        else:
            raise refused(
                "array_split into parts whose sizes are not known", code="IR880", remedy="give the shape as numbers"
            )
    else:
        bounds = [0, *_cuts(indices_or_sections), None]
    return [sliced(x, place, start, stop) for start, stop in itertools.pairwise(bounds)]


def _cuts(cuts: Any) -> list[Any]:
    if isinstance(cuts, Handle):
        known = cuts.concrete()
        return [int(i) for i in known] if known is not None else list(cuts)  # type: ignore[call-overload]
    return [i if isinstance(i, Handle) else operator.index(i) for i in cuts]


def _is_number(x: Any) -> bool:
    if isinstance(x, Handle | np.ndarray):
        return x.ndim == 0
    return not isinstance(x, list | tuple | range)


@function("split")
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    x = lift(ary)
    if _is_number(indices_or_sections):
        count = operator.index(indices_or_sections)
        total = x.shape[axis_of(axis, x.ndim)]
        if not isinstance(total, int):
            # in another shape, which fails where the run finds that the parts would not be equal
            place = axis_of(axis, x.ndim)
            shape = [*x.shape[:place], count, total // count, *x.shape[place + 1 :]]
            return [x.view(Reshape(shape_operand(shape)), Pick(place, i)) for i in range(count)]
        if total % count:
            raise ValueError(f"split: {total} rows are not {count} equal parts; array_split takes unequal ones")
    return array_split(x, indices_or_sections, axis)


def _split_along(name: str, least: int, axis: int) -> None:
    def make(ary: Any, indices_or_sections: Any) -> list[Array]:
        x = lift(ary)
        if x.ndim < least:
            raise ValueError(f"{name} of an array of rank {x.ndim}, expected at least {least}")
        return split(x, indices_or_sections, 0 if x.ndim == 1 else axis)

    function(name)(make)


_split_along("hsplit", 1, 1)
_split_along("vsplit", 2, 0)
_split_along("dsplit", 3, 2)


@function("tile")
def tile(A: Any, reps: Any) -> Array:
    x = lift(A)
    counts = ints(reps, "repeats")
    rank = max(x.ndim, len(counts))
    b = Tape.current().b
    counts = [1] * (rank - len(counts)) + counts
    value = b.unsqueeze(x.value, list(range(rank - x.ndim))) if rank > x.ndim else x.value
    return wrap(b.tile(value, counts) if rank else value, layout=strides.C)


@function("repeat")
def repeat(a: Any, repeats: Any, axis: Any = None) -> Array:
    x = lift(a)
    b = Tape.current().b
    value: Any = b.reshape(x.value, [-1]) if axis is None else with_axis(x).value
    place = 0 if axis is None else axis_of(axis, value.rank)
    counts = lift(repeats)
    if counts.ndim == 0 or counts.value.shape == (1,):
        return wrap(
            b.repeat(value, one_int(counts if counts.ndim == 0 else counts[0], "repeats"), axis=place), layout=strides.C
        )
    if counts.ndim != 1:
        raise ValueError(f"repeat: counts of rank {counts.ndim}, expected 0 or 1")
    known = counts.concrete()
    if known is not None:
        size = value.shape[place]
        if isinstance(size, int) and size != len(known):
            raise ValueError(f"repeat: got {len(known)} counts, expected one, or one for each of {size}")
        return wrap(b.take(value, np.repeat(np.arange(len(known)), known), axis=place), layout=strides.C)
    ends = b.cumulative_sum(cast(counts.value, np.int64), 0)
    total = b.take(b.concat(b.constant(np.zeros(1, np.int64)), ends, axis=0), -1)
    picks = b.searchsorted(ends, b.iota(total), side="right")
    return wrap(b.take(value, picks, axis=place), layout=strides.C)


@function("insert")
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Array:
    x = lift(arr)
    if axis is None:
        x, axis = xp.ravel(x), 0
    place = axis_of(axis, x.ndim)
    size = x.shape[place]
    new = lift(values, x.dtype)
    if not isinstance(obj, slice) and lift(obj).ndim == 0:
        at = obj if isinstance(obj, int) else number_or_value(obj)
        if isinstance(at, int) and isinstance(size, int) and not -size <= at <= size:
            raise IndexError(f"index {at} is outside axis {place}, which has size {size}")
        at = at + size if isinstance(at, int) and at < 0 else at
        missing = x.ndim - new.ndim
        new = xp.moveaxis(unsqueezed(new, tuple(range(missing))) if missing > 0 else new, 0, place)
        new = _fitted_rows(new, x, place)
        return xp.concatenate([sliced(x, place, None, at), new, sliced(x, place, at, None)], place)  # type: ignore[no-any-return]
    total = _known_size(size)
    where = np.arange(total)[obj] if isinstance(obj, slice) else static(obj, "the places to insert at")
    if where.dtype.kind == "b":
        where = np.flatnonzero(where)
    where = np.where(where < 0, where + total, where)
    order = where.argsort(kind="stable")
    where[order] += np.arange(len(order))
    b = Tape.current().b
    old = np.setdiff1d(np.arange(total + len(where)), where)
    shape = list(x.value.shape)
    shape[place] = len(where)
    filled = b.broadcast_to(
        new.value, [*(d if isinstance(d, int) else one_int(x.shape[i]) for i, d in enumerate(shape))]
    )
    both = b.concat(x.value, filled, axis=place)
    source = np.empty(total + len(where), np.int64)
    source[old] = np.arange(total)
    source[where] = total + np.arange(len(where))
    return wrap(b.take(both, source, axis=place), layout=strides.C)


def number_or_value(x: Any) -> Any:
    """An int where it is known, else the scalar."""
    known = x.concrete() if isinstance(x, Handle) else x
    return int(known) if known is not None else x


def _known_size(size: Any) -> int:
    if not isinstance(size, int):
        raise refused("the size of the axis is not known", code="IR880", remedy="give the shape as numbers")
    return size


def _fitted_rows(new: Array, x: Array, place: int) -> Array:
    """`new` broadcast along every axis of `x` but the one that is inserted along."""
    missing = x.ndim - new.ndim
    new = unsqueezed(new, tuple(range(missing))) if missing > 0 else new
    shape = list(x.shape)
    shape[place] = new.shape[place]
    return xp.broadcast_to(new, tuple(shape))  # type: ignore[no-any-return]


@function("delete")
def delete(arr: Any, obj: Any, axis: Any = None) -> Array:
    x = lift(arr)
    if axis is None:
        x, axis = xp.ravel(x), 0
    place = axis_of(axis, x.ndim)
    size = x.shape[place]
    if not isinstance(obj, slice) and lift(obj).ndim == 0:
        at = number_or_value(obj)
        if isinstance(at, int):
            if isinstance(size, int) and not -size <= at < size:
                raise IndexError(f"index {at} is outside axis {place}, which has size {size}")
            at = at + size if at < 0 else at
            return xp.concatenate([sliced(x, place, None, at), sliced(x, place, at + 1, None)], place)  # type: ignore[no-any-return]
        at = xp.where(xp.less(at, 0), xp.add(at, size), at)
        picks = xp.arange(size - 1)
        return xp.take(x, xp.where(xp.less(picks, at), picks, xp.add(picks, 1)), place)  # type: ignore[no-any-return]
    keep = np.ones(_known_size(size), bool)
    keep[obj if isinstance(obj, slice) else static(obj, "the places to delete")] = False
    return wrap(Tape.current().b.take(x.value, np.flatnonzero(keep), axis=place), layout=strides.C)
