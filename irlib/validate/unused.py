"""What no output needs: dead nodes, and variables that nothing uses. Warnings: such a graph runs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from irlib.graph import Column, Graph, Role
from irlib.validate.finding import Finding
from irlib.validate.place import listed

__all__ = ["check_unused", "dead_nodes"]

_REMEDY = "leave them out, or make them outputs"


def check_unused(graph: Graph, place: str, *, is_region: bool = False) -> Iterator[Finding]:
    """Warns of op nodes that no output needs; notes variables that nothing uses.

    What a region takes is settled by the op that holds it, so there unused variables are nothing to speak of.
    """
    if not graph.outputs:
        return
    dead = dead_nodes(graph)
    ops = dead[graph.kind[dead] >= 0]
    if len(ops):
        names = listed((graph.names.get(i, str(i)) for i in ops[:6].tolist()), len(ops))
        yield Finding("IR801", "warning", place, f"{_plural(len(ops), 'node')} no output needs: {names}", _REMEDY)
    if is_region:
        return
    unused = dead[graph.kind[dead] < 0].tolist()
    for role, code, severity in (
        (Role.PARAMETER, "IR802", "note"),
        (Role.BUFFER, "IR802", "note"),
        (Role.INPUT, "IR803", "note"),
        (Role.CONSTANT, "IR806", "note"),
    ):
        nodes = [i for i in unused if graph.variables[~int(graph.kind[i])].role is role]
        if nodes:
            names = listed((graph.names.get(i, str(i)) for i in nodes[:6]), len(nodes))
            yield Finding(code, severity, place, f"{_plural(len(nodes), str(role))} no output needs: {names}")  # type: ignore[arg-type]


def dead_nodes(graph: Graph) -> Column:
    """The nodes that no output needs, ascending. Costs two columns where there are none."""
    count = len(graph.kind)
    operands = graph.operand[graph.operand >= 0]
    sources = operands if len(graph.type) == count else graph.owner[operands]
    uses = np.bincount(sources, minlength=count)
    if graph.outputs:
        kept = np.bincount([o.node for o in graph.outputs], minlength=count)
        uses = uses + kept
    # every dead node leads to one that nothing uses: peel those off, then what only they used
    waiting = np.flatnonzero(uses == 0).tolist()
    dead = []
    owner = graph.owner
    while waiting:
        node = waiting.pop()
        dead.append(node)
        for value in graph.operand[graph.start[node] : graph.start[node + 1]].tolist():
            if value >= 0:
                source = int(owner[value])
                uses[source] -= 1
                if uses[source] == 0:
                    waiting.append(source)
    return np.array(sorted(dead), np.int64)


def _plural(count: int, what: str) -> str:
    return f"1 {what} that" if count == 1 else f"{count} {what}s that"
