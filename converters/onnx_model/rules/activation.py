"""Activations: Relu, Sigmoid, Softmax and their kin."""

from __future__ import annotations

from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.methods import Emitter, Value


@rule("Relu", 1)
def relu(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.maximum(x, 0)
