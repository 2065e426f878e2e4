"""A step down a gradient that is a product of matrices, as the one Gemm that it is.

``w - k * (x.T @ d)`` with a constant k moves a matrix as large as w three times; Gemm adds the product onto w as it is
made. Only nodes without names are put together: what an author named, or ONNX brought, leaves as it stands.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from irlib.builder import Builder
from irlib.converters.onnx_model.schemas import schema
from irlib.graph import Graph, Role
from irlib.op import ForeignOp
from irlib.types import TensorType

__all__ = ["with_gemms"]


class _Factor(NamedTuple):
    value: int
    transposed: bool


class _Gemm(NamedTuple):
    """``c + alpha * (a @ b)``: values of the graph, and the number."""

    a: _Factor
    b: _Factor
    c: int
    alpha: float
    replaced: tuple[int, int]
    """The nodes that only it needed: the product, and its multiple."""


def with_gemms(graph: Graph, opset: int) -> Graph:
    """`graph` with scaled products that are subtracted from matrices as Gemms of that opset."""
    found = _found(graph)
    version = schema("", "Gemm", opset)
    if not found or version is None or version.since < 7:  # before, it did not broadcast as it does now
        return graph
    replaced = _replaced(graph, found)
    b = Builder(graph.name)
    b.metadata.update(graph.metadata)
    b.declare(graph.symbols)
    values: list[Any] = [None] * len(graph.type)
    for node, kind in enumerate(graph.kind.tolist()):
        if node in replaced:
            continue
        first, name = int(graph.first[node]), graph.names.get(node)
        b.location = graph.locations.get(node)
        if kind < 0:
            values[first] = b.copied(graph.variables[~kind], name, graph)
            continue
        gemm = found.get(node)
        if gemm is not None:
            operands = [values[v] for v in (gemm.a.value, gemm.b.value, gemm.c)]
            made = b.emit(_op(gemm, version.since), operands)
        else:
            operands = [values[v] if v >= 0 else None for v in graph.operand_values(node).tolist()]
            made = b.emit(graph.ops[kind], operands, name, graph.bodies[kind])
        values[first : first + len(made)] = made
    for o in graph.outputs:
        b.output(o.name, values[graph.output_value(o)], role=o.role, of=o.of)
    return b.build()


def _replaced(graph: Graph, found: dict[int, _Gemm]) -> set[int]:
    """The nodes that are not needed any more: those inside of Gemms, and transposes that only these used."""
    gone = {node for gemm in found.values() for node in gemm.replaced}
    kept = {int(v) for node in set(range(len(graph))) - gone - found.keys() for v in graph.operand_values(node)}
    kept.update(v for gemm in found.values() for v in (gemm.a.value, gemm.b.value, gemm.c))
    kept.update(graph.output_value(o) for o in graph.outputs)
    turned = {int(v) for gemm in found.values() for v in graph.operand_values(gemm.replaced[0])} - kept
    return gone | {int(graph.owner[v]) for v in turned}


def _op(gemm: _Gemm, version: int) -> ForeignOp:
    attributes: dict[str, Any] = {"alpha": gemm.alpha}
    if gemm.a.transposed:
        attributes["transA"] = 1
    if gemm.b.transposed:
        attributes["transB"] = 1
    return ForeignOp("ai.onnx", "Gemm", version, tuple(attributes.items()))


def _found(graph: Graph) -> dict[int, _Gemm]:
    """The Gemm that each node is, of those that are one."""
    subtractions = [k for k, op in enumerate(graph.ops) if op.dialect == "irlib" and op.name == "subtract"]
    nodes = np.flatnonzero(np.isin(graph.kind, subtractions)).tolist() if subtractions else []
    if not nodes:
        return {}
    uses = Counter(graph.operand.tolist())
    uses.update(graph.output_value(o) for o in graph.outputs)
    made = {node: _gemm(graph, node, uses) for node in nodes if node not in graph.names}
    return {node: gemm for node, gemm in made.items() if gemm is not None}


def _gemm(graph: Graph, node: int, uses: Counter[int]) -> _Gemm | None:
    c, scaled = graph.operand_values(node).tolist()
    t = graph.value_type(int(graph.first[node]))
    if not isinstance(t, TensorType) or t.rank != 2 or t.dtype.name not in ("float32", "float64"):
        return None
    factors = _inside(graph, scaled, "multiply", uses)
    if factors is None or graph.value_type(c) != t or graph.value_type(scaled) != t:
        return None
    for number, product in (factors, factors[::-1]):
        alpha, matrices = _number(graph, number), _inside(graph, product, "matmul", uses)
        if alpha is None or matrices is None or graph.value_type(product) != t:
            continue
        a, b = (_factor(graph, v) for v in matrices)
        if a is not None and b is not None:
            return _Gemm(a, b, c, -alpha, (int(graph.owner[product]), int(graph.owner[scaled])))
    return None


def _inside(graph: Graph, value: int, name: str, uses: Counter[int]) -> list[int] | None:
    """The operands of the op called `name` that makes `value`, where nobody else uses or knows it."""
    node = int(graph.owner[value])
    op = graph.nodes[node].op
    if op is None or (op.dialect, op.name) != ("irlib", name) or node in graph.names or uses[value] != 1:
        return None
    return graph.operand_values(node).tolist()  # type: ignore[no-any-return]


def _number(graph: Graph, value: int) -> float | None:
    """The scalar constant that `value` is, where an attribute, which is a float32, holds it to the bit."""
    variable = graph.nodes[int(graph.owner[value])].variable
    if variable is None or variable.role is not Role.CONSTANT or variable.tensor is None:
        return None
    array = variable.tensor.array
    if array.ndim or array.dtype.name not in ("float32", "float64") or not np.isfinite(array):
        return None
    return float(array) if np.float32(array) == array else None


def _factor(graph: Graph, value: int) -> _Factor | None:
    """A matrix as Gemm takes it: itself, or what it is the transpose of."""
    t = graph.value_type(value)
    if not isinstance(t, TensorType) or t.rank != 2:
        return None
    node = graph.nodes[int(graph.owner[value])]
    turned = node.op is not None and (node.op.dialect, node.op.name) == ("irlib", "transpose")
    if turned and node.index not in graph.names and node.op.attribute_values().get("perm") in ((1, 0), None):
        return _Factor(int(graph.operand_values(node.index)[0]), transposed=True)
    return _Factor(value, transposed=False)
