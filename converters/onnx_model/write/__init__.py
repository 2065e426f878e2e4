"""ONNX out: a graph as a ModelProto that `onnx.checker` passes and onnxruntime runs."""

from __future__ import annotations

from irlib.converters.onnx_model.write.models import to_onnx

__all__ = ["to_onnx"]
