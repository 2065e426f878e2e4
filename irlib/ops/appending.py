"""Loops that append to a sequence, as loops that stack: a sequence cannot be recorded step by step, a tensor can.

A carried sequence that each step only appends to tells nothing to the steps: what is appended may as well be a value
to stack. The derivative of the loop is then that of one whose carried values are tensors.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from irlib.builder import Builder
from irlib.graph import Graph
from irlib.methods import Emitter, NodeView, Value
from irlib.types import DTYPES, SequenceType, TensorType, Type

__all__ = ["Stacking", "stacking", "stacking_vjp"]

_INT64 = TensorType(DTYPES["int64"], ())


class Stacking(NamedTuple):
    """A `while_loop` body without the carried sequences it appends to; what it appends are its last outputs."""

    body: Graph
    sequences: tuple[int, ...]
    """Which carried values of the loop they are."""


@lru_cache(maxsize=256)
def stacking(body: Graph, carries: int) -> Stacking | None:
    """The body that stacks instead, where every carried sequence is only appended to and there is one; else None."""
    sequences = [k for k in range(carries) if isinstance(body.inputs[1 + k].type, SequenceType)]
    appended = {k: _appended(body, k) for k in sequences}
    if not sequences or None in appended.values():
        return None
    b = Builder(f"{body.name}.stacking", share=True)
    bound: dict[int, Any] = {}
    for k, node in enumerate(body.inputs):
        dropped = k - 1 in appended
        bound[node.index] = b.sequence_empty(element=node.type.element) if dropped else b.input(f"x{k}", node.type)  # type: ignore[union-attr]
    values = b.absorb(body, bound)
    kept = [values[body.output_value(o)] for k, o in enumerate(body.outputs) if k - 1 not in appended]
    for k, value in enumerate([*kept, *(values[v] for v in appended.values() if v is not None)]):
        b.output(f"y{k}", value)
    return Stacking(b.build(prune=True), tuple(sequences))


def _appended(body: Graph, k: int) -> int | None:
    """The value that the body appends to carried value `k`; None where it does anything else with it."""
    given = int(body.first[body.inputs[1 + k].index])
    made = body.outputs[1 + k]
    node = body.nodes[made.node]
    operands = body.operand_values(made.node).tolist()
    if node.op is None or node.op.name != "sequence_insert" or len(operands) != 2 or operands[0] != given:
        return None
    uses = int(np.count_nonzero(body.operand == given)) + sum(body.output_value(o) == given for o in body.outputs)
    result = body.output_value(made)
    reused = bool(np.any(body.operand == result)) or sum(body.output_value(o) == result for o in body.outputs) > 1
    return operands[1] if uses == 1 and not reused else None


def _stacked_elements(b: Any, d: Value, start: Value) -> Any:
    """The elements of sequence `d` from number `start` on, which have one shape, stacked."""
    count = b.subtract(b.sequence_length(d), start)
    return b.while_loop(count, None, d, start, body=_element(d.type))[0]


def _first_elements(b: Any, d: Value, count: Value) -> Any:
    """The sequence of the first `count` elements of `d`."""
    assert isinstance(d.type, SequenceType)
    empty = b.sequence_empty(element=d.type.element)
    return b.while_loop(count, None, empty, d, body=_copying(d.type), carries=1)[0]


@lru_cache(maxsize=64)
def _element(sequence: Type) -> Graph:
    b = Builder("element")
    i, d, start = b.input("i", _INT64), b.input("d", sequence), b.input("start", _INT64)
    b.output("on", b.constant(np.array(True)))
    b.output("y", b.sequence_at(d, b.add(i, start)))
    return b.build()


@lru_cache(maxsize=64)
def _copying(sequence: Type) -> Graph:
    b = Builder("copying")
    i, made, d = b.input("i", _INT64), b.input("made", sequence), b.input("d", sequence)
    b.output("on", b.constant(np.array(True)))
    b.output("y", b.sequence_insert(made, b.sequence_at(d, i)))
    return b.build()


def stacking_vjp(
    op: Any, appends: Stacking, b: Emitter, node: NodeView, cotangents: tuple[Value | None, ...]
) -> tuple[Value | None, ...]:
    """The derivative of the loop that stacks what this one appends."""
    (trip_count, start, *values), sequences = node.operands, appends.sequences
    kept = [k for k in range(len(values)) if k not in sequences]
    results = [d for k, d in enumerate(cotangents) if k not in sequences]
    counts = {k: b.sequence_length(values[k]) for k in sequences}
    for k in sequences:
        d = cotangents[k]
        results.append(None if d is None else _stacked_elements(b, d, counts[k]))
    stacks = replace(op, body=appends.body, carries=op.carries - len(sequences))
    needs = (False, False, *(node.needs[2 + k] for k in kept))
    view = NodeView(stacks, (trip_count, start, *(values[k] for k in kept)), (), needs, str(node))
    made = dict(zip(kept, stacks.vjp(b, view, *results)[2:], strict=True)) if any(needs) else {}
    for k in sequences:
        d = cotangents[k]
        if node.needs[2 + k] and d is not None:
            made[k] = _first_elements(b, d, counts[k])
    return (None, None, *(made.get(k) for k in range(len(values))))
