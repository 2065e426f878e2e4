"""Gemm and its kin."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import in_float32
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import IRTypeError
from irlib.methods import Emitter, Value


@rule("Gemm", 1)
def gemm(b: Emitter, n: OnnxOp, x: Value, w: Value, c: Value | None) -> Any:
    for operand in (x, w):
        if operand.rank not in (2, None):
            raise IRTypeError(f"got {operand.type}, expected a matrix", code="IR207")
    x = b.transpose(x, perm=(1, 0)) if n["transA"] else x
    w = b.transpose(w, perm=(1, 0)) if n["transB"] else w
    product = _scaled(b, b.matmul(x, w), n["alpha"])
    if c is None or n["beta"] == 0:
        return product
    return b.add(product, _scaled(b, c, n["beta"]))


@rule("Det", 11)
def det(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """Of half floats, in float32."""
    return b.cast(b.det(in_float32(b, x)), dtype=x.dtype)


def _scaled(b: Emitter, x: Value, factor: float) -> Any:
    if factor == 1:
        return x
    if not x.dtype.is_float:
        return b.cast(b.multiply(b.cast(x, dtype="float64"), factor), dtype=x.dtype)
    return b.multiply(x, factor)
