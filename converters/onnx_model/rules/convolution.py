"""Conv and its kin: padding as ONNX says it, then our convolution."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import per_channel
from irlib.converters.onnx_model.rules.padding import pads_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule, shape_of_rank
from irlib.methods import Emitter, Value


@rule("Conv", 1)
def conv(b: Emitter, n: OnnxOp, x: Value, w: Value, bias: Value | None) -> Any:
    rank = rank_of(x)
    kernel = n["kernel_shape"] or shape_of_rank(w, "the kernel")[2:]
    strides, dilations = n["strides"] or (1,) * (rank - 2), n["dilations"] or (1,) * (rank - 2)
    pads = pads_of(b, n, x, kernel, strides, dilations)
    y = b.convolution(x, w, pads, strides=strides, dilations=dilations, groups=n["group"])
    return y if bias is None else b.add(y, per_channel(b, bias, rank))
