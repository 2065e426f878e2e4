"""Composites against their bodies: a kernel and a derivative of their own must say what the body says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irlib import autodiff
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.eager import run_nodes
from irlib.interpreters.numpy_ref.kernel import KERNELS
from irlib.op import Composite
from irlib.transforms.inline import decompose
from irlib.types import TensorType
from tests.ops.test_vectors import _dynamic, _float64, build
from tests.vectors import ALL
from tests.vectors.vector import Vector

COMPOSITES = [v for v in ALL if isinstance(v.op, Composite)]


def _graphs(vector: Vector, operands: tuple[Any, ...]) -> tuple[Graph, Graph]:
    graph = build(vector, operands)
    body = decompose(graph)
    if any(k is not None for k in body.bodies) or any(isinstance(op, Composite) for op in body.ops):
        pytest.skip("no body for these types before the graph runs")
    return graph, body


def _tolerance(array: Any) -> float:
    # a body in half floats rounds at every node
    name = array.dtype.name
    return {"bfloat16": 4e-2, "float16": 5e-3, "float32": 1e-5, "complex64": 1e-5}.get(name, 1e-11)


def _close(actual: Any, expected: Any) -> None:
    if isinstance(actual, list):
        for x, y in zip(actual, expected, strict=True):
            _close(x, y)
        return
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    if actual.dtype.kind in "fcV":
        wide = np.complex128 if actual.dtype.kind == "c" else np.float64
        rtol = _tolerance(actual)
        np.testing.assert_allclose(actual.astype(wide), expected.astype(wide), rtol=rtol, atol=rtol)
    else:
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("vector", [v for v in COMPOSITES if type(v.op) in KERNELS], ids=str)
def test_kernel_says_what_the_body_says(vector: Vector) -> None:
    graph, body = _graphs(vector, vector.operands)
    inputs = _dynamic(vector, vector.operands)
    with np.errstate(all="ignore"):
        for actual, expected in zip(run_nodes(graph, inputs), run_nodes(body, inputs), strict=True):
            _close(actual, expected)


@pytest.mark.parametrize(
    "vector", [v for v in COMPOSITES if isinstance(v.op, Composite) and v.op.has_vjp() and v.wrt != ()], ids=str
)  # fmt: skip
def test_own_derivative_is_that_of_the_body(vector: Vector) -> None:
    operands = tuple(_float64(o) for o in vector.operands)
    graph, body = _graphs(vector, operands)
    wrt = [
        str(n.name) for n in graph.inputs if autodiff.carries_cotangent(n.type) and isinstance(n.type, TensorType)
    ]  # fmt: skip
    of = [o.name for o in graph.outputs if autodiff.carries_cotangent(graph.value_type(graph.output_value(o)))]
    if not wrt or not of:
        pytest.skip("no float operand or result")
    found = []
    for g in (graph, body):
        gradient = autodiff.gradient(g, of=of, wrt=wrt, cotangents=True)
        feeds = dict(zip((str(n.name) for n in graph.inputs), _dynamic(vector, operands), strict=True))
        rng = np.random.default_rng(0)
        for o in graph.outputs:
            if o.name in of:
                y = vector.expected[int(o.name[1:])]
                feeds[f"d_{o.name}"] = np.asarray(_float64(rng.standard_normal(np.shape(y)).astype(y.dtype)))
        with np.errstate(all="ignore"):
            found.append(run_nodes(gradient, [feeds[str(n.name)] for n in gradient.inputs]))
    for actual, expected in zip(*found, strict=True):
        _close(actual, expected)
