"""The one form of a graph: the same nodes in the same order with the same tables, however they were listed before.

The order is that of `irlib.order`: the signature, then depth first from the outputs. Every table holds what is used,
each distinct thing once, in the order of first use; nested graphs are in canonical form, and equal ones are one object.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from irlib.errors import FileError
from irlib.freezing import ranges
from irlib.graph import Column, Graph, Location, Role, Symbol, Variable, symbols_of
from irlib.op import ForeignOp, Op
from irlib.order import depth_first

__all__ = ["canonical", "exact_value", "graphs_in", "nested"]

MAX_NESTING = 64


def canonical(graph: Graph) -> Graph:
    """`graph` in canonical form; `graph` itself where it is in it already. Without recursion over nested graphs.

    Raises: FileError when graphs nest deeper than the format allows.
    """
    if "_canonical" in vars(graph):
        return graph
    interned: dict[Any, Graph] = {}
    done: dict[int, Graph] = {}
    for inner in nested(graph):
        made = _Form(inner, done).graph()
        done[id(inner)] = interned.setdefault(_key(made), made)
    result = done[id(graph)]
    vars(result)["_canonical"] = True  # a graph never changes, so this is asked once
    return result


def graphs_in(op: Op) -> Iterator[Graph]:
    """The graphs among the attributes of an op, also those in tuples, by attribute name."""
    for _, value in sorted(op.attribute_values().items(), key=lambda item: item[0]):
        if isinstance(value, Graph):
            yield value
        elif isinstance(value, tuple) and value and isinstance(value[0], Graph):
            yield from value


def nested(graph: Graph) -> list[Graph]:
    """Every graph within `graph`, each object once, what it refers to before it, and `graph` itself last."""
    order: list[Graph] = []
    depth: dict[int, int] = {}
    open_: set[int] = set()
    stack = [graph]
    while stack:
        current = stack[-1]
        if id(current) in depth:
            stack.pop()
            continue
        inner = [g for k, op in enumerate(current.ops) for g in (*graphs_in(op), current.bodies[k]) if g is not None]
        if id(current) not in open_:
            open_.add(id(current))
            stack.extend(g for g in reversed(inner) if id(g) not in depth)
            continue
        stack.pop()
        depth[id(current)] = 1 + max((depth[id(g)] for g in inner), default=0)
        if depth[id(current)] > MAX_NESTING + 1:
            raise FileError(f"graphs nest more than {MAX_NESTING} deep", code="IR517", where=f"graph {graph.name!r}")
        order.append(current)
    return order


def exact_value(value: Any) -> Any:
    """A key that only the same bits of the same kind equal: tells 0.0 from -0.0, 1 from True, one NaN from another."""
    if isinstance(value, tuple):
        return tuple([exact_value(v) for v in value])
    if isinstance(value, Graph):
        return id(value)
    return (type(value).__name__, np.float64(value).tobytes() if isinstance(value, float) else value)


def _exact_op(op: Op) -> Any:
    values = tuple(sorted(((k, exact_value(v)) for k, v in op.attribute_values().items()), key=lambda item: item[0]))
    return (type(op), op.dialect, op.name, op.version, values)


def _key(graph: Graph) -> Any:
    """What makes a canonical graph the same as another; nested graphs are one object where they are equal."""
    columns = (graph.kind, graph.first, graph.type, graph.start, graph.operand)
    return (
        graph.name,
        tuple(map(_exact_op, graph.ops)),
        tuple(map(id, graph.bodies)),
        graph.variables,
        graph.types,
        tuple(c.tobytes() for c in columns),
        tuple(graph.names.items()),
        graph.outputs,
        graph.symbols,
        tuple(graph.locations.items()),
        graph.metadata,
    )


class _Form:
    """Puts one graph in canonical form; `done` holds the canonical forms of the graphs it refers to."""

    def __init__(self, graph: Graph, done: dict[int, Graph]) -> None:
        self.old = graph
        self.done = done

    def graph(self) -> Graph:
        old = self.old
        order = self._order()
        same_order = len(order) == len(old.kind) and bool((order == np.arange(len(order))).all())
        kind, first, type_column, start, operand = self._columns(order, same_order=same_order)
        position = np.full(len(old.kind), -1, np.int64)
        position[order] = np.arange(len(order))
        kind, ops, bodies, variables = self._tables(kind, first, type_column)
        used, types_column = _renumbered(type_column)
        types = tuple([old.types[t] for t in used])
        return Graph(
            name=old.name,
            ops=ops,
            bodies=bodies,
            variables=variables,
            types=types,
            kind=kind,
            first=first,
            type=types_column.astype(np.int32),
            start=start,
            operand=operand,
            names=dict(self._moved(old.names, position)),
            outputs=tuple([dataclasses.replace(o, node=int(position[o.node])) for o in old.outputs]),
            symbols=self._symbols(types),
            locations={i: Location(*at) for i, at in self._moved(old.locations, position)},
            metadata=tuple(sorted(old.metadata)),
        )

    def _order(self) -> Column:
        """As `Builder.build` orders: signature, from the outputs, named constants, then the ops that are left."""
        old = self.old
        owner = old.owner
        starts = old.start.tolist()
        sources = owner[old.operand].tolist()
        if len(old.operand) and int(old.operand.min()) < 0:
            present = old.operand.tolist()
            operands_of = [[sources[e] for e in range(s, t) if present[e] >= 0] for s, t in itertools.pairwise(starts)]
        else:
            operands_of = [sources[s:t] for s, t in itertools.pairwise(starts)]
        bound = [int(i) for i in old.variable_nodes]
        roles = {i: old.variables[~int(old.kind[i])].role for i in bound}
        signature = [i for i in bound if roles[i] is not Role.CONSTANT]
        named = sorted(i for i in bound if roles[i] is Role.CONSTANT and i in old.names)
        ops = np.flatnonzero(old.kind >= 0).tolist()
        return np.array(depth_first(signature, [*(o.node for o in old.outputs), *named, *ops], operands_of), np.int64)

    def _columns(self, order: Column, *, same_order: bool) -> tuple[Column, Column, Column, Column, Column]:
        old = self.old
        if same_order:
            return old.kind, old.first, old.type, old.start, old.operand
        counts = np.diff(old.first)[order]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        values = ranges(old.first[order], counts)
        renumbered = np.full(len(old.type) + 1, -1, np.int64)  # the last entry is what -1, absent, becomes
        renumbered[values] = np.arange(len(values))
        arity = np.diff(old.start)[order]
        operand = renumbered[old.operand[ranges(old.start[order], arity)]]
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(arity)])
        return old.kind[order], first, old.type[values], start, operand

    def _tables(self, kind: Column, first: Column, types: Column) -> tuple[Column, Any, Any, tuple[Variable, ...]]:
        """The kinds renumbered by first use, with the ops, bodies and variables they refer to."""
        old = self.old
        is_op = kind >= 0
        used, inverse = _renumbered(kind[is_op])
        numbers: dict[Any, int] = {}
        ops: list[Op] = []
        bodies: list[Graph | None] = []
        merged = np.zeros(len(used), np.int32)
        for j, k in enumerate(used):
            body = old.bodies[k]
            body = None if body is None else self.done[id(body)]
            op = self._op(old.ops[k])
            key = (_exact_op(op), id(body))
            if key not in numbers:
                numbers[key] = len(ops)
                ops.append(op)
                bodies.append(body)
            merged[j] = numbers[key]
        column = np.empty(len(kind), np.int32)
        column[is_op] = merged[inverse]
        entries = ~kind[~is_op]
        column[~is_op] = ~np.arange(len(entries), dtype=np.int32)
        type_of = types[first[:-1][~is_op]].tolist()
        variables = [
            self._variable(old.variables[v], old.types[t]) for v, t in zip(entries.tolist(), type_of, strict=True)
        ]
        return column, tuple(ops), tuple(bodies), tuple(variables)

    def _variable(self, variable: Variable, declared: Any) -> Variable:
        """The variable with the type of its node, which is the one that a file states."""
        return variable if variable.type == declared else dataclasses.replace(variable, type=declared)

    def _op(self, op: Op) -> Op:
        """The op with its graphs in canonical form, and the attributes of a foreign one by name."""
        changed: dict[str, Any] = {}
        values = op.attribute_values()
        for name, value in values.items():
            if isinstance(value, Graph):
                changed[name] = self.done[id(value)]
            elif isinstance(value, tuple) and value and isinstance(value[0], Graph):
                changed[name] = tuple([self.done[id(g)] for g in value])
        if isinstance(op, ForeignOp):
            pairs = tuple(sorted({**values, **changed}.items(), key=lambda item: item[0]))
            return dataclasses.replace(op, op_attributes=pairs)
        if all(changed[name] is values[name] for name in changed):
            return op
        return dataclasses.replace(op, **changed)  # type: ignore[type-var]

    def _symbols(self, types: Any) -> tuple[Symbol, ...]:
        declared = {s.name: s for s in self.old.symbols}
        used = frozenset[str]().union(*(symbols_of(t) for t in types))
        return tuple(declared.get(name, Symbol(name)) for name in sorted(used | declared.keys()))

    def _moved(self, entries: Any, position: Column) -> list[tuple[int, Any]]:
        """Sparse entries under their nodes' new numbers, in order, without those of nodes that are gone."""
        if not entries:
            return []
        nodes = position[np.fromiter(entries, np.int64, len(entries))]
        moved = [(node, entry) for node, entry in zip(nodes.tolist(), entries.values(), strict=True) if node >= 0]
        moved.sort(key=lambda item: item[0])
        return moved


def _renumbered(column: Column) -> tuple[list[int], Column]:
    """The distinct numbers of a column in order of first use, and the column renumbered by that order."""
    if not len(column):
        return [], np.zeros(0, np.int64)
    size = int(column.max()) + 1
    first_seen = np.full(size, len(column), np.int64)
    first_seen[column[::-1]] = np.arange(len(column) - 1, -1, -1)  # the last assignment wins: that of the first use
    used = np.flatnonzero(first_seen < len(column))
    used = used[np.argsort(first_seen[used], kind="stable")]
    renumber = np.zeros(size, np.int64)
    renumber[used] = np.arange(len(used))
    return used.tolist(), renumber[column]
