"""MaxPool, AveragePool and the global pools."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import int64s
from irlib.converters.onnx_model.rules.padding import pads_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.methods import Emitter, Value


@rule("MaxPool", 1)
def max_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    pads, attributes = _window(b, n, x)
    y = b.max_pool(x, pads, **attributes)
    if n.outputs == 1:
        return y
    if n["storage_order"]:
        raise n.unsupported("column-major indices")
    return y, b.max_pool_indices(x, pads, **attributes)


@rule("AveragePool", 1)
def average_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    pads, attributes = _window(b, n, x)
    include = bool(n["count_include_pad"]) if n.version >= 7 else False
    return b.avg_pool(x, pads, count_include_pad=include, **attributes)


def _window(b: Emitter, n: OnnxOp, x: Value) -> tuple[Any, dict[str, Any]]:
    kernel = n["kernel_shape"]
    ones = (1,) * len(kernel)
    strides = n["strides"] or ones
    has_more = n.version >= (10 if n.name == "MaxPool" else 19)
    dilations = (n["dilations"] or ones) if has_more else ones
    ceil = n.version >= 10 and bool(n["ceil_mode"]) and n["auto_pad"] == "NOTSET"
    pads = pads_of(b, n, x, kernel, strides, dilations)
    return pads, {"window": kernel, "strides": strides, "dilations": dilations, "ceil_mode": ceil}


@rule("GlobalAveragePool", 1)
def global_average_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.mean(x, int64s(b, range(2, rank_of(x))), keepdims=True)


@rule("GlobalMaxPool", 1)
def global_max_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.max(x, int64s(b, range(2, rank_of(x))), keepdims=True)
