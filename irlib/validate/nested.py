"""The graphs within a graph: bodies of composites and regions, each distinct one once, without recursion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from irlib.graph import Graph
from irlib.validate.place import graph_place, shown

__all__ = ["Nested", "graphs_within"]


class Nested(NamedTuple):
    """A graph, where it is, and whether it is the body of a composite (made by irlib, not by the author)."""

    graph: Graph
    place: str
    is_body: bool


def graphs_within(graph: Graph) -> Iterator[Nested]:
    """`graph` itself and every graph in it, outermost first."""
    waiting = [Nested(graph, graph_place(graph), is_body=False)]
    seen = {id(graph)}
    while waiting:
        found = waiting.pop()
        yield found
        inner = []
        for op, body in zip(found.graph.ops, found.graph.bodies, strict=False):
            if body is not None:
                inner.append(Nested(body, f"{found.place}, body of {shown(op.name)}", is_body=True))
            for region in op.regions():
                place = f"{found.place}, region {graph_place(region)} of {shown(op.name)}"
                inner.append(Nested(region, place, is_body=found.is_body))
        for item in reversed(inner):
            if id(item.graph) not in seen:
                seen.add(id(item.graph))
                waiting.append(item)
