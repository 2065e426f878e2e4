"""The distinct signatures of a graph's op nodes, found on columns: nodes that type inference cannot tell apart are one.

A signature is an op, the descriptions of its operands and the declared types of its results. A million nodes usually
have a few dozen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from irlib.graph import Column, Graph

__all__ = ["Group", "Signature", "signatures"]

_WIDE = 8
"""Nodes with more operands or results than this are taken one by one; there a column would hold few of them."""
_TABLE = 1 << 22
"""Keys up to this are looked up in a table of flags, larger ones sorted."""


class Signature(NamedTuple):
    """What inference is told of a node and what the graph declares of it; -1 is an absent operand."""

    kind: int
    operands: tuple[int, ...]
    results: tuple[int, ...]


class Group(NamedTuple):
    """A signature and the nodes that have it, in ascending order; `nodes` is found only when asked for."""

    signature: Signature
    first: int
    members: Members

    @property
    def nodes(self) -> Column:
        return self.members.of(self.first)


class Members:
    """The nodes of one arity and the key of each."""

    __slots__ = ("key", "node")

    def __init__(self, node: Column, key: Column) -> None:
        self.node = node
        self.key = key

    def of(self, first: int) -> Column:
        """All nodes with the key that node `first` has."""
        at = int(np.searchsorted(self.node, first))
        found: Column = self.node[self.key == self.key[at]]
        return found


def signatures(graph: Graph, description: Column) -> Iterator[Group]:
    """The distinct signatures of the op nodes, with `description` of each value."""
    nodes = np.flatnonzero(graph.kind >= 0)
    arity = (graph.start[1:] - graph.start[:-1])[nodes]
    results = (graph.first[1:] - graph.first[:-1])[nodes]
    wide = np.maximum(arity, results) > _WIDE
    if wide.any():
        yield from _one_by_one(graph, description, nodes[wide])
    shape = arity * (_WIDE + 1) + results
    shape[wide] = -1
    for code in np.unique(shape).tolist() if wide.any() else np.flatnonzero(np.bincount(shape)).tolist():
        if code >= 0:
            yield from _by_column(graph, description, nodes[shape == code], *divmod(code, _WIDE + 1))


def _by_column(graph: Graph, description: Column, nodes: Column, arity: int, results: int) -> Iterator[Group]:
    """The signatures of nodes that all have `arity` operands and so many `results`."""
    # one description more, the last, stands for an absent operand: index -1 finds it
    extended = np.append(description, -1)
    start, first = graph.start[nodes], graph.first[nodes]
    columns = [graph.kind[nodes]]
    columns += [extended[graph.operand[start + k]] for k in range(arity)]
    columns += [graph.type[first + r] for r in range(results)]
    key = _key(columns)
    for at in _representatives(key):
        parts = [int(column[at]) for column in columns]
        signature = Signature(parts[0], tuple(parts[1 : 1 + arity]), tuple(parts[1 + arity :]))
        yield Group(signature, int(nodes[at]), Members(nodes, key))


def _key(columns: list[Column]) -> Column:
    """One number per row, equal where the rows are."""
    key = np.zeros(len(columns[0]), np.int64)
    space = 1
    for column in columns:
        low, high = int(column.min()), int(column.max())
        size = high - low + 1
        if size == 1:
            continue
        if space * size > 2**62:
            _, key = np.unique(key, return_inverse=True)
            space = int(key.max()) + 1
        key = key * size if space > 1 else key
        key += column
        key -= low
        space *= size
    return key


def _representatives(key: Column) -> list[int]:
    """The first row with each distinct key."""
    space = int(key.max()) + 1
    if space > _TABLE:
        return sorted(np.unique(key, return_index=True)[1].tolist())
    seen = np.zeros(space, bool)
    seen[key] = True
    distinct = np.flatnonzero(seen)
    if len(distinct) <= 16:
        return sorted(int(np.argmax(key == k)) for k in distinct.tolist())
    row = np.full(space, len(key), np.int64)
    np.minimum.at(row, key, np.arange(len(key)))
    return sorted(row[distinct].tolist())


def _one_by_one(graph: Graph, description: Column, nodes: Column) -> Iterator[Group]:
    found: dict[Signature, int] = {}
    keys = np.empty(len(nodes), np.int64)
    representative: dict[int, tuple[Signature, int]] = {}
    for row, node in enumerate(nodes.tolist()):
        operands = graph.operand_values(node)
        described = np.where(operands < 0, -1, description[operands])
        types = graph.type[graph.first[node] : graph.first[node + 1]]
        signature = Signature(int(graph.kind[node]), tuple(described.tolist()), tuple(types.tolist()))
        keys[row] = number = found.setdefault(signature, len(found))
        representative.setdefault(number, (signature, node))
    members = Members(nodes, keys)
    for signature, node in representative.values():
        yield Group(signature, node, members)
