"""The body of one emitted function: nodes as statements, in order, operands inlined where that reads well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from irlib.converters.numpy_code.emit.form import LOOSE, TIGHT, Expr, bare, dtype_text
from irlib.converters.numpy_code.layout import WIDTH, assignment, fits, unpacking
from irlib.converters.numpy_code.loops import is_plain_scan, loop
from irlib.converters.numpy_code.sizes import dim_expr
from irlib.converters.numpy_code.templates import Gap, Template, Templates
from irlib.types import TensorType

if TYPE_CHECKING:
    from irlib.converters.numpy_code.module import ModuleWriter
    from irlib.converters.numpy_code.values import ValueNames

__all__ = ["FunctionWriter", "by_need"]

_ABSENT = Expr("None")
_DEEPEST = 4
"""How many operators an expression may hold: one line, one thought."""


def by_need(templates: Templates, nodes: list[int], active: set[int]) -> list[int]:
    """`nodes`, those that depend on no value in `active` moved to where they are first used."""
    if not active:
        return nodes
    owner = templates.graph.owner
    depends: set[int] = {int(owner[v]) for v in active}
    used = {node: [int(owner[v]) for v in templates.used(node)] for node in nodes}
    for node in nodes:
        if any(o in depends for o in used[node]):
            depends.add(node)
    waiting = {n for n in nodes if n not in depends}
    found: list[int] = []
    for node in nodes:
        if node in waiting:
            continue
        pulled, stack = [], [o for o in used[node] if o in waiting]
        while stack:
            late = stack.pop()
            if late in waiting:
                waiting.discard(late)
                pulled.append(late)
                stack += [o for o in used[late] if o in waiting]
        found += sorted(pulled)
        found.append(node)
    return found + [n for n in nodes if n in waiting]


class FunctionWriter:
    """Writes some nodes of a graph as statements. `bound` maps values to expressions that are already there."""

    def __init__(
        self,
        module: ModuleWriter,
        templates: Templates,
        names: ValueNames,
        bound: dict[int, Expr],
        symbols: Mapping[str, str],
        *,
        fused: bool,
    ) -> None:
        self.module = module
        self.templates = templates
        self.graph = templates.graph
        self.names = names
        self.bound = bound
        self.symbols = symbols
        self.fused = fused
        self.lines: list[str] = []
        self._waiting: dict[int, tuple[Expr, int]] = {}
        """Expressions that wait to be written into the one place that uses them, and how many operators they hold."""
        self._comments: dict[int, str] = {}
        self._numbers: dict[int, Expr] = {}
        graph = templates.graph
        self._kinds, self._types = graph.kind.tolist(), graph.type.tolist()
        self._scans = [o.name == "scan" and o.dialect == "irlib" for o in graph.ops]
        self._lists: list[bool] = [
            b is None and o.results[0].endswith("*") for o, b in zip(graph.ops, graph.bodies, strict=True)
        ]

    def write(self, nodes: list[int], keep: set[int], *, last: Iterable[int] = ()) -> None:
        """Statements for `nodes`, in order. The values in `keep` get names; those in `last` are used at the end."""
        uses: Counter[int] = Counter(last)
        used = self.templates.used
        for node in nodes:
            for v in used(node):
                uses[v] += 1
        first = self.graph.first.tolist()
        for node in nodes:
            self._node(node, first[node], first[node + 1] - first[node], uses, keep)

    def _node(self, node: int, first: int, count: int, uses: Counter[int], keep: set[int]) -> None:
        template, ids, _ = self.templates.of(node)
        if self.fused and self._is_loop(node, first, count, ids):
            self._loop(node, first, count, ids, uses, keep)
            return
        if template.helpers:
            self.module.needs(template.helpers)
        waiting = [ids[k] for k in template.counts if ids[k] in self._waiting] if self._waiting else []
        if count != 1 or self._is_list(node):
            self._settle(waiting)
            self._several(first, count, self._render(template, ids), uses, keep)
            return
        if template.is_operand:
            # the value is the operand: another name for it would say nothing
            self._settle(waiting)
            self.bound[first] = self._expr(ids[template.parts[0].operand])  # type: ignore[union-attr]
            return
        expr, depth = self._inlined(first, template, ids, waiting)
        if self.fused and first not in keep and uses[first] == 1 and depth < _DEEPEST and not self.names.is_given(node):
            self._waiting[first] = (expr, depth)
            return
        self._statement(first, expr)

    def _is_loop(self, node: int, first: int, count: int, ids: tuple[int, ...]) -> bool:
        """Whether the node is a scan that is written as a loop."""
        kind: int = self._kinds[node]
        if not self._scans[kind]:
            return False
        graph, op = self.graph, self.graph.ops[kind]
        results = [graph.value_type(v) for v in range(first, first + count)]
        scanned = [graph.value_type(v) for v in ids[op.carries : op.carries + op.scanned]]  # type: ignore[attr-defined]
        return is_plain_scan(op, results, scanned, self.symbols)

    def _loop(
        self, node: int, first: int, count: int, ids: tuple[int, ...], uses: Counter[int], keep: set[int]
    ) -> None:
        op: Any = self.graph.ops[self._kinds[node]]
        self._settle(ids)
        wanted = [v in keep or v in uses for v in range(first, first + count)]
        self.lines += loop(self, op, self.module.region(op.body, hint=self._hint(node, "step")), ids, first, wanted)

    def _hint(self, node: int, what: str) -> str:
        """What a region of the node is called."""
        return f"{self.graph.names[node]} {what}" if self.names.is_given(node) else what

    def operand(self, value: int) -> Expr:
        """The expression of an operand."""
        return self._expr(value)

    def dim(self, d: Any) -> str:
        """A dim as an expression."""
        return dim_expr(d, self.symbols).text

    def _is_list(self, node: int) -> bool:
        """Whether a single result comes in a tuple."""
        kind: int = self._kinds[node]
        return self._lists[kind]

    def _inlined(self, value: int, template: Template, ids: tuple[int, ...], waiting: list[int]) -> tuple[Expr, int]:
        """The expression, with waiting ones in their places where the line stays short; settled before otherwise."""
        if waiting:
            depth = 1 + sum(self._waiting[i][1] for i in waiting)
            once = all(template.counts[k] == 1 for k in template.counts if ids[k] in self._waiting)
            if once and depth <= _DEEPEST:
                expr = self._render(template, ids)
                if 4 + len(self.names.wish(value)) + 5 + len(expr.text) <= WIDTH:
                    for i in waiting:
                        del self._waiting[i]
                    return expr, depth
            self._settle(waiting)
        return self._render(template, ids), 1

    def _render(self, template: Template, ids: tuple[int, ...]) -> Expr:
        text = ""
        for part in template.parts:
            if part.__class__ is str:
                text += part
            elif part.__class__ is Gap:
                text += self._gap(part, ids[part.operand])
            else:
                text += self.module.region(*part, hint="region")
        return Expr(text, template.level)

    def _gap(self, gap: Gap, value: int) -> str:
        if gap.how == "H":
            return self._size(value).at(gap.level)
        found: Expr | None
        if gap.how == "N":
            found = self._numbers.get(value)
            if found is None:
                found = self._numbers[value] = bare(self.templates.constant(value)[()])
            return found.at(gap.level)
        found = self.bound.get(value)
        if found is None:
            found = self._expr(value)
        return found.text if found.level >= gap.level else f"({found.text})"

    def _expr(self, value: int) -> Expr:
        """The expression of an operand."""
        found = self.bound.get(value)
        if found is not None:
            return found
        waiting = self._waiting.get(value)
        if waiting is not None:
            return waiting[0]
        if value < 0:
            return _ABSENT
        if self.templates.sizes.of(value) is not None:
            found = self._size_as_array(value)
        else:
            array = self.templates.constant(value)
            assert array is not None, f"%{value} is not written"
            found = self.module.constant(self.graph.value_type(value), array)
        self.bound[value] = found
        return found

    def _size(self, value: int) -> Expr:
        """A value that is known from shapes, as an int or a tuple of ints."""
        known = self.templates.sizes.of(value)
        if not isinstance(known, tuple):
            return dim_expr(known, self.symbols)  # type: ignore[arg-type]
        return Expr(self.shape(known))

    def shape(self, dims: Iterable[Any]) -> str:
        """A tuple of dims."""
        items = [dim_expr(d, self.symbols).text for d in dims]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"

    def _size_as_array(self, value: int) -> Expr:
        t = self.graph.value_type(value)
        assert isinstance(t, TensorType)
        dtype = dtype_text(t.dtype)
        size = self._size(value).text
        return Expr(f"np.array({size}, {dtype})" if t.shape else f"{dtype}({size})")

    def _settle(self, ids: Iterable[int]) -> None:
        """Give names to waiting expressions."""
        for i in ids:
            found = self._waiting.pop(i, None)
            if found is not None:
                self._statement(i, found[0])

    def _statement(self, value: int, expr: Expr) -> None:
        text = expr.text
        name = self.names.of(value)
        comment = self._comment(value)
        line = f"    {name} = {text}"
        if len(line) + 4 + len(comment) <= WIDTH:
            self.lines.append(f"{line}  # {comment}")
        elif len(line) <= WIDTH:
            self.lines.append(line)
        else:
            self.lines += assignment(name, text, spare=self._spare(name))
        self.bound[value] = Expr(name)

    def _spare(self, name: str) -> Callable[[], str]:
        """Names for parts of a statement that is too long."""
        return lambda: self.names.names.fresh(f"{name}_part")

    def _comment(self, value: int) -> str:
        number = self._types[value]
        found = self._comments.get(number)
        if found is None:
            found = self._comments[number] = self.module.comment(self.graph.types[number])
        return found

    def _several(self, first: int, count: int, expr: Expr, uses: Counter[int], keep: set[int]) -> None:
        wanted = [v in keep or v in uses for v in range(first, first + count)]
        if not any(wanted):
            return
        if sum(wanted) == 1 and count > 1:
            self._statement(first + wanted.index(True), Expr(f"{expr.at(TIGHT)}[{wanted.index(True)}]"))
            return
        targets = []
        for v, want in zip(range(first, first + count), wanted, strict=True):
            name = self.names.of(v) if want else "_"
            targets.append(name)
            if want:
                self.bound[v] = Expr(name)
        self.lines += unpacking(targets, expr.text, spare=self._spare(targets[0]))

    def expression(self, value: int) -> str:
        """A value as an argument or an element, after `write`."""
        waiting = self._waiting.get(value)
        if waiting is not None and not fits(f"return {waiting[0].text}"):
            self._settle([value])
        return self._expr(value).at(LOOSE)
