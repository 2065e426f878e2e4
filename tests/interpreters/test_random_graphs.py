"""Random graphs: the plan, with its views and reused buffers, gives what the algorithm gives, forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import regions
from irlib.interpreters.numpy_ref import entry, memory
from irlib.interpreters.numpy_ref.algorithms import backward, forward

_ONE: tuple[Callable[..., Any], ...] = (
    lambda b, v: b.tanh(v),
    lambda b, v: b.softplus(v),
    lambda b, v: b.exp(b.tanh(v)) - v,
    lambda b, v: b.transpose(v),
    lambda b, v: b.reshape(b.reshape(v, [-1]), b.shape_of(v)),
    lambda b, v: b.reverse(v, [0]),
    lambda b, v: b.squeeze(b.unsqueeze(v, [1]), [1]),
    lambda b, v: b.softmax(v, axis=-1) * v,
    lambda b, v: b.broadcast_to(b.sum(v, [0], keepdims=True), b.shape_of(v)),
    lambda b, v: b.slice(b.concat(v, v * 2.0, axis=0), [0], [3], axes=[0]),
    lambda b, v: b.cumulative_sum(v, axis=1),
    lambda b, v: b.tanh(b.matmul(v, b.sin(v))),
    lambda b, v: regions.cond(b, b.sum(b.abs(v)) > 1e-6, lambda b: v * 0.5, lambda b: b.sin(v)),
    lambda b, v: regions.for_loop(b, 2, lambda b, i, x: b.tanh(x * v), v),
)
_TWO: tuple[Callable[..., Any], ...] = (
    lambda b, x, y: x + y,
    lambda b, x, y: b.sin(x) * y,
    lambda b, x, y: x - b.mean(y),
    lambda b, x, y: x / (y * y + 1.0),
    lambda b, x, y: b.hypot(x, y + 2.0),
)


def random_graph(seed: int, declared: str) -> irlib.Graph:
    """Thirty nodes on 3 x 3 values, a third of them outputs."""
    rng = np.random.default_rng(seed)
    b = irlib.Builder(f"random{seed}")
    values: list[Any] = [b.input("x", declared), b.parameter("w", rng.standard_normal((3, 3)))]
    for _ in range(30):
        x, y = (values[int(k)] for k in rng.integers(max(0, len(values) - 6), len(values), 2))
        one, two = _ONE[rng.integers(len(_ONE))], _TWO[rng.integers(len(_TWO))]
        values.append(one(b, x) if rng.random() < 0.6 else two(b, x, y))
    outputs = [v for v in values[2:] if rng.random() < 0.3] + [values[-1]]
    for k, v in enumerate(outputs):
        b.output(f"y{k}", v)
    total = b.sum(b.tanh(outputs[0]))
    for v in outputs[1:]:
        total = total + b.sum(b.sin(v))
    b.output("loss", total)
    return b.build()


@pytest.mark.parametrize("declared", ["float64[3, 3]", "float64[n, n]"])
@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_run_as_the_algorithm_does(seed: int, declared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # as if these arrays were large: results are written over operands, and memory is taken up again
    monkeypatch.setattr(entry, "LEAST_IN_PLACE", 1)
    monkeypatch.setattr(memory, "LEAST", 1)
    model = random_graph(seed, declared)
    rng = np.random.default_rng(seed)
    f = irlib.compile(model)
    runs = []
    for _ in range(3):
        feeds = {"x": np.asfortranarray(rng.standard_normal((3, 3)))}
        values, actual = forward(model, feeds), f(feeds)
        for o in model.outputs:
            np.testing.assert_allclose(actual[o.name], values[model.output_value(o)], rtol=1e-12, atol=1e-12)
        runs.append((actual, {n: a.copy() for n, a in actual.items()}))
    for actual, kept in runs:  # a later run has not written to what an earlier one returned
        for name, a in kept.items():
            np.testing.assert_array_equal(actual[name], a)
    _, found = irlib.value_and_grad(model, feeds, of="loss", wrt=["x", "w"])
    for name, d in backward(model, feeds, "loss", ["x", "w"]).items():
        np.testing.assert_allclose(found[name], d, rtol=1e-9, atol=1e-9)
    assert all(c.error < 1e-5 for c in irlib.check_gradients(model, feeds, "loss", ["x", "w"], directions=1))
