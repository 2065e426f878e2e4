"""The body of one emitted function: nodes as statements, in order, operands inlined where that reads well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from irlib.converters.numpy_code.emit.form import RULES, Expr, Operand, Site
from irlib.converters.numpy_code.layout import assignment, fits, unpacking
from irlib.errors import UnsupportedError
from irlib.graph import Graph
from irlib.op import known_value
from irlib.types import Type

if TYPE_CHECKING:
    from irlib.converters.numpy_code.module import ModuleWriter
    from irlib.converters.numpy_code.names import Names
    from irlib.converters.numpy_code.uses import Uses

__all__ = ["FunctionWriter"]

_ABSENT = Expr("None")
_DEEPEST = 4
"""How many operators an expression may hold: one line, one thought."""


class FunctionWriter:
    """Writes some nodes of a graph as statements. `bound` maps values to expressions already there."""

    def __init__(
        self, module: ModuleWriter, graph: Graph, names: Names, bound: dict[int, Expr], uses: Uses, *, fused: bool
    ) -> None:
        self.module = module
        self.graph = graph
        self.names = names
        self.bound = bound
        self.fused = fused
        self.uses = uses
        self.lines: list[str] = []
        self._waiting: dict[int, tuple[Expr, int]] = {}
        """Expressions that wait to be written into the one place that uses them, and how many operators they hold."""

    def write(self, nodes: Iterable[int], keep: set[int]) -> None:
        """Statements for `nodes`, in order. The values in `keep` are used afterwards, so they get names."""
        nodes = list(nodes)
        uses = Counter(v for node in nodes for v in self.uses.of(node))
        for node in nodes:
            self._node(node, uses, keep)

    def _node(self, node: int, uses: Counter[int], keep: set[int]) -> None:
        graph = self.graph
        op = graph.ops[int(graph.kind[node])]
        first, last = int(graph.first[node]), int(graph.first[node + 1])
        results = [graph.value_type(v) for v in range(first, last)]
        ids = graph.operand_values(node).tolist()
        rule = RULES.get(op.name) if op.dialect == "irlib" else None
        if rule is None:
            raise UnsupportedError(
                f"op {op.name} cannot be written as numpy", code="IR870",
                where=f"graph {graph.name!r}, {graph.nodes[node]}", remedy="specialize the model to known types first",
            )  # fmt: skip
        several = len(op.results) > 1 or op.results[0].endswith("*")
        if several:
            self._settle(ids)
            expr = rule(self._site(op, ids, results))
            self._several(node, first, last, expr, uses, keep)
            return
        expr, depth = self._inlined(rule, op, ids, results)
        inline = self.fused and first not in keep and uses.get(first) == 1 and depth < _DEEPEST
        if inline and node not in graph.names:
            self._waiting[first] = (expr, depth + 1)
            return
        self._statement(first, expr)

    def _inlined(self, rule: Any, op: Any, ids: list[int], results: list[Type]) -> tuple[Expr, int]:
        """The expression, with waiting ones in their places where the line stays short; settled before otherwise."""
        waiting = [i for i in ids if i in self._waiting]
        if waiting:
            site = self._site(op, ids, results)
            expr = rule(site)
            depth = 1 + sum(self._waiting[i][1] for i in waiting)
            once = all(o is None or o.uses == 1 for o, i in zip(site.operands, ids, strict=True) if i in self._waiting)
            if once and fits(expr.text, 4 + 24) and depth <= _DEEPEST:
                for i in waiting:
                    del self._waiting[i]
                return expr, depth
            self._settle(waiting)
        return rule(self._site(op, ids, results)), 1

    def _site(self, op: Any, ids: list[int], results: list[Type]) -> Site:
        return Site(op, [None if i < 0 else self._operand(i) for i in ids], results, self.module)

    def _operand(self, value: int) -> Operand:
        graph = self.graph
        waiting = self._waiting.get(value)
        if waiting is not None:
            return Operand(waiting[0], graph.value_type(value), None, None)
        constant = self.module.constant_of(graph, value)
        if constant is not None:
            # its text is asked for only where the rule does not write the value out
            return _Constant(self.module, graph, value, constant)
        # what is not bound is not written: the rule takes what the operand says from the types
        return Operand(self.bound.get(value, _ABSENT), graph.value_type(value), None, None)

    def _settle(self, ids: Iterable[int]) -> None:
        """Give names to waiting expressions."""
        for i in ids:
            found = self._waiting.pop(i, None)
            if found is not None:
                self._statement(i, found[0])

    def _statement(self, value: int, expr: Expr) -> None:
        name = self._named(value)
        if expr.text == name:
            return
        text = expr.text
        if not fits(f"{name} = {text}") and text.endswith(")") and ").astype(" in text:
            # a conversion behind a call that takes several lines is a line of its own
            head, _, dtype = text.rpartition(".astype(")
            if "(" not in dtype:
                self.lines += assignment(name, head)
                text = f"{name}.astype({dtype}"
        lines = assignment(name, text)
        comment = self.module.comment(self.graph.value_type(value))
        if len(lines) == 1 and fits(f"{lines[0]}  # {comment}", 0):
            lines[0] += f"  # {comment}"
        self.lines += lines
        self.bound[value] = Expr(name)

    def _named(self, value: int) -> str:
        node, result = self.graph.source(value)
        wish = self.graph.names.get(node)
        if wish is not None:
            return self.names.fresh(wish if not result else f"{wish}_{result}")
        return self.names.fresh(f"v{value}")

    def _several(self, node: int, first: int, last: int, expr: Expr, uses: Counter[int], keep: set[int]) -> None:
        wanted = [v in keep or v in uses for v in range(first, last)]
        if not any(wanted):
            return
        if sum(wanted) == 1 and last - first > 1:
            self._statement(first + wanted.index(True), Expr(f"{expr.at(100)}[{wanted.index(True)}]"))
            return
        targets = []
        for v, want in zip(range(first, last), wanted, strict=True):
            name = self._named(v) if want else "_"
            targets.append(name)
            if want:
                self.bound[v] = Expr(name)
        self.lines += unpacking(targets, expr.text)

    def expression(self, value: int) -> str:
        """A value as an argument or an element, after `write`."""
        self._settle([value])
        return str(self._operand(value))


class _Constant(Operand):
    """A constant: written out where a rule knows how, else a name of the module."""

    __slots__ = ("_graph", "_module", "_value")

    def __init__(self, module: ModuleWriter, graph: Graph, value: int, array: Any) -> None:
        super().__init__(Expr(""), graph.value_type(value), known_value(array), array)
        self._module, self._graph, self._value = module, graph, value

    def at(self, level: int) -> str:
        self.uses += 1
        return self._module.constant(self._graph, self._value, self.constant).at(level)
