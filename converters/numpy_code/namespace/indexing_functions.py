"""Indices as functions: take, put, grids of indices, diagonals."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axis_of, delivered, with_axis
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


def _indices(indices: Any) -> Array:
    made = lift(indices)
    if made.value.shape == (0,) and not isinstance(indices, Handle | np.ndarray):
        return lift(np.zeros(0, np.int64))
    if made.dtype.kind not in "biu":
        raise TypeError(f"indices of {made.dtype}, expected integers")
    return wrap(cast(made.value, np.int64), made.is_scalar)


def _in_bounds(value: Any, known: Any, size: Any, mode: str, b: Any) -> Any:
    """Indices as `mode` wants them; those that are known are checked now."""
    if mode == "clip":
        return b.clip(value, b.constant(0), b.subtract(size, 1))
    if mode == "wrap":
        return b.remainder(value, size)
    if mode != "raise":
        raise ValueError(f"got mode {mode!r}, expected 'raise', 'clip' or 'wrap'")
    return value


@function("take")
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    x, at = lift(a), _indices(indices)
    b = Tape.current().b
    value: Any = b.reshape(x.value, [-1]) if axis is None else with_axis(x).value
    place = 0 if axis is None else axis_of(axis, value.rank)
    size = value.shape[place]
    known = at.concrete()
    if mode == "raise" and known is not None and isinstance(size, int) and np.any((known >= size) | (known < -size)):
        wrong = known[(known >= size) | (known < -size)].flat[0]
        raise IndexError(f"index {wrong} is outside axis {place}, which has size {size}")
    picks = _in_bounds(at.value, known, b.take(b.shape(value), place) if mode != "raise" else None, mode, b)
    return delivered("take", b.take(value, picks, axis=place), out)


@function("take_along_axis")
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Array:
    x, at = lift(arr), _indices(indices)
    if axis is None:
        if at.ndim != 1:
            raise ValueError(f"take_along_axis without an axis got indices of rank {at.ndim}, expected 1")
        return wrap(Tape.current().b.take(Tape.current().b.reshape(x.value, [-1]), at.value))
    if x.ndim != at.ndim:
        raise ValueError(f"take_along_axis: got indices of rank {at.ndim}, expected {x.ndim}, as the array has")
    x, at, place = _aligned(x, at, axis)
    return wrap(Tape.current().b.take_along_axis(x.value, at.value, axis=place), layout=strides.C)


def _aligned(x: Array, at: Array, axis: Any) -> tuple[Array, Array, int]:
    """Both broadcast against each other on every axis but `axis`."""
    place = axis_of(axis, x.ndim)
    sizes, others = list(x.shape), list(at.shape)
    grown, wide = sizes[:], others[:]
    for i, (d, e) in enumerate(zip(sizes, others, strict=True)):
        if i != place and isinstance(d, int) and d == 1:
            grown[i] = e
        elif i != place and isinstance(e, int) and e == 1:
            wide[i] = d
    if any(new is not old for new, old in zip(grown, sizes, strict=True)):
        x = xp.broadcast_to(x, tuple(grown))
    if any(new is not old for new, old in zip(wide, others, strict=True)):
        at = xp.broadcast_to(at, tuple(wide))
    return x, at, place


@function("put_along_axis")
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    x, at = _target("put_along_axis", arr), _indices(indices)
    b = Tape.current().b
    if axis is None:
        flat = b.reshape(x.value, [-1])
        new = b.broadcast_to(cast(lift(values).value, x.dtype), b.shape(at.value))
        x.assign(b.reshape(b.scatter(flat, at.value, new, axis=0), b.shape(x.value)))
        return
    _, at, place = _aligned(x, at, axis)
    new = b.broadcast_to(cast(lift(values).value, x.dtype), b.shape(at.value))
    x.assign(b.scatter_along_axis(x.value, at.value, new, axis=place))


def _target(name: str, a: Any) -> Array:
    if not isinstance(a, Array):
        raise refused(
            f"{name} into a numpy array from outside the trace",
            code="IR882",
            remedy="make the array inside, or an argument",
        )
    return a


@function("put")
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    x, at = _target("put", a), xp.ravel(_indices(ind))
    b = Tape.current().b
    flat = b.reshape(x.value, [-1])
    picks = _in_bounds(at.value, None, b.size(flat) if mode != "raise" else None, mode, b)
    new = xp.resize(lift(v, x.dtype), at.shape)
    x.assign(b.reshape(b.scatter(flat, picks, new.value, axis=0), b.shape(x.value)))


@function("copyto")
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    x = _target("copyto", dst)
    new = lift(src)
    if not isinstance(src, bool | int | float) and not np.can_cast(new.dtype, x.dtype, casting):  # type: ignore[arg-type]
        raise TypeError(f"copyto: {new.dtype} does not become {x.dtype} by {casting!r} casting")
    if where is True:
        x.store(new)
        return
    b = Tape.current().b
    wide = xp.broadcast_to(xp.astype(new, x.dtype), x.shape)
    x.assign(b.where(xp.broadcast_to(lift(where, bool), x.shape).value, wide.value, x.value))


@function("putmask")
def putmask(a: Any, mask: Any, values: Any) -> None:
    x = _target("putmask", a)
    new = lift(values, x.dtype)
    wide = xp.reshape(xp.resize(new, (x.size,)), x.shape)
    x.assign(Tape.current().b.where(cast(lift(mask).value, np.bool_), wide.value, x.value))


@function("place")
def place(arr: Any, mask: Any, vals: Any) -> None:
    x = _target("place", arr)
    hits = xp.ravel(xp.astype(lift(mask), bool))
    new = xp.ravel(lift(vals, x.dtype))
    size = new.size
    order = xp.cumsum(hits) - 1
    if isinstance(size, int) and size:
        order = xp.mod(order, size)
    else:
        # nothing to put is an error where there is a place for it, and none where there is not: one element more is
        # what all others read, and what is beyond it is read where something is wanted of nothing
        order = xp.where(hits, xp.mod(order, xp.maximum(size, 1)) + xp.equal(size, 0), size)
        new = xp.concatenate((new, xp.zeros(1, new.dtype)))
    b = Tape.current().b
    flat = b.where(hits.value, b.take(new.value, xp.maximum(order, 0).value), b.reshape(x.value, [-1]))
    x.assign(b.reshape(flat, b.shape(x.value)))


@function("fill_diagonal")
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    x = _target("fill_diagonal", a)
    if x.ndim < 2:
        raise ValueError(f"fill_diagonal of an array of rank {x.ndim}, expected at least 2")
    if wrap:
        raise refused("fill_diagonal: wrap=True is not traced")
    shape = x.shape
    if x.ndim > 2 and len({d for d in shape if isinstance(d, int)}) > 1:
        raise ValueError(f"fill_diagonal of an array of shape {shape}, expected equal dims above rank 2")
    count = xp.minimum(shape[0], shape[1]) if not all(isinstance(d, int) for d in shape) else min(shape)
    run = xp.arange(count)
    new = lift(val, x.dtype)
    new = xp.resize(new, (count,)) if new.ndim else new
    x[(run,) * x.ndim] = new


@function("ix_")
def ix_(*args: Any) -> tuple[Array, ...]:
    made = []
    for k, arg in enumerate(args):
        x = lift(arg)
        if x.ndim != 1:
            raise ValueError(f"ix_: argument {k} has rank {x.ndim}, expected 1")
        if x.value.shape == (0,) and not isinstance(arg, Handle | np.ndarray):
            x = lift(np.zeros(0, np.intp))
        if x.dtype.kind == "b":
            (x,) = xp.nonzero(x)
        made.append(xp.reshape(x, tuple(-1 if i == k else 1 for i in range(len(args)))))
    return tuple(made)


@function("indices")
def indices(dimensions: Any, dtype: Any = int, sparse: bool = False) -> Any:
    sizes = tuple(dimensions)
    rank = len(sizes)
    runs = [
        xp.reshape(xp.arange(d, dtype=dtype), (*((1,) * i), d, *((1,) * (rank - i - 1)))) for i, d in enumerate(sizes)
    ]
    if sparse:
        return tuple(runs)
    return xp.stack([xp.broadcast_to(r, sizes) for r in runs]) if runs else xp.zeros((0,), dtype)


@function("meshgrid")
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Array, ...]:
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: got indexing={indexing!r}, expected 'xy' or 'ij'")
    rank = len(xi)
    made = [xp.reshape(lift(x), tuple(-1 if i == k else 1 for i in range(rank))) for k, x in enumerate(xi)]
    if indexing == "xy" and rank > 1:
        rest = (1,) * (rank - 2)
        made[0] = xp.reshape(made[0], (1, -1, *rest))
        made[1] = xp.reshape(made[1], (-1, 1, *rest))
    if sparse:
        return tuple(made)
    return tuple(xp.copy(x) if copy else x for x in xp.broadcast_arrays(*made))


@function("unravel_index")
def unravel_index(indices: Any, shape: Any, order: str = "C") -> tuple[Any, ...]:
    at = _indices(indices)
    sizes = [shape] if not isinstance(shape, tuple | list) else list(shape)
    made: list[Any] = []
    for d in sizes if order == "F" else reversed(sizes):
        made.append(xp.remainder(at, d))
        at = xp.floor_divide(at, d)
    return tuple(made if order == "F" else reversed(made))


@function("ravel_multi_index")
def ravel_multi_index(multi_index: Any, dims: Any, mode: Any = "raise", order: str = "C") -> Any:
    sizes = [dims] if not isinstance(dims, tuple | list) else list(dims)
    modes = mode if isinstance(mode, tuple | list) else [mode] * len(sizes)
    total: Any = 0
    pairs = list(zip(multi_index, sizes, modes, strict=True))
    for at, d, how in pairs if order == "C" else reversed(pairs):
        place = _indices(at)
        if how == "clip":
            place = xp.clip(place, 0, d - 1)
        elif how == "wrap":
            place = xp.remainder(place, d)
        elif (known := place.concrete()) is not None and isinstance(d, int) and np.any((known < 0) | (known >= d)):
            raise ValueError(f"ravel_multi_index: a place outside a dim of {d}")
        total = total * d + place
    return total


@function("diag_indices")
def diag_indices(n: Any, ndim: int = 2) -> tuple[Array, ...]:
    return (xp.arange(n),) * ndim


@function("diag_indices_from")
def diag_indices_from(arr: Any) -> tuple[Array, ...]:
    x = lift(arr)
    if x.ndim < 2:
        raise ValueError(f"diag_indices_from an array of rank {x.ndim}, expected at least 2")
    return diag_indices(x.shape[0], x.ndim)


@function("tril_indices")
def tril_indices(n: Any, k: int = 0, m: Any = None) -> tuple[Array, ...]:
    return xp.nonzero(xp.tri(n, m, k, dtype=bool))  # type: ignore[no-any-return]


@function("triu_indices")
def triu_indices(n: Any, k: int = 0, m: Any = None) -> tuple[Array, ...]:
    return xp.nonzero(xp.logical_not(xp.tri(n, m, k - 1, dtype=bool)))  # type: ignore[no-any-return]


@function("tril_indices_from")
def tril_indices_from(arr: Any, k: int = 0) -> tuple[Array, ...]:
    x = lift(arr)
    if x.ndim != 2:
        raise ValueError(f"got an array of rank {x.ndim}, expected a matrix")
    return tril_indices(x.shape[0], k, x.shape[1])


@function("triu_indices_from")
def triu_indices_from(arr: Any, k: int = 0) -> tuple[Array, ...]:
    x = lift(arr)
    if x.ndim != 2:
        raise ValueError(f"got an array of rank {x.ndim}, expected a matrix")
    return triu_indices(x.shape[0], k, x.shape[1])


@function("mask_indices")
def mask_indices(n: Any, mask_func: Any, k: Any = 0) -> tuple[Array, ...]:
    return xp.nonzero(mask_func(xp.ones((n, n), int), k))  # type: ignore[no-any-return]


@function("ndindex")
def ndindex(*shape: Any) -> Any:
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
    return np.ndindex(*[operator.index(d) for d in sizes])


@function("ndenumerate")
def ndenumerate(arr: Any) -> Any:
    x = lift(arr)
    return ((i, x[i]) for i in np.ndindex(*[operator.index(d) for d in x.shape]))
