"""Quantized numbers: linear quantization and back, by tensor, axis or block, and integer matrix products."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import dims_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.methods import Emitter, Value
from irlib.op import normalized_axis
from irlib.types import DTYPES, DType

__all__ = ["requantized"]


@rule("QuantizeLinear", 10)
def quantize_linear(b: Emitter, n: OnnxOp, x: Value, scale: Value, zero: Value | None) -> Any:
    to = zero.dtype if zero is not None else _given(n, "output_dtype", 21) or DTYPES["uint8"]
    # floats divide in the precision of the scale, unless the node says otherwise
    precision = _given(n, "precision", 23) or (scale.dtype if n.version >= 19 else x.dtype)
    precision = precision if precision.is_float and precision.bits >= 16 else DTYPES["float32"]
    scaled = b.divide(_cast(b, x, precision), _spread(b, n, _cast(b, scale, precision), x))
    offset = None if zero is None else _spread(b, n, zero, x)
    if to.is_float:
        shifted = scaled if offset is None else b.add(scaled, _cast(b, offset, precision))
        return b.cast(shifted, dtype=to, saturate=bool(n["saturate"]) if n.version >= 19 else True)
    return _saturated(b, scaled, offset, to)


@rule("DequantizeLinear", 10)
def dequantize_linear(b: Emitter, n: OnnxOp, x: Value, scale: Value, zero: Value | None) -> Any:
    to = _given(n, "output_dtype", 23) or scale.dtype
    made = _cast(b, x, to)
    if zero is not None:
        if x.dtype.is_integer:  # exact differences, also where half floats could not hold the operands
            made = _cast(b, b.subtract(b.cast(x, dtype="int64"), b.cast(_spread(b, n, zero, x), dtype="int64")), to)
        else:
            made = b.subtract(made, _spread(b, n, _cast(b, zero, to), x))
    return b.multiply(made, _spread(b, n, _cast(b, scale, to), x))


@rule("DynamicQuantizeLinear", 11)
def dynamic_quantize_linear(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """To uint8, over a range that has 0 in it."""
    low, high = b.minimum(b.min(x), 0), b.maximum(b.max(x), 0)
    scale = b.divide(b.subtract(high, low), 255)
    zero = b.clip(b.round(b.negative(b.safe_divide(low, scale))), 0, 255)
    zero = b.cast(zero, dtype="uint8")
    return requantized(b, b.safe_divide(x, scale), zero), scale, zero


@rule("MatMulInteger", 10)
def matmul_integer(b: Emitter, n: OnnxOp, x: Value, y: Value, x_zero: Value | None, y_zero: Value | None) -> Any:
    return b.matmul(_shifted(b, x, x_zero, rows=True), _shifted(b, y, y_zero, rows=False))


@rule("QLinearMatMul", 10)
def qlinear_matmul(  # noqa: PLR0917  operands, as the specification lists them
    b: Emitter, n: OnnxOp, x: Value, x_scale: Value, x_zero: Value, w: Value, w_scale: Value, w_zero: Value,
    y_scale: Value, y_zero: Value,
) -> Any:  # fmt: skip
    """The exact int32 product, scaled, rounded and shifted."""
    total = b.matmul(_shifted(b, x, x_zero, rows=True), _shifted(b, w, w_zero, rows=False))
    wide = DTYPES["float32"] if x_scale.dtype.is_half else x_scale.dtype
    of_x, of_w = _beside(b, _cast(b, x_scale, wide), x, rows=True), _beside(b, _cast(b, w_scale, wide), w, rows=False)
    factor = b.divide(b.multiply(of_x, of_w), _beside(b, _cast(b, y_scale, wide), x, rows=True))
    scaled = b.multiply(b.cast(total, dtype=wide), factor)
    return requantized(b, scaled, _beside(b, y_zero, x, rows=True))


def requantized(b: Emitter, scaled: Value, zero: Value) -> Any:
    """Scaled floats rounded to the integers of `zero`, shifted by it and held within their range."""
    return _saturated(b, scaled, zero if zero.rank != 1 or scaled.rank == 1 else b.reshape(zero, []), zero.dtype)


def _saturated(b: Emitter, scaled: Any, zero: Any, to: DType) -> Any:
    """Rounded to even in the precision of the floats; shifted in one that holds every sum."""
    low, high = (-(2 ** (to.bits - 1)), 2 ** (to.bits - 1) - 1) if to.kind == "int" else (0, 2**to.bits - 1)
    wide = scaled if scaled.dtype.bits >= 32 else b.cast(scaled, dtype="float32")
    rounded = b.round(wide)
    if zero is not None:
        rounded = b.add(rounded, b.cast(zero, dtype=rounded.dtype))
    held = b.clip(rounded, b.constant(low, rounded.dtype), b.constant(high, rounded.dtype))
    return b.cast(held if to.bits >= 8 else b.cast(held, dtype="int32"), dtype=to)


def _given(n: OnnxOp, attribute: str, since: int) -> DType | None:
    """The dtype that an attribute says, where the version has it and it is given."""
    return n.dtype(attribute) if n.version >= since and n[attribute] else None


def _cast(b: Emitter, x: Value, to: DType) -> Any:
    return x if x.dtype is to else b.cast(x, dtype=to)


def _spread(b: Emitter, n: OnnxOp, v: Value, x: Value) -> Any:
    """A scale or zero point beside `x`: of the whole, of each place along `axis`, or of each block along it."""
    if rank_of(v, "the scale") == 0:
        return v
    rank = rank_of(x)
    if v.shape == (1,):
        return b.reshape(v, [])
    axis = normalized_axis(n["axis"], rank) if n.version >= 13 and rank > 1 else min(1, rank - 1)
    block = n["block_size"] if n.version >= 21 else 0
    if not block:
        return v if v.rank == rank and v.rank != 1 else b.reshape(v, [-1] + [1] * (rank - 1 - axis))
    repeated = b.repeat(v, b.constant(block, "int64"), axis=axis)
    return b.slice(repeated, [0], dims_of(b, x, [axis]), [axis])


def _shifted(b: Emitter, x: Value, zero: Value | None, *, rows: bool) -> Any:
    """`x` less its zero point, in int32."""
    wide = b.cast(x, dtype="int32")
    return wide if zero is None else b.subtract(wide, _beside(b, b.cast(zero, dtype="int32"), x, rows=rows))


def _beside(b: Emitter, v: Value, x: Value, *, rows: bool) -> Any:
    """One number for all of matrix `x`, or for each of its rows or columns."""
    if rank_of(v, "the zero point or scale") != 1 or v.shape == (1,):
        return b.reshape(v, []) if v.shape == (1,) else v
    return b.unsqueeze(v, [1]) if rows and rank_of(x) > 1 else v
