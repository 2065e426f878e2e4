"""ConstantOfShape, Range, the windows of signal processing: values made from sizes."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.operands import as_int64, as_scalar, in_float32
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value
from irlib.tensor import Tensor


@rule("ConstantOfShape", 9)
def constant_of_shape(b: Emitter, n: OnnxOp, shape: Value) -> Any:
    value: Tensor | None = n["value"]
    if value is not None and value.array.size != 1:
        raise AttributeValueError(f"value is {value.type}, expected one element", code="IR302")
    element = np.zeros((), np.float32) if value is None else value.array.reshape(())
    return b.broadcast_to(b.constant(element), shape)


@rule("Range", 11)
def range_(b: Emitter, n: OnnxOp, start: Value, limit: Value, delta: Value) -> Any:
    """Half floats are counted in float32."""
    made = b.arange(*[in_float32(b, as_scalar(b, v)) for v in (start, limit, delta)])
    return made if made.dtype is start.dtype else b.cast(made, dtype=start.dtype)


_WINDOWS = {
    "HannWindow": (0.5, 0.5, 0.0),
    "HammingWindow": (25 / 46, 21 / 46, 0.0),
    "BlackmanWindow": (0.42, 0.5, 0.08),
}
"""Weights of 1, -cos(a) and cos(2a), where a goes round once in a window."""


@rule("HannWindow", 17)
@rule("HammingWindow", 17)
@rule("BlackmanWindow", 17)
def window(b: Emitter, n: OnnxOp, size: Value) -> Any:
    constant, once, twice = _WINDOWS[n.name]
    size = as_scalar(b, as_int64(b, size))
    round_ = size if n["periodic"] else b.maximum(b.subtract(size, 1), 1)
    angle = b.multiply(b.divide(b.iota(size, dtype="float64"), b.cast(round_, dtype="float64")), 2 * pi)
    y = b.subtract(constant, b.multiply(b.cos(angle), once))
    if twice:
        y = b.add(y, b.multiply(b.cos(b.multiply(angle, 2.0)), twice))
    return b.cast(y, dtype=n.dtype("output_datatype") or "float32")


@rule("MelWeightMatrix", 17)
def mel_weight_matrix(
    b: Emitter, n: OnnxOp, bands: Value, length: Value, rate: Value, lowest: Value, highest: Value
) -> Any:
    """Triangles over the bins of a spectrum, between edges at equal distances on the mel scale."""
    bands, length, rate = (as_scalar(b, as_int64(b, v)) for v in (bands, length, rate))
    low, high = (_mel(b, b.cast(as_scalar(b, v), dtype="float64")) for v in (lowest, highest))
    count = b.add(bands, 2)
    step = b.divide(b.subtract(high, low), b.cast(count, dtype="float64"))
    edges = b.add(b.multiply(b.iota(count, dtype="float64"), step), low)
    hertz = b.multiply(b.subtract(b.power(10.0, b.divide(edges, 2595.0)), 1.0), 700.0)
    # edges are moved down to bins
    bins = b.floor(
        b.divide(b.multiply(hertz, b.cast(b.add(length, 1), dtype="float64")), b.cast(rate, dtype="float64"))
    )
    lower, centre, upper = (b.take(bins, b.add(b.iota(bands), k), axis=0) for k in range(3))
    rows = b.floor_divide(length, 2)
    at = b.unsqueeze(b.iota(b.add(rows, 1), dtype="float64"), [1])
    rising = b.safe_divide(b.subtract(at, lower), b.subtract(centre, lower))
    falling = b.safe_divide(b.subtract(upper, at), b.subtract(upper, centre))
    up = b.logical_and(b.greater_equal(at, lower), b.less(at, centre))
    down = b.logical_and(b.greater(at, centre), b.less(at, upper))
    y = b.where(up, rising, b.where(down, falling, b.where(b.equal(at, centre), 1.0, b.zeros_like(rising))))
    return b.cast(y, dtype=n.dtype("output_datatype") or "float32")


def _mel(b: Emitter, hertz: Value) -> Any:
    return b.multiply(b.log10(b.add(b.divide(hertz, 700.0), 1.0)), 2595.0)
