"""Which node of one graph is which node of another.

A name decides where both graphs have it. A node of another name, when its op and all that leads to it are equal, was
renamed. Nodes without a name are matched by a number for op and operands that goes back to named nodes and no further,
so that one change does not change everything after it; what is then left is matched along edges from what is matched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from irlib.graph import Graph

__all__ = ["Matching", "Side", "match"]


class Side:
    """One graph's columns as lists, and what is found of its nodes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.kind: list[int] = graph.kind.tolist()
        owner, first = graph.owner.tolist(), graph.first.tolist()
        operand, start = graph.operand.tolist(), graph.start.tolist()
        sources = [(-1, 0) if v < 0 else (owner[v], v - first[owner[v]]) for v in operand]
        self.operands: list[list[tuple[int, int]]] = [sources[s:e] for s, e in pairwise(start)]
        """Of each node, the node and result that each operand is; (-1, 0) where absent."""
        self.names: dict[int, str] = dict(graph.names)
        """Names; a node that was renamed has one of the two names on both sides."""
        self.other: list[int] = [-1] * len(self.kind)
        """The node of the other graph that each node is, -1 where there is none."""
        self.number: list[int] = []
        """Equal for nodes of equal op and operands, back to named nodes."""

    def is_variable(self, node: int) -> bool:
        return self.kind[node] < 0

    def what(self, node: int) -> str:
        """The op's name, or the variable's role."""
        kind = self.kind[node]
        return self.graph.ops[kind].name if kind >= 0 else str(self.graph.variables[~kind].role)


class Matching:
    """Two sides, matched."""

    def __init__(self, a: Side, b: Side) -> None:
        self.a = a
        self.b = b

    def pair(self, i: int, j: int) -> None:
        """Node `i` of the first graph is node `j` of the second."""
        self.a.other[i] = j
        self.b.other[j] = i

    def may_pair(self, i: int, j: int) -> bool:
        """Whether both are still without a match, without a name in both graphs, and do the same."""
        a, b = self.a, self.b
        return (
            i >= 0 and j >= 0 and a.other[i] < 0 and b.other[j] < 0
            and i not in a.names and j not in b.names and a.what(i) == b.what(j)
        )  # fmt: skip


def match(a: Graph, b: Graph) -> Matching:
    """Which node of `a` is which of `b`."""
    found = Matching(Side(a), Side(b))
    numbers: dict[Hashable, int] = {}
    _rename(found, _variable_keys, only_variables=True)
    _rename(found, lambda side: _numbered(side, numbers, through_names=True), only_variables=False)
    by_name = {name: j for j, name in found.b.names.items()}
    for i, name in found.a.names.items():
        if name in by_name:
            found.pair(i, by_name[name])
    for side in (found.a, found.b):
        side.number = _numbered(side, numbers, through_names=False)
    _pair_equal(found)
    _pair_backwards(found)
    _pair_forwards(found)
    return found


def _numbered(side: Side, numbers: dict[Hashable, int], *, through_names: bool) -> list[int]:
    """A number for each node, equal for nodes of equal op and operands.

    Variables are what they are called. An op with a name stands for itself in its consumers, unless `through_names`.
    """
    graph = side.graph
    of_op = [numbers.setdefault((op, body), len(numbers)) for op, body in zip(graph.ops, graph.bodies, strict=True)]
    made: list[int] = []
    seen_as: list[int] = []  # by consumers
    for node, kind in enumerate(side.kind):
        name = side.names.get(node)
        key: Hashable
        if kind < 0:
            key = ("variable", name) if name is not None else ("constant", graph.variables[~kind])
        else:
            key = (of_op[kind], *[(seen_as[i], r) if i >= 0 else None for i, r in side.operands[node]])
        number = numbers.setdefault(key, len(numbers))
        made.append(number)
        anchored = name is not None and not through_names
        seen_as.append(numbers.setdefault(("named", name), len(numbers)) if anchored else number)
    return made


def _variable_keys(side: Side) -> list[Hashable]:
    """What a variable is, apart from its name. Tensors are large, so only those that may have been renamed are read."""
    return [side.graph.variables[~kind] if kind < 0 else None for kind in side.kind]


def _rename(found: Matching, keys: Callable[[Side], list[Any]], *, only_variables: bool) -> None:
    """Give nodes of the second graph the name they have in the first, where all but the name is equal."""
    a, b = found.a, found.b
    gone = _only(a, set(b.names.values()), only_variables=only_variables)
    new = _only(b, set(a.names.values()), only_variables=only_variables)
    if not gone and not new:
        return
    keys_a, keys_b = keys(a), keys(b)
    groups_a, groups_b = _grouped(gone, keys_a), _grouped(new, keys_b)
    for key, nodes in groups_a.items():
        others = groups_b.get(key, [])
        if len(nodes) == len(others):  # several equal ones: the canonical order says which is which
            for i, j in zip(nodes, others, strict=True):
                b.names[j] = a.names[i]
    _name_alike(a, gone, keys_a, b, keys_b)
    _name_alike(b, new, keys_b, a, keys_a)


def _name_alike(side: Side, nodes: list[int], keys: list[Any], other: Side, other_keys: list[Any]) -> None:
    """Where a node of `side` has lost or was given its name, the node without one that is equal is called the same."""
    taken = set(other.names.values())
    wanted = [n for n in nodes if side.names[n] not in taken]
    if not wanted:
        return
    variables = side.is_variable(wanted[0])
    unnamed = (n for n, _ in enumerate(other.kind) if n not in other.names and other.is_variable(n) == variables)
    free = _grouped(unnamed, other_keys)
    for group in free.values():
        group.reverse()
    for node in wanted:
        if free.get(keys[node]):
            other.names[free[keys[node]].pop()] = side.names[node]


def _only(side: Side, other_names: set[str], *, only_variables: bool) -> list[int]:
    return [n for n, name in side.names.items() if name not in other_names and side.is_variable(n) == only_variables]


def _grouped(nodes: Iterable[int], keys: list[Any]) -> Mapping[Any, list[int]]:
    groups: defaultdict[Any, list[int]] = defaultdict(list)
    for node in nodes:
        groups[keys[node]].append(node)
    return groups


def _pair_equal(found: Matching) -> None:
    """Match nodes without a name that have one number, in the order they stand."""
    free = _grouped((j for j in range(len(found.b.kind)) if j not in found.b.names), found.b.number)
    for nodes in free.values():
        nodes.reverse()
    for i, number in enumerate(found.a.number):
        if i not in found.a.names and free.get(number):
            found.pair(i, free[number].pop())


def _pair_backwards(found: Matching) -> None:
    """From matched nodes and outputs to their operands, where both sides do the same."""
    a, b = found.a, found.b
    outputs = b.graph.outputs_by_name
    for output in a.graph.outputs:
        other = outputs.get(output.name)
        if other is not None and found.may_pair(output.node, other.node):
            found.pair(output.node, other.node)
    waiting = [i for i, j in enumerate(a.other) if j >= 0 and a.number[i] != b.number[j]]
    while waiting:
        i = waiting.pop()
        for (left, _), (right, _) in zip(a.operands[i], b.operands[a.other[i]], strict=False):
            if found.may_pair(left, right):
                found.pair(left, right)
                waiting.append(left)


def _pair_forwards(found: Matching) -> None:
    """From matched operands to nodes that do the same with them."""
    a, b = found.a, found.b
    candidates: dict[tuple[Any, ...], list[int]] = {}
    for j in range(len(b.kind) - 1, -1, -1):
        if b.other[j] < 0 and j not in b.names and b.kind[j] >= 0:
            candidates.setdefault((b.what(j), len(b.operands[j])), []).append(j)
    if not candidates:
        return
    by_operands: dict[tuple[Any, ...], list[int]] = {}
    for group in candidates.values():
        for j in group:
            by_operands.setdefault((b.what(j), *b.operands[j]), []).append(j)
    for i, kind in enumerate(a.kind):
        if kind < 0 or a.other[i] >= 0 or i in a.names:
            continue
        operands = [(a.other[n], r) if n >= 0 else (-1, 0) for n, r in a.operands[i]]
        group = by_operands.get((a.what(i), *operands), [])
        if group:
            found.pair(i, group.pop())
