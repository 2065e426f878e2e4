"""CenterCropPad: a tensor cut or padded to a size on both sides alike."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import as_int64, dims_of, int64s
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.methods import Emitter, Value
from irlib.op import normalized_axis


@rule("CenterCropPad", 18)
def center_crop_pad(b: Emitter, n: OnnxOp, x: Value, size: Value) -> Any:
    """Of an odd number of places the odd one is put, or taken away, at the end; a pad below 0 takes away."""
    rank = rank_of(x)
    given = n["axes"]
    axes = range(rank) if given is None else [normalized_axis(a, rank) for a in given]
    missing = b.subtract(as_int64(b, size), dims_of(b, x, axes))
    before = b.multiply(b.floor_divide(b.abs(missing), 2), b.sign(missing))
    pads = b.concat(before, b.subtract(missing, before), axis=0)
    filling = b.constant("") if x.dtype.kind == "string" else None
    return b.pad(x, pads, filling, None if given is None else int64s(b, axes), mode="constant")
