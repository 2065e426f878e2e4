"""Which operands the text of a node mentions: a rule may know from the types what an operand would say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from irlib.converters.numpy_code.emit.form import RULES, Expr, Operand, Site
from irlib.graph import Graph, Role
from irlib.op import known_value

__all__ = ["Uses"]


class _Nowhere:
    """A module that keeps nothing: rules are asked what they would write."""

    def helper(self, name: str) -> str:
        return name

    def region(self, graph: Graph) -> str:
        return "region"

    def small_dtype(self, name: str) -> str:
        return name


class Uses:
    """The operands that the text of each node of a graph mentions, asked once per op and operand types."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._mentioned: dict[Any, tuple[bool, ...]] = {}
        self._start, self._operand = graph.start.tolist(), graph.operand.tolist()
        self._type, self._kind, self._owner = graph.type.tolist(), graph.kind.tolist(), graph.owner.tolist()

    def of(self, node: int) -> list[int]:
        """The values among the operands of `node` that its text mentions."""
        ids = self._operand[self._start[node] : self._start[node + 1]]
        key = (self._kind[node], *[-1 if i < 0 else (self._type[i], self._constant(i) is not None) for i in ids])
        mentioned = self._mentioned.get(key)
        if mentioned is None:
            mentioned = self._mentioned[key] = self._ask(node, ids)
        return [i for i, is_used in zip(ids, mentioned, strict=True) if is_used]

    def live(self, values: Iterable[int]) -> list[int]:
        """The ops whose text these values need, in order."""
        needed = bytearray(len(self._kind))
        for v in values:
            needed[self._owner[v]] = 1
        found = []
        for node in range(len(self._kind) - 1, -1, -1):
            if needed[node] and self._kind[node] >= 0:
                found.append(node)
                for v in self.of(node):
                    needed[self._owner[v]] = 1
        return found[::-1]

    def _constant(self, value: int) -> Any:
        kind = self._kind[self._owner[value]]
        variable = self._graph.variables[~kind] if kind < 0 else None
        return None if variable is None or variable.role is not Role.CONSTANT else variable.tensor

    def _ask(self, node: int, ids: list[int]) -> tuple[bool, ...]:
        graph = self._graph
        op = graph.ops[self._kind[node]]
        rule = RULES.get(op.name) if op.dialect == "irlib" else None
        if rule is None:
            return tuple(i >= 0 for i in ids)
        operands = [None if i < 0 else self._placeholder(i) for i in ids]
        results = graph.nodes[node].types
        rule(Site(op, operands, results, _Nowhere()))
        return tuple(o is not None and o.uses > 0 for o in operands)

    def _placeholder(self, value: int) -> Operand:
        tensor = self._constant(value)
        array = None if tensor is None else tensor.array
        return Operand(Expr("x"), self._graph.value_type(value), None if array is None else known_value(array), array)
