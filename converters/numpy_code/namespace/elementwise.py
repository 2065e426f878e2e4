"""Functions element by element that numpy has beside its ufuncs: clip, round, nan_to_num and the like."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast, result_type
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import delivered, is_default
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.ufuncs import into
from irlib.converters.numpy_code.namespace.weak_operands import value_as, weak
from irlib.errors import AttributeValueError

__all__: list[str] = []


@function("clip")
def clip(
    a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None,
    dtype: Any = None, where: Any = True, casting: str = "same_kind",
) -> Any:  # fmt: skip
    low, high = (a_min, a_max) if min is None and max is None else (min, max)
    made: Any = weak(a)
    if is_default(low) and is_default(high):
        return xp.positive(made, out=out)
    if dtype is not None:
        made = lift(made, dtype)
    bounds = [weak(v) for v in (low, high) if not is_default(v)]
    made = lift(made)
    if all(isinstance(v, int | float) for v in bounds) and made.dtype.kind in "iu":
        bounds = [_within(v, made.dtype) for v in bounds]
    to = result_type(made, *bounds)
    value = cast(made.value, to)
    b = Tape.current().b
    low_value: Any = None if is_default(low) else value_as(bounds[0], to)
    high_value: Any = None if is_default(high) else value_as(bounds[-1], to)
    if to.kind in "bc":
        raise refused(f"clip of {to} is not traced")
    try:
        value = b.clip(value, low_value, high_value)
    except AttributeValueError:  # known bounds out of order, which numpy lets stand
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
        return wrap(a.value, is_scalar=True) if a.ndim == 0 else a if not copy else xp.copy(a)
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
    return wrap(value, a.ndim == 0, layout=strides.C)


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
