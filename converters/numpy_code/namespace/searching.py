"""Searching and choosing: where, nonzero, select, piecewise, choose, clip."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast, result_type
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axis_of, delivered, is_default
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.ufuncs import into

__all__: list[str] = []


def _operand(x: Any) -> Any:
    """`x` as promotion sees it: Python numbers stay weak."""
    return x if isinstance(x, bool | int | float | complex | Handle | np.generic) else lift(x)


@function("where")
def where(condition: Any, /, *choices: Any, x: Any = None, y: Any = None) -> Any:
    if not choices and x is None and y is None:
        return nonzero(condition)
    if len(choices) == 1 or len(choices) > 2:
        raise ValueError("either both or neither of x and y should be given")
    first, second = choices or (x, y)
    mask = lift(condition)
    first, second = _operand(first), _operand(second)
    to = _common(first, second)
    value = Tape.current().b.where(cast(mask.value, np.bool_), _as(first, to), _as(second, to))
    return wrap(value, layout=strides.C)


def _common(*operands: Any) -> Any:
    if all(isinstance(x, bool | int | float | complex) for x in operands):
        return np.result_type(*[np.asarray(x).dtype for x in operands])
    return result_type(*operands)


def _as(x: Any, to: Any) -> Any:
    if isinstance(x, bool | int | float | complex):
        return Tape.current().b.constant(np.array(x, to))
    return cast(lift(x).value, to)


@function("nonzero")
def nonzero(a: Any) -> tuple[Array, ...]:
    x = lift(a)
    if x.ndim == 0:
        raise ValueError("Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead.")
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
        raise ValueError("condition must be a 1-d array")
    b = Tape.current().b
    if axis is None:
        flat = b.reshape(x.value, [-1])
        return delivered("compress", b.compress(flat, mask, axis=0), out)
    return delivered("compress", b.compress(x.value, mask, axis=axis_of(axis, x.ndim)), out)


@function("select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Array:
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not len(condlist):
        raise ValueError("select with an empty condition list is not possible")
    choices = [_operand(c) for c in choicelist]
    to = _common(*choices, _operand(default))
    masks = [lift(c) for c in condlist]
    for mask in masks:
        if mask.dtype.kind != "b":
            raise TypeError("invalid entry in condlist: should be boolean ndarray")
    b = Tape.current().b
    value = _as(_operand(default), to)
    for mask, choice in zip(reversed(masks), reversed(choices), strict=True):
        value = b.where(mask.value, _as(choice, to), value)
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


@function("clip")
def clip(
    a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None,
    dtype: Any = None, where: Any = True, casting: str = "same_kind",
) -> Any:  # fmt: skip
    low, high = (a_min, a_max) if min is None and max is None else (min, max)
    made: Any = _operand(a)
    if is_default(low) and is_default(high):
        return xp.positive(made, out=out)
    if dtype is not None:
        made = lift(made, dtype)
    bounds = [_operand(v) for v in (low, high) if not is_default(v)]
    made = lift(made)
    if all(isinstance(v, int | float) for v in bounds) and made.dtype.kind in "iu":
        bounds = [_within(v, made.dtype) for v in bounds]
    to = result_type(made, *bounds)
    value = cast(made.value, to)
    b = Tape.current().b
    low_value: Any = None if is_default(low) else _as(bounds[0], to)
    high_value: Any = None if is_default(high) else _as(bounds[-1], to)
    if to.kind in "bc":
        raise refused(f"clip of {to} is not traced")
    if low_value is None:
        value = b.minimum(value, high_value)
    elif high_value is None:
        value = b.maximum(value, low_value)
    else:
        value = b.minimum(b.maximum(value, low_value), high_value)
    if out is not None:
        return into("clip", out[0] if isinstance(out, tuple) else out, value, where, casting)
    return wrap(value, value.rank == 0, layout=strides.C)


def _within(bound: Any, dtype: Any) -> Any:
    """A Python int that the dtype cannot hold as the nearest that it can: no element is beyond it."""
    if isinstance(bound, float | bool):
        return bound
    info = np.iinfo(dtype)
    return sorted((info.min, bound, info.max))[1]


@function("round", "around")
def round_(a: Any, decimals: int = 0, out: Any = None) -> Any:
    x = lift(a)
    b = Tape.current().b
    value = x.value
    if x.dtype.kind == "c":
        value = b.complex(_rounded(b, b.real(value), decimals), _rounded(b, b.imag(value), decimals))
    if x.dtype.kind == "b":
        value = cast(value, np.float16)
    if x.dtype.kind in "fb":
        value = _rounded(b, value, decimals)
    elif decimals < 0:
        scale = b.constant(10**-decimals, value.dtype)
        value = cast(_half_even(b, value, scale), x.dtype)
    return delivered("round", value, out)


def _rounded(b: Any, value: Any, decimals: int) -> Any:
    if decimals == 0:
        return b.round(value)
    scale = b.constant(float(10 ** abs(decimals)), value.dtype)
    if decimals > 0:
        return b.divide(b.round(b.multiply(value, scale)), scale)
    return b.multiply(b.round(b.divide(value, scale)), scale)


def _half_even(b: Any, value: Any, scale: Any) -> Any:
    return b.multiply(
        cast(b.round(b.divide(cast(value, np.float64), cast(scale, np.float64))), value.dtype.numpy), scale
    )


@function("fix")
def fix(x: Any, out: Any = None) -> Any:
    return xp.trunc(x, out=out)


@function("nan_to_num")
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    a = lift(x)
    if a.dtype.kind == "c":
        parts = [nan_to_num(part, nan=nan, posinf=posinf, neginf=neginf) for part in (a.real, a.imag)]
        return xp.add(parts[0], 1j * parts[1])
    if a.dtype.kind != "f":
        return a if not copy else xp.copy(a)
    info = np.finfo(a.dtype)
    b = Tape.current().b
    value = a.value
    zero = b.constant(0, value.dtype)
    for hits, new in (
        (b.isnan(value), nan),
        (b.logical_and(b.isinf(value), b.greater(value, zero)), float(info.max) if posinf is None else posinf),
        (b.logical_and(b.isinf(value), b.less(value, zero)), float(info.min) if neginf is None else neginf),
    ):
        value = b.where(hits, cast(lift(new).value, a.dtype), value)
    if not copy and not a.is_scalar:
        a.assign(value)
        return a
    return wrap(value, a.is_scalar, layout=strides.C)


@function("isposinf")
def isposinf(x: Any, out: Any = None) -> Any:
    return xp.logical_and(xp.isinf(x), xp.logical_not(xp.signbit(x)), out=out)


@function("isneginf")
def isneginf(x: Any, out: Any = None) -> Any:
    return xp.logical_and(xp.isinf(x), xp.signbit(x), out=out)


@function("sinc")
def sinc(x: Any) -> Any:
    from irlib.converters.numpy_code.namespace.results import inexact

    a = inexact(x)
    b = Tape.current().b
    # as numpy: at 0 a number so small that the quotient is 1
    safe = b.where(b.equal(a.value, b.constant(0, a.value.dtype)), b.constant(1.0e-20, a.value.dtype), a.value)
    y = b.multiply(safe, b.constant(np.pi, a.value.dtype))
    return wrap(b.divide(b.sin(y), y), a.ndim == 0, layout=strides.C)
