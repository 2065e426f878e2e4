"""DeformConv: a convolution whose kernels pick elements at places that operands say."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.operands import dims_of, per_channel
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule, shape_of_rank
from irlib.errors import IRTypeError
from irlib.methods import Emitter, Value


@rule("DeformConv", 19)
def deform_conv(
    b: Emitter, n: OnnxOp, x: Value, w: Value, offset: Value, bias: Value | None, mask: Value | None
) -> Any:
    rank = rank_of(x)
    kernel = n["kernel_shape"] or shape_of_rank(w, "the kernel")[2:]
    if not all(isinstance(k, int) for k in kernel):
        raise IRTypeError("the size of the kernel is not known", code="IR210")
    taps, groups, parts = int(np.prod(kernel)), n["group"], n["offset_group"]
    batch, spatial = dims_of(b, x, [0]), dims_of(b, offset, range(2, rank))
    places = b.prod(spatial)
    columns = _sampled(b, n, x, offset, kernel)  # [batch, parts, taps * places, channels of a part]
    if mask is not None:
        columns = b.multiply(columns, b.reshape(mask, [b.reshape(batch, []), parts, b.multiply(places, taps), 1]))
    columns = b.transpose(columns, perm=(0, 1, 3, 2))
    # the products of each group: kernels as rows, channels and taps as columns
    size, kernels = b.prod(dims_of(b, w, range(1, rank))), dims_of(b, w, [0])
    columns = b.reshape(columns, [b.reshape(batch, []), groups, size, places])
    rows = b.reshape(w, [groups, -1, size])
    y = b.reshape(b.matmul(rows, columns), b.concat(batch, kernels, spatial, axis=0))
    return y if bias is None else b.add(y, per_channel(b, bias, rank))


def _sampled(b: Emitter, n: OnnxOp, x: Value, offset: Value, kernel: tuple[int, ...]) -> Any:
    """The elements each tap sees, interpolated between neighbours; what is outside of `x` is 0."""
    count, parts, taps = len(kernel), n["offset_group"], int(np.prod(kernel))
    sizes = [dims_of(b, x, [2 + k]) for k in range(count)]
    batch = b.reshape(dims_of(b, x, [0]), [])
    out = [b.reshape(dims_of(b, offset, [2 + k]), []) for k in range(count)]
    table = b.reshape(offset, [batch, parts, taps, count, *out])
    at = [
        b.add(b.squeeze(b.slice(table, [k], [k + 1], [3]), [3]), _grid(b, n, k, kernel, out[k], x.dtype))
        for k in range(count)
    ]
    low = [b.floor(p) for p in at]
    beyond = [b.subtract(p, f) for p, f in zip(at, low, strict=True)]
    first = [b.cast(f, dtype="int64") for f in low]
    channels = b.floor_divide(b.reshape(dims_of(b, x, [1]), []), parts)
    source = b.transpose(b.reshape(x, [batch, parts, channels, b.prod(b.concat(*sizes, axis=0))]), perm=(0, 1, 3, 2))
    total: Any = None
    for corner in product((0, 1), repeat=count):
        weight: Any = None
        index: Any = None
        inside: Any = None
        for k, high in enumerate(corner):
            place = b.add(first[k], high)
            valid = b.logical_and(b.greater_equal(place, 0), b.less(place, sizes[k]))
            held = b.where(valid, place, 0)
            share = beyond[k] if high else b.subtract(1, beyond[k])
            index = held if index is None else b.add(b.multiply(index, sizes[k]), held)
            weight = share if weight is None else b.multiply(weight, share)
            inside = valid if inside is None else b.logical_and(inside, valid)
        weight = b.where(inside, weight, 0)
        seen = b.gather_nd(source, b.reshape(index, [batch, parts, -1, 1]), batch_dims=2)
        term = b.multiply(seen, b.reshape(weight, [batch, parts, -1, 1]))
        total = term if total is None else b.add(total, term)
    return total


def _grid(b: Emitter, n: OnnxOp, axis: int, kernel: tuple[int, ...], out: Any, dtype: Any) -> Any:
    """Where along `axis` a tap is without offset, for each tap and place: [taps, .., places of the axis, .., 1]."""
    count = len(kernel)
    stride, dilation = (n["strides"] or (1,) * count)[axis], (n["dilations"] or (1,) * count)[axis]
    begin = (n["pads"] or (0,) * (2 * count))[axis]
    taps = np.indices(kernel)[axis].reshape(-1, *[1] * count) * dilation - begin
    steps = b.multiply(b.reshape(b.iota(out), [-1] + [1] * (count - 1 - axis)), stride)
    return b.cast(b.add(b.constant(taps, "int64"), steps), dtype=dtype)
