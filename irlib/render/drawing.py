"""What there is to draw of a graph, whatever draws it: boxes with lines of text, and arrows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from irlib.graph import Graph, OutputRole

__all__ = ["Arrow", "Box", "arrows", "boxes"]

_LONG = 48


class Box(NamedTuple):
    """A node or an output: its identifier, its kind (op, input, parameter, buffer, constant, output), its text."""

    id: str
    kind: str
    lines: tuple[str, ...]


class Arrow(NamedTuple):
    """A value that flows from one box to another; `label` says which operand and result where that is not plain."""

    source: str
    target: str
    label: str


def boxes(graph: Graph) -> Iterator[Box]:
    """The boxes of the nodes, then those of the outputs."""
    types = [cut(str(t)) for t in graph.types]
    first, column = graph.first.tolist(), graph.type.tolist()
    for node, kind in enumerate(graph.kind.tolist()):
        name = graph.names.get(node)
        shown = tuple(types[t] for t in column[first[node] : first[node + 1]][:4])
        if kind >= 0:
            head = (cut(name),) if name is not None else ()
            yield Box(f"n{node}", "op", (*head, cut(graph.ops[kind].name), *shown))
        else:
            variable = graph.variables[~kind]
            value = _small(graph, kind) if name is None else cut(name)
            yield Box(f"n{node}", str(variable.role), (value, *shown))
    for index, output in enumerate(graph.outputs):
        role = () if output.role is OutputRole.RESULT else (cut(f"{output.role} {output.of or ''}".strip()),)
        yield Box(f"o{index}", "output", (cut(output.name), *role))


def arrows(graph: Graph) -> Iterator[Arrow]:
    """The arrows between nodes, in order of target and operand, then those to the outputs."""
    owner, first, start = graph.owner.tolist(), graph.first.tolist(), graph.start.tolist()
    operand = graph.operand.tolist()
    for node in range(len(graph.kind)):
        values = operand[start[node] : start[node + 1]]
        for position, value in enumerate(values):
            if value >= 0:
                source = owner[value]
                several = first[source + 1] - first[source] > 1
                result = f"{value - first[source]}:" if several else ""
                label = f"{result}{position}" if len(values) > 1 else result.rstrip(":")
                yield Arrow(f"n{source}", f"n{node}", label)
    for index, output in enumerate(graph.outputs):
        several = first[output.node + 1] - first[output.node] > 1
        yield Arrow(f"n{output.node}", f"o{index}", str(output.result) if several else "")


def cut(text: str) -> str:
    """`text` short enough for a box, with what does not print as its escape."""
    shown = text if len(text) <= _LONG else f"{text[: _LONG - 3]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def _small(graph: Graph, kind: int) -> str:
    """A constant without a name is best known by its value, where that is one number."""
    tensor = graph.variables[~kind].tensor
    return cut(str(tensor.array.reshape(-1)[0])) if tensor is not None and tensor.array.size == 1 else "constant"
