"""Templates: how a node is written, asked of its rule once per op and operand types, with gaps for the operands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from irlib.converters.numpy_code.emit.form import RULES, Expr, Operand, Rule, Site
from irlib.converters.numpy_code.sizes import Sizes, symbols_in
from irlib.dims import Dim
from irlib.errors import IRError, UnsupportedError
from irlib.graph import Graph, Role
from irlib.op import known_value
from irlib.types import TensorType

__all__ = ["Gap", "Template", "Templates", "Written"]


class Gap(NamedTuple):
    """A place for an operand: a value (``V``) that binds at least at `level`, ints (``H``) or a number (``N``)."""

    operand: int
    level: int
    how: str


class Region(NamedTuple):
    """A place for the name of the function that a graph becomes."""

    graph: Graph
    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """An expression with gaps."""

    parts: tuple[str | Gap | Region, ...]
    level: int
    counts: Mapping[int, int]
    """How often each operand is written as a value."""
    sizes: tuple[int, ...]
    """The operands that are written as sizes."""
    helpers: tuple[str, ...]

    @property
    def is_operand(self) -> bool:
        """Whether it is an operand and nothing else."""
        return len(self.parts) == 1 and isinstance(self.parts[0], Gap)


class Written(NamedTuple):
    """How a node is written: the template, and the values that its gaps number."""

    template: Template
    operands: tuple[int, ...]
    used: tuple[int, ...]
    """The values that the text mentions, each once for every operand that it is."""


_MARK = re.compile("\x01([VHNR])(\\d+),(-?\\d+)\x02")


class _Gap(Operand):
    """An operand as rules see it: what they write is a mark."""

    __slots__ = ("place",)

    def __init__(self, place: int, type: Any, known: Any, constant: Any, *, is_size: bool) -> None:
        super().__init__(type, known, constant, is_size=is_size)
        self.place = place

    def at(self, level: int) -> str:
        return f"\x01V{self.place},{level}\x02"

    def size(self, level: int) -> str:
        return f"\x01H{self.place},{level}\x02"

    def number(self, level: int) -> str:
        return f"\x01N{self.place},{level}\x02"


class _Recorder:
    """The module as rules see it: it keeps what they ask for."""

    def __init__(self) -> None:
        self.helpers: dict[str, None] = {}
        self.regions: list[Region] = []

    def helper(self, name: str) -> str:
        self.helpers[name] = None
        return name

    def region(self, graph: Graph, name: str = "") -> str:
        self.regions.append(Region(graph, name))
        return f"\x01R{len(self.regions) - 1},0\x02"


class Templates:
    """How each node of `graph` is written.

    `instead` has nodes that are written as another op on other operands: an idiom found in primitives.
    """

    def __init__(
        self, graph: Graph, sizes: Sizes, instead: Mapping[int, tuple[Any, tuple[int, ...]]] | None = None
    ) -> None:
        self.graph = graph
        self.sizes = sizes
        self._instead = instead or {}
        self._made: dict[Any, Template] = {}
        self._constants: dict[int, Any] = {}
        self._start, self._operand = graph.start.tolist(), graph.operand.tolist()
        self._type, self._kind, self._owner = graph.type.tolist(), graph.kind.tolist(), graph.owner.tolist()
        self._first = graph.first.tolist()
        self._written: list[Written | None] = [None] * len(self._kind)
        self._tags = [0] * (len(self._type) + 1)
        """The tag of each value, 0 where it is not made yet; the last is for what is absent."""
        self._looks: dict[Any, int] = {}
        self._sizes = sizes.all
        self._scans = {k for k, op in enumerate(graph.ops) if op.name == "scan" and op.dialect == "irlib"}

    def of(self, node: int) -> Written:
        """How `node` is written. Raises: UnsupportedError, naming it, where numpy has no means for its op."""
        found = self._written[node]
        if found is None:
            found = self._written[node] = self._of(node)
        return found

    def _of(self, node: int) -> Written:
        kind: Any = self._kind[node]
        if node in self._instead:
            kind, ids = self._instead[node]
        else:
            ids = tuple(self._operand[self._start[node] : self._start[node + 1]])
        tags, first = self._tags, self._first
        key = (kind, *[tags[i] or self._tag(i) for i in ids], -1, *self._type[first[node] : first[node + 1]])
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._ask(node, kind, ids)
        sizes = self._sizes
        if sizes:
            used = tuple([ids[k] for k in made.counts if ids[k] not in sizes])
        else:
            used = tuple([ids[k] for k in made.counts])
        return Written(made, ids, used)

    def _tag(self, value: int) -> int:
        """A number for all that rules may see of a value, never 0; the same for values that look the same."""
        if value < 0:
            return -1
        look = (self._type[value], self._constant_key(value), self.sizes.of(value))
        tag = self._tags[value] = self._looks.setdefault(look, len(self._looks) + 1)
        return tag

    def used(self, node: int) -> tuple[int, ...]:
        """The values that the text of `node` mentions."""
        return self.of(node).used

    def symbols(self, node: int) -> set[str]:
        """The symbols that the text of `node` mentions."""
        found = self._stacked(node) if self._kind[node] in self._scans else set()
        if not self._sizes:
            return found
        template, ids, _ = self.of(node)
        places = (*template.counts, *template.sizes)
        return found | {s for k in places if ids[k] in self._sizes for s in symbols_in(self._sizes[ids[k]])}

    def _stacked(self, node: int) -> set[str]:
        """The symbols in the shapes of what a scan stacks, as far as they can be computed."""
        types = [self.graph.types[t] for t in self._type[self._first[node] : self._first[node + 1]]]
        dims = {d for t in types if isinstance(t, TensorType) for d in (t.shape or ())[1:] if isinstance(d, Dim)}
        return {s for d in dims if d.symbols <= self.sizes.at_hand for s in d.symbols}

    def symbols_of(self, value: int) -> set[str]:
        """The symbols of a value that is known from shapes."""
        return symbols_in(self.sizes.of(value))

    def live(self, values: Iterable[int]) -> list[int]:
        """The ops whose text these values need, in order."""
        needed = bytearray(len(self._kind))
        for v in values:
            if self.sizes.of(v) is None:
                needed[self._owner[v]] = 1
        found = []
        for node in range(len(self._kind) - 1, -1, -1):
            if needed[node] and self._kind[node] >= 0:
                found.append(node)
                for v in self.used(node):
                    needed[self._owner[v]] = 1
        return found[::-1]

    def constant(self, value: int) -> Any:
        """The array of a constant; None for any other value."""
        kind = self._kind[self._owner[value]]
        variable = self.graph.variables[~kind] if kind < 0 else None
        if variable is None or variable.role is not Role.CONSTANT or variable.tensor is None:
            return None
        return variable.tensor.array

    def _constant_key(self, value: int) -> Any:
        """What tells constants apart that rules may write differently."""
        if self._kind[self._owner[value]] >= 0:
            return None
        found = self._constants.get(value, self)
        if found is self:
            array = self.constant(value)
            found = self._constants[value] = None if array is None else _look(array, value)
        return found

    def _ask(self, node: int, kind: Any, ids: tuple[int, ...]) -> Template:
        graph = self.graph
        op = graph.ops[kind] if isinstance(kind, int) else kind
        rule = self._rule(op, kind)
        recorder = _Recorder()
        operands = [None if i < 0 else self._gap(k, i) for k, i in enumerate(ids)]
        results = [graph.types[t] for t in self._type[self._first[node] : self._first[node + 1]]]
        try:
            if rule is None:
                raise UnsupportedError(
                    f"op {op.name} cannot be written as numpy", code="IR870",
                    remedy="specialize the model to known types first",
                )  # fmt: skip
            expr = rule(Site(op, operands, results, recorder))
        except IRError as error:
            raise error.at(f"graph {graph.name!r}, {graph.nodes[node]}") from None
        return _parsed(expr, recorder)

    def _rule(self, op: Any, kind: Any) -> Rule | None:
        found = RULES.get(op.name) if op.dialect == "irlib" else None
        body = self.graph.bodies[kind] if isinstance(kind, int) else None
        if found is not None or body is None:
            return found
        return _call_of(op, body)

    def _gap(self, number: int, value: int) -> Operand:
        graph = self.graph
        array = self.constant(value)
        size = self.sizes.of(value)
        known = size if size is not None else None if array is None else known_value(array)
        return _Gap(number, graph.value_type(value), known, array, is_size=size is not None)


def _look(array: Any, value: int) -> Any:
    """What rules may see of a constant: of a finite number that it is one."""
    if array.ndim == 0 and array.dtype.kind == "f" and np.isfinite(array):
        return "number" if array or np.signbit(array) else "zero"
    return array.tobytes() if array.size <= 64 and array.dtype != object else value


def _call_of(op: Any, body: Graph) -> Rule:
    """A composite as a call of the function that its body becomes."""

    def rule(site: Site) -> Expr:
        given = [str(o) for o in site.operands if o is not None]
        return Expr(f"{site.module.region(body, op.name)}({', '.join(given)})")

    return rule


def _parsed(expr: Expr, recorder: _Recorder) -> Template:
    parts: list[str | Gap | Region] = []
    counts: dict[int, int] = {}
    sizes: dict[int, None] = {}
    at = 0
    for mark in _MARK.finditer(expr.text):
        if mark.start() > at:
            parts.append(expr.text[at : mark.start()])
        at = mark.end()
        what, number, level = mark[1], int(mark[2]), int(mark[3])
        if what == "R":
            parts.append(recorder.regions[number])
            continue
        parts.append(Gap(number, level, what))
        if what == "V":
            counts[number] = counts.get(number, 0) + 1
        elif what == "H":
            sizes[number] = None
    if at < len(expr.text):
        parts.append(expr.text[at:])
    return Template(tuple(parts), expr.level, counts, tuple(sizes), tuple(recorder.helpers))
