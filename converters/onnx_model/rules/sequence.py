"""Sequences and optionals, where they are not one op of ours."""

from __future__ import annotations

from typing import Any

from irlib.builder import Builder
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.graph import Graph
from irlib.methods import Emitter, Value
from irlib.types import DTYPES, SequenceType, TensorType


@rule("SequenceEmpty", 11)
def sequence_empty(b: Emitter, n: OnnxOp) -> Any:
    return b.sequence_empty(element=TensorType(n.dtype("dtype") or DTYPES["float32"], None))


@rule("SplitToSequence", 11)
def split_to_sequence(b: Emitter, n: OnnxOp, x: Value, split: Value | None) -> Any:
    return b.split_to_sequence(x, split, axis=n["axis"], keepdims=bool(n["keepdims"]))


@rule("ConcatFromSequence", 11)
def concat_from_sequence(b: Emitter, n: OnnxOp, s: Value) -> Any:
    return b.concat_from_sequence(s, axis=n["axis"], new_axis=bool(n["new_axis"]))


# Positions that are vectors of one element; scalars are rows of `direct`.


@rule("SequenceAt", 11)
def sequence_at(b: Emitter, n: OnnxOp, s: Value, position: Value) -> Any:
    return b.sequence_at(s, b.reshape(position, []))


@rule("SequenceErase", 11)
def sequence_erase(b: Emitter, n: OnnxOp, s: Value, position: Value) -> Any:
    return b.sequence_erase(s, b.reshape(position, []))


@rule("SequenceInsert", 11)
def sequence_insert(b: Emitter, n: OnnxOp, s: Value, x: Value, position: Value | None) -> Any:
    return b.sequence_insert(s, x, None if position is None else b.reshape(position, []))


@rule("SequenceMap", 17)
def sequence_map(b: Emitter, n: OnnxOp, *operands: Value) -> Any:
    """Operands that are sequences go first, captured ones last: those are the same for every element."""
    own = len(operands) - n.captures
    mapped = [k for k in range(own) if isinstance(operands[k].type, SequenceType)]
    order = [*mapped, *(k for k in range(len(operands)) if k not in mapped)]
    body = n.graph("body")
    if order != list(range(len(operands))):
        body = _reordered(body, order)
    return b.sequence_map(*(operands[k] for k in order), body=body, sequences=len(mapped))


def _reordered(body: Graph, order: list[int]) -> Graph:
    """`body` with its inputs in another order."""
    b = Builder(body.name)
    made = {k: b.input(str(body.inputs[k].name), body.inputs[k].type) for k in order}
    results = b.apply(body, [made[k] for k in range(len(order))])
    for output, value in zip(body.outputs, results, strict=True):
        b.output(output.name, value)
    return b.build()


@rule("Optional", 15)
def optional(b: Emitter, n: OnnxOp, x: Value | None) -> Any:
    if x is not None:
        return b.optional_some(x)
    return b.optional_none(element=n["type"]) if n["type"] is not None else b.optional_none()
