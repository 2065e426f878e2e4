"""Counting: bincount and histograms."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import floating, number_of
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


@function("bincount")
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    places = lift(x)
    if places.ndim != 1:
        raise ValueError(f"bincount of an array of rank {places.ndim}, expected 1")
    if places.dtype.kind not in "biu":
        raise TypeError(f"bincount of {places.dtype}, expected integers")
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
