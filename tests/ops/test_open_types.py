"""Rules where less is known: with open dims or an open rank a derivative is the same as with static types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irlib import autodiff
from irlib.builder import Builder
from irlib.errors import IRError
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.eager import run_nodes
from irlib.types import TensorType, Type, type_of
from tests.ops.test_vectors import _dynamic, _float64, build
from tests.vectors import ALL
from tests.vectors.vector import Vector

FAMILIES = (
    "shape", "joining", "slicing", "reduction", "statistics", "cumulative", "sorting", "indexing", "scattering",
    "creation", "masking",
)  # fmt: skip
VECTORS = [
    v for v in ALL
    if type(v.op).__module__.rpartition(".")[2] in FAMILIES and v.wrt != () and v.op.smoothness != "zero"
]  # fmt: skip
NEED_A_RANK = ("pad", "tile")
"""Rules that go through all axes: with an open rank they refuse."""


def _open(t: Type, *, rank: bool) -> Type:
    if not isinstance(t, TensorType) or t.shape is None:
        return t
    return t.with_shape(None if rank and t.dtype.is_differentiable else (None,) * len(t.shape))


def _opened(vector: Vector, operands: tuple[Any, ...], *, rank: bool) -> Graph:
    b = Builder("open")
    values = [
        None if o is None
        else b.constant(o) if k in vector.static
        else b.input(f"x{k}", _open(type_of(o), rank=rank))
        for k, o in enumerate(operands)
    ]  # fmt: skip
    for r, value in enumerate(b.emit(vector.op, values)):
        b.output(f"y{r}", value)
    return b.build()


def _floats(graph: Graph) -> list[str]:
    return [o.name for o in graph.outputs if autodiff.carries_cotangent(graph.value_type(graph.output_value(o)))]


@pytest.mark.parametrize("rank", [False, True], ids=["open dims", "open rank"])
@pytest.mark.parametrize("vector", VECTORS, ids=str)
def test_derivative_is_that_of_static_types(vector: Vector, rank: bool) -> None:
    operands = tuple(_float64(o) for o in vector.operands)
    graph, dynamic = build(vector, operands), _dynamic(vector, operands)
    of = _floats(graph)
    wrt = [
        str(n.name) for n in graph.inputs
        if autodiff.carries_cotangent(n.type) and (vector.wrt is None or int(str(n.name)[1:]) in vector.wrt)
    ]  # fmt: skip
    if not of or not wrt:
        pytest.skip("no float operand or result")
    rng = np.random.default_rng(3)
    feeds = dict(zip([str(n.name) for n in graph.inputs], dynamic, strict=True))
    with np.errstate(all="ignore"):
        for o, y in zip(graph.outputs, run_nodes(graph, dynamic), strict=True):
            feeds[f"d_{o.name}"] = np.asarray(rng.standard_normal(y.shape)).astype(y.dtype)
        results = []
        for g in (graph, _opened(vector, operands, rank=rank)):
            try:
                made = autodiff.gradient(g, of=of, wrt=wrt, cotangents=True)
            except IRError:
                if rank and vector.op.name in NEED_A_RANK:
                    pytest.skip("the rule needs a rank")
                raise
            results.append(run_nodes(made, [feeds[str(n.name)] for n in made.inputs]))
    for expected, actual in zip(*results, strict=True):
        assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
        np.testing.assert_allclose(actual, expected, rtol=1e-11, atol=1e-12)
