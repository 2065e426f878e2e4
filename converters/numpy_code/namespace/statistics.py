"""Statistics: variances, averages, quantiles, covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast
from irlib.converters.numpy_code.namespace.reduction import counted
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axes_of, delivered, floating, inexact, is_default, number_of
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["ordered_rows", "quantiles"]


@function("var")
def var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = None,
    *, where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    return _spread("var", a, axis, dtype, out, _degrees(ddof, correction), keepdims, where, mean)


@function("std")
def std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = None,
    *, where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    return _spread("std", a, axis, dtype, out, _degrees(ddof, correction), keepdims, where, mean)


def _degrees(ddof: Any, correction: Any) -> Any:
    if is_default(correction):
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction


def _spread(name: str, a: Any, axis: Any, dtype: Any, out: Any, ddof: Any, keepdims: Any, where: Any, mean: Any) -> Any:
    x = lift(a)
    to = as_dtype(dtype) if dtype is not None else x.dtype if x.dtype.kind in "fc" else np.dtype(np.float64)
    keep = False if is_default(keepdims) else bool(keepdims)
    b = Tape.current().b
    value = cast(x.value, to)
    axes = axes_of(axis, x.ndim)
    listed = None if axes is None else list(axes)
    if to.kind == "f" and where is True and is_default(mean):
        ddof = number_of(ddof, "ddof")
        return delivered(name, getattr(b, name)(value, listed, keepdims=keep, correction=float(ddof)), out)
    y = wrap(value)
    centre = xp.mean(y, axis=axis, keepdims=True, where=where) if is_default(mean) else mean
    away = xp.subtract(y, centre)
    squares = xp.real(xp.multiply(away, xp.conjugate(away))) if to.kind == "c" else xp.multiply(away, away)
    total = xp.sum(squares, axis=axis, keepdims=keep, where=where)
    count = wrap(counted(x, axis, where, keepdims=keep))
    made = xp.divide(total, xp.maximum(xp.subtract(count, ddof), 0).astype(total.dtype))
    return delivered(name, (made if name == "var" else xp.sqrt(made)).value, out)


@function("average")
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = None) -> Any:
    x = lift(a)
    keep = False if is_default(keepdims) else bool(keepdims)
    if weights is None:
        made = xp.mean(x, axis=axis, keepdims=keep)
        total: Any = wrap(cast(counted(x, axis), made.dtype), is_scalar=True)
    else:
        w = lift(weights)
        if w.ndim != x.ndim:
            if axis is None:
                raise TypeError("Axis must be specified when shapes of a and weights differ.")
            axes = axes_of(axis, x.ndim) or ()
            if w.ndim != len(axes):
                raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
            order = np.argsort(axes)
            w = xp.expand_dims(xp.transpose(w, order), tuple(i for i in range(x.ndim) if i not in axes))
        x, w = floating(x, w)
        total = xp.sum(xp.broadcast_to(w, x.shape) if w.ndim == x.ndim else w, axis=axis, keepdims=keep)
        made = xp.divide(xp.sum(xp.multiply(x, w), axis=axis, keepdims=keep), total)
    return (made, xp.broadcast_to(total, made.shape) if made.ndim else total) if returned else made


@function("median")
def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False) -> Any:
    x = inexact(a)
    ordered, axis_shape = _ordered(x, axis)
    n = ordered.shape[-1]
    if isinstance(n, int) and n == 0:
        raise refused("median of no elements", remedy="numpy gives NaN with a warning")
    low, high = xp.take(ordered, (n - 1) // 2, -1), xp.take(ordered, n // 2, -1)
    middle = xp.divide(xp.add(low, high), 2) if not (isinstance(n, int) and n % 2) else low
    value = _nan_if_any(ordered, middle).value
    return delivered("median", Tape.current().b.reshape(value, axis_shape) if keepdims else value, out)


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
        shape = turned.shape[: len(rest)]
        flat = xp.reshape(turned, (*shape, -1)).value if len(axes) != 1 else turned.value
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
        raise TypeError("a must be an array of real numbers")
    if x.dtype.kind == "b":
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported")
    at = lift(q)
    known = at.concrete()
    if known is not None and not bool(np.all((known >= 0) & (known <= 1))):
        raise ValueError(
            "Quantiles must be in the range [0, 1]"
            if name == "quantile"
            else "Percentiles must be in the range [0, 100]"
        )
    rows, kept_shape = _ordered(x, axis)
    rows = rows if ordered is None else ordered
    to = xp.result_type(x.dtype, at.dtype if at.ndim else (at.dtype if isinstance(q, Array | np.generic) else 0.0))
    to = to if to.kind == "f" else np.dtype(np.float64)
    flat = xp.reshape(xp.astype(at, np.float64), (-1,))
    n = xp.astype(lift(rows.shape[-1] if count is None else count), np.float64)
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
    made = _between(xp.astype(first, to), xp.astype(second, to), part.astype(to))
    if method in ("lower", "higher", "nearest"):
        made = xp.astype(first, x.dtype)
    if x.dtype.kind == "f" and ordered is None:
        bad = xp.isnan(xp.take(rows, -1, -1))
        made = xp.where(xp.expand_dims(bad, -1), xp.astype(lift(np.nan), made.dtype), made)
    made = xp.moveaxis(made, -1, 0)
    shape = b.shape(at.value) if at.ndim else b.constant(np.zeros(0, np.int64))
    tail = kept_shape if keepdims else b.slice(b.shape(made.value), [1], [made.ndim], [0])
    value = b.reshape(made.value, b.concat(shape, tail, axis=0))
    return delivered(name, value, out)


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
        raise ValueError(f"{method!r} is not a valid method for quantile")
    last = n - 1
    if method in _ROUNDED:
        place = xp.clip({"floor": xp.floor, "ceil": xp.ceil, "round": xp.round}[_ROUNDED[method]](virtual), 0, last)
        return place, place, xp.zeros_like(virtual)
    if method == "midpoint":
        low = xp.floor(virtual)
        return low, xp.ceil(virtual), xp.where(virtual == low, 0.0, 0.5)
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
    to = xp.result_type(lift(a).dtype, 0.0)
    share = xp.true_divide(lift(q), to.type(100)) if isinstance(q, Array | np.ndarray | list | tuple) else lift(q / 100)
    return quantiles("percentile", a, share, axis, out, method if interpolation is None else interpolation, keepdims)


@function("cov")
def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    x = lift(m)
    if x.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    to = as_dtype(dtype) if dtype is not None else xp.result_type(x, np.float64, *(() if y is None else (lift(y),)))
    rows = _as_rows(x, to, rowvar=rowvar)
    if y is not None:
        rows = xp.concatenate((rows, _as_rows(lift(y), to, rowvar=rowvar)), 0)
    if ddof is None:
        ddof = 0 if bias else 1
    w = None
    if fweights is not None:
        w = xp.astype(lift(fweights), np.float64)
    if aweights is not None:
        aw = xp.astype(lift(aweights), np.float64)
        w = aw if w is None else w * aw
    if w is None:
        mean, total = xp.mean(rows, axis=1), rows.shape[1]
        factor = total - ddof
    else:
        total = xp.sum(w)
        mean = xp.sum(rows * w, axis=1) / total
        again = 0 if ddof == 0 else ddof if aweights is None else ddof * xp.sum(w * aw) / total
        factor = total - again
    away = rows - xp.expand_dims(mean, 1)
    other = away if w is None else away * w
    made = xp.matmul(away, xp.conjugate(xp.transpose(other)))
    return xp.squeeze(made * xp.true_divide(1, factor), _ones(made))


def _ones(x: Array) -> tuple[int, ...]:
    return tuple(i for i, d in enumerate(x.value.shape) if d == 1)


def _as_rows(x: Array, to: Any, *, rowvar: bool) -> Array:
    made = xp.atleast_2d(xp.astype(x, to))
    return made if rowvar or x.ndim == 1 else xp.transpose(made)  # type: ignore[no-any-return]


@function("corrcoef")
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    spread = xp.sqrt(xp.real(xp.diagonal(c)))
    made = c / xp.expand_dims(spread, 1) / xp.expand_dims(spread, 0)
    if made.dtype.kind == "c":
        return made
    return xp.clip(made, -1, 1)


@function("bincount")
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    places = lift(x)
    if places.ndim != 1:
        raise ValueError(
            "object too deep for desired array" if places.ndim else "object of too small depth for desired array"
        )
    if places.dtype.kind not in "biu":
        raise TypeError("Cannot cast array data from dtype('float64') to dtype('int64') according to the rule 'safe'")
    b = Tape.current().b
    at = cast(places.value, np.int64)
    least = number_of(minlength, "minlength=")
    top = b.max(b.concat(b.constant(np.array([-1])), at, axis=0))
    total = b.maximum(b.add(top, 1), b.constant(least, "int64"))
    empty = b.broadcast_to(b.constant(0 if weights is None else 0.0), b.reshape(total, [1]))
    counts = b.broadcast_to(b.constant(1), b.shape(at)) if weights is None else cast(lift(weights).value, np.float64)
    return wrap(b.scatter(empty, at, counts, axis=0, reduction="add"), layout=strides.C)


@function("histogram_bin_edges")
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    if isinstance(bins, str):
        raise refused("histogram: a rule for the bins is not traced", remedy="give their number or their edges")
    if lift(bins).ndim == 1:
        return lift(bins)
    x = lift(a)
    low, high = (xp.min(x), xp.max(x)) if range is None else (lift(range[0]), lift(range[1]))
    low, high = floating(low, high)
    same = low == high
    low, high = xp.where(same, low - 0.5, low), xp.where(same, high + 0.5, high)
    return xp.linspace(low, high, number_of(bins, "the number of bins") + 1)


@function("histogram")
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    x = xp.ravel(a)
    edges = histogram_bin_edges(x, bins, range, weights)
    count = edges.shape[0] - 1
    b = Tape.current().b
    inner, values = floating(edges, x)
    place = b.subtract(b.searchsorted(inner.value, values.value, side="right"), 1)
    last = b.equal(values.value, b.take(inner.value, -1))
    place = b.where(last, b.constant(count - 1), place)
    inside = b.logical_and(b.greater_equal(place, 0), b.less(place, b.constant(count)))
    w = lift(np.int64(1)) if weights is None else xp.ravel(weights)
    part = b.where(inside, w.value, b.constant(0, w.value.dtype))
    at = b.clip(place, b.constant(0), b.constant(count - 1))
    part = b.broadcast_to(part, b.shape(at))
    made = wrap(b.scatter(b.full([count], b.constant(0, part.dtype)), at, part, axis=0, reduction="add"))
    if density:
        widths = xp.diff(edges)
        return made / widths / xp.sum(made), edges
    return made, edges


@function("histogram2d")
def histogram2d(x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    both = bins if isinstance(bins, list | tuple) and len(bins) == 2 else (bins, bins)
    spans = (None, None) if range is None else range
    xs, ys = lift(x), lift(y)
    first, second = (histogram_bin_edges(v, n, r) for v, n, r in zip((xs, ys), both, spans, strict=True))
    rows, columns = first.shape[0] - 1, second.shape[0] - 1
    places = []
    inside: Any = True
    for v, edges, n in ((xs, first, rows), (ys, second, columns)):
        at = xp.searchsorted(edges, v, side="right") - 1
        at = xp.where(v == edges[-1], n - 1, at)
        inside = xp.logical_and(inside, (at >= 0) & (at < n))
        places.append(xp.clip(at, 0, n - 1))
    part = xp.where(inside, 1.0 if weights is None else lift(weights), 0.0)
    made = xp.reshape(xp.bincount(places[0] * columns + places[1], part, rows * columns), (rows, columns))
    if density:
        area = xp.outer(xp.diff(first), xp.diff(second))
        made = made / area / xp.sum(made)
    return made, first, second
