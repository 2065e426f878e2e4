"""How many nodes a graph comes to when those within it are counted for each time they are entered: by arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from irlib.graph import Graph
from irlib.op import Op

__all__ = ["expanded_nodes"]


def expanded_nodes(graph: Graph, entered: Callable[[Op, Graph | None], Sequence[Graph]]) -> int:
    """The op nodes of `graph`, each op (given with its body) that enters graphs counted as one and all of theirs.

    A graph that is shared is looked at once, so that 2 ** 60 executions in sixty small graphs take no time to count.
    """
    counted: dict[int, int] = {}
    stack = [graph]
    while stack:
        current = stack[-1]
        within = [entered(op, body) for op, body in zip(current.ops, current.bodies, strict=True)]
        missing = [g for graphs in within for g in graphs if id(g) not in counted]
        if missing:
            stack += missing
            continue
        stack.pop()
        uses = np.bincount(current.kind[current.kind >= 0], minlength=len(current.ops)).tolist()
        counted[id(current)] = sum(
            n * (1 + sum(counted[id(g)] for g in graphs)) for n, graphs in zip(uses, within, strict=True)
        )
    return counted[id(graph)]
