"""Searching and choosing: where, nonzero, select, piecewise, choose."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.results import axis_of, delivered
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.weak_operands import common_type, value_as, weak

__all__: list[str] = []


@function("where")
def where(condition: Any, /, *choices: Any, x: Any = None, y: Any = None) -> Any:
    if not choices and x is None and y is None:
        return nonzero(condition)
    if len(choices) == 1 or len(choices) > 2:
        raise ValueError(f"where: got {len(choices)} choices, expected two or none")
    first, second = choices or (x, y)
    mask = lift(condition)
    first, second = weak(first), weak(second)
    to = common_type(first, second)
    value = Tape.current().b.where(cast(mask.value, np.bool_), value_as(first, to), value_as(second, to))
    return wrap(value, layout=strides.C)


@function("nonzero")
def nonzero(a: Any) -> tuple[Array, ...]:
    x = lift(a)
    if x.ndim == 0:
        raise ValueError("nonzero of an array of rank 0; use atleast_1d")
    b = Tape.current().b
    found = b.nonzero(cast(x.value, np.bool_))
    return tuple(wrap(b.take(found, i, axis=0), layout=strides.C) for i in range(x.ndim))


@function("flatnonzero")
def flatnonzero(a: Any) -> Array:
    return nonzero(xp.ravel(a))[0]


@function("argwhere")
def argwhere(a: Any) -> Array:
    x = lift(a)
    b = Tape.current().b
    if x.ndim == 0:
        return wrap(b.slice(b.transpose(b.nonzero(b.reshape(cast(x.value, np.bool_), [1]))), [0], [0], [1]))
    return wrap(b.transpose(b.nonzero(cast(x.value, np.bool_))))


@function("extract")
def extract(condition: Any, arr: Any) -> Array:
    b = Tape.current().b
    return wrap(
        b.boolean_mask(b.reshape(lift(arr).value, [-1]), b.reshape(cast(lift(condition).value, np.bool_), [-1]))
    )


@function("compress")
def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    x, mask = lift(a), cast(lift(condition).value, np.bool_)
    if mask.rank != 1:
        raise ValueError(f"compress: a condition of rank {mask.rank}, expected 1")
    b = Tape.current().b
    if axis is None:
        flat = b.reshape(x.value, [-1])
        return delivered("compress", b.compress(flat, mask, axis=0), out)
    return delivered("compress", b.compress(x.value, mask, axis=axis_of(axis, x.ndim)), out)


@function("select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Array:
    if len(condlist) != len(choicelist):
        raise ValueError(f"select: {len(condlist)} conditions, {len(choicelist)} choices")
    if not len(condlist):
        raise ValueError("select without conditions")
    choices = [weak(c) for c in choicelist]
    to = common_type(*choices, weak(default))
    masks = [lift(c) for c in condlist]
    for mask in masks:
        if mask.dtype.kind != "b":
            raise TypeError(f"select: a condition of {mask.dtype}, expected bool")
    b = Tape.current().b
    value = value_as(weak(default), to)
    for mask, choice in zip(reversed(masks), reversed(choices), strict=True):
        value = b.where(mask.value, value_as(choice, to), value)
    return wrap(value, layout=strides.C)


@function("piecewise")
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Array:
    points = lift(x)
    masks = _conditions(condlist, points)
    functions = list(funclist)
    if len(functions) == len(masks) + 1:
        rest = masks[0]
        for mask in masks[1:]:
            rest = xp.logical_or(rest, mask)
        masks = [*masks, xp.logical_not(rest)]
    elif len(functions) != len(masks):
        raise ValueError(f"with {len(masks)} conditions, that many functions or one more are expected")
    made: Array = xp.zeros_like(points)
    if points.ndim == 0:
        for mask, f in zip(masks, functions, strict=True):
            part = f(points, *args, **kw) if callable(f) else f
            made = xp.where(mask, lift(part, points.dtype), made)
        return made
    for mask, f in zip(masks, functions, strict=True):
        made[mask] = f(points[mask], *args, **kw) if callable(f) else f
    return made


def _conditions(condlist: Any, points: Array) -> list[Array]:
    single = isinstance(condlist, bool | np.bool_ | Handle) or (
        isinstance(condlist, np.ndarray) and condlist.ndim <= points.ndim
    )
    listed = [condlist] if single else list(condlist)
    if not single and listed and all(isinstance(c, bool) for c in listed) and points.ndim:
        listed = [listed]
    return [xp.astype(c, bool) for c in listed]


@function("choose")
def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    places = lift(a)
    parts = xp.broadcast_arrays(places, *[lift(c) for c in choices])
    which, options = parts[0], parts[1:]
    count = len(options)
    if mode == "clip":
        which = xp.clip(which, 0, count - 1)
    elif mode == "wrap":
        which = xp.mod(which, count)
    stacked = xp.stack(options)
    made = Tape.current().b.take_along_axis(
        stacked.value, Tape.current().b.unsqueeze(cast(which.value, np.int64), [0]), axis=0
    )
    return delivered("choose", Tape.current().b.squeeze(made, [0]), out)
