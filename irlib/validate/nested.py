"""The graphs within a graph: bodies of composites and regions, each distinct one once, without recursion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from irlib.graph import Graph
from irlib.op import Op
from irlib.validate.place import graph_place, shown

__all__ = ["Nested", "graphs_within", "regions_of"]


class Nested(NamedTuple):
    """A graph, where it is, and whether it is or is in the body of a composite (made by irlib, not by the author)."""

    graph: Graph
    place: str
    is_body: bool = False
    is_region: bool = False


def regions_of(op: Op) -> list[Graph]:
    """The graphs among the attributes of an op, also those in tuples."""
    values = [v for value in op.attribute_values().values() for v in (value if isinstance(value, tuple) else (value,))]
    return [v for v in values if isinstance(v, Graph)]


def graphs_within(graph: Graph) -> Iterator[Nested]:
    """`graph` itself and every graph in it, outermost first."""
    waiting = [Nested(graph, graph_place(graph))]
    seen = {id(graph)}
    while waiting:
        found = waiting.pop()
        yield found
        inner = []
        for op, body in zip(found.graph.ops, found.graph.bodies, strict=False):
            if body is not None:
                inner.append(Nested(body, f"{found.place}, body of {shown(op.name)}", is_body=True))
            for region in regions_of(op):
                place = f"{found.place}, region {graph_place(region)} of {shown(op.name)}"
                inner.append(Nested(region, place, is_body=found.is_body, is_region=True))
        for item in reversed(inner):
            if id(item.graph) not in seen:
                seen.add(id(item.graph))
                waiting.append(item)
