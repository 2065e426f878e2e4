"""Shapes, joining, slicing, padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.export.row import emits, lowers
from irlib.types import DTYPES

_INT64 = DTYPES["int64"]
_LEAST = -(2**63)
_AXES_OF_PAD = 18
"""The opset from which Pad is told which axes."""


@emits("shape_of")
def shape_of(e: Any, site: Any, x: Any) -> Any:
    if x.is_static:
        return e.const(list(x.shape))
    return e.op("Shape", x, type=site.type)


@emits("size")
def size(e: Any, site: Any, x: Any) -> Any:
    return e.op("Size", x, type=site.type)


@emits("reshape")
def reshape(e: Any, site: Any, x: Any, shape: Any) -> Any:
    """A 0 means 0 here and by default the dim of x there."""
    ints = shape.ints
    if ints is None and site.type.is_static:
        shape, ints = e.const(list(site.type.shape)), site.type.shape
    may_be_zero = 0 in ints if ints is not None else True
    if may_be_zero and ints is not None and -1 in ints and site.type.is_static:
        shape = e.const(list(site.type.shape))
    return e.op("Reshape", x, shape, allowzero=1 if may_be_zero else None, type=site.type)


@emits("flatten")
def flatten(e: Any, site: Any, x: Any) -> Any:
    return e.op("Flatten", x, axis=site.op.axis)


@emits("broadcast_to", "expand")
def broadcast_to(e: Any, site: Any, x: Any, shape: Any) -> Any:
    if x.is_static and site.type.is_static and x.shape == site.type.shape:
        return x
    if site.type.is_static and shape.ints is None:
        shape = e.const(list(site.type.shape))
    made = e.op("Expand", x, shape, type=site.type)
    made.fill = x.fill
    return made


def _axes(e: Any, axes: Any) -> Any:
    if axes is not None and axes.rank == 0:
        return e.const(list(axes.ints)) if axes.ints is not None else e.op("Reshape", axes, e.const([1]))
    return axes


@emits("squeeze", "unsqueeze", first=True)
def squeeze(e: Any, site: Any, x: Any, axes: Any) -> Any:
    axes = _axes(e, axes)
    if axes is not None and (axes.ints == () or axes.shape == (0,)):
        return e.op("Identity", x, type=site.type)  # which runtimes take for axes that are absent
    return e.op("Squeeze" if site.op.name == "squeeze" else "Unsqueeze", x, axes, type=site.type)


@emits("iota")
def iota(e: Any, site: Any, n: Any) -> Any:
    from irlib.converters.onnx_model.dtypes import NUMBER_OF

    dtype = site.op.dtype
    if n.ints is not None and n.ints[0] <= 1024 and dtype.kind in ("int", "uint", "float"):
        return e.const(np.arange(n.ints[0]), dtype)
    counted = e.op("Range", e.const(0), n, e.const(1), type=site.type.with_dtype(_INT64))
    return counted if dtype is _INT64 else e.op("Cast", counted, to=NUMBER_OF[dtype], type=site.type)


@emits("split")
def split(e: Any, site: Any, x: Any, sizes: Any) -> Any:
    count = len(site.types)
    parts = None
    if sizes is None:
        dim = None if x.shape is None else x.shape[site.op.axis]
        if isinstance(dim, int):
            most = -(-dim // count)
            sizes = e.const([max(0, min(most, dim - k * most)) for k in range(count)])
        else:
            parts = count
    made = e.op("Split", x, sizes, outputs=site.types, axis=site.op.axis, num_outputs=parts)
    return made if isinstance(made, tuple) else (made,)


@emits("slice")
def slice_(e: Any, site: Any, x: Any, starts: Any, ends: Any, axes: Any, steps: Any) -> Any:
    if x.rank == 0 or starts.ints == ():
        return e.op("Identity", x, type=site.type)
    return e.op("Slice", x, starts, ends, axes, steps, type=site.type)


@emits("reverse")
def reverse(e: Any, site: Any, x: Any, axes: Any) -> Any:
    if axes is None:
        if x.rank is None:
            raise site.unsupported("the rank of x is not known", "use irlib.specialize before")
        axes = e.const(list(range(x.rank)))
    axes = _axes(e, axes)
    if axes.ints is None:
        length = e.op("Shape", axes)
        back, far = (e.op("Expand", e.const(n), length) for n in (-1, _LEAST))
    elif not axes.ints:
        return e.op("Identity", x)
    else:
        back, far = e.const([-1] * len(axes.ints)), e.const([_LEAST] * len(axes.ints))
    return e.op("Slice", x, back, far, axes, back, type=site.type)


@emits("pad")
def pad(e: Any, site: Any, x: Any, pads: Any, value: Any, axes: Any) -> Any:
    axes = _axes(e, axes)
    # pads of all axes where they are known: older opsets ask for it, and an optimizer of onnxruntime trips over axes
    if axes is not None and axes.ints is not None and pads.ints is not None and x.rank is not None:
        whole = [0] * (2 * x.rank)
        for k, axis in enumerate(axes.ints):
            whole[axis % x.rank] = pads.ints[k]
            whole[axis % x.rank + x.rank] = pads.ints[k + len(axes.ints)]
        pads, axes = e.const(whole), None
    elif axes is not None and axes.ints is not None and x.rank is not None and e.opset < _AXES_OF_PAD:
        places = [a % x.rank + k for k in (0, x.rank) for a in axes.ints]
        pads, axes = e.op("ScatterElements", e.const([0] * (2 * x.rank)), e.const(places), pads), None
    return e.op("Pad", x, pads, value, axes, mode=site.op.mode, type=site.type)


@lowers("slice_update", fills=True)
def slice_update(
    b: Any, site: Any, fills: Any, x: Any, update: Any, starts: Any, ends: Any, axes: Any, steps: Any
) -> Any:
    """Zeros around the update where x is zeros and the bounds are known; else a scatter to the places of a slice."""
    pads = _around(fills[0], x, starts, ends, axes, steps)
    if pads is not None:
        along, before, after = pads
        if not any(before) and not any(after):
            return update
        return b.pad(update, [*before, *after], None, along)
    bounds = [starts, ends, axes, steps]
    while bounds and bounds[-1] is None:
        bounds.pop()
    if axes is not None and axes.ints is not None and len(axes.ints) == 1 and x.rank is not None:
        axis = axes.ints[0] % x.rank
        size = b.take(b.shape(x), [axis], axis=0)
        rest = [None if v is None else v for v in (starts, ends)]
        places = b.slice(b.iota(b.reshape(size, [])), *rest, b.constant([0], "int64"), steps)
        return b.scatter(x, places, update, axis=axis)
    numbers = b.reshape(b.iota(b.prod(b.shape(x))), b.shape(x))
    places = b.reshape(b.slice(numbers, *bounds), [-1])
    flat = b.scatter(b.reshape(x, [-1]), places, b.reshape(update, [-1]), axis=0)
    return b.reshape(flat, b.shape(x))


def _around(fill: Any, x: Any, starts: Any, ends: Any, axes: Any, steps: Any) -> Any:
    """Axes, and how much of zeros is before and after the slice; None where it is not that simple or not known."""
    if fill != 0 or x.rank is None or starts.ints is None or ends.ints is None or x.dtype.kind not in ("int", "float"):
        return None
    along = tuple(range(len(starts.ints))) if axes is None else axes.ints
    strides = (1,) * len(starts.ints) if steps is None else steps.ints
    if along is None or strides is None or any(s != 1 for s in strides):
        return None
    along = [a % x.rank for a in along]
    before, after = [], []
    for a, start, end in zip(along, starts.ints, ends.ints, strict=True):
        d = x.shape[a]
        if not isinstance(d, int):
            return None
        low, high, _ = slice(start, end).indices(d)
        before.append(low)
        after.append(d - max(low, high))
    return along, before, after


@emits("tril", "triu")
def triangle(e: Any, site: Any, x: Any, k: Any) -> Any:
    return e.op("Trilu", x, k, upper=int(site.op.name == "triu"))


@emits("tile")
def tile(e: Any, site: Any, x: Any, repeats: Any) -> Any:
    return e.op("Tile", x, repeats)


@emits("nonzero", first=True)
def nonzero(e: Any, site: Any, x: Any) -> Any:
    """Of a scalar it means another thing in each runtime: there it is as many columns of no rows as it is not 0."""
    if x.rank == 0:
        found = e.op("NonZero", e.op("Reshape", x, e.const([1])), type=site.type)
        return e.op("Slice", found, e.const([0]), e.const([0]), e.const([0]), type=site.type)
    return e.op("NonZero", x, type=site.type)
