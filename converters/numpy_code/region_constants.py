"""Constants that loops and branches are handed, put into their regions: there a rule can write them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.converters.numpy_code.sizes import Sizes
from irlib.graph import Graph, Role
from irlib.tensor import Tensor
from irlib.types import TensorType

__all__ = ["with_constants"]

_FIRST: dict[str, Callable[[Any], int]] = {
    "call": lambda op: 0,
    "cond": lambda op: 1,
    "scan": lambda op: op.carries + op.scanned,
    "while_loop": lambda op: op.carries + 2,
    "sequence_map": lambda op: op.sequences,
}
"""From which operand on an op hands its operands to its regions as they are."""
_REGIONS = {
    "call": ("graph",), "cond": ("then_branch", "else_branch"), "scan": ("body",), "while_loop": ("body",),
    "sequence_map": ("body",),
}  # fmt: skip
_LARGEST = 64
"""The most elements of a constant that is put into a region."""


def with_constants(graph: Graph) -> Graph:
    """`graph`, in which no op with regions has a small constant among the operands that these get as they are."""
    able = {
        k for k, op in enumerate(graph.ops) if op.dialect == "irlib" and op.name in _FIRST and graph.bodies[k] is None
    }
    if not able:
        return graph
    sizes = Sizes(graph)
    b = Builder(graph.name)
    b.metadata.update(graph.metadata)
    b.declare(graph.symbols)
    values: list[Any] = [None] * len(graph.type)
    for node, kind in enumerate(graph.kind.tolist()):
        first, name = int(graph.first[node]), graph.names.get(node)
        if kind < 0:
            values[first] = b.copied(graph.variables[~kind], name, graph)
            continue
        op, ids = graph.ops[kind], graph.operand_values(node).tolist()
        if kind in able:
            op, ids = _settled(graph, sizes, op, ids)
        results = b.emit(op, [None if i < 0 else values[i] for i in ids], name, graph.bodies[kind])
        values[first : first + len(results)] = list(results)
    for o in graph.outputs:
        b.output(o.name, values[graph.output_value(o)], role=o.role, of=o.of)
    return b.build()


def _settled(graph: Graph, sizes: Sizes, op: Any, ids: list[int]) -> tuple[Any, list[int]]:
    """The op with constants in its regions, and the operands that are left."""
    begin = _FIRST[op.name](op)
    bound = {k: t for k, i in enumerate(ids[begin:]) if (t := _small(graph, sizes, i)) is not None}
    if not bound or any(i < 0 for i in ids[begin:]):
        return op, ids
    regions = {name: getattr(op, name) for name in _REGIONS[op.name]}
    counts = {len(region.inputs) for region in regions.values()}
    before = min(counts) - len(ids[begin:])
    if len(counts) != 1 or before < 0:
        return op, ids
    made = {name: _bound(region, {before + k: t for k, t in bound.items()}) for name, region in regions.items()}
    return replace(op, **made), [i for k, i in enumerate(ids) if k - begin not in bound]


def _small(graph: Graph, sizes: Sizes, value: int) -> Tensor | None:
    """The tensor of a value that is a small constant, or made of numbers that are known."""
    if value < 0:
        return None
    known, t = sizes.of(value), graph.value_type(value)
    items = known if isinstance(known, tuple) else (known,)
    if all(isinstance(d, int) for d in items) and isinstance(t, TensorType):
        return Tensor(np.asarray(known, t.dtype.numpy))
    kind = int(graph.kind[graph.owner[value]])
    variable = graph.variables[~kind] if kind < 0 else None
    if variable is None or variable.role is not Role.CONSTANT or variable.tensor is None:
        return None
    return variable.tensor if variable.tensor.array.size <= _LARGEST else None


def _bound(region: Graph, constants: dict[int, Tensor]) -> Graph:
    """`region` with the inputs of these numbers replaced by constants."""
    b = Builder(region.name, share=True)
    b.declare(region.symbols)
    inputs = {
        n.index: b.constant(constants[k]) if k in constants else b.input(str(n.name), n.type)
        for k, n in enumerate(region.inputs)
    }
    values = b.absorb(region, inputs)
    for o in region.outputs:
        b.output(o.name, values[region.output_value(o)], role=o.role, of=o.of)
    return b.build(prune=True)
