"""Matrices and sequences made from numbers: eye, tri, diag, vander, linspace and their kin."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.dims import one_int
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.orders import in_order
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import floating, number_of
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.views import copied

__all__: list[str] = []


@function("eye")
def eye(
    N: Any, M: Any = None, k: Any = 0, dtype: Any = float, order: str = "C", *, device: Any = None, like: Any = None,
    n_rows: Any = None, n_cols: Any = None,
) -> Array:  # fmt: skip
    to = as_dtype(float if dtype is None else dtype)
    b = Tape.current().b
    rows = one_int(N)
    columns = rows if M is None else one_int(M)
    return wrap(b.eye(rows, columns, one_int(k), dtype=to), layout=strides.C)


@function("identity")
def identity(n: Any, dtype: Any = None, *, like: Any = None) -> Array:
    return eye(n, dtype=dtype)


@function("tri")
def tri(N: Any, M: Any = None, k: Any = 0, dtype: Any = float, *, like: Any = None) -> Array:
    b = Tape.current().b
    rows = one_int(N)
    columns = rows if M is None else one_int(M)
    below = b.greater_equal(b.add(b.unsqueeze(b.iota(rows), [1]), one_int(k)), b.iota(columns))
    return wrap(cast(below, as_dtype(dtype)), layout=strides.C)


def _triangle(op: str) -> Any:
    def make(m: Any, /, k: Any = 0) -> Array:
        x = lift(m)
        b = Tape.current().b
        value = x.value
        if x.ndim == 1:
            value = b.broadcast_to(value, [one_int(x.shape[0])] * 2)
        if x.ndim == 0:
            raise ValueError("an array of rank 0, expected at least 1")
        return wrap(getattr(b, op)(value, one_int(k)), layout=strides.C)

    return make


function("tril")(_triangle("tril"))
function("triu")(_triangle("triu"))


@function("diag")
def diag(v: Any, k: Any = 0) -> Array:
    x = lift(v)
    if x.ndim == 1:
        return wrap(Tape.current().b.diag(x.value, one_int(k)), layout=strides.C)
    if x.ndim == 2:
        return xp.diagonal(x, k)  # type: ignore[no-any-return]
    raise ValueError(f"diag of an array of rank {x.ndim}, expected 1 or 2")


@function("diagflat")
def diagflat(v: Any, k: Any = 0) -> Array:
    return diag(xp.ravel(v), k)


@function("vander")
def vander(x: Any, N: Any = None, increasing: bool = False) -> Array:
    points = lift(x)
    if points.ndim != 1:
        raise ValueError(f"vander of an array of rank {points.ndim}, expected 1")
    count = points.shape[0] if N is None else N
    to = xp.result_type(points.dtype, int)
    b = Tape.current().b
    base = cast(points.value, to)
    powers = [b.broadcast_to(b.constant(1, base.dtype), b.shape(base))]
    for _ in range(operator.index(count) - 1):
        powers.append(b.multiply(powers[-1], base))
    powers = powers[: operator.index(count)]
    if not powers:
        return xp.zeros((points.shape[0], 0), to)  # type: ignore[no-any-return]
    return wrap(b.stack(*(powers if increasing else reversed(powers)), axis=1), layout=strides.C)


@function("linspace")
def linspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
    axis: int = 0, *, device: Any = None,
) -> Any:  # fmt: skip
    low, high = floating(start, stop)
    count = one_int(num, "num")
    if isinstance(count, int) and count < 0:
        raise ValueError(f"got {count} numbers to make, expected at least 0")
    b = Tape.current().b
    intervals = count - 1 if isinstance(count, int) else b.subtract(count, 1)
    intervals = intervals if endpoint else count
    width = high - low
    gaps = max(intervals, 1) if isinstance(intervals, int) else wrap(b.maximum(1, intervals))
    gaps = max(intervals, 1) if isinstance(intervals, int) else wrap(b.maximum(1, intervals))
    step = xp.divide(width, gaps)
    run = xp.astype(wrap(b.iota(count)), low.dtype if low.dtype.kind == "f" else np.float64)
    run = xp.reshape(run, (-1, *((1,) * max(low.ndim, high.ndim))))
    made = run * step + low
    if endpoint and not (isinstance(count, int) and count < 2):
        last = run == (intervals if isinstance(intervals, int) else wrap(intervals))
        made = xp.where(last, high, made)
    if axis != 0:
        made = xp.moveaxis(made, 0, axis)
    if dtype is not None:
        to = as_dtype(dtype)
        made = xp.astype(xp.floor(made) if to.kind in "iu" else made, to)
    return (made, step) if retstep else made


@function("logspace")
def logspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    exponents = linspace(start, stop, num, endpoint=endpoint)
    made = xp.moveaxis(xp.power(base, exponents), 0, axis) if axis else xp.power(base, exponents)
    return made if dtype is None else xp.astype(made, dtype)


@function("geomspace")
def geomspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    low, high = floating(start, stop)
    count = number_of(num, "num")
    if low.dtype.kind == "c":
        raise refused("geomspace between complex numbers is not traced")
    sign = xp.sign(low)
    made = sign * logspace(xp.log10(low * sign), xp.log10(high * sign), count, endpoint=endpoint)
    if count > 0:
        made[0] = low
        if count > 1 and endpoint:
            made[-1] = high
    made = xp.moveaxis(made, 0, axis) if axis else made
    return made if dtype is None else xp.astype(made, dtype)


@function("fromfunction")
def fromfunction(f: Any, shape: Any, *, dtype: Any = float, like: Any = None, **kwargs: Any) -> Any:
    return f(*xp.indices(shape, dtype=dtype), **kwargs)


@function("fromiter")
def fromiter(iter: Any, dtype: Any, count: int = -1, *, like: Any = None) -> Any:
    items = list(iter)
    return xp.asarray(items if count < 0 else items[:count], dtype=dtype)


@function("asfortranarray", knows_layout=True)
def asfortranarray(a: Any, dtype: Any = None, *, like: Any = None) -> Array:
    return in_order(lift(a, dtype), "F")


@function("require", knows_layout=True)
def require(a: Any, dtype: Any = None, requirements: Any = None, *, like: Any = None) -> Array:
    wanted = {str(r).upper()[:1] for r in ([requirements] if isinstance(requirements, str) else requirements or ())}
    if {"C", "F"} <= wanted:
        raise ValueError("require: both row and column order")
    order = "asfortranarray" if "F" in wanted else "ascontiguousarray" if "C" in wanted else "asarray"
    made = getattr(xp, order)(a, dtype)
    return copied(made) if "O" in wanted and made is a else made


@function("asarray_chkfinite")
def asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Array:
    x = lift(a, dtype)
    known = x.concrete()
    if known is not None and known.dtype.kind in "fc" and not np.isfinite(known).all():
        raise ValueError("asarray_chkfinite: an element is infinite or NaN")
    if known is None and x.dtype.kind in "fc":
        raise refused("asarray_chkfinite: whether the elements are finite is not known", remedy="use np.asarray")
    return x
