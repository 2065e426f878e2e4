"""Freezing: the lists that a builder grew, turned into the columns of a graph in canonical order."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from irlib.errors import NameConflictError
from irlib.graph import Graph, Output, Role, Symbol, Variable, symbols_of
from irlib.op import Op
from irlib.order import depth_first
from irlib.types import Type

if TYPE_CHECKING:
    from irlib.builder import Builder

__all__ = ["Freezer", "ranges"]


class Freezer:
    """Turns a builder's lists into a graph's columns, in canonical order."""

    def __init__(self, b: Builder, *, prune: bool) -> None:
        self.b = b
        self.owner = np.repeat(np.arange(len(b._kind)), np.diff([*b._first, len(b._description)]))
        self._check_outputs()
        self.order = self._order(prune=prune)

    def _check_outputs(self) -> None:
        b = self.b
        for name, (id, _, _) in b._outputs.items():
            taken = b._by_name.get(name)
            if taken is not None and taken != int(self.owner[id]):
                raise NameConflictError(
                    f"output {name!r} is not the node called {name!r}", code="IR112", where=b._where
                )

    def _order(self, *, prune: bool) -> list[int]:
        b = self.b
        owner = self.owner.tolist()
        start, operand = b._start, b._operand
        if len(owner) == len(b._kind):
            operands_of = [operand[s:e] for s, e in pairwise(start)]
            if -1 in operand:
                operands_of = [[o for o in ids if o >= 0] for ids in operands_of]
        else:
            operands_of = [[owner[o] for o in operand[s:e] if o >= 0] for s, e in pairwise(start)]
        signature = [i for i, k in enumerate(b._kind) if k < 0 and b._variables[~k].role is not Role.CONSTANT]
        roots = [owner[id] for id, _, _ in b._outputs.values()]
        named_constants = [i for i, k in enumerate(b._kind) if k < 0 and i in b._names]
        others: Iterable[int] = named_constants if prune else [*named_constants, *self._ops_in_order()]
        return depth_first(signature, [*roots, *others], operands_of)

    def _ops_in_order(self) -> list[int]:
        return [i for i, k in enumerate(self.b._kind) if k >= 0]

    def graph(self) -> Graph:
        b = self.b
        order = np.array(self.order, np.int64)
        position = np.full(len(b._kind), -1, np.int64)
        position[order] = np.arange(len(order))
        kind, ops, bodies, variables = self._kinds(order)
        counts = np.diff([*b._first, len(b._description)])[order] if len(order) else np.zeros(0, np.int64)
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        old_values = ranges(np.array(b._first, np.int64)[order], counts)
        renumbered = np.full(len(b._description) + 1, -1, np.int64)
        renumbered[old_values] = np.arange(len(old_values))
        types, type_column = self._types(np.array(b._description, np.int64)[old_values])
        old_start = np.array(b._start, np.int64)
        arity = (old_start[1:] - old_start[:-1])[order]
        operand = renumbered[np.array(b._operand, np.int64)[ranges(old_start[order], arity)]]
        names = {int(position[i]): n for i, n in b._names.items() if position[i] >= 0}
        return Graph(
            name=b.name,
            ops=ops,
            bodies=bodies,
            variables=variables,
            types=types,
            kind=kind,
            first=first,
            type=type_column,
            start=np.concatenate([[0], np.cumsum(arity)]).astype(np.int64),
            operand=operand,
            names=dict(sorted(names.items())),
            outputs=self._outputs(position),
            symbols=self._symbols(types),
            locations={int(position[i]): at for i, at in sorted(b._locations.items()) if position[i] >= 0},
            metadata=tuple(sorted(b.metadata.items())),
        )

    def _kinds(self, order: Any) -> tuple[Any, tuple[Op, ...], tuple[Graph | None, ...], tuple[Variable, ...]]:
        b = self.b
        kinds = np.array(b._kind, np.int32)[order]
        is_op = kinds >= 0
        used, inverse = _by_first_use(kinds[is_op])
        column = np.empty(len(kinds), np.int32)
        column[is_op] = inverse
        old_variables = (~kinds[~is_op]).tolist()
        column[~is_op] = ~np.arange(len(old_variables), dtype=np.int32)
        return (
            column,
            tuple(b._ops[k] for k in used),
            tuple(b._bodies[k] for k in used),
            tuple(b._variables[v] for v in old_variables),
        )

    def _types(self, descriptions: Any) -> tuple[tuple[Type, ...], Any]:
        described = self.b._inference.described
        distinct: dict[Type, int] = {}
        of_description = np.array([distinct.setdefault(d.type, len(distinct)) for d in described], np.int64)
        used, inverse = _by_first_use(of_description[descriptions] if len(descriptions) else descriptions)
        by_number = list(distinct)
        return tuple(by_number[t] for t in used), inverse.astype(np.int32)

    def _outputs(self, position: Any) -> tuple[Output, ...]:
        made = []
        for name, (id, role, of) in self.b._outputs.items():
            node = int(self.owner[id])
            made.append(Output(name, int(position[node]), id - self.b._first[node], role, of))
        return tuple(made)

    def _symbols(self, types: tuple[Type, ...]) -> tuple[Symbol, ...]:
        used = sorted(frozenset().union(*(symbols_of(t) for t in types)))
        return tuple(self.b._symbols.get(name, Symbol(name)) for name in used)


def _by_first_use(column: Any) -> tuple[list[int], Any]:
    """The distinct numbers of a column in order of first use, and the column renumbered by that order."""
    if not len(column):
        return [], np.zeros(0, np.int64)
    first_seen = np.full(int(column.max()) + 1, len(column), np.int64)
    np.minimum.at(first_seen, column, np.arange(len(column)))
    used = np.flatnonzero(first_seen < len(column))
    used = used[np.argsort(first_seen[used], kind="stable")]
    renumber = np.zeros(len(first_seen), np.int64)
    renumber[used] = np.arange(len(used))
    return used.tolist(), renumber[column]


def ranges(starts: Any, counts: Any) -> Any:
    """The numbers ``starts[i], starts[i] + 1, ..`` (counts[i] of them) for each i, one after the other."""
    total = int(counts.sum())
    offsets = np.cumsum(counts) - counts
    return np.repeat(starts - offsets, counts) + np.arange(total)
