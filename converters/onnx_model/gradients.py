"""The Gradient op of ai.onnx.preview.training: a call of the pullback of the graph between tensors it names.

That graph is no operand of the node but what stands around it, so the node has no meaning of its own and is read as the
call. Inputs of the model that its attributes do not name are taken as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irlib.autodiff import pullback
from irlib.builder import Builder
from irlib.errors import SafetyError, StructureError
from irlib.graph import Graph
from irlib.validate.place import shown

if TYPE_CHECKING:
    from irlib.converters.onnx_model.graphs import GraphReader

__all__ = ["gradient_of"]

_MOST = 8
"""The highest order of a derivative: each is about twice as large as the one before."""


def gradient_of(
    reader: GraphReader, operands: list[Any], attributes: dict[str, Any], name: str | None
) -> tuple[Any, ...]:
    """The derivatives of the sum of `y` by each of `xs`, where `xs` and `zs` have the values of the operands.

    Raises: StructureError when a name is nothing that is defined; DerivativeError when a derivative is not known.
    """
    xs, zs = attributes["xs"], attributes.get("zs") or ()
    if len(operands) != len(xs) + len(zs):
        raise StructureError(f"Gradient got {len(operands)} operands for {len(xs) + len(zs)} names", code="IR104")
    roots = [_value(reader, found) for found in (*xs, *zs)]
    target = _value(reader, attributes["y"])
    reader.model.spend(len(reader.values) // 4)  # all that is there is looked through
    region, free = _between(reader.b, roots, target)
    reader.model.spend(len(region.kind))
    order = 1 + max((reader.model.orders.get(id(getattr(op, "graph", None)), (0,))[0] for op in region.ops), default=0)
    if order > _MOST:
        raise SafetyError(f"a derivative of order {order}, expected at most {_MOST}", code="IR511")
    outer = [reader.b.value(found) for found in free]
    if any(a.id != r.id for a, r in zip(operands, roots, strict=True)):
        (target,) = reader.b.apply(region, [*operands, *outer])
    seed = reader.b.full_like(target, 1)
    back = pullback(region, tuple(range(len(xs))))
    reader.model.spend(len(back.kind))
    reader.model.orders[id(back)] = order, back
    made = reader.b.call(*operands, *outer, seed, graph=back, name=name)
    return tuple(made)


def _value(reader: GraphReader, name: str) -> Any:
    found = reader.values.get(name)
    if not hasattr(found, "id"):
        raise StructureError(f"Gradient names {shown(name)!r}, which is nothing that is defined", code="IR102")
    return found


def _snapshot(b: Builder, values: list[Any]) -> tuple[Graph, list[int]]:
    """What `b` has so far, and where `values` are in it."""
    kept = dict(b._outputs)
    try:
        b._outputs.clear()
        for k, value in enumerate(values):
            b.output(f"value{k}", value)
        graph = b.build()
        return graph, [graph.output_value(o) for o in graph.outputs]
    finally:
        b._outputs.clear()
        b._outputs.update(kept)


def _between(outer: Builder, roots: list[Any], target: Any) -> tuple[Graph, list[str]]:
    """The graph from `roots` to `target`: its inputs are the roots, then the variables in the list, by name."""
    graph, ids = _snapshot(outer, [*roots, target])
    *starts, end = ids
    needed = _ancestors(graph, end, set(starts))
    b = Builder("differentiated", share=True)
    values: dict[int, Any] = {}
    for k, start in enumerate(starts):
        values.setdefault(start, b.input(f"x{k}", graph.value_type(start)))
    free: list[str] = []
    for node in sorted(needed):
        first = int(graph.first[node])
        kind = int(graph.kind[node])
        if kind >= 0:
            operands = [None if i < 0 else values[int(i)] for i in graph.operand_values(node)]
            made = b.emit(graph.ops[kind], operands, None, graph.bodies[kind])
            for r, value in enumerate(made):
                values.setdefault(first + r, value)
        elif first not in values:
            variable = graph.variables[~kind]
            if variable.tensor is not None and node not in graph.names:
                values[first] = b.constant(variable.tensor)
            else:
                free.append(str(graph.names[node]))
                values[first] = b.input(f"free{len(free)}", variable.type)
    b.output("y", values[end])
    return b.build(), free


def _ancestors(graph: Graph, end: int, starts: set[int]) -> set[int]:
    """The nodes that `end` is computed by, up to the values in `starts`."""
    found: set[int] = set()
    waiting = [end]
    while waiting:
        value = waiting.pop()
        if value in starts:
            continue
        node = int(graph.owner[value])
        if node not in found:
            found.add(node)
            waiting += [int(i) for i in graph.operand_values(node) if i >= 0]
    return found
