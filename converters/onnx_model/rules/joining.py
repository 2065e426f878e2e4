"""Concat of old, Split and Tile."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import as_int64, int64s
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value
from irlib.op import normalized_axis

_MOST_PARTS = 2**16


@rule("Concat", 1, until=3)
def concat_old(b: Emitter, n: OnnxOp, *xs: Value) -> Any:
    return b.concat(*xs, axis=1 if n["axis"] is None else n["axis"])


@rule("Split", 1)
def split(b: Emitter, n: OnnxOp, x: Value, sizes: Value | None) -> Any:
    """Into parts of given sizes: an operand, but an attribute from 2 to 12; without them into equal parts."""
    if sizes is None and n.version < 13:
        sizes = int64s(b, n["split"])
    axis = n["axis"] or 0
    if sizes is not None:
        return tuple(b.split(x, as_int64(b, sizes), axis=axis, count=n.outputs))
    count = n["num_outputs"] if n.version >= 18 and n["num_outputs"] is not None else n.outputs
    if not 1 <= count <= _MOST_PARTS:
        raise AttributeValueError(f"num_outputs is {count}, expected 1 to {_MOST_PARTS}", code="IR302")
    dim = None if x.shape is None else x.shape[normalized_axis(axis, len(x.shape))]
    if isinstance(dim, int) and count > 1 and -(-dim // count) * (count - 1) > dim:  # the last parts are empty
        part = -(-dim // count)
        sizes = int64s(b, [max(0, min(part, dim - k * part)) for k in range(count)])
        return tuple(b.split(x, sizes, axis=axis))
    return tuple(b.split(x, axis=axis, count=count))


@rule("Tile", 1, until=5)
def tile_one_axis(b: Emitter, n: OnnxOp, x: Value, tiles: Value, axis: Value) -> Any:
    times, where = (b.reshape(b.cast(v, dtype="int64"), [1]) for v in (tiles, axis))
    once = int64s(b, [1] * rank_of(x))
    return b.tile(x, b.scatter(once, where, times, axis=0))


@rule("Tile", 6)
def tile(b: Emitter, n: OnnxOp, x: Value, repeats: Value) -> Any:
    return b.tile(x, repeats)
