"""From what a file states to graphs: the structure check, ops from the registry, tables into their frozen form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.dims import symbol
from irlib.errors import IRError
from irlib.graph import Graph, Location, Output, OutputRole, Role, Symbol, Variable, symbols_of
from irlib.op import Op
from irlib.serde.attributes import op_of
from irlib.serde.canonical import canonical, exact_value
from irlib.serde.raw import AnyTensor, GraphRef, Keyed, RawGraph, RawLocations, RawModel, RawOp
from irlib.tensor import Tensor
from irlib.validate.finding import Finding
from irlib.validate.place import shown
from irlib.validate.structure import Columns, Table, check_structure

__all__ = ["MAX_NESTING", "assemble"]

MAX_NESTING = 64
Fetch = Callable[[Keyed], Tensor]


def assemble(raw: RawModel, fetch: Fetch) -> tuple[Graph | None, list[Finding]]:
    """The graph that a model states, None where there is an error in it, and everything found.

    `fetch` gives the tensors of the weights file.
    """
    import irlib.ops  # noqa: F401  registers the ops a file may name

    findings: list[Finding] = []
    graphs: list[Graph | None] = []
    depths: list[int] = []
    for index, table in enumerate((*raw.graphs, raw.graph)):
        is_own = index == len(raw.graphs)
        made = _Assembler(table, graphs, "" if is_own else f"graphs[{index}]", fetch)
        graph = made.graph()
        depth = 1 + max((depths[r] for r in made.used if r < len(depths)), default=0)
        if depth > MAX_NESTING:
            made.add("IR517", "", f"graphs nest {depth} deep, expected at most {MAX_NESTING}")
        findings += made.findings
        graphs.append(graph)
        depths.append(depth)
    failed = any(f.severity == "error" for f in findings)
    return (None if failed else graphs[-1]), findings


class _Assembler:
    """Makes one graph; what is wrong goes to `findings`."""

    def __init__(self, raw: RawGraph, graphs: list[Graph | None], place: str, fetch: Fetch) -> None:
        self.raw = raw
        self.graphs = graphs
        self.fetch = fetch
        self.place = f"{place}, graph '{shown(raw.name)}'" if place else f"graph '{shown(raw.name)}'"
        self.findings: list[Finding] = []
        self.used: set[int] = set()
        """The graphs this one refers to."""

    def add(self, code: str, where: str, what: str, remedy: str = "") -> None:
        place = f"{self.place}, {where}" if where else self.place
        self.findings.append(Finding(code, "error", place, what, remedy))

    def graph(self) -> Graph | None:
        raw = self.raw
        columns, found = check_structure(_table(raw), self.place)
        self.findings += found
        ops = [self._op(op, i) for i, op in enumerate(raw.ops)]
        bodies = [
            None if op.body is None else self._graph_at(op.body, f"ops[{i}], body") for i, op in enumerate(raw.ops)
        ]
        self._distinct(raw.ops, "ops")
        self._distinct(raw.types, "types")
        tensors = [self._tensor(v.tensor, f"variables[{i}]") for i, v in enumerate(raw.variables)]
        roles = [self._role(Role, v.role, f"variables[{i}]") for i, v in enumerate(raw.variables)]
        outputs = tuple(
            Output(o.name, o.node, o.result, self._role(OutputRole, o.role, f"output '{shown(o.name)}'"), o.of)
            for o in raw.outputs
        )
        symbols = self._symbols()
        locations = self._locations(raw.locations)
        metadata = self._metadata()
        if columns is None or any(f.severity == "error" for f in self.findings):
            return None
        return self._frozen(
            columns,
            roles,
            tensors,
            ops=tuple(ops),
            bodies=tuple(bodies),
            outputs=outputs,
            symbols=symbols,
            locations=locations,
            metadata=metadata,
        )

    def _frozen(self, c: Columns, roles: list[Role], tensors: list[Tensor | None], **tables: Any) -> Graph:
        raw = self.raw
        bound = np.flatnonzero(c.kind < 0)
        type_of_variable = np.zeros(len(raw.variables), np.int64)
        type_of_variable[~c.kind[bound]] = c.type[c.first[bound]]
        variables = [
            Variable(role, raw.types[t], tensor)
            for role, t, tensor in zip(roles, type_of_variable.tolist(), tensors, strict=True)
        ]
        by_node = np.argsort(raw.name_nodes, kind="stable").tolist()
        nodes = raw.name_nodes.tolist()
        graph = Graph(
            name=raw.name,
            variables=tuple(variables),
            types=raw.types,
            kind=c.kind,
            first=c.first,
            type=c.type,
            start=c.start,
            operand=c.operand,
            names={nodes[j]: raw.name_texts[j] for j in by_node},
            **tables,
        )
        return graph if c.is_sorted else canonical(graph)

    # Entries

    def _op(self, op: RawOp, index: int) -> Op | None:
        where = f"ops[{index}] ({shown(op.dialect)}.{shown(op.name)})"
        before = len(self.findings)
        attributes = tuple([(a, self._value(v, f"{where}, attribute {shown(a)!r}")) for a, v in op.attributes])
        if len(self.findings) > before:
            return None
        for text in (op.dialect, op.name):
            if not text:
                self.add("IR506", where, "an op without a dialect or a name")
                return None
        try:
            return op_of(op.dialect, op.name, op.version, attributes, has_body=op.body is not None)
        except IRError as error:
            self.findings.append(Finding.of(error, f"{self.place}, {where}"))
            return None

    def _value(self, value: Any, where: str) -> Any:
        if isinstance(value, GraphRef):
            return self._graph_at(value.index, where)
        if isinstance(value, Keyed):
            return self._tensor(value, where)
        if isinstance(value, tuple) and value and isinstance(value[0], GraphRef):
            return tuple([self._graph_at(ref.index, where) for ref in value])
        return value

    def _graph_at(self, index: int, where: str) -> Graph | None:
        if index >= len(self.graphs):
            what = f"refers to graphs[{index}], expected one before it ({len(self.graphs)})"
            self.add("IR517", where, what)
            return None
        self.used.add(index)
        found = self.graphs[index]
        if found is None:
            self.add("IR100", where, f"refers to graphs[{index}], which has errors")
        return found

    def _tensor(self, tensor: AnyTensor | None, where: str) -> Tensor | None:
        if not isinstance(tensor, Keyed):
            return tensor
        try:
            return self.fetch(tensor)
        except IRError as error:
            self.findings.append(Finding.of(error, f"{self.place}, {where}"))
            return None

    def _role(self, roles: Any, number: int, where: str) -> Any:
        try:
            return roles(number)
        except ValueError:
            self.add("IR401", where, f"unknown role {number}, expected 1 to {len(roles)}")
            return None

    def _distinct(self, entries: tuple[Any, ...], what: str) -> None:
        seen: dict[Any, int] = {}
        for i, entry in enumerate(entries):
            first = seen.setdefault(_exact(entry), i)
            if first != i:
                self.add("IR117", f"{what}[{i}]", f"equal to {what}[{first}], expected distinct entries")
                return

    def _symbols(self) -> tuple[Symbol, ...]:
        declared: dict[str, Symbol] = {}
        for s in self.raw.symbols:
            where = f"symbol '{shown(s.name)}'"
            try:
                symbol(s.name)
            except IRError as error:
                self.add("IR221", where, error.what, error.remedy)
            if s.name in declared:
                self.add("IR505", where, "declared twice")
            if s.maximum is not None and s.maximum < s.minimum:
                self.add("IR221", where, f"maximum {s.maximum} is less than minimum {s.minimum}")
            declared[s.name] = s
        used = frozenset[str]().union(*(symbols_of(t) for t in self.raw.types))
        return tuple(declared.get(name, Symbol(name)) for name in sorted(used | declared.keys()))

    def _locations(self, at: RawLocations | None) -> dict[int, Location]:
        if at is None:
            return {}
        if not len(at.node) == len(at.file) == len(at.line):
            self.add("IR115", "locations", "columns of different lengths")
            return {}
        for column, limit, what in ((at.node, len(self.raw.kind), "nodes"), (at.file, len(at.files), "files")):
            if len(column) and int(column.max()) >= limit:
                self.add("IR102", "locations", f"refers to entry {int(column.max())} of {limit} {what}")
                return {}
        order = np.argsort(at.node, kind="stable")
        nodes = at.node[order].tolist()
        if len(set(nodes)) < len(nodes):
            self.add("IR505", "locations", "a node has two locations")
        files = [at.files[i] for i in at.file[order].tolist()]
        return dict(zip(nodes, map(Location, files, at.line[order].tolist()), strict=True))

    def _metadata(self) -> tuple[tuple[str, str], ...]:
        pairs = self.raw.metadata
        if len({key for key, _ in pairs}) < len(pairs):
            self.add("IR505", "metadata", "a key is there twice")
        return tuple(sorted(pairs))


def _exact(entry: Any) -> Any:
    """A key that tells 0.0 from -0.0, 1 from True and one NaN from another."""
    if not isinstance(entry, RawOp):
        return entry
    values = tuple((name, exact_value(value)) for name, value in sorted(entry.attributes, key=lambda item: item[0]))
    return (entry.dialect, entry.name, entry.version, values, entry.body)


def _table(raw: RawGraph) -> Table:
    return Table(
        kind=raw.kind,
        type=raw.type,
        source=raw.source,
        target=raw.target,
        results=raw.results,
        type_run=raw.type_run,
        result=raw.result,
        operand=raw.operand,
        ops=len(raw.ops),
        variables=len(raw.variables),
        types=len(raw.types),
        name_nodes=raw.name_nodes,
        name_texts=raw.name_texts,
        outputs=[(o.name, o.node, o.result) for o in raw.outputs],
    )
