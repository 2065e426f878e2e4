"""Every test vector of every op, as a graph: valid, written and read back, equal to itself, equal in a file."""

from __future__ import annotations

import pytest

from irlib.autodiff import gradient
from irlib.closures import carries_cotangent
from irlib.difference import diff
from irlib.graph import Graph
from irlib.notation import parse_text, text
from irlib.serde import from_bytes, to_bytes
from irlib.validate import check_graph
from tests.ops.test_vectors import DIFFERENTIABLE, build
from tests.vectors import ALL
from tests.vectors.vector import Vector

pytestmark = pytest.mark.parametrize("vector", ALL, ids=str)


@pytest.fixture
def graph(vector: Vector) -> Graph:
    return build(vector, vector.operands)


def test_vector_is_valid(graph: Graph) -> None:
    assert str(check_graph(graph)) == ""


def test_vector_with_unknown_dims_is_valid(vector: Vector) -> None:
    assert str(check_graph(build(vector, vector.operands, symbolic=True))) == ""


def test_vector_reads_back_from_its_text(graph: Graph) -> None:
    assert parse_text(text(graph, weights=True)) == graph


def test_vector_does_not_differ_from_what_was_read(graph: Graph) -> None:
    assert diff(graph, parse_text(text(graph, weights=True))).equal


def test_file_text_file_gives_the_same_bytes(graph: Graph) -> None:
    held = to_bytes(graph)
    assert to_bytes(parse_text(text(from_bytes(held), weights=True))) == held


def test_gradient_of_vector_is_valid_and_reads_back(vector: Vector, graph: Graph) -> None:
    if not any(vector is other for other in DIFFERENTIABLE):
        pytest.skip("no derivative")
    wrt = [n.name for n in graph.inputs if n.name and carries_cotangent(n.type)]
    if not wrt:
        pytest.skip("nothing to differentiate by")
    try:
        made = gradient(graph, of=graph.outputs[0].name, wrt=wrt, cotangents=True)
    except (TypeError, ValueError, NotImplementedError):
        pytest.skip("refused, which tests/ops judges")
    assert check_graph(made).ok, str(check_graph(made))
    assert parse_text(text(made, weights=True)) == made
