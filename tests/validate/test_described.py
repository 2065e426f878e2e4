"""What is known of values before a graph runs: shapes and counts, through ops and through bodies."""

from __future__ import annotations

import numpy as np

import irlib
from irlib.builder import body_of
from irlib.described import Descriptions, describe_graph
from irlib.dims import symbol
from irlib.graph import Graph
from irlib.inference import Inference
from irlib.op import ForeignOp, Known
from irlib.serde import from_bytes, to_bytes


def known(graph: Graph, name: str) -> Known:
    inference = Inference(body_of)
    column = describe_graph(graph, inference)
    return inference.described[int(column[graph.value_named(name)])].known


def test_constant_vector_is_known() -> None:
    b = irlib.Builder()
    b.output("y", b.constant(np.array([2, 3])))
    assert known(b.build(), "y") == (2, 3)


def test_parameter_is_not_known_since_it_may_be_given_another_value() -> None:
    b = irlib.Builder()
    b.output("y", b.parameter("n", np.array([2, 3])))
    assert known(b.build(), "y") is None


def test_shape_of_a_symbolic_tensor_is_known_by_its_symbols() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[batch, 3]")
    b.output("y", b.concat(b.shape_of(x), b.constant(np.array([7])), axis=0))
    assert known(b.build(), "y") == (symbol("batch"), 3, 7)


def test_known_values_pass_through_bodies_that_were_read_from_a_file() -> None:
    inner = irlib.Builder("body")
    n = inner.input("n", "int64[2]")
    inner.output("result", n * n)
    b = irlib.Builder()
    (y,) = b.emit(ForeignOp("d", "square", 1), [b.constant(np.array([2, 3]))], body=inner.build())
    b.output("y", y)
    assert known(from_bytes(to_bytes(b.build())), "y") == (4, 9)


def test_float_graph_is_described_by_types_alone() -> None:
    b = irlib.Builder()
    b.output("y", b.tanh(b.input("x", "float32[n]")))
    graph = b.build()
    inference = Inference(body_of)
    column = describe_graph(graph, inference)
    assert [inference.described[d].type for d in column] == [graph.value_type(v) for v in range(len(graph.type))]


def test_each_context_of_a_body_is_described_for_itself_up_to_a_limit() -> None:
    inner = irlib.Builder("body")
    n = inner.input("n", "int64[]")
    inner.output("result", n + n)
    body = inner.build()
    descriptions = Descriptions(Inference(body_of))
    for i in range(200):
        column = descriptions.of(body, (i,))
        expected = 2 * i if i < 64 else None
        assert descriptions.known(int(column[body.output_value(body.outputs[0])])) == expected


def test_rule_that_fails_leaves_the_declared_type() -> None:
    b = irlib.Builder()
    b.output("y", b.constant(np.array([2, 3])) * b.constant(np.array([2, 3])))
    graph = b.build()
    kind = graph.kind.copy()
    operand = graph.operand.copy()[:1]
    import dataclasses

    broken = dataclasses.replace(graph, kind=kind, operand=operand, start=np.where(graph.start > 1, 1, graph.start))
    assert known(broken, "y") is None
