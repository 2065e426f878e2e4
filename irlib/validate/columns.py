"""Whether the columns of a graph in memory fit together, so that every later check may index them blindly.

A loaded or built graph always passes; one made by hand may not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from irlib.graph import Graph
from irlib.validate.finding import Finding

__all__ = ["check_columns"]


def check_columns(graph: Graph, place: str) -> Iterator[Finding]:
    """What is wrong with the columns themselves; where there is anything, nothing else can be checked."""
    count, values = len(graph.kind), len(graph.type)
    for name, column, length, total in (
        ("first", graph.first, count + 1, values),
        ("start", graph.start, count + 1, len(graph.operand)),
    ):
        if len(column) != length or int(column[0]) != 0 or int(column[-1]) != total or (column[1:] < column[:-1]).any():
            what = f"column {name!r} does not rise from 0 to {total} in {length} entries"
            yield Finding("IR115", "error", place, what)
            return
    if len(graph.bodies) != len(graph.ops):
        yield Finding("IR115", "error", place, f"{len(graph.bodies)} bodies for {len(graph.ops)} ops, expected as many")
    for name, column, low, high in (
        ("kind", graph.kind, -len(graph.variables), len(graph.ops)),
        ("type", graph.type, 0, len(graph.types)),
        ("operand", graph.operand, -1, values),
    ):
        if len(column) and not (low <= int(column.min()) and int(column.max()) < high):
            yield Finding("IR102", "error", place, f"column {name!r} refers to an entry outside {low} <= i < {high}")
            return
    yield from _check_order(graph, place)
    yield from _check_variables(graph, place)
    yield from _check_references(graph, place)


def _check_order(graph: Graph, place: str) -> Iterator[Finding]:
    arity = graph.start[1:] - graph.start[:-1]
    late = np.flatnonzero(graph.operand >= np.repeat(graph.first[:-1], arity))
    if len(late):
        node = int(np.searchsorted(graph.start, late[0], side="right")) - 1
        what = f"node %{node} stands before its operand %{graph.source(int(graph.operand[late[0]])).node}"
        yield Finding("IR108", "error", place, what, "build graphs with a Builder, which puts them in order")


def _check_variables(graph: Graph, place: str) -> Iterator[Finding]:
    bound = np.flatnonzero(graph.kind < 0)
    uses = np.bincount(~graph.kind[bound], minlength=len(graph.variables))
    for index in np.flatnonzero(uses != 1)[:5].tolist():
        yield Finding("IR116", "error", place, f"variable {index} has {int(uses[index])} nodes, expected one")
    single = graph.first[bound + 1] - graph.first[bound] == 1
    for node in bound[~single][:5].tolist():
        yield Finding("IR231", "error", place, f"variable node %{node} has several results, or none, expected one")
    fed = np.flatnonzero((graph.start[1:] > graph.start[:-1]) & (graph.kind < 0))
    for node in fed[:5].tolist():
        yield Finding("IR109", "error", place, f"variable node %{node} has operands, expected none")


def _check_references(graph: Graph, place: str) -> Iterator[Finding]:
    count = len(graph.kind)
    for what, nodes in (("name", graph.names), ("location", graph.locations)):
        if nodes and not (min(nodes) >= 0 and max(nodes) < count):
            yield Finding("IR102", "error", place, f"a {what} is of a node outside 0 <= node < {count}")
    for output in graph.outputs:
        results = int(graph.first[output.node + 1] - graph.first[output.node]) if 0 <= output.node < count else 0
        if not 0 <= output.result < results:
            what = f"output {output.name[:80]!r} is result {output.result} of node {output.node}, which is not there"
            yield Finding("IR102", "error", place, what)
