"""What `to_numpy` writes, `from_numpy` reads: the graph that comes back gives what the first one gives."""

from __future__ import annotations

import ast
from collections import Counter
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import IRError, UnsupportedError
from tests.converters.numpy_code.test_modules import network
from tests.ops.test_vectors import _dynamic, build
from tests.vectors import ALL
from tests.vectors.vector import Vector

REFUSED = frozenset({"while_loop", "mersenne_uniform"})
"""Ops of which vectors may be refused where they are read: loops that stack what each of an unknown number of turns
gives, and helpers that compare lengths which are not known."""


def signature(source: str, function: str) -> list[str]:
    """The names of a function's arguments."""
    (found,) = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == function]
    return [a.arg for a in found.args.args]


def numeric(values: list[Any]) -> bool:
    return all(isinstance(v, np.ndarray) and v.dtype.kind in "biufcV" for v in values)


def wide(x: Any) -> Any:
    kinds = {"c": np.complex128, "V": np.float64, "f": np.float64}
    return x.astype(kinds[x.dtype.kind]) if x.dtype.kind in kinds else x


def comes_back(vector: Vector, style: str) -> bool:
    """Whether the vector is one that emitted code can say and arrays can hold; asserts that it comes back."""
    try:
        graph = build(vector, vector.operands)
        source = irlib.to_numpy(graph, style=style).source
    except UnsupportedError:
        return False
    values = _dynamic(vector, vector.operands)
    feeds = dict(zip([str(n.name) for n in graph.inputs], values, strict=True))
    expected = list(irlib.run(graph, feeds).values())
    if not numeric(values) or not numeric(expected) or not expected:
        return False
    names = signature(source, "predict")
    params: list[Any] = [{}] if names[:1] == ["params"] else []
    names = names[len(params) :]
    static = [
        n for k, (n, v) in enumerate(zip(names, values, strict=True)) if k and v.ndim <= 1 and v.dtype.kind in "iu"
    ]
    try:
        again = irlib.from_numpy(source, "predict", *params, *values)
    except IRError as error:
        if error.code not in ("IR880", "IR897") or not static:
            raise
        # shapes, axes and bounds that are computed in the graph have to be known to Python
        again = irlib.from_numpy(source, "predict", *params, *values, static=static)
    inputs = {str(n.name) for n in again.inputs}
    got = list(irlib.run(again, {n: v for n, v in zip(names, values, strict=True) if n in inputs}).values())
    assert len(got) == len(expected)
    for a, e in zip(got, expected, strict=True):
        assert (a.dtype, a.shape) == (e.dtype, e.shape)
        tolerance = 1e-12 if e.dtype.itemsize >= 8 else 1e-6
        np.testing.assert_allclose(wide(a), wide(e), rtol=tolerance, atol=tolerance)
    return True


def few() -> list[Vector]:
    """Two vectors of each op: the first, and one from the middle."""
    count = Counter(v.op.name for v in ALL)
    seen: Counter[str] = Counter()
    kept = []
    for vector in ALL:
        name = vector.op.name
        if seen[name] in (0, count[name] // 2):
            kept.append(vector)
        seen[name] += 1
    return kept


@pytest.mark.parametrize("vector", few(), ids=str)
def test_an_emitted_op_comes_back(vector: Vector) -> None:
    try:
        done = comes_back(vector, "fused")
    except IRError:
        if vector.op.name not in REFUSED:
            raise
        done = False
    if not done:
        pytest.skip("no arrays, not to be said in numpy, or known to be refused")


BOTH = """

def both(params, *inputs, d_out):
    outputs, saved = forward(params, *inputs)
    return outputs, backward(params, saved, d_out)
"""


def classifier() -> irlib.Graph:
    rng = np.random.default_rng(3)
    b = irlib.Builder("classifier")
    x, t = b.input("x", "float64[6, 1, 8, 8]"), b.input("t", "float64[6, 4]")
    h = b.relu(b.convolution(x, b.parameter("k", rng.standard_normal((3, 1, 3, 3))), pads=[1, 1, 1, 1]))
    h = b.reshape(b.max_pool(h, window=(2, 2), strides=(2, 2)), [6, 48])
    y = b.softmax(h @ b.parameter("w", 0.1 * rng.standard_normal((48, 4))) + b.parameter("c", np.zeros(4)))
    b.output("y", y)
    b.output("loss", b.mean(b.square(y - t)), role="loss")
    return b.build()


@pytest.mark.parametrize("style", ["fused", "nodes"])
@pytest.mark.parametrize("make", [network, classifier])
def test_forward_and_backward_of_a_model_come_back(make: Any, style: str) -> None:
    rng = np.random.default_rng(5)
    model = make()
    module = irlib.to_numpy(model, style, gradient=True)
    feeds = {n.name: rng.standard_normal([d if isinstance(d, int) else 5 for d in n.type.shape]) for n in model.inputs}
    again = irlib.from_numpy(
        module.source + BOTH, "both", dict(module.arrays), *feeds.values(), d_out=1.0, parameters=["params"]
    )
    names = signature(module.source, "forward")[1:]
    inputs = {f"inputs.{i}": v for i, v in enumerate(feeds.values())}
    assert [n.name for n in again.inputs] == list(inputs)[: len(names)]
    got = irlib.run(again, inputs)
    wanted = irlib.run(model, feeds)
    for output, value in wanted.items():
        np.testing.assert_allclose(got[f"out.0.{output}"], value, rtol=1e-13)
    for name, value in irlib.run(irlib.gradient(model, "loss"), feeds).items():
        np.testing.assert_allclose(got[f"out.1.{name.removeprefix('d_')}"], value, rtol=1e-11, atol=1e-15)
    # and the graph that was read has derivatives of its own, which are the same
    _, gradients = irlib.value_and_grad(again, inputs, of="out.0.loss")
    for name, value in gradients.items():
        np.testing.assert_allclose(got[f"out.1.{name.removeprefix('params.')}"], value, rtol=1e-11, atol=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["fused", "nodes"])
def test_nearly_all_vectors_come_back(style: str) -> None:
    failed: list[str] = []
    count = 0
    for vector in ALL:
        try:
            count += comes_back(vector, style)
        except (AssertionError, IRError) as error:
            failed.append(f"{vector}: {error}"[:200])
    assert len(failed) <= 30, failed
    assert count >= 3000
