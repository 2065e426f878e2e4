"""A graph that computes the same with less work: numbers computed once, products scaled where they are small."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.converters.numpy_code.emit.elementwise import UFUNCS
from irlib.graph import Graph, Role
from irlib.tensor import Tensor
from irlib.types import TensorType

__all__ = ["cheaper"]

_TIMES = 4
"""How many times larger a product must be than a factor, for the factor to be scaled in its place."""


def cheaper(graph: Graph) -> Graph:
    """`graph`, of static types, with arithmetic on scalar constants done and ``k * (x @ y)`` as ``x @ (k * y)``.

    The latter rounds otherwise: by as much as the product itself does.
    """
    return _Rewriter(graph).graph()


class _Rewriter:
    def __init__(self, graph: Graph) -> None:
        self.old = graph
        self.b = Builder(graph.name, share=True)
        self.values: list[Any] = []
        self.uses = Counter(graph.operand.tolist())
        self.uses.update(graph.output_value(o) for o in graph.outputs)
        self.scaled: dict[tuple[int, int], Any] = {}

    def graph(self) -> Graph:
        old, b = self.old, self.b
        b.declare(old.symbols)
        values: list[Any] = [None] * len(old.type)
        self.values = values
        for node, kind in enumerate(old.kind.tolist()):
            first = int(old.first[node])
            if kind < 0:
                name = old.names.get(node) if old.variables[~kind].role is not Role.CONSTANT else None
                values[first] = b.copied(old.variables[~kind], name, old)
                continue
            ids = old.operand_values(node).tolist()
            made = self._number(node, ids)
            if made is None:
                made = self._scaled(node, ids)
            if made is None:
                operands = [None if i < 0 else values[i] for i in ids]
                results = b.emit(old.ops[kind], operands, None, old.bodies[kind])
                values[first : first + len(results)] = list(results)
            else:
                values[first] = made
        for o in old.outputs:
            b.output(o.name, values[old.output_value(o)])
        return b.build(prune=True)

    def _number(self, node: int, ids: list[int]) -> Any:
        """The constant that an elementwise op of scalar constants is."""
        op = self.old.ops[int(self.old.kind[node])]
        ufunc = UFUNCS.get(op.name) if op.dialect == "irlib" else None
        t = self.old.value_type(int(self.old.first[node]))
        if (
            ufunc is None
            or not isinstance(t, TensorType)
            or t.shape != ()
            or t.dtype.name not in ("float32", "float64")
        ):
            return None
        arrays = [self._constant(i) for i in ids]
        if any(a is None or a.ndim or a.dtype != t.dtype.numpy for a in arrays):
            return None
        with np.errstate(all="ignore"):
            return self.b.constant(Tensor(np.asarray(ufunc(*arrays), t.dtype.numpy)))

    def _constant(self, value: int) -> Any:
        """The array of a value that is a constant, there already or made here."""
        variable = self.b.variable_of(self.values[value]) if value >= 0 else None
        if variable is None or variable.role is not Role.CONSTANT or variable.tensor is None:
            return None
        return variable.tensor.array

    def _scaled(self, node: int, ids: list[int]) -> Any:
        """``k * (x @ y)`` with the smaller factor scaled; ``k * sum(y)`` where y is scaled already."""
        old = self.old
        op = old.ops[int(old.kind[node])]
        if op.name != "multiply" or op.dialect != "irlib":
            return None
        for number, product in (ids, ids[::-1]):
            maker = int(old.owner[product])
            kind = int(old.kind[maker])
            array = self._constant(number)
            if kind < 0 or array is None or array.ndim or array.dtype.kind != "f" or self.uses[product] != 1:
                continue
            inner, factors = old.ops[kind], old.operand_values(maker).tolist()
            if inner.name == "matmul":
                small = min(factors, key=self._size)
                if self._size(product) >= _TIMES * self._size(small) > 0:
                    made = self._times(number, small)
                    return self.b.emit(inner, [made if f == small else self.values[f] for f in factors])[0]
            if inner.name == "sum_to" and (number, factors[0]) in self.scaled:
                return self.b.emit(inner, [self.scaled[number, factors[0]], self.values[factors[1]]])[0]
        return None

    def _times(self, number: int, value: int) -> Any:
        found = self.scaled.get((number, value))
        if found is None:
            found = self.scaled[number, value] = self.values[number] * self.values[value]
        return found

    def _size(self, value: int) -> int:
        t = self.old.value_type(value)
        return prod(t.shape) if isinstance(t, TensorType) and t.is_static else 0  # type: ignore[arg-type]
