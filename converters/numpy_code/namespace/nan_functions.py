"""Reductions that leave NaN out."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.quantiles import ordered_rows, quantiles
from irlib.converters.numpy_code.namespace.results import axis_of, delivered, is_default
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


def _but_nan(a: Any, instead: Any) -> tuple[Array, Array | None]:
    """`a` with NaN replaced, and where it was NaN; None where it cannot be."""
    x = lift(a)
    if x.dtype.kind not in "fc":
        return x, None
    bad = xp.isnan(x)
    b = Tape.current().b
    return wrap(b.where(bad.value, b.constant(instead, x.value.dtype), x.value), x.is_scalar), bad


def _good(bad: Array | None, where: Any) -> Any:
    """The elements to reduce over: those that `where` names and that are not NaN."""
    if bad is None:
        return where
    numbers = xp.logical_not(bad)
    return numbers if where is True else xp.logical_and(where, numbers)


def _replacing(name: str, plain: str, instead: Any) -> None:
    def make(
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = None,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        return getattr(xp, plain)(_but_nan(a, instead)[0], axis, dtype, out, keepdims, initial, where)

    function(name)(make)


_replacing("nansum", "sum", 0)
_replacing("nanprod", "prod", 1)


def _running(name: str, plain: str, instead: Any) -> None:
    def make(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        return getattr(xp, plain)(_but_nan(a, instead)[0], axis, dtype, out)

    function(name)(make)


_running("nancumsum", "cumsum", 0)
_running("nancumprod", "cumprod", 1)


def _extreme(name: str, plain: str, instead: float) -> None:
    def make(
        a: Any, axis: Any = None, out: Any = None, keepdims: Any = None, initial: Any = None, where: Any = True
    ) -> Any:
        x, bad = _but_nan(a, instead)
        made = getattr(xp, plain)(x, axis, None, keepdims, initial, where)
        if bad is not None and is_default(initial):
            none = xp.all(bad, axis, None, keepdims)
            made = wrap(
                Tape.current().b.where(none.value, Tape.current().b.constant(np.nan, made.value.dtype), made.value),
                made.is_scalar,
            )
        return made if out is None else delivered(name, made.value, out)

    function(name)(make)


_extreme("nanmax", "max", -np.inf)
_extreme("nanmin", "min", np.inf)


def _place(name: str, plain: str, instead: float) -> None:
    def make(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = None) -> Any:
        x, bad = _but_nan(a, instead)
        known = None if bad is None else xp.all(bad, axis).concrete()
        if known is not None and known.any():
            raise ValueError(f"{name}: all elements along the axis are NaN")
        return getattr(xp, plain)(x, axis, out, keepdims=keepdims)

    function(name)(make)


_place("nanargmax", "argmax", -np.inf)
_place("nanargmin", "argmin", np.inf)


@function("nanmean")
def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = None, *, where: Any = True
) -> Any:
    x, bad = _but_nan(a, 0)
    good = _good(bad, where)
    return xp.mean(x, axis, dtype, out, keepdims, where=good)


def _spread(name: str, plain: str) -> None:
    def make(
        a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = None,
        *, where: Any = True, mean: Any = None, correction: Any = None,
    ) -> Any:  # fmt: skip
        x, bad = _but_nan(a, 0)
        if x.ndim == 0 and isinstance(axis, int):
            axis_of(axis, 1)
            axis = None
        good = _good(bad, where)
        made = getattr(xp, plain)(x, axis, dtype, None, ddof, keepdims, where=good, mean=mean, correction=correction)
        if bad is not None:
            count = xp.sum(good, axis, int, keepdims=keepdims)
            few = count <= (ddof if is_default(correction) else correction)
            nan = xp.astype(lift(np.nan), made.dtype)
            made = wrap(Tape.current().b.where(few.value, nan.value, made.value), made.is_scalar)
        return made if out is None else delivered(name, made.value, out)

    function(name)(make)


_spread("nanvar", "var")
_spread("nanstd", "std")


@function("nanmedian")
def nanmedian(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False) -> Any:
    if 0 in lift(a).value.shape:
        return xp.median(a, axis, out, keepdims=keepdims)
    return _nan_quantile("nanmedian", a, 0.5, axis, out, "linear", keepdims)


@function("nanquantile")
def nanquantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: Any = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    return _nan_quantile("nanquantile", a, q, axis, out, method, keepdims)


@function("nanpercentile")
def nanpercentile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: Any = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    return _nan_quantile("nanpercentile", a, xp.true_divide(q, 100.0), axis, out, method, keepdims)


def _nan_quantile(name: str, a: Any, q: Any, axis: Any, out: Any, method: str, keepdims: Any) -> Any:
    x = lift(a)
    if x.dtype.kind != "f":
        return quantiles(name, x if x.dtype.kind != "b" else xp.astype(x, float), q, axis, out, method, keepdims)
    rows = ordered_rows(x, axis)
    count = xp.sum(xp.logical_not(xp.isnan(rows)), axis=-1)
    return quantiles(name, x, q, axis, out, method, keepdims, ordered=rows, count=count)
