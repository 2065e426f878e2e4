"""Sizes: integers that are known from shapes alone, which emitted code computes from ``x.shape`` as Python ints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from irlib.converters.numpy_code.emit.form import PRODUCT, SUM, TIGHT, Expr
from irlib.dims import Dim, DimLike
from irlib.graph import Graph, Role
from irlib.inference import body_knowns
from irlib.op import Composite, Known, Op, Operand, known_value
from irlib.types import TensorType, Type

__all__ = ["Sizes", "dim_expr", "symbol_of", "symbols_in"]


class Sizes:
    """What is known of the values of `graph` before it runs; `of` counts only those that code can compute.

    These are integer scalars and vectors of which every element is a number or an expression over dims of the inputs
    and parameters, and float scalars that are such an integer converted.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known = _knowns(graph)
        # at hand: the symbols that are dims of what is given
        variables = (graph.variables[~int(graph.kind[i])] for i in graph.variable_nodes)
        self.at_hand = {
            name for v in variables if v.role is not Role.CONSTANT for d in _dims(v.type) if (name := symbol_of(d))
        }
        self.all = {v: k for v, k in self._known.items() if self._is_computable(k)}
        """The dims of every value that has some."""

    def of(self, value: int) -> Known:
        """The dims that `value` is, where code can compute them; constants and other values have none."""
        return self.all.get(value)

    def _is_computable(self, known: Known) -> bool:
        items = known if isinstance(known, tuple) else (known,)
        return all(
            (isinstance(d, int) and not isinstance(d, bool)) or (isinstance(d, Dim) and d.symbols <= self.at_hand)
            for d in items
        )


def _knowns(graph: Graph) -> dict[int, Known]:
    """What ops say of their results' values, for the results of which something is known."""
    found: dict[int, Known] = {}
    tells = np.array([_tells(op) for op in graph.ops], bool)
    is_op = graph.kind >= 0
    nodes = np.flatnonzero(is_op & tells[np.where(is_op, graph.kind, 0)]) if len(graph.ops) else ()
    first, start = graph.first.tolist(), graph.start.tolist()
    operand, types, kinds = graph.operand.tolist(), graph.type.tolist(), graph.kind.tolist()
    small = [_may_be_size(t) for t in graph.types]
    seen: dict[Any, tuple[Known, ...]] = {}
    for node in map(int, nodes):
        if not any(small[types[v]] for v in range(first[node], first[node + 1])):
            continue
        ids = operand[start[node] : start[node + 1]]
        told = tuple([None if i < 0 else found.get(i, _constant(graph, i)) for i in ids])
        key = (kinds[node], told, *[-1 if i < 0 else types[i] for i in ids], types[first[node]])
        made = seen.get(key)
        if made is None:
            operands = [None if i < 0 else Operand(graph.types[types[i]], k) for i, k in zip(ids, told, strict=True)]
            made = seen[key] = _told(graph, node, operands)
        found.update((first[node] + r, k) for r, k in enumerate(made) if k is not None)
    return found


def _may_be_size(t: Type) -> bool:
    return isinstance(t, TensorType) and (
        (t.rank in (0, 1) and t.dtype.kind in ("int", "uint", "bool"))
        or (t.rank == 0 and t.dtype.name in ("float32", "float64"))
    )


def _tells(op: Op) -> bool:
    if isinstance(op, Composite):
        return True
    return type(op).known is not Op.known


def _constant(graph: Graph, value: int) -> Known:
    kind = int(graph.kind[graph.owner[value]])
    tensor = graph.variables[~kind].tensor if kind < 0 and graph.variables[~kind].role is Role.CONSTANT else None
    return None if tensor is None else known_value(np.asarray(tensor.array))


def _told(graph: Graph, node: int, operands: list[Operand | None]) -> tuple[Known, ...]:
    kind = int(graph.kind[node])
    op, body = graph.ops[kind], graph.bodies[kind]
    count = int(graph.first[node + 1] - graph.first[node])
    if isinstance(op, Composite):
        return body_knowns(body) if body is not None else (None,) * count
    result = graph.value_type(int(graph.first[node]))
    if op.name == "cast" and isinstance(result, TensorType) and result.dtype.name in ("float32", "float64"):
        x = operands[0]
        scalar = x is not None and isinstance(x.known, int | Dim) and not isinstance(x.known, bool)
        return (x.known if x is not None and scalar and x.dtype.is_integer else None,)
    known: Any = op.known(*operands)
    if count > 1:
        return known if isinstance(known, tuple) and len(known) == count else (None,) * count
    if isinstance(result, TensorType) and result.dtype.kind not in ("int", "uint"):
        return (None,)
    return (known,)


def _dims(t: Type) -> Iterable[Any]:
    return t.shape or () if isinstance(t, TensorType) else ()


def symbol_of(dim: Any) -> str | None:
    """The name of the symbol that `dim` is, where it is one and nothing else."""
    if isinstance(dim, Dim) and len(dim.terms) == 1:
        (monomial, coefficient) = dim.terms[0]
        if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1 and monomial[0][0][0] == "sym":
            return str(monomial[0][0][1])
    return None


def symbols_in(known: Known) -> set[str]:
    """The symbols that `known` is made of."""
    items = known if isinstance(known, tuple) else (known,)
    return {s for d in items if isinstance(d, Dim) for s in d.symbols}


def dim_expr(dim: DimLike, name_of: Callable[[str], str] | Mapping[str, str]) -> Expr:
    """A dim as Python, `name_of` giving the identifier of a symbol."""
    look = name_of if callable(name_of) else name_of.__getitem__
    if isinstance(dim, int):
        return Expr(str(dim), TIGHT if dim >= 0 else 80)
    parts: list[tuple[str, Expr]] = []
    for monomial, coefficient in dim.terms:
        factors = [_atom_expr(atom, look) for atom, power in monomial for _ in range(power)]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, Expr(str(abs(coefficient))))
        one = factors[0] if len(factors) == 1 else Expr(_product(factors), PRODUCT)
        parts.append(("-" if coefficient < 0 else "+", one))
    sign, head = parts[0]
    if len(parts) == 1 and sign == "+":
        return head
    # a first term that is taken away stands behind one that is not, where there is one
    parts.sort(key=lambda part: part[0] == "-")
    sign, head = parts[0]
    text = head.at(SUM) if sign == "+" else f"-{head.at(80)}"
    for s, part in parts[1:]:
        text += f" {s} {part.at(SUM + 1)}"
    return Expr(text, SUM if len(parts) > 1 else 80)


def _product(factors: list[Expr]) -> str:
    return " * ".join(f.at(PRODUCT if k == 0 else PRODUCT + 1) for k, f in enumerate(factors))


def _atom_expr(atom: tuple[Any, ...], look: Callable[[str], str]) -> Expr:
    if atom[0] == "sym":
        return Expr(look(str(atom[1])))
    left, right = (dim_expr(part, look) for part in atom[1:])
    if atom[0] == "floordiv":
        return Expr(f"{left.at(PRODUCT)} // {right.at(PRODUCT + 1)}", PRODUCT)
    if atom[0] == "mod":
        return Expr(f"{left.at(PRODUCT)} % {right.at(PRODUCT + 1)}", PRODUCT)
    return Expr(f"{atom[0]}({left.text}, {right.text})")
