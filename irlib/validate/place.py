"""How findings call the places of a graph: short, and safe to print whatever the names in a file hold."""

from __future__ import annotations

from collections.abc import Iterable

from irlib.graph import Graph

__all__ = ["graph_place", "listed", "node_place", "shown"]

_LONG = 80


def shown(name: str) -> str:
    """`name`, cut to a readable length and with everything escaped that a terminal might act on."""
    cut = name if len(name) <= _LONG else f"{name[: _LONG - 3]}..."
    return cut if cut.isprintable() else cut.encode("unicode_escape").decode()


def graph_place(graph: Graph) -> str:
    """The outermost place, as in ``graph 'mlp'``."""
    return f"graph '{shown(graph.name)}'"


def node_place(place: str, graph: Graph, node: int) -> str:
    """Node `node`, as in ``graph 'mlp', node %h (tanh)``."""
    kind = int(graph.kind[node])
    what = graph.ops[kind].name if kind >= 0 else str(graph.variables[~kind].role)
    return f"{place}, node %{shown(graph.names.get(node, str(node)))} ({shown(what)})"


def listed(names: Iterable[str], count: int, limit: int = 5) -> str:
    """The first few names and how many there are besides."""
    head: list[str] = []
    for name in names:
        if len(head) == limit:
            break
        head.append(f"%{shown(name)}")
    rest = count - len(head)
    return ", ".join(head) + (f" and {rest} more" if rest > 0 else "")
