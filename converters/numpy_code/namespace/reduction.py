"""Reductions: sums, products, extrema, means, and where the extrema are."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axes_of, axis_of, delivered, is_default
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["counted"]


def _accumulator(x: Array, dtype: Any) -> np.dtype[Any]:
    """The dtype that numpy sums and multiplies in: small integers and booleans in that of the platform's int."""
    if dtype is not None:
        return as_dtype(dtype)
    if x.dtype.kind in "bi":
        return np.result_type(x.dtype, np.int64)
    return np.result_type(x.dtype, np.uint64) if x.dtype.kind == "u" else x.dtype


def _kept(x: Array, value: Any, where: Any, neutral: Any) -> Any:
    """`value` of `x` with the neutral element where `where` does not hold."""
    if where is True or is_default(where):
        return value
    b = Tape.current().b
    mask = xp.broadcast_to(lift(where, bool), x.shape)
    return b.where(mask.value, value, b.constant(neutral, value.dtype))


def _flag(keepdims: Any) -> bool:
    return False if is_default(keepdims) else bool(keepdims)


@function("sum")
def sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = None,
    initial: Any = None,
    where: Any = True,
) -> Any:
    return _folded("sum", a, axis, dtype, out, keepdims, initial, where)


@function("prod")
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = None,
    initial: Any = None,
    where: Any = True,
) -> Any:
    return _folded("prod", a, axis, dtype, out, keepdims, initial, where)


_FOLDS = {"sum": (0, "add"), "prod": (1, "multiply")}


def _folded(name: str, a: Any, axis: Any, dtype: Any, out: Any, keepdims: Any, initial: Any, where: Any) -> Any:
    x = lift(a)
    to = _accumulator(x, dtype)
    neutral, combine = _FOLDS[name]
    b = Tape.current().b
    if to.kind == "b":  # numpy's own: any, or all
        made = getattr(b, "any" if name == "sum" else "all")(_kept(x, cast(x.value, to), where, bool(neutral)),
            _axes(axis, x), keepdims=_flag(keepdims))  # fmt: skip
        return delivered(name, made, out, casting="unsafe")
    value = _kept(x, cast(x.value, to), where, neutral)
    made = getattr(b, name)(value, _axes(axis, x), keepdims=_flag(keepdims))
    if not is_default(initial):
        made = getattr(b, combine)(made, cast(lift(initial).value, to))
    return delivered(name, made, out, casting="unsafe")


def _axes(axis: Any, x: Array) -> Any:
    if not x.ndim and axis in (0, -1):
        axis = None  # numpy lets a 0-d array be reduced so
    if x.ndim == 0 and axis is not None and not isinstance(axis, tuple | list):
        axis_of(axis, 1)  # numpy takes a number for a vector of one
        return None
    found = axes_of(axis, x.ndim)
    return None if found is None else list(found)


def _extremum(name: str, a: Any, axis: Any, out: Any, keepdims: Any, initial: Any, where: Any) -> Any:
    x = lift(a)
    b, axes, keep = Tape.current().b, _axes(axis, x), _flag(keepdims)
    if x.dtype.kind == "c":
        raise refused(f"{name} of complex numbers is not traced", remedy="compare their real parts or absolute values")
    value = x.value
    if where is not True and not is_default(where):
        if is_default(initial):
            raise ValueError(f"{name} with where=, which may leave no elements, and no initial=")
        neutral = _bound(x.dtype, lowest=name == "max")
        value = _kept(x, value, where, neutral)
    if is_default(initial):
        _not_empty(name, x, axes)
    if x.dtype.kind == "b":
        made = (b.any if name == "max" else b.all)(value, axes, keepdims=keep)
        combine = b.logical_or if name == "max" else b.logical_and
    else:
        made = getattr(b, name)(value, axes, keepdims=keep)
        combine = b.maximum if name == "max" else b.minimum
    if not is_default(initial):
        made = combine(made, cast(lift(initial, x.dtype).value, x.dtype))
    return delivered(name, made, out, casting="unsafe")


def _not_empty(name: str, x: Array, axes: Any) -> None:
    shape = x.value.shape
    reduced = range(len(shape)) if axes is None else axes
    if any(shape[i] == 0 for i in reduced) and not any(shape[i] == 0 for i in range(len(shape)) if i not in reduced):
        raise ValueError(f"{name} of no elements, and no initial=")


def _bound(dtype: np.dtype[Any], *, lowest: bool) -> Any:
    if dtype.kind == "b":
        return not lowest
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return info.min if lowest else info.max
    return -np.inf if lowest else np.inf


@function("max", "amax")
def max(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None, initial: Any = None, where: Any = True) -> Any:
    return _extremum("max", a, axis, out, keepdims, initial, where)


@function("min", "amin")
def min(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None, initial: Any = None, where: Any = True) -> Any:
    return _extremum("min", a, axis, out, keepdims, initial, where)


@function("ptp")
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None) -> Any:
    x = lift(a)
    made = xp.subtract(max(x, axis, None, keepdims), min(x, axis, None, keepdims))
    return delivered("ptp", made.value, out, casting="unsafe")


@function("any")
def any_(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None, *, where: Any = True) -> Any:
    x = lift(a)
    value = _kept(x, cast(x.value, np.bool_), where, False)
    return delivered(
        "any", Tape.current().b.any(value, _axes(axis, x), keepdims=_flag(keepdims)), out, casting="unsafe"
    )


@function("all")
def all_(a: Any, axis: Any = None, out: Any = None, keepdims: Any = None, *, where: Any = True) -> Any:
    x = lift(a)
    value = _kept(x, cast(x.value, np.bool_), where, True)
    return delivered(
        "all", Tape.current().b.all(value, _axes(axis, x), keepdims=_flag(keepdims)), out, casting="unsafe"
    )


@function("count_nonzero")
def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    x = lift(a)
    b = Tape.current().b
    hits = cast(cast(x.value, np.bool_), np.int64)
    return delivered("count_nonzero", b.sum(hits, _axes(axis, x), keepdims=_flag(keepdims)))


def counted(x: Array, axis: Any, where: Any = True, *, keepdims: bool = False) -> Any:
    """How many elements a reduction of `x` over `axis` sees, as an emitter value of int64."""
    b, axes = Tape.current().b, _axes(axis, x)
    if where is True or is_default(where):
        shape = x.value.shape
        reduced = range(len(shape)) if axes is None else axes
        total: Any = 1
        sizes = x.shape
        for i in reduced:
            total = total * sizes[i]
        return lift(total).value
    mask = cast(xp.broadcast_to(lift(where, bool), x.shape).value, np.int64)
    return b.sum(mask, axes, keepdims=keepdims)


@function("mean")
def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = None, *, where: Any = True
) -> Any:
    x = lift(a)
    b, keep = Tape.current().b, _flag(keepdims)
    to = as_dtype(dtype) if dtype is not None else x.dtype if x.dtype.kind in "fc" else np.dtype(np.float64)
    value = cast(x.value, to)
    if to.kind == "f" and (where is True or is_default(where)):
        return delivered("mean", b.mean(value, _axes(axis, x), keepdims=keep), out, casting="unsafe")
    total = b.sum(_kept(x, value, where, 0), _axes(axis, x), keepdims=keep)
    count = counted(x, axis, where, keepdims=keep)
    if to.kind in "iu":
        return delivered(
            "mean", cast(b.divide(cast(total, np.float64), cast(count, np.float64)), to), out, casting="unsafe"
        )
    return delivered("mean", b.divide(total, cast(count, to)), out, casting="unsafe")


def _extreme_place(name: str, a: Any, axis: Any, out: Any, keepdims: Any) -> Any:
    x = lift(a)
    if x.ndim == 0:
        return delivered(name, lift(np.int64(axis_of(axis or 0, 1))).value, out)
    b = Tape.current().b
    value = cast(x.value, np.uint8) if x.dtype.kind == "b" else x.value
    if x.dtype.kind == "c":
        raise refused(f"{name} of complex numbers is not traced", remedy="compare their real parts or absolute values")
    if any(d == 0 for d in (x.value.shape if axis is None else [x.value.shape[axis_of(axis, x.ndim)]])):
        raise ValueError(f"{name} of no elements")
    place = None if axis is None else axis_of(axis, x.ndim)
    return delivered(name, getattr(b, name)(value, axis=place, keepdims=_flag(keepdims)), out, casting="unsafe")


@function("argmax")
def argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = None) -> Any:
    return _extreme_place("argmax", a, axis, out, keepdims)


@function("argmin")
def argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = None) -> Any:
    return _extreme_place("argmin", a, axis, out, keepdims)


@function("irlib.logsumexp")
def logsumexp(
    a: Any,
    axis: Any = None,
    keepdims: Any = False,
    dtype: Any = None,
    out: Any = None,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """What ``logaddexp.reduce`` gives."""
    x = lift(a, dtype)
    value = _kept(x, cast(x.value, x.dtype if x.dtype.kind == "f" else np.float64), where, -np.inf)
    made = Tape.current().b.logsumexp(value, _axes(axis, x), keepdims=_flag(keepdims))
    if not is_default(initial):
        made = xp.logaddexp(wrap(made), initial).value
    return delivered("logaddexp.reduce", made, out, casting="unsafe")
