"""A graph as a networkx graph, for analysis: paths, cuts, components, centrality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irlib.errors import UnsupportedError
from irlib.graph import Graph

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["to_networkx"]


def to_networkx(graph: Graph) -> nx.MultiDiGraph[int]:
    """`graph` as a `networkx.MultiDiGraph` whose nodes are numbered as in `graph.nodes`.

    A node has `name` (None where it has none), `op` (None for a variable), `role` (None for an op), `attributes` of the
    op, `type` of the first result and `types` of all, as text. An edge has `result` and `operand`: where it leaves its
    source and enters its target. The graph has `name` and `outputs`, by name the node, result and role.

    Raises: UnsupportedError when networkx is not installed.
    """
    try:
        import networkx as nx
    except ImportError as error:
        raise UnsupportedError("networkx is not installed", remedy='pip install "irlib-graph[analysis]"') from error
    made: nx.MultiDiGraph[int] = nx.MultiDiGraph(
        name=graph.name,
        outputs={o.name: {"node": o.node, "result": o.result, "role": str(o.role), "of": o.of} for o in graph.outputs},
    )
    types = [str(t) for t in graph.types]
    first, column = graph.first.tolist(), graph.type.tolist()
    for node, kind in enumerate(graph.kind.tolist()):
        shown = tuple(types[t] for t in column[first[node] : first[node + 1]])
        made.add_node(
            node, name=graph.names.get(node), type=shown[0] if shown else None, types=shown, **_what(graph, kind)
        )
    owner, start, operand = graph.owner.tolist(), graph.start.tolist(), graph.operand.tolist()
    for node in range(len(graph.kind)):
        for position, value in enumerate(operand[start[node] : start[node + 1]]):
            if value >= 0:
                source = owner[value]
                made.add_edge(source, node, result=value - first[source], operand=position)
    return made


def _what(graph: Graph, kind: int) -> dict[str, Any]:
    if kind < 0:
        return {"op": None, "role": str(graph.variables[~kind].role), "attributes": {}}
    op = graph.ops[kind]
    return {"op": op.name, "role": None, "attributes": op.attribute_values()}
