"""Joining and splitting: concatenate, stack, split, tile, repeat, insert, delete, block."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.dims import ints, one_int, shape_operand
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast, result_type
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axis_of, delivered, static
from irlib.converters.numpy_code.namespace.steps import Pick, Reshape
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.views import sliced, unsqueezed

__all__: list[str] = []


def _parts(arrays: Any) -> list[Array]:
    parts = [lift(a) for a in arrays]
    if not parts:
        raise ValueError("need at least one array to concatenate")
    return parts


@function("concatenate", "concat")
def concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Array:
    parts = _parts(arrays)
    if out is not None and dtype is not None:
        raise TypeError("concatenate() only takes `out` or `dtype` as an argument, but both were provided.")
    to = as_dtype(dtype) if dtype is not None else result_type(*parts)
    for x in parts:
        if not np.can_cast(x.dtype, to, casting):  # type: ignore[arg-type]
            raise TypeError(f"Cannot cast array data from {x.dtype} to {to} according to the rule {casting!r}")
    b = Tape.current().b
    if axis is None:
        values = [b.reshape(x.value, [-1]) for x in parts]
        place = 0
    else:
        ranks = {x.ndim for x in parts}
        if 0 in ranks:
            raise ValueError("zero-dimensional arrays cannot be concatenated")
        if len(ranks) > 1:
            raise ValueError("all the input array dimensions except for the concatenation axis must match exactly")
        place = axis_of(axis, parts[0].ndim)
        values = [x.value for x in parts]
        _check_equal(values, place)
    return delivered("concatenate", b.concat(*[cast(v, to) for v in values], axis=place), out)  # type: ignore[no-any-return]


def _check_equal(values: Sequence[Any], but: int | None) -> None:
    for i, sizes in enumerate(zip(*[v.shape for v in values], strict=True)):
        known = {d for d in sizes if isinstance(d, int)}
        if i != but and len(known) > 1:
            raise ValueError(
                "all the input array dimensions except for the concatenation axis must match exactly"
                if but is not None
                else "all input arrays must have the same shape"
            )


@function("stack")
def stack(arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind") -> Array:
    parts = [lift(a) for a in arrays]
    if not parts:
        raise ValueError("need at least one array to stack")
    if len({x.ndim for x in parts}) > 1:
        raise ValueError("all input arrays must have the same shape")
    _check_equal([x.value for x in parts], None)
    place = axis_of(axis, parts[0].ndim + 1)
    return concatenate([unsqueezed(x, (place,)) for x in parts], place, out, dtype=dtype, casting=casting)


def _listed(made: Any) -> list[Any]:
    return list(made) if isinstance(made, tuple) else [made]


@function("vstack", "row_stack")
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Array:
    return concatenate(_listed(xp.atleast_2d(*_parts(tup))), 0, dtype=dtype, casting=casting)


@function("hstack")
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Array:
    parts = _listed(xp.atleast_1d(*_parts(tup)))
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1, dtype=dtype, casting=casting)


@function("dstack")
def dstack(tup: Any) -> Array:
    return concatenate(_listed(xp.atleast_3d(*_parts(tup))), 2)


@function("column_stack")
def column_stack(tup: Any) -> Array:
    parts = [x if x.ndim >= 2 else xp.transpose(xp.atleast_2d(x)) for x in _parts(tup)]
    return concatenate(parts, 1)


@function("unstack")
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Any, ...]:
    x = lift(x)
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(xp.moveaxis(x, axis, 0))


@function("append")
def append(arr: Any, values: Any, axis: Any = None) -> Array:
    x = lift(arr)
    if axis is None:
        return concatenate([xp.ravel(x), xp.ravel(values)])
    return concatenate([x, values], axis)


@function("block")
def block(arrays: Any) -> Array:
    depth = _depth(arrays)
    rank = max([depth, *[lift(a).ndim for a in _leaves(arrays)]])
    if depth == 0:
        return xp.array(arrays)  # type: ignore[no-any-return]
    return _joined(arrays, depth, rank)


def _depth(arrays: Any) -> int:
    depths = {_depth(a) + 1 for a in arrays} if isinstance(arrays, list) else {0}
    if not depths:
        raise ValueError("List depths are mismatched: empty list")
    if len(depths) > 1:
        raise ValueError("List depths are mismatched.")
    return depths.pop()


def _leaves(arrays: Any) -> list[Any]:
    return [leaf for a in arrays for leaf in _leaves(a)] if isinstance(arrays, list) else [arrays]


def _joined(arrays: Any, depth: int, rank: int) -> Array:
    if not isinstance(arrays, list):
        x = lift(arrays)
        return unsqueezed(x, tuple(range(rank - x.ndim))) if x.ndim < rank else x
    return concatenate([_joined(a, depth - 1, rank) for a in arrays], -depth)


@function("array_split")
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    x = lift(ary)
    place = axis_of(axis, x.ndim)
    if _is_number(indices_or_sections):
        count = operator.index(indices_or_sections)
        total = x.shape[place]
        if count <= 0:
            raise ValueError("number sections must be larger than 0.")
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
            raise ValueError("array split does not result in an equal division")
    return array_split(x, indices_or_sections, axis)


def _split_along(name: str, least: int, axis: int) -> None:
    def make(ary: Any, indices_or_sections: Any) -> list[Array]:
        x = lift(ary)
        if x.ndim < least:
            raise ValueError(f"{name} only works on arrays of {least} or more dimensions")
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
    value: Any = b.reshape(x.value, [-1]) if axis is None else x.value
    place = 0 if axis is None else axis_of(axis, x.ndim)
    counts = lift(repeats)
    if counts.ndim == 0 or counts.value.shape == (1,):
        return wrap(
            b.repeat(value, one_int(counts if counts.ndim == 0 else counts[0], "repeats"), axis=place), layout=strides.C
        )
    if counts.ndim != 1:
        raise ValueError("object too deep for desired array")
    known = counts.concrete()
    if known is not None:
        size = value.shape[place]
        if isinstance(size, int) and size != len(known):
            raise ValueError(f"operands could not be broadcast together with shape ({size},) ({len(known)},)")
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
        at = at + size if isinstance(at, int) and at < 0 else at
        missing = x.ndim - new.ndim
        new = xp.moveaxis(unsqueezed(new, tuple(range(missing))) if missing > 0 else new, 0, place)
        new = _fitted_rows(new, x, place)
        return concatenate([sliced(x, place, None, at), new, sliced(x, place, at, None)], place)
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
                raise IndexError(f"index {at} is out of bounds for axis {place} with size {size}")
            at = at + size if at < 0 else at
            return concatenate([sliced(x, place, None, at), sliced(x, place, at + 1, None)], place)
        at = xp.where(xp.less(at, 0), xp.add(at, size), at)
        picks = xp.arange(size - 1)
        return xp.take(x, xp.where(xp.less(picks, at), picks, xp.add(picks, 1)), place)  # type: ignore[no-any-return]
    keep = np.ones(_known_size(size), bool)
    keep[obj if isinstance(obj, slice) else static(obj, "the places to delete")] = False
    return wrap(Tape.current().b.take(x.value, np.flatnonzero(keep), axis=place), layout=strides.C)
