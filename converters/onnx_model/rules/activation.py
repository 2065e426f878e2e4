"""Activations: Relu, Sigmoid, Softmax and their kin."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import dims_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.methods import Emitter, Value
from irlib.op import normalized_axis


@rule("Relu", 1)
def relu(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.maximum(x, 0)


@rule("Softmax", 1, until=12)
@rule("LogSoftmax", 1, until=12)
def softmax_flattened(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """Until opset 12 over all axes from `axis` on."""
    rank = rank_of(x)
    axis = normalized_axis(n["axis"], rank) if rank else 0
    if axis == rank - 1:
        return softmax(b, n, x)
    rows = b.prod(dims_of(b, x, range(axis)))
    flat = b.reshape(x, [rows, b.prod(dims_of(b, x, range(axis, rank)))])
    return b.reshape(_softmax(b, n, flat, -1), b.shape(x))


@rule("Softmax", 13)
@rule("LogSoftmax", 13)
def softmax(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return _softmax(b, n, x, n["axis"])


def _softmax(b: Emitter, n: OnnxOp, x: Value, axis: int) -> Any:
    return b.softmax(x, axis=axis) if n.name == "Softmax" else b.log_softmax(x, axis=axis)
