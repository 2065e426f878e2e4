"""A region, or the body of a composite, as a function of the module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from irlib.converters.numpy_code.emit.form import RULES, Expr
from irlib.converters.numpy_code.function_body import FunctionWriter, by_need
from irlib.converters.numpy_code.functions import definition, plain, sized, tupled
from irlib.converters.numpy_code.layout import assignment
from irlib.converters.numpy_code.names import Names
from irlib.converters.numpy_code.region_constants import with_constants
from irlib.converters.numpy_code.values import ValueNames
from irlib.graph import Graph
from irlib.op import Op
from irlib.transforms.inline import inline

if TYPE_CHECKING:
    from irlib.converters.numpy_code.module import ModuleWriter

__all__ = ["RegionWriter", "written_out"]

_SHORT = 4
"""The most ops of a body that is written out where its composite stands, instead of as a function."""


class RegionWriter:
    """Writes a graph whose values are the arguments of one function.

    A region gives a tuple; the body of `composite` gives what its node has: a value, or a tuple of several.
    """

    def __init__(self, module: ModuleWriter, graph: Graph, name: str, composite: str) -> None:
        self.module = module
        self.graph = written_out(graph)
        self.name = name
        self.composite = composite
        self.templates = module.templates(self.graph)

    def lines(self, *, params: bool = False) -> list[str]:
        """The function; with `params`, these are its first argument."""
        graph, templates = self.graph, self.templates
        names = ValueNames(graph, Names())
        inputs = [int(graph.first[n.index]) for n in graph.inputs]
        bound = {v: Expr(names.of(v)) for v in inputs}
        outputs = [graph.output_value(o) for o in graph.outputs]
        nodes = templates.live(outputs)
        symbols = {s for n in nodes for s in templates.symbols(n)} | {
            s for v in outputs for s in templates.symbols_of(v)
        }
        places = [(graph.value_type(v), bound[v].text) for v in inputs]
        sizes = [line for s, (_, text) in sized(symbols, places).items() for line in assignment(names.symbol(s), text)]
        fused = self.module.fused
        writer = FunctionWriter(
            self.module, templates, names, bound, {s: names.symbol(s) for s in symbols}, fused=fused
        )
        writer.write(by_need(templates, nodes, set(inputs)) if fused else nodes, set(), last=outputs)
        made = [writer.expression(v) for v in outputs]
        result = made[0] if self.composite and len(made) == 1 else tupled(made)
        return [
            *definition(self.name, [*(["params"] if params else []), *(bound[v].text for v in inputs)]),
            *([f'    """The op {plain(self.composite)}."""'] if self.composite else []),
            *sizes,
            *writer.lines,
            *assignment("", f"return {result}"),
        ]


def written_out(graph: Graph) -> Graph:
    """`graph` with those composites replaced by their bodies that no rule writes and that are a few ops.

    Constants that regions are handed are put into them.
    """
    short = _short(graph, {})
    return with_constants(inline(graph, short.__contains__) if short else graph)


def _short(graph: Graph, seen: dict[int, Graph]) -> set[Op]:
    """The composites that are a few ops, here and in bodies."""
    found: set[Op] = set()
    stack = [graph]
    while stack:
        for _, op, body in stack.pop().composites():
            if body is None or (op.dialect == "irlib" and op.name in RULES):
                continue
            if int(np.count_nonzero(body.kind >= 0)) <= _SHORT:
                found.add(op)
            if id(body) not in seen:
                seen[id(body)] = body
                stack.append(body)
    return found
