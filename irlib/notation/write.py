"""From a graph to its text. The grammar is in docs/text.md; `read` is the inverse."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from irlib.graph import Graph, Output, OutputRole, Symbol, Variable
from irlib.notation.attributes import write_attribute
from irlib.notation.elements import write_tensor
from irlib.notation.words import label, op_name, quoted, word
from irlib.op import ForeignOp, Op
from irlib.validate.nested import regions_of

__all__ = ["node_lines", "numbered", "output_line", "symbol_text", "text"]


def text(graph: Graph, *, weights: bool = False) -> str:
    """The text form of `graph` and every graph in it.

    Tensors of more than 32 elements are given by their hash alone, unless `weights`; the text with them is read back to
    an equal graph.
    """
    numbers = numbered(graph)
    blocks = ("".join(f"{line}\n" for line in _lines(g, n, numbers, whole=weights)) for g, n in numbers.items())
    return "\n".join(blocks)


def numbered(graph: Graph) -> dict[Graph, int]:
    """Every distinct graph within `graph`, itself first; each refers only to graphs of higher numbers."""
    post_order: list[Graph] = []
    done: set[Graph] = set()
    stack: list[tuple[Graph, bool]] = [(graph, False)]
    while stack:
        current, left = stack.pop()
        if left:
            post_order.append(current)
        elif current not in done:
            done.add(current)
            stack.append((current, True))
            stack.extend((inner, False) for inner in reversed(_inner(current)))
    return {g: number for number, g in enumerate(reversed(post_order))}


def _inner(graph: Graph) -> list[Graph]:
    found: list[Graph] = []
    for op, body in zip(graph.ops, graph.bodies, strict=True):
        found += regions_of(op)
        if body is not None:
            found.append(body)
    return found


def _lines(graph: Graph, number: int, numbers: dict[Graph, int], *, whole: bool) -> Iterator[str]:
    yield f"graph {f'@{number} ' if number else ''}{word(graph.name)} {{"
    for symbol in graph.symbols:
        yield f"  {symbol_text(symbol)}"
    for key, value in graph.metadata:
        yield f"  metadata {quoted(key)} = {quoted(value)}"
    for line in node_lines(graph, range(len(graph.kind)), numbers, whole=whole):
        yield f"  {line}"
    for output in graph.outputs:
        yield f"  {output_line(graph, output)}"
    yield "}"


def symbol_text(symbol: Symbol) -> str:
    """The line of a symbol, not indented."""
    low = f" >= {symbol.minimum}" if symbol.minimum else ""
    high = "" if symbol.maximum is None else f" <= {symbol.maximum}"
    return f"symbol {word(symbol.name)}{low}{high}"


def output_line(graph: Graph, output: Output) -> str:
    """The line of an output, not indented."""
    several = int(graph.first[output.node + 1] - graph.first[output.node]) != 1
    value = label(graph.names.get(output.node), output.node) + (f"#{output.result}" if several else "")
    of = "" if output.of is None else f" {word(output.of)}"
    role = "" if output.role is OutputRole.RESULT and not of else f" as {output.role}{of}"
    return f"output {word(output.name)} = {value}{role}"


def node_lines(graph: Graph, nodes: Iterable[int], numbers: dict[Graph, int], *, whole: bool = False) -> Iterator[str]:
    """The lines of `nodes`, not indented; `numbers` are those of the graphs within (`numbered`)."""
    types = [str(t) for t in graph.types]
    ops = [_Call(op, body, numbers, whole=whole) for op, body in zip(graph.ops, graph.bodies, strict=True)]
    values = _labels(graph, range(len(graph.type)))
    type_column, first = graph.type.tolist(), graph.first.tolist()
    start, operand, kinds = graph.start.tolist(), graph.operand.tolist(), graph.kind.tolist()
    for node in nodes:
        kind = kinds[node]
        begin, end = first[node], first[node + 1]
        if kind < 0:
            what = _variable(graph.variables[~kind], types[type_column[begin]], whole=whole)
        else:
            operands = ["_" if v < 0 else values[v] for v in operand[start[node] : start[node + 1]]]
            shown = ", ".join([types[t] for t in type_column[begin:end]])
            what = f"{ops[kind].text(operands)}{' : ' if shown else ''}{shown}"
        results = "" if end - begin == 1 else f":{end - begin}"
        location = graph.locations.get(node)
        at = "" if location is None else f" at {quoted(location.file)}:{location.line}"
        yield f"{label(graph.names.get(node), node)}{results} = {what}{at}"


def _labels(graph: Graph, values: Any) -> list[str]:
    """``%name``, with ``#r`` behind where the node has not exactly one result."""
    names, owner = graph.names, graph.owner.tolist()
    first = graph.first.tolist()
    made = []
    for value in values:
        node = owner[value]
        base = label(names.get(node), node)
        made.append(base if first[node + 1] - first[node] == 1 else f"{base}#{value - first[node]}")
    return made


def _variable(variable: Variable, shown_type: str, *, whole: bool) -> str:
    if variable.tensor is None:
        return f"{variable.role} : {shown_type}"
    own = "" if shown_type == str(variable.tensor.type) else f"tensor {variable.tensor.type} "
    return f"{variable.role} : {shown_type} = {own}{write_tensor(variable.tensor, whole=whole)}"


class _Call:
    """How an op of the table is written around its operands."""

    def __init__(self, op: Op, body: Graph | None, numbers: dict[Graph, int], *, whole: bool) -> None:
        at = "" if body is None else f"@{numbers[body]}"
        self.head = f"{op_name(op.dialect, op.name, op.version)}{at}("
        shown = [(k, write_attribute(v, numbers, whole=whole)) for k, v in _given(op)]
        self.attributes = [f"{word(k)}={v}" for k, v in shown]

    def text(self, operands: list[str]) -> str:
        return f"{self.head}{', '.join([*operands, *self.attributes])})"


def _given(op: Op) -> Iterator[tuple[str, Any]]:
    """The attributes that are not what they are by default."""
    defaults = {} if isinstance(op, ForeignOp) else {f.name: f.default for f in op.attributes()}
    for name, value in op.attribute_values().items():
        default = defaults.get(name, dataclasses.MISSING)
        same = type(value) is type(default) and repr(value) == repr(default)
        if not same:
            yield name, value
