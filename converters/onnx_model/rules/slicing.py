"""Slice and Pad."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import as_int64, int64s
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.methods import Emitter, Value


@rule("Slice", 1, until=9)
def slice_attributes(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.slice(x, int64s(b, n["starts"]), int64s(b, n["ends"]), int64s(b, n["axes"]))


@rule("Slice", 10)
def slice_(b: Emitter, n: OnnxOp, x: Value, starts: Value, ends: Value, axes: Value | None, steps: Value | None) -> Any:
    return b.slice(x, *[as_int64(b, v) for v in (starts, ends, axes, steps)])


@rule("Pad", 1, until=10)
def pad_attributes(b: Emitter, n: OnnxOp, x: Value) -> Any:
    pads = int64s(b, n["paddings" if n.version == 1 else "pads"])
    return b.pad(x, pads, b.constant(n["value"], x.dtype) if n["mode"] == "constant" else None, mode=n["mode"])


@rule("Pad", 11)
def pad(b: Emitter, n: OnnxOp, x: Value, pads: Value, value: Value | None, axes: Value | None) -> Any:
    if value is not None:
        value = None if n["mode"] != "constant" else value if value.rank == 0 else b.reshape(value, [])
    if value is None and n["mode"] == "constant" and x.dtype.kind == "string":
        value = b.constant("")
    return b.pad(x, as_int64(b, pads), value, as_int64(b, axes), mode=n["mode"])
