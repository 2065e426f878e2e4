"""Convolutions, pools, windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.export.row import emits, lowers
from irlib.types import DTYPES, TensorType

_INT64 = DTYPES["int64"]


def _count(site: Any, *operands: Any) -> int:
    """How many spatial axes there are."""
    for v in operands:
        if v.rank is not None:
            return int(v.rank) - 2
    raise site.unsupported("the rank of the operands is not known", "use irlib.specialize before")


def _floats_only(site: Any, x: Any) -> None:
    if not x.dtype.is_float:
        raise site.unsupported(f"ONNX convolves floats, got {x.dtype}", "cast the operands")


def _attributes(op: Any, w: Any) -> dict[str, Any]:
    kernel = w.shape[2:] if w.shape is not None else (None,)
    return {
        "kernel_shape": list(kernel) if all(isinstance(k, int) for k in kernel) else None,
        "strides": op.strides if op.strides and set(op.strides) != {1} else None,
        "dilations": op.dilations if op.dilations and set(op.dilations) != {1} else None,
        "group": op.groups if op.groups != 1 else None,
    }


def _padded(e: Any, x: Any, pads: Any, count: int) -> Any:
    """`x` with pads (computed, or negative ones) on its spatial axes."""
    if pads.ints is not None:
        begins, ends = pads.ints[:count], pads.ints[count:]
        whole = e.const([0, 0, *begins, 0, 0, *ends])
    else:
        none = e.const([0, 0])
        begins, ends = e.op("Split", pads, e.const([count, count]), outputs=2, axis=0)
        whole = e.op("Concat", none, begins, none, ends, axis=0)
    return e.op("Pad", x, whole)


@emits("convolution")
def convolution(e: Any, site: Any, x: Any, w: Any, pads: Any) -> Any:
    _floats_only(site, x)
    count = _count(site, x, w)
    if pads is not None and (pads.ints is None or min(pads.ints) < 0):
        x, pads = _padded(e, x, pads, count), None
    given = list(pads.ints) if pads is not None and any(pads.ints) else None
    return e.op("Conv", x, w, pads=given, **_attributes(site.op, w), type=site.type)


@emits("convolution_transpose")
def convolution_transpose(e: Any, site: Any, y: Any, w: Any, pads: Any, shape: Any) -> Any:
    """With output_padding where all is known; else the whole, cropped or padded to the shape that is asked for."""
    _floats_only(site, y)
    op, count = site.op, _count(site, y, w)
    strides, dilations = op.per_axis(count)
    attributes = _attributes(op, w)
    given = (0,) * (2 * count) if pads is None else pads.ints
    ys = None if y.shape is None else y.shape[2:]
    sizes = None if site.type.shape is None else site.type.shape[2:]
    ws = w.shape[2:] if w.shape is not None else (None,) * count
    known = given is not None and all(isinstance(d, int) for d in (*ws, *(ys or (None,)), *(sizes or (None,))))
    if known and given is not None and min(given) >= 0:
        assert ys is not None
        assert sizes is not None
        least = [
            (o - 1) * s + d * (k - 1) + 1 - p - q
            for o, s, d, k, p, q in zip(ys, strides, dilations, ws, given[:count], given[count:], strict=True)
        ]
        extra = [have - low for have, low in zip(sizes, least, strict=True)]
        if all(0 <= x < max(s, d) for x, s, d in zip(extra, strides, dilations, strict=True)):
            return e.op(
                "ConvTranspose", y, w, pads=list(given) if any(given) else None,
                output_padding=extra if any(extra) else None, **attributes, type=site.type,
            )  # fmt: skip
    whole = e.op("ConvTranspose", y, w, **attributes)
    if shape is None and pads is None:
        return whole
    zeros = e.const([0] * count)
    begins, ends = zeros, zeros
    if pads is not None:
        begins, ends = e.op("Split", pads, e.const([count, count]), outputs=2, axis=0)
    have = e.op("Slice", e.op("Shape", whole), e.const([2]), e.const([count + 2]))
    before = e.op("Neg", begins)
    after = e.op("Neg", ends) if shape is None else e.op("Add", e.op("Sub", shape, have), begins)
    none = e.const([0, 0])
    return e.op("Pad", whole, e.op("Concat", none, before, none, after, axis=0), type=site.type)


def _folded(e: Any, site: Any, x: Any) -> Any:
    """`x` with all axes before the window's as batch and channel; and the rank it had."""
    count = len(site.op.window)
    if x.rank is None:
        raise site.unsupported("the rank of x is not known", "use irlib.specialize before")
    if x.rank == count + 2:
        return x
    sizes = _last(e, x, count)
    return e.op("Reshape", x, e.op("Concat", e.const([-1, 1]), sizes, axis=0) if sizes.ints is None
                else e.const([-1, 1, *sizes.ints]))  # fmt: skip


def _last(e: Any, x: Any, count: int) -> Any:
    dims = x.shape[x.rank - count :]
    if all(isinstance(d, int) for d in dims):
        return e.const(list(dims))
    return e.op("Slice", e.op("Shape", x), e.const([x.rank - count]), e.const([x.rank]))


def _unfolded(e: Any, site: Any, y: Any, x: Any) -> Any:
    count = len(site.op.window)
    if x.rank == count + 2:
        return y
    if site.type.is_static:
        return e.op("Reshape", y, e.const(list(site.type.shape)))
    lead = e.op("Slice", e.op("Shape", x), e.const([0]), e.const([x.rank - count]))
    behind = e.op("Slice", e.op("Shape", y), e.const([2]), e.const([count + 2]))
    return e.op("Reshape", y, e.op("Concat", lead, behind, axis=0))


def _pooling(op: Any, pads: Any) -> dict[str, Any]:
    return {
        "kernel_shape": op.window,
        "strides": op.strides if op.strides and set(op.strides) != {1} else None,
        "dilations": op.dilations if op.dilations and set(op.dilations) != {1} else None,
        "pads": list(pads.ints) if pads is not None and any(pads.ints) else None,
        "ceil_mode": int(op.ceil_mode) or None,
    }


def _padded_pool(b: Any, site: Any, x: Any, pads: Any) -> Any:
    """With pads that are computed, or negative: of `x` with them around it, lower than every number."""
    op, count = site.op, len(site.op.window)
    if x.rank is None or op.ceil_mode:
        raise site.unsupported("MaxPool takes pads that are known", "pad beforehand")
    lowest = -np.inf if x.dtype.is_float else np.iinfo(x.dtype.numpy).min
    wide = b.pad(x, pads, b.constant(lowest, x.dtype), list(range(x.rank - count, x.rank)))
    windows = {"window": op.window, "strides": op.strides, "dilations": op.dilations}
    if op.name == "max_pool":
        return b.max_pool(wide, **windows)
    # a place in the padded tensor, taken apart from the last axis on, is put together again without the pads
    # where a window has nothing larger than its padding, the first element that is none is chosen
    inside = b.pad(b.full_like(x, 1), pads, b.constant(0, x.dtype), list(range(x.rank - count, x.rank)))
    nothing = b.equal(b.max_pool(wide, **windows), b.constant(lowest, x.dtype))
    rest = b.where(nothing, b.max_pool_indices(inside, **windows), b.max_pool_indices(wide, **windows))
    place, step = b.constant(0), b.constant(1)
    for k in reversed(range(count)):
        axis = x.rank - count + k
        size = b.take(b.shape(wide), axis, axis=0)
        place = place + (b.remainder(rest, size) - b.take(pads, k, axis=0)) * step
        rest, step = b.floor_divide(rest, size), step * b.take(b.shape(x), axis, axis=0)
    return place + rest * step


@emits("max_pool", "max_pool_indices")
def max_pool(e: Any, site: Any, x: Any, pads: Any) -> Any:
    if pads is not None and (pads.ints is None or min(pads.ints) < 0):
        return e.writer.lowered_row(_padded_pool, site, (x, pads))
    folded, attributes = _folded(e, site, x), _pooling(site.op, pads)
    # a gradient asks for the places of what the forward pass asks for the values of: one node gives both
    key = (e.scope.name_of(folded), repr(attributes))
    both = e.scope.pools.get(key)
    if both is None:
        outputs = (None, TensorType(DTYPES["int64"], None))
        both = e.scope.pools[key] = e.op("MaxPool", folded, outputs=outputs, **attributes)
    return _unfolded(e, site, both[site.op.name == "max_pool_indices"], x)


@emits("avg_pool")
def avg_pool(e: Any, site: Any, x: Any, pads: Any) -> Any:
    op = site.op
    if x.rank != len(op.window) + 2 or (pads is not None and (pads.ints is None or min(pads.ints) < 0)):
        return None
    if op.ceil_mode or (op.dilations and set(op.dilations) != {1}):
        return None  # runtimes do not agree on what the last window counts
    return e.op("AveragePool", x, **_pooling(op, pads), count_include_pad=int(op.count_include_pad) or None)


@lowers("sliding_window")
def sliding_window(b: Any, site: Any, x: Any) -> Any:
    """Each axis indexed by a matrix: places by elements of the window."""
    op, count = site.op, len(site.op.window)
    if x.rank is None:
        raise site.unsupported("the rank of x is not known", "use irlib.specialize before")
    lead, made = x.rank - count, x
    for k, (w, s, d) in reversed(list(enumerate(op.rows))):
        made = b.take(made, _matrix(b, x, lead + k, w, s, d), axis=lead + k)
    # now each place stands before its window: (o1, w1, o2, w2, ..)
    places = [lead + 2 * k for k in range(count)]
    return b.transpose(made, perm=(*range(lead), *places, *(p + 1 for p in places))) if count > 1 else made


def _matrix(b: Any, x: Any, axis: int, w: int, s: int, d: int) -> Any:
    size = x.shape[axis]
    offsets = np.arange(w) * d
    if isinstance(size, int):
        places = (size - d * (w - 1) - 1) // s + 1
        return b.constant(np.arange(places)[:, None] * s + offsets)
    places = b.floor_divide(b.take(b.shape(x), axis) - (d * (w - 1) + 1), s) + 1
    return b.unsqueeze(b.iota(places) * s, [1]) + b.constant(offsets)


@lowers("overlap_add")
def overlap_add(b: Any, site: Any, y: Any, shape: Any) -> Any:
    """The windows' elements added to the places that the windows of a counted grid name."""
    op, count = site.op, len(site.op.window)
    if y.rank is None:
        raise site.unsupported("the rank of y is not known", "use irlib.specialize before")
    total = b.prod(shape)
    if shape.ints is not None:
        sizes = shape.ints
        grid: Any = np.zeros((), np.int64)
        axes = []
        for k, (w, s, d) in enumerate(op.rows):
            step = int(np.prod(sizes[k + 1 :]))
            places = (sizes[k] - d * (w - 1) - 1) // s + 1
            axes.append((np.arange(places)[:, None] * s + np.arange(w) * d) * step)
        for k, matrix in enumerate(axes):
            view = [1] * (2 * count)
            view[k], view[count + k] = matrix.shape
            grid = grid + matrix.reshape(view)
        places = b.constant(grid.reshape(-1))
        flat = [-1, grid.size]
    else:
        numbers = b.reshape(b.iota(total), shape)
        places = b.reshape(b.sliding_window(numbers, **op.windows_of()), [-1])
        flat = [-1, b.take(b.shape(places), 0)]
    rows = b.reshape(y, b.constant(flat, "int64") if isinstance(flat[1], int) else b.lift(flat))
    lead_rows = b.take(b.shape(rows), 0)
    zeros = b.broadcast_to(b.constant(0, y.dtype), b.lift([lead_rows, total]))
    summed = b.scatter(zeros, places, rows, axis=1, reduction="add")
    lead = y.rank - 2 * count
    if lead == 0:
        return b.reshape(summed, shape)
    dims = [d if isinstance(d, int) else b.take(b.shape(y), k) for k, d in enumerate(y.shape[:lead])]
    front = b.constant(dims, "int64") if all(isinstance(d, int) for d in dims) else b.lift(dims)
    return b.reshape(summed, b.concat(front, shape, axis=0))
