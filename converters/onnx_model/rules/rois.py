"""RoiAlign and MaxRoiPool: parts of images, pooled into a grid of bins.

Regions, bins, samples in a bin and channels are axes of one array, in the order [region, row of bins, sample, column of
bins, sample, channel]. Regions with fewer samples than others have some that do not count.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from irlib.converters.onnx_model.rules.operands import as_int64, element, in_float32
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, Value


class _Samples(NamedTuple):
    """Along one axis of the image: where samples lie, [region, bin, sample], and which of them count."""

    at: Any
    counts: Any
    size: Any


@rule("RoiAlign", 10)
def roi_align(b: Emitter, n: OnnxOp, x: Value, rois: Value, images: Value) -> Any:
    mode, ratio = n["mode"], n["sampling_ratio"]
    coordinates = n["coordinate_transformation_mode"] if n.version >= 16 else "output_half_pixel"
    if mode not in ("avg", "max"):
        raise AttributeValueError(f"mode {mode!r}, expected avg or max", code="IR302")
    if coordinates not in ("half_pixel", "output_half_pixel"):
        raise AttributeValueError(
            f"coordinate_transformation_mode {coordinates!r}, expected half_pixel or output_half_pixel", code="IR302"
        )
    given, x = x.dtype, in_float32(b, x)
    halved = coordinates == "half_pixel"
    edges = b.multiply(b.cast(rois, dtype=x.dtype), n["spatial_scale"])
    edges = b.subtract(edges, 0.5) if halved else edges
    rows, columns = (
        _samples(b, edges, k, element(b, b.shape(x), 3 - k), bins, ratio, halved=halved)
        for k, bins in ((1, n["output_height"]), (0, n["output_width"]))
    )
    pixels, first = _pixels(b, x, images)
    values: Any = None
    for row, row_weight in _neighbours(b, rows, x):
        for column, column_weight in _neighbours(b, columns, x):
            found = b.take(pixels, _places(b, first, row, column, columns.size), axis=0)
            weight = b.unsqueeze(b.multiply(_of_rows(b, row_weight), _of_columns(b, column_weight)), [5])
            values = _together(b, mode, values, b.multiply(found, weight))
    counts = b.logical_and(_of_rows(b, rows.counts), _of_columns(b, columns.counts))
    counts = b.unsqueeze(counts, [5])
    if mode == "max":
        pooled = _largest(b, values, counts)
    else:
        number = b.maximum(b.sum(b.cast(counts, dtype=x.dtype), [2, 4]), 1.0)
        pooled = b.divide(b.sum(b.where(counts, values, 0), [2, 4]), number)
    pooled = b.transpose(pooled, perm=(0, 3, 1, 2))
    return pooled if pooled.dtype is given else b.cast(pooled, dtype=given)


def _together(b: Emitter, mode: str, total: Any, part: Any) -> Any:
    """Mode max takes the largest of the weighted neighbours too, as every implementation does."""
    if total is None:
        return part
    return b.add(total, part) if mode == "avg" else b.maximum(total, part)


def _samples(b: Emitter, edges: Any, first: int, size: Any, bins: int, ratio: int, *, halved: bool) -> _Samples:
    """Samples at equal distances in each bin: `ratio` of them, or as many as the bin has pixels."""
    start, end = (b.take(edges, b.constant(k, "int64"), axis=1) for k in (first, first + 2))
    length = b.subtract(end, start)
    length = length if halved else b.maximum(length, 1.0)
    bin_size = b.divide(length, float(bins))
    wanted = b.cast(b.ceil(bin_size), dtype="int64")
    most = b.max(b.concat(wanted, b.constant([1], "int64"), axis=0))
    if ratio > 0:
        wanted, most = b.full_like(wanted, ratio), b.constant(ratio, "int64")
    number = b.iota(most)
    part = b.divide(
        b.add(b.cast(number, dtype=edges.dtype), 0.5), b.unsqueeze(b.cast(b.maximum(wanted, 1), dtype=edges.dtype), [1])
    )
    in_bins = b.add(_column(b, bins, edges), b.unsqueeze(part, [1]))
    at = b.add(b.reshape(start, [-1, 1, 1]), b.multiply(in_bins, b.reshape(bin_size, [-1, 1, 1])))
    counts = b.broadcast_to(b.less(number, b.reshape(wanted, [-1, 1, 1])), b.shape(at))
    return _Samples(at, counts, size)


def _column(b: Emitter, bins: int, like: Any) -> Any:
    """The numbers of bins, for the axis of bins in [region, bin, sample]."""
    return b.unsqueeze(b.iota(b.constant(bins, "int64"), dtype=like.dtype), [1])


def _neighbours(b: Emitter, samples: _Samples, x: Any) -> list[tuple[Any, Any]]:
    """The pixels before and behind each sample, and their weights: 0 for a sample a pixel or more off the image."""
    size = b.cast(samples.size, dtype=x.dtype)
    outside = b.logical_or(b.less(samples.at, -1.0), b.greater(samples.at, size))
    last = b.subtract(size, 1.0)
    at = b.clip(samples.at, b.constant(0.0, x.dtype), last)
    low = b.floor(at)
    rest = b.subtract(at, low)
    high = b.minimum(b.add(low, 1.0), last)
    pairs = ((low, b.subtract(1.0, rest)), (high, rest))
    return [(b.cast(place, dtype="int64"), b.where(outside, 0, weight)) for place, weight in pairs]


def _of_rows(b: Emitter, v: Any) -> Any:
    return b.unsqueeze(v, [3, 4])


def _of_columns(b: Emitter, v: Any) -> Any:
    return b.unsqueeze(v, [1, 2])


def _pixels(b: Emitter, x: Any, images: Any) -> tuple[Any, Any]:
    """All pixels of all images as rows of channels, and the row of each region's image's first."""
    if x.rank not in (None, 4):
        raise IRTypeError(f"got {x.type}, expected rank 4", code="IR207")
    shape = b.shape(x)
    pixels = b.reshape(b.transpose(x, perm=(0, 2, 3, 1)), [-1, element(b, shape, 1)])
    area = b.multiply(element(b, shape, 2), element(b, shape, 3))
    return pixels, b.reshape(b.multiply(as_int64(b, images), area), [-1, 1, 1, 1, 1])


def _places(b: Emitter, first: Any, rows: Any, columns: Any, width: Any) -> Any:
    return b.add(b.add(first, b.multiply(_of_rows(b, rows), width)), _of_columns(b, columns))


def _largest(b: Emitter, values: Any, counts: Any) -> Any:
    """The largest of the samples that count; 0 in a bin that has none."""
    largest = b.max(b.where(counts, values, float("-inf")), [2, 4])
    return b.where(b.any(counts, [2, 4]), largest, 0)


@rule("MaxRoiPool", 1)
def max_roi_pool(b: Emitter, n: OnnxOp, x: Value, rois: Value) -> Any:
    """Bins are whole pixels, of which neighbouring ones share some; the edges of a region belong to it."""
    numbers = b.cast(rois, dtype="float64")
    edges = b.floor(b.add(b.multiply(b.slice(numbers, [1], [5], [1]), n["spatial_scale"]), 0.5))
    edges = b.cast(edges, dtype="int64")
    images = b.cast(b.take(numbers, b.constant(0, "int64"), axis=1), dtype="int64")
    height, width = n["pooled_shape"]
    rows = _whole(b, edges, 1, element(b, b.shape(x), 2), height)
    columns = _whole(b, edges, 0, element(b, b.shape(x), 3), width)
    pixels, first = _pixels(b, x, images)
    values = b.take(pixels, _places(b, first, rows.at, columns.at, columns.size), axis=0)
    counts = b.logical_and(_of_rows(b, rows.counts), _of_columns(b, columns.counts))
    return b.transpose(_largest(b, values, b.unsqueeze(counts, [5])), perm=(0, 3, 1, 2))


def _whole(b: Emitter, edges: Any, first: int, size: Any, bins: int) -> _Samples:
    """The pixels of each bin: all that a part of it lies in."""
    start, end = (b.reshape(b.take(edges, b.constant(k, "int64"), axis=1), [-1, 1]) for k in (first, first + 2))
    length = b.maximum(b.add(b.subtract(end, start), 1), 1)
    number = b.iota(b.constant(bins, "int64"))
    low = b.add(start, b.floor_divide(b.multiply(number, length), bins))
    high = b.subtract(start, b.floor_divide(b.multiply(b.negative(b.add(number, 1)), length), bins))
    zero = b.constant(0, "int64")
    low, high = b.clip(low, zero, size), b.clip(high, zero, size)
    extents = b.reshape(b.subtract(high, low), [-1])
    most = b.max(b.concat(extents, b.constant([1], "int64"), axis=0))
    at = b.add(b.unsqueeze(low, [2]), b.iota(most))
    return _Samples(b.clip(at, zero, b.subtract(size, 1)), b.less(at, b.unsqueeze(high, [2])), size)
