"""The functions of an emitted module: forward, backward and predict, and the tables of what they take."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from irlib.converters.numpy_code.emit.form import Expr, dtype_text, quoted
from irlib.converters.numpy_code.function_body import FunctionWriter, by_need
from irlib.converters.numpy_code.layout import assignment, fits, unpacking
from irlib.converters.numpy_code.names import Names
from irlib.converters.numpy_code.sizes import symbol_of
from irlib.converters.numpy_code.values import ValueNames
from irlib.graph import Graph, Node, Output, OutputRole, Role
from irlib.types import TensorType, Type

if TYPE_CHECKING:
    from irlib.converters.numpy_code.module import ModuleWriter

__all__ = ["Functions", "definition", "plain", "sized", "tupled"]

_VIEWS = frozenset({"transpose", "reshape", "squeeze", "unsqueeze", "broadcast_to"})
_MANY = 40
"""The nodes from which on predict is not written out beside forward, where it needs as many inputs."""


class Functions:
    """Writes the functions of `graph`.

    `seeds` maps each output with a derivative to the input that is its cotangent; `automatic` has the node names that
    nobody gave. `whole`: every output is one of forward, and there is no backward.
    """

    def __init__(
        self,
        module: ModuleWriter,
        graph: Graph,
        seeds: dict[str, str],
        automatic: Container[str] = (),
        *,
        whole: bool = False,
    ) -> None:
        self.module = module
        self.graph = graph
        self.seeds = seeds
        self.stored = [*graph.parameters, *graph.buffers]
        self.inputs = [n for n in graph.inputs if n.name not in seeds.values()]
        self.gradients = [o for o in graph.outputs if o.role is OutputRole.GRADIENT and not whole]
        self.outputs = [o for o in graph.outputs if o.role is not OutputRole.GRADIENT or whole]
        self.names = ValueNames(graph, Names(), automatic)
        self.arguments = [self.names.of(self._value(n)) for n in self.inputs]
        self.templates = module.templates(graph, automatic)
        self.values = [graph.output_value(o) for o in self.outputs]
        self.wanted = [graph.output_value(o) for o in self.gradients]
        self.forward_nodes = self.templates.live(self.values)
        done = set(self.forward_nodes)
        self.backward_nodes = [n for n in self.templates.live(self.wanted) if n not in done]
        self.backward_nodes = self._with_views(self.backward_nodes, done)
        self.saved = self._saved()
        self._set_aside: list[str] = []
        """The symbols that backward needs and cannot read off what it is given."""

    def _value(self, node: Node) -> int:
        return int(self.graph.first[node.index])

    def _with_views(self, nodes: list[int], done: set[int]) -> list[int]:
        """The nodes of backward, with those of forward that are only views: they cost nothing to make again."""
        graph = self.graph
        found = set(nodes)
        stack = [int(graph.owner[v]) for n in nodes for v in self.templates.used(n)]
        while stack:
            node = stack.pop()
            kind = int(graph.kind[node])
            if node in found or node not in done or kind < 0:
                continue
            op = graph.ops[kind]
            if op.dialect == "irlib" and op.name in _VIEWS and not self.names.is_given(node):
                found.add(node)
                stack += [int(graph.owner[v]) for v in self.templates.used(node)]
        return sorted(found)

    def _saved(self) -> list[int]:
        """The values that backward takes from forward: those it uses and has not made; parameters are at hand."""
        graph = self.graph
        made = set(self.backward_nodes)
        seeds = set(self.seeds.values())
        used = {v for n in made for v in self.templates.used(n)}
        used.update(v for v in self.wanted if self.templates.sizes.of(v) is None)
        return [v for v in sorted(used) if int(graph.owner[v]) not in made and not self._is_at_hand(v, seeds)]

    def _is_at_hand(self, value: int, seeds: set[str]) -> bool:
        node = Node(self.graph, int(self.graph.owner[value]))
        variable = node.variable
        return variable is not None and (variable.role is not Role.INPUT or node.name in seeds)

    # Text

    def lines(self) -> list[str]:
        """All functions."""
        backward = ["", "", *self._backward()] if self.gradients else []
        return ["", "", *self._forward(), *backward, "", "", *self._predict()]

    def table(self) -> list[str]:
        """``PARAMS``: what is in `params`, and its shape."""
        rows = [f"    {quoted(str(n.name))}: {_shape(n.type)}," for n in self.stored]
        rows += [f"    {quoted(key)}: {a.shape}," for key, a in self.module.arrays.items()]
        return ["PARAMS = {", *rows, "}"] if rows else ["PARAMS = {}"]

    def _used(self, nodes: Iterable[int], values: Iterable[int]) -> set[int]:
        return {v for n in nodes for v in self.templates.used(n)} | set(values)

    def _symbols(self, nodes: Iterable[int], values: Iterable[int]) -> set[str]:
        found = {s for n in nodes for s in self.templates.symbols(n)}
        return found | {s for v in values for s in self.templates.symbols_of(v)}

    def _parameters(self, used: set[int], bound: dict[int, Expr]) -> list[str]:
        """Locals for the parameters that are used."""
        lines = []
        for node in self.stored:
            v = self._value(node)
            if v in used:
                name = self.names.of(v)
                bound[v] = Expr(name)
                lines += assignment(name, f"params[{quoted(str(node.name))}]")
        return lines

    def _writer(self, bound: dict[int, Expr], symbols: dict[str, str]) -> FunctionWriter:
        return FunctionWriter(self.module, self.templates, self.names, bound, symbols, fused=self.module.fused)

    def _start(self, nodes: list[int], keep: list[int], bound: dict[int, Expr], symbols: set[str]) -> list[str]:
        """The first lines of a function of the inputs that are bound: parameters, and the sizes it needs."""
        used = self._used(nodes, keep)
        inputs = [(v, e) for v, e in bound.items() if isinstance(self.graph.value_type(v), TensorType)]
        stored = [self._value(n) for n in self.stored]
        stored = [v for v in stored if v in used] + [v for v in stored if v not in used]
        places = [*inputs, *[(v, Expr(self.names.of(v))) for v in stored if self._says(v, symbols)]]
        found = sized(symbols, [(self.graph.value_type(v), e.text) for v, e in places])
        used |= {places[k][0] for k, _ in found.values()}
        lines = self._parameters(used, bound)
        for symbol, (_, text) in found.items():
            lines += assignment(self.names.symbol(symbol), text)
        return lines

    def _says(self, value: int, symbols: set[str]) -> bool:
        t = self.graph.value_type(value)
        return isinstance(t, TensorType) and any(symbol_of(d) in symbols for d in t.shape or ())

    def _forward(self) -> list[str]:
        bound = {self._value(n): Expr(a) for n, a in zip(self.inputs, self.arguments, strict=True)}
        keep = [*self.values, *self.saved]
        symbols = self._symbols(self.forward_nodes, keep) | set(self._set_aside)
        lines = self._start(self.forward_nodes, keep, bound, symbols)
        writer = self._writer(bound, {s: self.names.symbol(s) for s in symbols})
        writer.write(self._ordered(self.forward_nodes, self.inputs), set(keep))
        outputs = self._outputs(writer, self.outputs)
        saved = [writer.expression(v) for v in self.saved] + [self.names.symbol(s) for s in self._set_aside]
        what = "The outputs, and what backward needs of the way to them." if self.gradients else (
            "The outputs, and nothing for backward: there is none."
        )  # fmt: skip
        return [
            *definition("forward", ["params", *self.arguments]),
            *self._docstring(what, zip(self.arguments, self.inputs, strict=True)),
            *lines,
            *writer.lines,
            *assignment("outputs", outputs),
            *assignment("saved", tupled(saved)),
            "    return outputs, saved",
        ]

    def _ordered(self, nodes: list[int], inputs: Iterable[Node]) -> list[int]:
        return by_need(self.templates, nodes, {self._value(n) for n in inputs}) if self.module.fused else nodes

    def _outputs(self, writer: FunctionWriter, outputs: Sequence[Output]) -> str:
        texts = [writer.expression(self.graph.output_value(o)) for o in outputs]
        if len(texts) == 1:
            return texts[0]
        return "{" + ", ".join(f"{quoted(o.name)}: {t}" for o, t in zip(outputs, texts, strict=True)) + "}"

    def _backward(self) -> list[str]:
        graph = self.graph
        bound = {v: Expr(self.names.of(v)) for v in self.saved}
        seeds = {output: graph.nodes[name] for output, name in self.seeds.items()}
        seed_values = {output: self._value(node) for output, node in seeds.items()}
        shapes = [s for node in seeds.values() if (s := self._seed_shape(node)) is not None]
        symbols = self._symbols(self.backward_nodes, self.wanted)
        symbols |= {s for shape in shapes for d in shape if not isinstance(d, int) for s in d.symbols}
        self._set_aside = []
        known = self._said_by([*self.saved, *map(self._value, self.stored)])
        self._set_aside = sorted(symbols - known)
        bound.update({v: Expr(self.names.of(v)) for v in seed_values.values()})
        given = {v: e for v, e in bound.items() if v not in seed_values.values()}
        lines = self._start(self.backward_nodes, self.wanted, given, symbols & known)
        bound.update(given)
        targets = [*(self.names.of(v) for v in self.saved), *map(self.names.symbol, self._set_aside)]
        taken = unpacking(targets, "saved") if targets else []
        parameters = [line for line in lines if "params[" in line]
        lines = [*taken, *parameters, *[line for line in lines if line not in parameters]]
        names = {s: self.names.symbol(s) for s in symbols}
        writer = self._writer(bound, names)
        for output, node in seeds.items():
            lines += self._seed(output, node, writer)
        nodes = self.backward_nodes
        writer.write(self._ordered(nodes, seeds.values()), set(self.wanted))
        rows = [
            f"{quoted(str(o.of))}: {writer.expression(v)}" for o, v in zip(self.gradients, self.wanted, strict=True)
        ]
        if not self.seeds:
            writer.lines += assignment("d_out", f"np.asarray(d_out, {self._real()})")
            rows = [f"{row} * d_out" for row in rows]
        first = "The derivatives, by name, for the cotangent `d_out` of the outputs."
        return [
            *definition("backward", ["params", "saved", "d_out=1.0"]),
            f'    """{first}',
            "",
            "    Args:",
            "        params: arrays by the names in PARAMS",
            "        saved: what forward returned beside the outputs",
            *self._about_seeds(),
            "",
            "    Returns:",
            *[f"        {plain(str(o.of))}: {plain(str(graph.value_type(v)))}"
              for o, v in zip(self.gradients, self.wanted, strict=True)],
            '    """',
            *lines,
            *writer.lines,
            *assignment("", "return {" + ", ".join(rows) + "}"),
        ]  # fmt: skip

    def _real(self) -> str:
        """The dtype of the first gradient, of which a factor of all of them is."""
        t = self.graph.value_type(self.wanted[0])
        return dtype_text(t.dtype) if isinstance(t, TensorType) else "np.float64"

    def _about_seeds(self) -> list[str]:
        rows = [f"{plain(o)}: {plain(str(self.graph.nodes[n].type))}" for o, n in self.seeds.items()]
        if not rows:
            return ["        d_out: a number, the cotangent of the loss"]
        if len(rows) == 1 and len(self.outputs) == 1:
            return [f"        d_out: {rows[0].partition(': ')[2]}"]
        if len(rows) == 1:
            return [f"        d_out: the cotangent of {rows[0]}, alone or in a dict"]
        return ["        d_out: a dict of cotangents; one left out is zero", *[f"            {r}" for r in rows]]

    def _seed_shape(self, node: Node) -> tuple[Any, ...] | None:
        """The shape of a cotangent, where it has one that can be computed."""
        t = node.type
        if not isinstance(t, TensorType) or not t.shape:
            return None
        at_hand = self.templates.sizes.at_hand
        return t.shape if all(d is not None and (isinstance(d, int) or d.symbols <= at_hand) for d in t.shape) else None

    def _seed(self, output: str, node: Node, writer: FunctionWriter) -> list[str]:
        """A local for the cotangent of an output, taken out of `d_out`."""
        t = node.type
        given = "d_out"
        lines = []
        name = self.names.of(self._value(node))
        if len(self.outputs) > 1:
            given = f"d_out.get({quoted(output)}, 0.0) if isinstance(d_out, dict) else d_out"
        if isinstance(t, TensorType):
            shape = self._seed_shape(node)
            if len(self.outputs) > 1:
                lines += assignment(name, given)
                given = name
            given = f"np.asarray({given}, {dtype_text(t.dtype)})"
            if shape is not None:
                given = f"np.broadcast_to({given}, {writer.shape(shape)})"
        return [*lines, *assignment(name, given)]

    def _predict(self) -> list[str]:
        outputs = [o for o in self.outputs if o.role is OutputRole.RESULT]
        outputs = outputs or self.outputs
        values = [self.graph.output_value(o) for o in outputs]
        nodes = self.templates.live(values)
        pairs = list(zip(self.arguments, self.inputs, strict=True))
        if len(outputs) == len(self.outputs):
            return [
                *definition("predict", ["params", *self.arguments]),
                *self._docstring("The outputs alone.", pairs),
                *assignment("outputs, _", f"forward({', '.join(['params', *self.arguments])})"),
                "    return outputs",
            ]
        symbols = self._symbols(nodes, values)
        used = self._used(nodes, values)
        if not symbols <= self._said_by({v for v in used if self._is_variable(v)}):
            used |= {self._value(n) for n in self.inputs if self._says(self._value(n), symbols)}
        pairs = [(a, n) for a, n in pairs if self._value(n) in used]
        if len(pairs) == len(self.inputs) and len(nodes) > _MANY:
            return self._picked(outputs, pairs)
        bound = {self._value(n): Expr(a) for a, n in pairs}
        lines = self._start(nodes, values, bound, symbols)
        writer = self._writer(bound, {s: self.names.symbol(s) for s in symbols})
        writer.write(self._ordered(nodes, [n for _, n in pairs]), set(values))
        made = self._outputs(writer, outputs)
        return [
            *definition("predict", ["params", *(a for a, _ in pairs)]),
            *self._docstring("The results, without the loss.", pairs),
            *lines,
            *writer.lines,
            *assignment("", f"return {made}"),
        ]

    def _picked(self, outputs: Sequence[Output], pairs: list[tuple[str, Node]]) -> list[str]:
        """A predict that takes the results out of forward's outputs."""
        keys = [quoted(o.name) for o in outputs]
        rows = [f"{k}: outputs[{k}]" for k in keys]
        made = f"outputs[{keys[0]}]" if len(keys) == 1 else "{" + ", ".join(rows) + "}"
        return [
            *definition("predict", ["params", *self.arguments]),
            *self._docstring("The results, without the loss.", pairs),
            *assignment("outputs, _", f"forward({', '.join(['params', *self.arguments])})"),
            *assignment("", f"return {made}"),
        ]

    def _is_variable(self, value: int) -> bool:
        return int(self.graph.kind[self.graph.owner[value]]) < 0

    def _said_by(self, values: Iterable[int]) -> set[str]:
        types = [self.graph.value_type(v) for v in values]
        return {s for t in types if isinstance(t, TensorType) for d in t.shape or () if (s := symbol_of(d)) is not None}

    def _docstring(self, first: str, arguments: Iterable[tuple[str, Node]]) -> list[str]:
        rows = [f"        {a}: {plain(str(n.type))}" for a, n in arguments]
        return [f'    """{first}', "", "    Args:", "        params: arrays by the names in PARAMS", *rows, '    """']


def sized(symbols: Iterable[str], places: Sequence[tuple[Type, str]]) -> dict[str, tuple[int, str]]:
    """Where each symbol is read off: the number of the place, of which type and expression are given, and the text."""
    found: dict[str, tuple[int, str]] = {}
    wanted = set(symbols)
    for k, (t, text) in enumerate(places):
        for axis, d in enumerate(t.shape or () if isinstance(t, TensorType) else ()):
            symbol = symbol_of(d)
            if symbol in wanted and symbol not in found:
                found[str(symbol)] = (k, f"{text}.shape[{axis}]")
    return found


def definition(name: str, arguments: Sequence[str]) -> list[str]:
    """The first line or lines of a function."""
    line = f"def {name}({', '.join(arguments)}):"
    if fits(line, 0):
        return [line]
    inside = ", ".join(arguments)
    if fits(inside):
        return [f"def {name}(", f"    {inside}", "):"]
    return [f"def {name}(", *(f"    {a}," for a in arguments), "):"]


def tupled(items: Sequence[str]) -> str:
    """A tuple of any length."""
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def plain(text: str) -> str:
    """Text that may stand in a comment or a docstring: printable ASCII, no quote, no backslash."""
    return "".join(c if c.isascii() and c.isprintable() and c not in "\"\\'" else "?" for c in text)[:70]


def _shape(t: Type) -> Any:
    if not isinstance(t, TensorType) or t.shape is None:
        return "None"
    dims = [str(d) if isinstance(d, int) else "None" if d is None else quoted(str(d)) for d in t.shape]
    return tupled(dims) if dims else "()"
