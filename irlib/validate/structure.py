"""Whether the tables of a file are a graph: references, names, operands without doubles, no cycle.

Works on columns as a file states them, before any `Graph` exists, so that everything wrong with a file is reported and
nothing is ever built from it. Only a file whose columns are not in topological order pays for a search of its cycle.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from irlib.graph import Column
from irlib.order import depth_first
from irlib.validate.finding import Finding
from irlib.validate.place import shown

__all__ = ["Columns", "Table", "check_structure"]

MAX_NODES = 10_000_000
MAX_RESULTS = 65_536  # of one node
MAX_VALUES = 2**25  # of one graph
MAX_OPERANDS = 2**20  # of one node
MAX_NAME = 4096
_SHOWN = 5
_NO_NODES = np.zeros(0, np.uint32)
_NO_NODES.flags.writeable = False
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Table(NamedTuple):
    """The nodes, edges, outputs and names of a graph as a file states them; see proto/README.md for the columns.

    `ops`, `variables` and `types` are the lengths of those tables; `outputs` are names with node and result.
    """

    kind: Column
    type: Column
    source: Column
    target: Column
    results: Column | None = None
    type_run: Column | None = None
    result: Column | None = None
    operand: Column | None = None
    ops: int = 0
    variables: int = 0
    types: int = 0
    name_nodes: Column = _NO_NODES
    name_texts: Sequence[str] = ()
    outputs: Sequence[tuple[str, int, int]] = ()


class Columns(NamedTuple):
    """The same nodes and edges in the form a `Graph` has them; in the file's order, topological or not."""

    kind: Column
    first: Column
    type: Column
    start: Column
    operand: Column
    is_sorted: bool


def check_structure(table: Table, where: str = "") -> tuple[Columns | None, list[Finding]]:
    """The columns, None where there is an error in them, and everything found."""
    checker = _Checker(table, where)
    columns = checker.columns()
    checker.names()
    checker.outputs()
    return (None if checker.failed else columns), checker.findings


class _Checker:
    def __init__(self, table: Table, where: str) -> None:
        self.table = table
        self.where = where
        self.findings: list[Finding] = []
        self.count = len(table.kind)
        self.results: Column | None = None

    @property
    def failed(self) -> bool:
        return any(f.severity == "error" for f in self.findings)

    def add(self, code: str, where: str, what: str, remedy: str = "", severity: Any = "error") -> None:
        place = ", ".join(p for p in (self.where, where) if p)
        self.findings.append(Finding(code, severity, place, what, remedy))

    def add_each(self, code: str, bad: Column, place: Any, what: Any) -> None:
        """One finding for each of the first few indices in `bad`, the last of which counts the others."""
        for position, index in enumerate(bad[:_SHOWN].tolist()):
            more = f" (and {len(bad) - _SHOWN} more)" if position == _SHOWN - 1 and len(bad) > _SHOWN else ""
            self.add(code, place(index), f"{what(index)}{more}")

    def label(self, node: int) -> str:
        at = np.flatnonzero(self.table.name_nodes == node)
        named = len(at) and int(at[0]) < len(self.table.name_texts)
        return f"%{shown(self.table.name_texts[int(at[0])])}" if named else f"%{node}"

    def node(self, node: int) -> str:
        return f"node {self.label(node)}"

    # Nodes and edges

    def columns(self) -> Columns | None:
        if self.count > MAX_NODES:
            self.add("IR511", "nodes", f"got {self.count} nodes, expected at most {MAX_NODES}")
            return None
        self._kinds()
        first = self._first()
        if first is None:
            return None
        type_column = self._types(int(first[-1]))
        edges = self._edges(first)
        if type_column is None or edges is None or self.failed:
            return None
        start, operand, is_sorted = edges
        return Columns(self.table.kind.astype(np.int32, copy=False), first, type_column, start, operand, is_sorted)

    def _kinds(self) -> None:
        t = self.table
        if self.count and (int(t.kind.min()) < -t.variables or int(t.kind.max()) >= t.ops):
            bad = np.flatnonzero((t.kind < -t.variables) | (t.kind >= t.ops))
            self.add_each(
                "IR102",
                bad,
                self.node,
                lambda i: f"kind {t.kind[i]}, expected an entry of {t.ops} ops or {t.variables} variables",
            )
            return
        bound = np.bincount(~t.kind[t.kind < 0], minlength=t.variables)
        bad = np.flatnonzero(bound != 1)
        self.add_each(
            "IR116", bad, lambda v: f"variables[{v}]", lambda v: f"bound to {bound[v]} nodes, expected exactly one"
        )

    def _first(self) -> Column | None:
        """The first value of each node."""
        t = self.table
        if t.results is None:
            return np.arange(self.count + 1, dtype=np.int64)
        if len(t.results) != self.count:
            self.add("IR115", "nodes.results", f"got {len(t.results)} entries, expected {self.count}, one per node")
            return None
        self.results = t.results.astype(np.int64)
        bad = np.flatnonzero(self.results > MAX_RESULTS)
        self.add_each(
            "IR511", bad, self.node, lambda i: f"{t.results[i]} results, expected at most {MAX_RESULTS}"
        )  # fmt: skip
        bad = np.flatnonzero((self.results != 1) & (t.kind < 0))
        self.add_each("IR104", bad, self.node, lambda i: f"a variable with {t.results[i]} results, expected 1")
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.results)])
        if int(first[-1]) > MAX_VALUES:
            self.add("IR511", "nodes.results", f"{first[-1]} values, expected at most {MAX_VALUES}")
            return None
        return first

    def _types(self, values: int) -> Column | None:
        t = self.table
        if len(t.type) and int(t.type.max()) >= t.types:
            bad = np.flatnonzero(t.type >= t.types)
            self.add_each(
                "IR102",
                bad,
                lambda j: f"nodes.type[{j}]",
                lambda j: f"type {t.type[j]}, expected an entry of {t.types} types",
            )
            return None
        if t.type_run is None:
            if len(t.type) != values:
                self.add("IR115", "nodes.type", f"got {len(t.type)} entries, expected {values}, one per result")
                return None
            return t.type.astype(np.int32)
        if len(t.type_run) != len(t.type) or int(t.type_run.sum(dtype=np.uint64)) != values:
            self.add("IR115", "nodes.type_run", f"the runs do not add up to {values}, the number of results")
            return None
        return np.repeat(t.type.astype(np.int32), t.type_run)

    def _edges(self, first: Column) -> tuple[Column, Column, bool] | None:
        t = self.table
        lengths = {len(c) for c in (t.source, t.target, t.result, t.operand) if c is not None}
        if len(lengths) > 1:
            self.add("IR115", "edges", f"columns of lengths {sorted(lengths)}, expected equal lengths")
            return None
        if not self._edge_ends():
            return None
        value = first[t.source] if t.results is not None else t.source.astype(np.int64)
        if t.result is not None:
            value += t.result
        is_sorted = bool((t.source < t.target).all())
        placed = self._placed(value)
        if placed is None:
            return None
        start, operand = placed
        if not is_sorted and not self.failed:
            self._search_cycle(start, operand, first)
        return start, operand, is_sorted

    def _edge_ends(self) -> bool:
        t = self.table
        before = len(self.findings)
        for column, name in ((t.source, "source"), (t.target, "target")):
            if len(column) and int(column.max()) >= self.count:
                bad = np.flatnonzero(column >= self.count)
                self._bad_edges(
                    "IR102", bad, lambda e, c=column, n=name: f"{n} {c[e]}, expected one of {self.count} nodes"
                )
        if len(self.findings) > before:
            return False
        into_variable = t.kind[t.target] < 0
        if into_variable.any():
            self._bad_edges(
                "IR109", np.flatnonzero(into_variable), lambda e: f"ends at {self.label(int(t.target[e]))}, a variable"
            )
        if t.result is not None or t.results is not None:
            has = 1 if self.results is None else self.results[t.source]
            bad = np.flatnonzero((0 if t.result is None else t.result) >= has)
            self._bad_edges(
                "IR102",
                bad,
                lambda e: (
                    f"result {0 if t.result is None else t.result[e]} of {self.label(int(t.source[e]))}, which has "
                    f"{1 if self.results is None else self.results[t.source[e]]}"
                ),
            )
        return len(self.findings) == before

    def _bad_edges(self, code: str, bad: Column, what: Any) -> None:
        self.add_each(code, bad, lambda e: f"edge {e}", what)

    def _placed(self, value: Column) -> tuple[Column, Column] | None:
        """Where each node's operands begin, and the value each operand is; -1 where a file leaves one out."""
        t = self.table
        start = np.zeros(self.count + 1, np.int64)
        if t.operand is None:
            np.cumsum(np.bincount(t.target, minlength=self.count), out=start[1:])
            in_order = bool((t.target[1:] >= t.target[:-1]).all())
            return start, value if in_order else value[np.argsort(t.target, kind="stable")]
        if len(t.operand) and int(t.operand.max()) >= MAX_OPERANDS:
            bad = np.flatnonzero(t.operand >= MAX_OPERANDS)
            self._bad_edges("IR511", bad, lambda e: f"operand {t.operand[e]}, expected less than {MAX_OPERANDS}")
            return None
        key = t.target.astype(np.int64) * MAX_OPERANDS + t.operand
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        doubled = np.flatnonzero(ordered[1:] == ordered[:-1])
        if len(doubled):
            self._bad_edges("IR103", order[doubled + 1], self._doubled)
            return None
        last = np.flatnonzero(np.append(ordered[1:] // MAX_OPERANDS != ordered[:-1] // MAX_OPERANDS, True)) if len(
            ordered
        ) else np.zeros(0, np.int64)  # fmt: skip
        slots = np.zeros(self.count, np.int64)
        slots[ordered[last] // MAX_OPERANDS] = ordered[last] % MAX_OPERANDS + 1
        if int(slots.sum()) > len(ordered) + 8 * self.count + 1024:
            self.add("IR511", "edges.operand", f"{int(slots.sum()) - len(ordered)} absent operands", "leave fewer gaps")
            return None
        np.cumsum(slots, out=start[1:])
        operand = np.full(int(start[-1]), -1, np.int64)
        operand[start[t.target] + t.operand] = value
        return start, operand

    def _doubled(self, edge: int) -> str:
        assert self.table.operand is not None
        return (
            f"operand {self.table.operand[edge]} of {self.label(int(self.table.target[edge]))} has another edge already"
        )

    # Order

    def _search_cycle(self, start: Column, operand: Column, first: Column) -> None:
        owner = np.repeat(np.arange(self.count), np.diff(first)).tolist()
        starts = start.tolist()
        owners = [owner[v] for v in operand.tolist() if v >= 0] if (operand >= 0).all() else None
        if owners is None:
            operands_of = [[owner[v] for v in operand[s:e].tolist() if v >= 0] for s, e in itertools.pairwise(starts)]
        else:
            operands_of = [owners[s:e] for s, e in itertools.pairwise(starts)]
        cycle = find_cycle(operands_of)
        if cycle:
            path = " -> ".join(self.label(i) for i in _cut([*cycle, cycle[0]]))
            self.add("IR101", self.node(cycle[0]), f"a cycle of {len(cycle)} nodes: {path}", "break it at one edge")
            return
        bad = next(e for e in range(len(self.table.source)) if self.table.source[e] >= self.table.target[e])
        self.add(
            "IR108",
            f"edge {bad}",
            f"{self.label(int(self.table.source[bad]))} stands after {self.label(int(self.table.target[bad]))}, "
            "which uses it",
            "load and save the file to sort it",
            "warning",
        )

    # Names and outputs

    def names(self) -> None:
        t = self.table
        if len(t.name_nodes) != len(t.name_texts):
            self.add("IR115", "nodes.names", f"{len(t.name_texts)} names for {len(t.name_nodes)} nodes")
            return
        if not len(t.name_nodes):
            return
        bad = np.flatnonzero(t.name_nodes >= self.count)
        self.add_each(
            "IR102",
            bad,
            lambda j: f"nodes.names[{j}]",
            lambda j: f"names node {t.name_nodes[j]}, expected one of {self.count} nodes",
        )
        if (np.diff(np.sort(t.name_nodes)) == 0).any():  # a bare np.unique would import numpy.ma
            node, times = (int(v) for v in _most_common(t.name_nodes))
            self.add("IR112", f"node %{node}", f"{times} names, expected at most one")
        self._unique(t.name_texts, "node")
        self._well_formed(t.name_texts, "nodes.names")

    def outputs(self) -> None:
        t = self.table
        names = [name for name, _, _ in t.outputs]
        self._unique(names, "output")
        self._well_formed(names, "outputs")
        by_name = dict(zip(t.name_texts, t.name_nodes.tolist(), strict=False))
        for name, node, result in t.outputs:
            place = f"output '{shown(name)}'"
            has = 1 if self.results is None else int(self.results[node]) if node < self.count else 0
            if node >= self.count:
                self.add("IR102", place, f"node {node}, expected one of {self.count} nodes")
            elif result >= has:
                self.add("IR102", place, f"result {result} of {self.label(node)}, which has {has}")
            elif by_name.get(name, node) != node:
                self.add(
                    "IR112", place, f"is {self.label(node)}, but %{shown(name)} is another node", "rename one of them"
                )

    def _unique(self, names: Sequence[str], what: str) -> None:
        if len(set(names)) == len(names):
            return
        seen: set[str] = set()
        doubled = dict.fromkeys(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        for name in list(doubled)[:_SHOWN]:
            self.add("IR112", f"{what} '{shown(name)}'", f"the name of another {what} already")

    def _well_formed(self, names: Sequence[str], where: str) -> None:
        if not names or (all(names) and max(map(len, names)) * 4 <= MAX_NAME and not _CONTROL.search("".join(names))):
            return
        for j, name in enumerate(names):
            if not name or len(name.encode("utf-8", "surrogatepass")) > MAX_NAME or _CONTROL.search(name):
                self.add(
                    "IR111", f"{where}[{j}]", f"'{shown(name)}' is not a name, expected 1 to {MAX_NAME} bytes of text"
                )
                return


def find_cycle(operands_of: Sequence[Sequence[int]]) -> list[int]:
    """The nodes of one cycle, each an operand of the next; empty where there is none. Iterative."""
    count = len(operands_of)
    order = depth_first([], range(count), operands_of)
    position = [0] * count
    for place, node in enumerate(order):
        position[node] = place
    # in a post-order, only an edge that closes a cycle comes from a node placed later (or from itself)
    for node, operands in enumerate(operands_of):
        for operand in operands:
            if position[operand] >= position[node]:
                return _path(operands_of, operand, node)
    return []


def _path(operands_of: Sequence[Sequence[int]], start: int, goal: int) -> list[int]:
    """A path of operands from `start` to `goal`, turned round: breadth first, so as short as any."""
    came_from = {start: start}
    frontier = [start]
    while frontier and goal not in came_from:
        following: list[int] = []
        for node in frontier:
            for operand in operands_of[node]:
                if operand not in came_from:
                    came_from[operand] = node
                    following.append(operand)
        frontier = following
    path = [goal]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path


def _most_common(column: Column) -> tuple[Any, Any]:
    found, counts = np.unique(column, return_counts=True)
    return found[np.argmax(counts)], counts.max()


def _cut(nodes: Sequence[int], limit: int = 12) -> Iterable[int]:
    return nodes if len(nodes) <= limit else [*nodes[: limit - 1], nodes[-1]]
