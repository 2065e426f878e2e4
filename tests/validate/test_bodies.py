"""Validation inside: bodies of composites against their operands, regions, ops and their attributes."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.graph import Graph
from irlib.op import ForeignOp, Op
from irlib.types import parse_type
from irlib.validate import check_graph


def body(type: str = "float32[n]", **extra: str) -> Graph:
    b = irlib.Builder("body")
    x = b.input("x", type)
    for name, of in extra.items():
        b.parameter(name, of)
    b.output("result", b.tanh(x))
    return b.build()


def holding(inner: Graph, op: Op | None = None) -> Graph:
    b = irlib.Builder("outer")
    (y,) = b.emit(op or ForeignOp("d", "op", 1), [b.input("x", "float32[4]")], body=inner)
    b.output("y", y)
    return b.build()


def with_body(graph: Graph, inner: Graph | None) -> list[str]:
    return [f"{f.code} {f.where}" for f in check_graph(dataclasses.replace(graph, bodies=(inner,))).findings]


def test_body_that_fits_is_valid() -> None:
    assert str(check_graph(holding(body()))) == ""


def test_body_for_another_dtype_is_found() -> None:
    found = with_body(holding(body()), body("float64[n]"))
    assert found == ["IR232 graph 'outer', node %1 (op)", "IR230 graph 'outer', node %1 (op)"]


def test_body_with_another_number_of_inputs_is_found() -> None:
    b = irlib.Builder("body")
    b.output("result", b.add(b.input("x", "float32[n]"), b.input("y", "float32[n]")))
    assert with_body(holding(body()), b.build()) == ["IR232 graph 'outer', node %1 (op)"]


def test_body_with_a_free_parameter_is_found() -> None:
    assert with_body(holding(body()), body(w="float32[]")) == ["IR107 graph 'outer', node %1 (op)"]


def test_mistake_within_a_body_is_found_at_its_place() -> None:
    inner = body()
    column = inner.type.copy()
    column[-1] = 1
    wrong = dataclasses.replace(inner, types=(*inner.types, parse_type("int64[n]")), type=column)
    (*_, found) = with_body(holding(inner), wrong)
    assert found == "IR230 graph 'outer', body of op, node %1 (tanh)"


def test_body_on_a_primitive_is_found() -> None:
    b = irlib.Builder("outer")
    b.output("y", b.tanh(b.input("x", "float32[4]")))
    assert with_body(b.build(), body()) == ["IR304 graph 'outer', op 0 (tanh)"]


def test_foreign_op_without_body_is_found() -> None:
    assert with_body(holding(body()), None) == ["IR312 graph 'outer', node %1 (op)"]


def test_deeply_nested_bodies_need_no_stack() -> None:
    inner = body()
    for level in range(300):
        inner = holding(inner, ForeignOp("d", f"level{level}", 1))
    assert check_graph(inner).ok


def test_bodies_shared_exponentially_are_checked_once_each() -> None:
    inner = body()
    for level in range(60):
        b = irlib.Builder("body")
        h: Any = b.input("x", "float32[n]")
        for _ in range(2):
            (h,) = b.emit(ForeignOp("d", f"level{level}", 1), [h], body=inner)
        b.output("result", h)
        inner = b.build()
    assert check_graph(inner).ok


def test_integer_bodies_shared_exponentially_are_checked_for_few_contexts() -> None:
    b = irlib.Builder("body")
    b.output("result", b.input("n", "int64[]") * 2)
    inner = b.build()
    for level in range(30):
        b = irlib.Builder("body")
        n = b.input("n", "int64[]")
        h = [b.emit(ForeignOp("d", f"level{level}", 1), [n + k], body=inner)[0] for k in range(2)]
        b.output("result", h[0] + h[1])
        inner = b.build()
    b = irlib.Builder("outer")
    b.output("y", b.emit(ForeignOp("d", "top", 1), [b.constant(1)], body=inner)[0])
    assert check_graph(b.build()).ok


def test_regions_are_checked() -> None:
    inner = body()
    column = inner.type.copy()
    column[-1] = 1
    wrong = dataclasses.replace(inner, types=(*inner.types, parse_type("int64[n]")), type=column)
    attributes: tuple[Any, ...] = (wrong, (inner, wrong))
    for value in attributes:
        graph = holding(body(), ForeignOp("d", "op", 1, (("then", value),)))
        assert [f.where for f in check_graph(graph)] == ["graph 'outer', node %1 (op), graph 'body', node %1 (tanh)"]

    b = irlib.Builder("outer")
    for result in b.call(b.input("x", "float32[4]"), graph=inner):
        b.output("y", result)
    outer = b.build()
    broken = dataclasses.replace(outer, ops=(dataclasses.replace(outer.ops[0], graph=wrong),))  # type: ignore[type-var]
    assert any(f.where.startswith("graph 'outer', node %1 (call), graph 'body'") for f in check_graph(broken))


@pytest.mark.parametrize("value", ["yes", 1, None, (True,)])
def test_attribute_of_another_kind_is_found(value: Any) -> None:
    b = irlib.Builder()
    b.output("y", b.sum(b.input("x", "float32[2]"), keepdims=True))
    graph = b.build()
    wrong = dataclasses.replace(graph, ops=(dataclasses.replace(graph.ops[0], keepdims=value),))  # type: ignore[type-var]
    assert "IR302" in [f.code for f in check_graph(wrong)]


def test_attribute_that_no_file_can_hold_is_found() -> None:
    graph = holding(body(), ForeignOp("d", "op", 1, (("a", np.int64(1)), ("b", 2**70))))
    assert [f.code for f in check_graph(graph)] == ["IR302", "IR302"]


def test_rule_that_breaks_down_is_a_finding() -> None:
    graph = holding(body())
    types = (parse_type("sequence<float32[]>"),) * len(graph.types)
    assert not check_graph(dataclasses.replace(graph, types=types)).ok
