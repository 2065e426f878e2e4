"""Bound variables, the table of types and the symbols: roles and tensors agree, ranks and dims are within limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from irlib.graph import Graph, Role, symbols_of
from irlib.inference import unify
from irlib.types import MAX_DIM, MAX_RANK, TensorType, Type
from irlib.validate.finding import Finding
from irlib.validate.place import node_place, shown

__all__ = ["check_symbols", "check_type_table", "check_variables"]

_SYMBOL = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def check_variables(graph: Graph, place: str) -> Iterator[Finding]:
    """Constants have a tensor, inputs none, and a tensor has the type that is declared."""
    for node in graph.variable_nodes:
        variable = graph.variables[~int(graph.kind[node])]
        tensor = variable.tensor
        if tensor is None:
            if variable.role is Role.CONSTANT:
                yield Finding("IR236", "error", node_place(place, graph, node), "a constant without a value")
            declared = graph.value_type(int(graph.first[node]))
            if declared != variable.type:
                what = f"the node is declared {declared}, its variable {variable.type}"
                yield Finding("IR235", "error", node_place(place, graph, node), what)
            continue
        if variable.role is Role.INPUT:
            what = "an input with a value"
            yield Finding("IR236", "error", node_place(place, graph, node), what, "make it a parameter or a constant")
        for declared in {variable.type, graph.value_type(int(graph.first[node]))}:
            if not unify(declared, tensor.type):
                what = f"declared {declared}, its tensor is {tensor.type}"
                yield Finding("IR235", "error", node_place(place, graph, node), what)


def check_type_table(graph: Graph, place: str) -> Iterator[Finding]:
    """Every type that the graph uses has a rank and dims within the limits."""
    for t in dict.fromkeys([*graph.types, *(v.type for v in graph.variables)]):
        for what in _out_of_range(t):
            yield Finding("IR205", "error", place, f"type {shown(str(t))}: {what}")


def _out_of_range(t: Type) -> Iterator[str]:
    while not isinstance(t, TensorType):
        t = t.element
    if t.shape is None:
        return
    if len(t.shape) > MAX_RANK:
        yield f"rank {len(t.shape)}, expected at most {MAX_RANK}"
    for dim in t.shape:
        if isinstance(dim, int) and not 0 <= dim < MAX_DIM:
            yield f"dim {dim}, expected 0 <= dim < 2**48"


def check_symbols(graph: Graph, place: str) -> Iterator[Finding]:
    """Symbols have names, sane bounds, and are declared once; one that no type uses is worth a note."""
    used = frozenset().union(*(symbols_of(t) for t in graph.types))
    declared: set[str] = set()
    for symbol in graph.symbols:
        where = f"{place}, symbol '{shown(symbol.name)}'"
        if not _SYMBOL.fullmatch(symbol.name):
            yield Finding("IR221", "error", where, "not a symbol's name", "use letters, digits, underscores and dots")
        if symbol.name in declared:
            yield Finding("IR221", "error", where, "it is declared twice", "keep one declaration")
        if not 0 <= symbol.minimum < MAX_DIM or (symbol.maximum is not None and not symbol.minimum <= symbol.maximum):
            bounds = f"{symbol.minimum}..{'' if symbol.maximum is None else symbol.maximum}"
            yield Finding("IR221", "error", where, f"the bounds are {bounds}, expected 0 <= minimum <= maximum")
        if symbol.name not in used:
            yield Finding("IR805", "note", where, "no type uses it")
        declared.add(symbol.name)
    for name in sorted(used - declared):
        yield Finding("IR221", "error", f"{place}, symbol '{shown(name)}'", "a type uses it, and it is not declared")
