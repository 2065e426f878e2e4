"""The functions of an emitted module: forward, backward and predict, and the tables of what they take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from irlib.converters.numpy_code.emit.form import Expr, dtype_text, quoted
from irlib.converters.numpy_code.function import FunctionWriter
from irlib.converters.numpy_code.layout import assignment, fits, unpacking
from irlib.converters.numpy_code.names import Names
from irlib.converters.numpy_code.uses import Uses
from irlib.graph import Graph, Node, Output, OutputRole, Role
from irlib.types import TensorType, Type

if TYPE_CHECKING:
    from irlib.converters.numpy_code.module import ModuleWriter

__all__ = ["Functions", "definition", "plain", "tupled"]


class Functions:
    """Writes the functions of `graph`.

    `seeds` maps each output with a derivative to the input that is its cotangent. `whole`: one function ``run`` that
    gives every output by name, and no others.
    """

    def __init__(self, module: ModuleWriter, graph: Graph, seeds: dict[str, str], *, whole: bool = False) -> None:
        self.module = module
        self.graph = graph
        self.seeds = seeds
        self.whole = whole
        self.stored = [*graph.parameters, *graph.buffers]
        self.inputs = [n for n in graph.inputs if n.name not in seeds.values()]
        is_gradient = [o.role is OutputRole.GRADIENT and not whole for o in graph.outputs]
        self.gradients = [o for o, g in zip(graph.outputs, is_gradient, strict=True) if g]
        self.outputs = [o for o, g in zip(graph.outputs, is_gradient, strict=True) if not g]
        self.uses = Uses(graph)
        self.values = [graph.output_value(o) for o in self.outputs]
        self.forward_nodes = self.uses.live(self.values)
        self.backward_nodes = self._backward_nodes()
        self.saved = self._saved()

    def _backward_nodes(self) -> list[int]:
        done = set(self.forward_nodes)
        return [n for n in self.uses.live([self.graph.output_value(o) for o in self.gradients]) if n not in done]

    def _saved(self) -> list[int]:
        """The values that backward takes from forward: those it uses and has not made; parameters are at hand."""
        graph = self.graph
        made = set(self.backward_nodes)
        seeds = set(self.seeds.values())
        used = {v for n in made for v in self.uses.of(n)}
        used.update(graph.output_value(o) for o in self.gradients)
        return [v for v in sorted(used) if int(graph.owner[v]) not in made and not self._is_at_hand(v, seeds)]

    def _is_at_hand(self, value: int, seeds: set[str]) -> bool:
        node = Node(self.graph, int(self.graph.owner[value]))
        variable = node.variable
        return variable is not None and (variable.role is not Role.INPUT or node.name in seeds)

    # Text

    def lines(self) -> list[str]:
        """All functions."""
        if self.whole:
            return ["", "", *self._run()]
        lines = ["", "", *self._forward()]
        if self.gradients:
            lines += ["", "", *self._backward()]
        return [*lines, "", "", *self._predict()]

    def table(self) -> list[str]:
        """``PARAMS``: what is in `params`, and its shape."""
        rows = [f"    {quoted(str(n.name))}: {_shape(n.type)}," for n in self.stored]
        return ["PARAMS = {", *rows, "}"] if rows else ["PARAMS = {}"]

    def _start(self, names: Names) -> tuple[list[str], dict[int, Expr]]:
        """The arguments of a function of the inputs, and what is bound to them."""
        arguments, bound = [], {}
        for node in self.inputs:
            arguments.append(names.fresh(str(node.name)))
            bound[int(self.graph.first[node.index])] = Expr(arguments[-1])
        return arguments, bound

    def _parameters(self, names: Names, bound: dict[int, Expr], used: set[int]) -> list[str]:
        """Locals for the parameters that are used."""
        lines = []
        for node in self.stored:
            v = int(self.graph.first[node.index])
            if v in used:
                name = names.fresh(str(node.name))
                bound[v] = Expr(name)
                lines.append(f"    {name} = params[{quoted(str(node.name))}]")
        return lines

    def _used(self, nodes: Iterable[int], values: Iterable[int]) -> set[int]:
        return {v for n in nodes for v in self.uses.of(n)} | set(values)

    def _forward(self) -> list[str]:
        names = Names(self.module.names)
        arguments, bound = self._start(names)
        keep = [*self.values, *self.saved]
        lines = self._parameters(names, bound, self._used(self.forward_nodes, keep))
        writer = FunctionWriter(self.module, self.graph, names, bound, self.uses, fused=self.module.fused)
        writer.write(self.forward_nodes, set(keep))
        outputs = self._outputs(writer, self.outputs)
        saved = [writer.expression(v) for v in self.saved]
        return [
            *definition("forward", ["params", *arguments]),
            *self._docstring("The outputs, and what backward needs of the way to them.", arguments),
            *lines,
            *writer.lines,
            *assignment("outputs", outputs),
            *assignment("saved", tupled(saved)),
            "    return outputs, saved",
        ]

    def _outputs(self, writer: FunctionWriter, outputs: Sequence[Output], *, always_dict: bool = False) -> str:
        texts = [writer.expression(self.graph.output_value(o)) for o in outputs]
        if len(texts) == 1 and not always_dict:
            return texts[0]
        return "{" + ", ".join(f"{quoted(o.name)}: {t}" for o, t in zip(outputs, texts, strict=True)) + "}"

    def _backward(self) -> list[str]:
        graph = self.graph
        names = Names(self.module.names)
        bound: dict[int, Expr] = {}
        targets = []
        for v in self.saved:
            node = Node(graph, int(graph.owner[v]))
            targets.append(names.fresh(node.name or f"v{v}"))
            bound[v] = Expr(targets[-1])
        wanted = [graph.output_value(o) for o in self.gradients]
        lines = self._parameters(names, bound, self._used(self.backward_nodes, wanted))
        lines += unpacking(targets, "saved") if targets else []
        lines += self._seeds(names, bound)
        writer = FunctionWriter(self.module, graph, names, bound, self.uses, fused=self.module.fused)
        writer.write(self.backward_nodes, set(wanted))
        scale = "" if self.seeds else " * d_out"
        rows = [
            f"{quoted(str(o.of))}: {writer.expression(v)}{scale}" for o, v in zip(self.gradients, wanted, strict=True)
        ]
        return [
            *definition("backward", ["params", "saved", "d_out=1.0"]),
            '    """The derivatives, by name, for the cotangent `d_out` of the outputs."""',
            *lines,
            *writer.lines,
            *assignment("", "return {" + ", ".join(rows) + "}"),
        ]

    def _seeds(self, names: Names, bound: dict[int, Expr]) -> list[str]:
        """Locals for the cotangents of the outputs, taken out of `d_out`."""
        lines = []
        for output, seed in self.seeds.items():
            node = self.graph.nodes[seed]
            name = names.fresh(seed)
            bound[int(self.graph.first[node.index])] = Expr(name)
            given = "d_out" if len(self.seeds) == 1 else f"d_out[{quoted(output)}]"
            t = node.type
            if isinstance(t, TensorType):
                given = f"np.asarray({given}, {dtype_text(t.dtype, self.module)})"
                if t.is_static and t.shape:
                    given = f"np.broadcast_to({given}, {t.shape})"
            lines += assignment(name, given)
        return lines

    def _predict(self) -> list[str]:
        names = Names(self.module.names)
        arguments, bound = self._start(names)
        outputs = [o for o in self.outputs if o.role is OutputRole.RESULT]
        if not outputs or len(outputs) == len(self.outputs):
            return [
                *definition("predict", ["params", *arguments]),
                '    """The outputs alone."""',
                *assignment("", f"return forward({', '.join(['params', *arguments])})[0]"),
            ]
        values = [self.graph.output_value(o) for o in outputs]
        nodes = self.uses.live(values)
        used = self._used(nodes, values)
        arguments = [a for a, n in zip(arguments, self.inputs, strict=True) if int(self.graph.first[n.index]) in used]
        lines = self._parameters(names, bound, used)
        writer = FunctionWriter(self.module, self.graph, names, bound, self.uses, fused=self.module.fused)
        writer.write(nodes, set(values))
        made = self._outputs(writer, outputs)
        return [
            *definition("predict", ["params", *arguments]),
            '    """The results, without the loss."""',
            *lines,
            *writer.lines,
            *assignment("", f"return {made}"),
        ]

    def _run(self) -> list[str]:
        names = Names(self.module.names)
        arguments, bound = self._start(names)
        lines = self._parameters(names, bound, self._used(self.forward_nodes, self.values))
        writer = FunctionWriter(self.module, self.graph, names, bound, self.uses, fused=self.module.fused)
        writer.write(self.forward_nodes, set(self.values))
        made = self._outputs(writer, self.outputs, always_dict=True)
        start = definition("run", ["params", *arguments])
        return [*start, *lines, *writer.lines, *assignment("", f"return {made}")]

    def _docstring(self, first: str, arguments: list[str]) -> list[str]:
        rows = [f"        {a}: {plain(str(n.type))}" for a, n in zip(arguments, self.inputs, strict=True)]
        return [f'    """{first}', "", "    Args:", "        params: arrays by the names in PARAMS", *rows, '    """']


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
    return "".join(c if c.isascii() and c.isprintable() and c not in "\"\\'" else "?" for c in text)[:200]


def _shape(t: Type) -> Any:
    if not isinstance(t, TensorType) or t.shape is None:
        return "None"
    dims = [str(d) if isinstance(d, int) else "None" if d is None else quoted(str(d)) for d in t.shape]
    return tupled(dims) if dims else "()"
