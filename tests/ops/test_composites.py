"""A composite's kernel and its own derivative against its body: the body is what it means."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib.interpreters.numpy_ref.kernels  # noqa: F401  registers the kernels
from irlib import autodiff
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.eager import run_nodes
from irlib.interpreters.numpy_ref.kernel import KERNELS
from irlib.op import Composite
from irlib.transforms.inline import decompose
from tests.ops.test_vectors import _case, _dynamic, _float64, _parts, build
from tests.vectors import ALL
from tests.vectors.vector import Vector

COMPOSITES = [v for v in ALL if isinstance(v.op, Composite)]
WITH_KERNEL = [v for v in COMPOSITES if type(v.op) in KERNELS]
WITH_RULE = [
    v for v in ALL
    if isinstance(v.op, Composite) and v.op.has_vjp() and v.wrt != () and v.op.smoothness != "zero"
]  # fmt: skip


def _run(graph: Graph, inputs: list[Any]) -> list[Any]:
    with np.errstate(all="ignore"):
        return _parts(list(run_nodes(graph, inputs)))


def _close(actual: list[Any], expected: list[Any], rtol: float) -> None:
    for a, e in zip(actual, expected, strict=True):
        assert (a.dtype, a.shape) == (e.dtype, e.shape)
        wide = np.complex128 if e.dtype.kind == "c" else np.float64
        scale = float(np.max(np.abs(e.astype(wide)), initial=0.0, where=np.isfinite(e.astype(wide))))
        np.testing.assert_allclose(a.astype(wide), e.astype(wide), rtol=rtol, atol=rtol * scale)


@pytest.mark.parametrize("vector", WITH_KERNEL, ids=str)
def test_kernel_agrees_with_the_body(vector: Vector) -> None:
    operands = tuple(_float64(o) for o in vector.operands)
    graph = build(vector, operands)
    body = decompose(graph)
    inputs = _dynamic(vector, operands)
    if vector.op.smoothness != "zero" and any(isinstance(op, Composite) for op in body.ops):
        pytest.skip("the body needs a rank that is not known")
    _close(_run(graph, inputs), _run(body, inputs), 1e-13)


@pytest.mark.parametrize("vector", WITH_RULE, ids=str)
def test_derivative_agrees_with_that_of_the_body(vector: Vector) -> None:
    case = _case(vector)
    if not case.wrt or not case.of:
        pytest.skip("no float operand or result")
    body = decompose(case.graph)
    ofs = [body.outputs[k].name for k in case.floats]
    derived = autodiff.gradient(body, of=ofs, wrt=case.wrt, cotangents=True)
    rng = np.random.default_rng(2)
    cotangents = [rng.standard_normal(y.shape).astype(y.dtype) for y in case.forward(case.xs)]
    actual = case.vjp(case.xs, cotangents)
    with np.errstate(all="ignore"):
        feeds = {**case.inputs, **{f"d_{n}": c for n, c in zip(case.of, cotangents, strict=True)}}
        expected = _parts(list(run_nodes(derived, [feeds[str(n.name)] for n in derived.inputs])))
    _close(actual, expected, 1e-12)
