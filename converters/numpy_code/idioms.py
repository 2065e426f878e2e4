"""Idioms: primitives in a row that numpy says in one word, found before a graph is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from typing import Any

from irlib.converters.numpy_code.sizes import Sizes
from irlib.dims import DimLike
from irlib.graph import Graph, Role
from irlib.op import lookup
from irlib.types import TensorType

__all__ = ["idioms"]

Instead = dict[int, tuple[Any, tuple[int, ...]]]


def idioms(graph: Graph, sizes: Sizes, automatic: Container[str] = (), *, means: bool = True) -> Instead:
    """The nodes that are better written as another op on other operands, and what these are.

    A node whose author named it is left as it is; `automatic` has the names that nobody gave. `means`: sums that are
    divided are looked at too.
    """
    return _Finder(graph, sizes, automatic).found(means=means)


class _Finder:
    def __init__(self, graph: Graph, sizes: Sizes, automatic: Container[str]) -> None:
        self._given = {node for node, name in graph.names.items() if name not in automatic}
        self.graph = graph
        self.sizes = sizes
        self.start, self.operand = graph.start.tolist(), graph.operand.tolist()
        self.kind, self.first = graph.kind.tolist(), graph.first.tolist()
        self.owner = graph.owner.tolist()
        self.uses: Counter[int] = Counter()

    def found(self, *, means: bool) -> Instead:
        graph = self.graph
        names = [op.name if op.dialect == "irlib" else "" for op in graph.ops]
        if not {"sum", "broadcast_to"} & {*names}:
            return {}
        self.uses.update(self.operand)
        self.uses.update(graph.output_value(o) for o in graph.outputs)
        spread = {k for k, name in enumerate(names) if name == "broadcast_to"}
        able = {k for k, op in enumerate(graph.ops) if op.broadcasts}
        divide = {k for k, name in enumerate(names) if name == "divide" and means}
        made: Instead = {}
        for node, kind in enumerate(self.kind):
            if kind in able and spread:
                plain = self._unspread(node, spread)
                if plain is not None:
                    made[node] = (kind, plain)
            if kind in divide:
                mean = self._mean(node)
                if mean is not None:
                    made[node] = mean
        return made

    def _ids(self, node: int) -> tuple[int, ...]:
        return tuple(self.operand[self.start[node] : self.start[node + 1]])

    def _unspread(self, node: int, spread: set[int]) -> tuple[int, ...] | None:
        """The operands, a broadcast left out that another operand does anyway."""
        graph = self.graph
        ids = self._ids(node)
        result = graph.value_type(self.first[node])
        if not isinstance(result, TensorType) or result.shape is None or None in result.shape:
            return None
        found = list(ids)
        for k, v in enumerate(ids):
            maker = self.owner[v] if v >= 0 else -1
            if maker < 0 or self.kind[maker] not in spread or self.uses[v] != 1 or maker in self._given:
                continue
            others = [graph.value_type(w) for j, w in enumerate(found) if j != k and w >= 0]
            if any(isinstance(t, TensorType) and t.shape == result.shape for t in others):
                found[k] = self._ids(maker)[0]
        return tuple(found) if tuple(found) != ids else None

    def _mean(self, node: int) -> tuple[Any, tuple[int, ...]] | None:
        """A sum divided by how many were summed."""
        graph = self.graph
        total, count = self._ids(node)
        maker = self.owner[total]
        kind = self.kind[maker]
        if kind < 0 or graph.ops[kind].name != "sum" or graph.ops[kind].dialect != "irlib":
            return None
        if self.uses[total] != 1 or maker in self._given:
            return None
        ids = self._ids(maker)
        x = graph.value_type(ids[0])
        if not isinstance(x, TensorType) or x.shape is None or x.dtype.name not in ("float32", "float64"):
            return None
        axes = self._axes(ids, len(x.shape))
        if axes is None or any(x.shape[a] is None for a in axes):
            return None
        size: DimLike = 1
        for a in axes:
            size = size * x.shape[a]  # type: ignore[operator]
        known = self.sizes.of(count)
        if known is None:
            array = self._constant(count)
            known = None if array is None or array.ndim or not isinstance(size, int) else float(array)  # type: ignore[assignment]
        if known is None or isinstance(known, tuple) or known != size:
            return None
        mean = lookup("irlib", "mean", 1)(keepdims=graph.ops[kind].keepdims)  # type: ignore[call-arg]
        return mean, ids

    def _axes(self, ids: tuple[int, ...], rank: int) -> list[int] | None:
        if len(ids) < 2 or ids[1] < 0:
            return list(range(rank))
        array = self._constant(ids[1])
        return None if array is None else [int(a) % rank for a in array.reshape(-1)]

    def _constant(self, value: int) -> Any:
        kind = self.kind[self.owner[value]]
        variable = self.graph.variables[~kind] if kind < 0 else None
        if variable is None or variable.role is not Role.CONSTANT or variable.tensor is None:
            return None
        return variable.tensor.array
