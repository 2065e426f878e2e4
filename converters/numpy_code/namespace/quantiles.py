"""Order statistics: medians, quantiles and percentiles."""

from __future__ import annotations

import functools
import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axes_of, delivered, inexact
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["ordered_rows", "quantiles"]


@function("median")
def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False) -> Any:
    x = inexact(a)
    ordered, axis_shape = _ordered(x, axis)
    n = ordered.shape[-1]
    if isinstance(n, int) and n == 0:
        none = xp.full(ordered.shape[:-1], np.nan, x.dtype).value
        return _shaped("median", Tape.current().b.reshape(none, axis_shape) if keepdims else none, out, keepdims)
    low, high = xp.take(ordered, (n - 1) // 2, -1), xp.take(ordered, n // 2, -1)
    middle = xp.divide(xp.add(low, high), 2) if not (isinstance(n, int) and n % 2) else low
    value = _nan_if_any(ordered, middle).value
    return _shaped("median", Tape.current().b.reshape(value, axis_shape) if keepdims else value, out, keepdims)


def _ordered(x: Array, axis: Any) -> tuple[Array, Any]:
    """`x` sorted along one last axis, into which `axis` is gathered; and the shape of a result that keeps dims."""
    axes = axes_of(axis, x.ndim)
    b = Tape.current().b
    kept_shape = b.kept_shape(x.value, None if axes is None else b.constant(np.array(axes, np.int64)))
    if axes is None:
        flat = b.reshape(x.value, [-1])
    else:
        rest = [i for i in range(x.ndim) if i not in axes]
        turned = xp.transpose(x, (*rest, *axes))
        sizes = turned.shape
        count = functools.reduce(operator.mul, sizes[len(rest) :], 1)
        flat = turned.value if len(axes) == 1 else xp.reshape(turned, (*sizes[: len(rest)], count)).value
    return wrap(b.sort(flat, axis=-1)), kept_shape


def ordered_rows(x: Array, axis: Any) -> Array:
    """`x` sorted along one last axis, into which `axis` is gathered; NaN comes last."""
    return _ordered(x, axis)[0]


def _nan_if_any(ordered: Array, made: Array) -> Array:
    """`made`, NaN where a row of the sorted array has one: NaN sorts last."""
    if ordered.dtype.kind != "f":
        return made
    b = Tape.current().b
    last = b.take(ordered.value, -1, axis=-1)
    return wrap(b.where(b.isnan(last), last, made.value))


# alpha and beta of the continuous methods, by Hyndman and Fan's virtual index n*q + alpha + q*(1 - alpha - beta) - 1
_CONTINUOUS = {
    "linear": (1.0, 1.0),
    "interpolated_inverted_cdf": (0.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "median_unbiased": (1 / 3, 1 / 3),
    "normal_unbiased": (3 / 8, 3 / 8),
}
_ROUNDED = {"lower": "floor", "higher": "ceil", "nearest": "round"}


def quantiles(
    name: str, a: Any, q: Any, axis: Any, out: Any, method: str, keepdims: Any, ordered: Any = None, count: Any = None
) -> Any:
    """Quantiles of `a` at `q`, between 0 and 1; the axes of q come first in the result.

    `ordered` and `count` are given where only the first `count` elements of each sorted row are to count.
    """
    b = Tape.current().b
    x = lift(a)
    if x.dtype.kind == "c":
        raise TypeError(f"{name} of complex numbers, which have no order")
    if x.dtype.kind == "b":
        raise TypeError(f"{name} of bools, between which nothing lies; cast them")
    at = lift(q)
    known = at.concrete()
    if known is not None and not bool(np.all((known >= 0) & (known <= 1))):
        raise ValueError(f"{name}: a q that is not between 0 and {100 if 'percentile' in name else 1}")
    rows, kept_shape = _ordered(x, axis)
    rows = rows if ordered is None else ordered
    if isinstance(q, int | float) and x.dtype.kind == "f":
        at = xp.astype(at, x.dtype)
    flat = xp.reshape(at if at.dtype.kind == "f" else xp.astype(at, np.float64), (-1,))
    n = rows.shape[-1] if count is None else xp.astype(count, flat.dtype)
    if count is not None and n.ndim:
        flat = xp.reshape(flat, (-1, *([1] * n.ndim)))
    low, high, part = _places(flat, n, method)
    if count is None:
        first = wrap(b.take(rows.value, low.astype(np.int64).value, axis=-1))
        second = wrap(b.take(rows.value, high.astype(np.int64).value, axis=-1))
    else:
        wide = xp.broadcast_to(rows, (*flat.shape[:1], *rows.shape)) if rows.ndim else rows
        first, second = (
            xp.squeeze(xp.take_along_axis(wide, xp.expand_dims(i.astype(np.int64), -1), -1), -1) for i in (low, high)
        )
        first, second = xp.moveaxis(first, 0, -1), xp.moveaxis(second, 0, -1)
        part = xp.moveaxis(part, 0, -1)
    made = _between(first, second, part)
    if method in ("lower", "higher", "nearest"):
        made = xp.astype(first, x.dtype)
    if x.dtype.kind == "f" and ordered is None:
        bad = xp.isnan(xp.take(rows, -1, -1))
        made = xp.where(xp.expand_dims(bad, -1), xp.astype(lift(np.nan), made.dtype), made)
    made = xp.moveaxis(made, -1, 0)
    shape = b.shape(at.value) if at.ndim else b.constant(np.zeros(0, np.int64))
    tail = kept_shape if keepdims else b.slice(b.shape(made.value), [1], [made.ndim], [0])
    return _shaped(name, b.reshape(made.value, b.concat(shape, tail, axis=0)), out, keepdims)


def _shaped(name: str, value: Any, out: Any, keepdims: Any) -> Any:
    """The result; numpy gives an array where dims are kept, though there be none."""
    return wrap(value, layout="C") if keepdims and out is None else delivered(name, value, out)


def _places(q: Array, n: Array, method: str) -> tuple[Array, Array, Array]:
    """The two neighbours of each quantile among n sorted elements and how far it lies between them, as floats."""
    if method in _CONTINUOUS:
        alpha, beta = _CONTINUOUS[method]
        virtual = (n - 1) * q if method == "linear" else n * q + (alpha + q * (1 - alpha - beta)) - 1
    elif method in _ROUNDED or method == "midpoint":
        virtual = (n - 1) * q
    elif method == "inverted_cdf":
        virtual = xp.ceil(n * q) - 1
    elif method == "averaged_inverted_cdf":
        at = n * q
        floor = xp.floor(at)
        virtual = xp.where(at == floor, floor - 0.5, floor)
    elif method == "closest_observation":
        at = n * q - 1 - 0.5
        floor = xp.floor(at)
        virtual = xp.where((at == floor) & (floor % 2 == 1), floor, floor + 1)
    else:
        raise ValueError(f"there is no method {method!r} of quantiles")
    last = n - 1
    if method in _ROUNDED:
        place = xp.clip({"floor": xp.floor, "ceil": xp.ceil, "round": xp.round}[_ROUNDED[method]](virtual), 0, last)
        return place, place, xp.zeros_like(virtual)
    if method == "midpoint":
        low = xp.floor(virtual)
        return low, xp.ceil(virtual), xp.astype(xp.where(virtual == low, 0.0, 0.5), virtual.dtype)
    virtual = xp.clip(virtual, 0, last)
    low = xp.floor(virtual)
    return low, xp.minimum(low + 1, last), virtual - low


def _between(low: Array, high: Array, part: Array) -> Array:
    """The point between two values, from the nearer end: exact at both."""
    step = high - low
    return xp.where(part >= 0.5, high - step * (1 - part), low + step * part)  # type: ignore[no-any-return]


@function("quantile")
def quantile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: Any = False, *, weights: Any = None, interpolation: Any = None,
) -> Any:  # fmt: skip
    if weights is not None:
        raise refused("quantile: weights= is not traced")
    return quantiles("quantile", a, q, axis, out, method if interpolation is None else interpolation, keepdims)


@function("percentile")
def percentile(
    a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: Any = False, *, weights: Any = None, interpolation: Any = None,
) -> Any:  # fmt: skip
    if weights is not None:
        raise refused("percentile: weights= is not traced")
    kind = lift(a).dtype
    whole = kind.type(100) if kind.kind == "f" else 100
    share = q / 100 if isinstance(q, int | float) else xp.true_divide(lift(q), whole)
    return quantiles("percentile", a, share, axis, out, method if interpolation is None else interpolation, keepdims)
