"""Joining: concatenate, stack, append, block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast, result_type
from irlib.converters.numpy_code.namespace.results import axis_of, delivered
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.views import unsqueezed

__all__: list[str] = []


def _parts(arrays: Any) -> list[Array]:
    parts = [lift(a) for a in arrays]
    if not parts:
        raise ValueError("concatenate of no arrays")
    return parts


@function("concatenate", "concat")
def concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Array:
    parts = _parts(arrays)
    if out is not None and dtype is not None:
        raise TypeError("concatenate: got both out= and dtype=, expected one at most")
    to = as_dtype(dtype) if dtype is not None else result_type(*parts)
    for x in parts:
        if not np.can_cast(x.dtype, to, casting):  # type: ignore[arg-type]
            raise TypeError(f"concatenate: {x.dtype} does not become {to} by {casting!r} casting")
    b = Tape.current().b
    if axis is None:
        values = [b.reshape(x.value, [-1]) for x in parts]
        place = 0
    else:
        ranks = {x.ndim for x in parts}
        if 0 in ranks:
            raise ValueError("concatenate of an array of rank 0; stack joins those")
        if len(ranks) > 1:
            raise ValueError(f"concatenate of arrays of ranks {sorted(ranks)}, expected one rank")
        place = axis_of(axis, parts[0].ndim)
        values = [x.value for x in parts]
        _check_equal(values, place)
    return delivered("concatenate", b.concat(*[cast(v, to) for v in values], axis=place), out)  # type: ignore[no-any-return]


def _check_equal(values: Sequence[Any], but: int | None) -> None:
    for i, sizes in enumerate(zip(*[v.shape for v in values], strict=True)):
        known = {d for d in sizes if isinstance(d, int)}
        if i != but and len(known) > 1:
            raise ValueError(f"dims of {sorted(known)} on axis {i}, expected equal ones")


@function("stack")
def stack(arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind") -> Array:
    parts = [lift(a) for a in arrays]
    if not parts:
        raise ValueError("stack of no arrays")
    if len({x.ndim for x in parts}) > 1:
        raise ValueError(f"stack of arrays of ranks {sorted({x.ndim for x in parts})}, expected one shape")
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
        raise ValueError("unstack of an array of rank 0")
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
        raise ValueError("block: an empty list")
    if len(depths) > 1:
        raise ValueError(f"block: lists nested {sorted(depths)} deep, expected one depth")
    return depths.pop()


def _leaves(arrays: Any) -> list[Any]:
    return [leaf for a in arrays for leaf in _leaves(a)] if isinstance(arrays, list) else [arrays]


def _joined(arrays: Any, depth: int, rank: int) -> Array:
    if not isinstance(arrays, list):
        x = lift(arrays)
        return unsqueezed(x, tuple(range(rank - x.ndim))) if x.ndim < rank else x
    return concatenate([_joined(a, depth - 1, rank) for a in arrays], -depth)
