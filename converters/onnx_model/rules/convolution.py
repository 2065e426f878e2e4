"""Conv and its kin: padding as ONNX says it, then our convolution."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import dims_of, int64s, per_channel
from irlib.converters.onnx_model.rules.padding import pads_of
from irlib.converters.onnx_model.rules.quantization import requantized
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule, shape_of_rank
from irlib.methods import Emitter, Value


@rule("Conv", 1)
def conv(b: Emitter, n: OnnxOp, x: Value, w: Value, bias: Value | None) -> Any:
    rank = rank_of(x)
    kernel, strides, dilations = _window(n, w, rank)
    pads = pads_of(b, n, x, kernel, strides, dilations)
    y = b.convolution(x, w, pads, strides=strides, dilations=dilations, groups=n["group"])
    return y if bias is None else b.add(y, per_channel(b, bias, rank))


@rule("ConvInteger", 10)
def conv_integer(b: Emitter, n: OnnxOp, x: Value, w: Value, x_zero: Value | None, w_zero: Value | None) -> Any:
    """In int32, which is exact."""
    rank = rank_of(x)
    kernel, strides, dilations = _window(n, w, rank)
    shifted = b.cast(x, dtype="int32")
    if x_zero is not None:
        shifted = b.subtract(shifted, b.cast(b.reshape(x_zero, []), dtype="int32"))
    kernels = b.cast(w, dtype="int32")
    if w_zero is not None:
        kernels = b.subtract(kernels, _per_kernel(b, b.cast(w_zero, dtype="int32"), rank))
    pads = pads_of(b, n, x, kernel, strides, dilations)
    return b.convolution(shifted, kernels, pads, strides=strides, dilations=dilations, groups=n["group"])


def _per_kernel(b: Emitter, v: Value, rank: int) -> Any:
    """A scalar, or one number for each kernel, beside the kernels."""
    return v if v.rank == 0 else b.reshape(v, [-1] + [1] * (rank - 1))


def _window(n: OnnxOp, w: Value, rank: int) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """Size, strides and dilations of the kernels."""
    kernel = n["kernel_shape"] or shape_of_rank(w, "the kernel")[2:]
    return kernel, n["strides"] or (1,) * (rank - 2), n["dilations"] or (1,) * (rank - 2)


@rule("QLinearConv", 10)
def qlinear_conv(  # noqa: PLR0917  operands, as the specification lists them
    b: Emitter, n: OnnxOp, x: Value, x_scale: Value, x_zero: Value, w: Value, w_scale: Value, w_zero: Value,
    y_scale: Value, y_zero: Value, bias: Value | None,
) -> Any:  # fmt: skip
    """The exact int32 convolution, scaled, rounded and shifted."""
    rank = rank_of(x)
    total = conv_integer(b, n, x, w, x_zero, w_zero)
    if bias is not None:
        total = b.add(total, per_channel(b, bias, rank))
    factor = b.divide(b.multiply(b.reshape(x_scale, []), w_scale), b.reshape(y_scale, []))
    factor = factor if factor.rank == 0 else per_channel(b, factor, rank)
    return requantized(b, b.multiply(b.cast(total, dtype=factor.dtype), factor), y_zero)


@rule("ConvTranspose", 1)
def conv_transpose(b: Emitter, n: OnnxOp, x: Value, w: Value, bias: Value | None) -> Any:
    rank = rank_of(x)
    kernel, strides, dilations = _window(n, w, rank)
    pads = _transposed_pads(b, n, x, w, kernel, strides, dilations)
    y = b.convolution_transpose(x, w, pads, strides=strides, dilations=dilations, groups=n["group"])
    return y if bias is None else b.add(y, per_channel(b, bias, rank))


def _transposed_pads(
    b: Emitter, n: OnnxOp, x: Value, w: Value, kernel: Any, strides: tuple[int, ...], dilations: tuple[int, ...]
) -> Any:
    """Pads of the output. What output_padding adds at its end is a pad taken away there."""
    count = rank_of(x) - 2
    extra = n["output_padding"] or (0,) * count
    wanted, mode = n["output_shape"], n["auto_pad"]
    if wanted is None and mode in ("NOTSET", "VALID"):
        pads = (n["pads"] if mode == "NOTSET" else None) or (0,) * (2 * count)
        ends = [end - more for end, more in zip(pads[count:], extra, strict=True)]
        return int64s(b, [*pads[:count], *ends])
    size, stride = dims_of(b, x, range(2, 2 + count)), int64s(b, strides)
    window = int64s(b, kernel) if all(isinstance(k, int) for k in kernel) else dims_of(b, w, range(2, 2 + count))
    reach = b.add(b.multiply(b.subtract(window, 1), int64s(b, dilations)), 1)
    full = b.add(b.multiply(b.subtract(size, 1), stride), reach)
    shape = b.multiply(size, stride) if wanted is None else int64s(b, wanted[-count:])
    total = b.subtract(full, shape)
    # an output larger than what the kernels reach is filled up at its end
    inside = b.maximum(b.add(total, int64s(b, extra)), 0)
    half = b.floor_divide(inside, 2)
    begin = half if mode == "SAME_UPPER" else b.subtract(inside, half)
    return b.concat(begin, b.subtract(total, begin), axis=0)
