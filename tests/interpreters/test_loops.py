"""Loops: what is known outside is known inside, and a derivative runs no loop twice that once will do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib import nn
from irlib.interpreters.numpy_ref.algorithms import backward
from irlib.interpreters.numpy_ref.kernels import sorting
from irlib.interpreters.numpy_ref.program import Program


def recurrent(kind: str) -> irlib.Graph:
    b = irlib.Builder(kind)
    states, last, *_ = getattr(nn, kind)(b, b.input("x", "float64[5, 2, 3]"), 4)
    b.output("last", last)
    b.output("loss", b.sum(b.square(states)), role="loss")
    return b.build()


def loop(trips: int | None = 3) -> irlib.Graph:
    """x * w again and again, which also gives the largest element of each step."""
    body = irlib.Builder("body")
    step, x, w = body.input("step", "int64[]"), body.input("x", "float64[2]"), body.input("w", "float64[2]")
    body.output("go", body.less(step, 10))
    body.output("next", body.tanh(x * w))
    body.output("largest", body.max(x))
    b = irlib.Builder("loop")
    count = None if trips is None else b.constant(trips)
    last, seen = b.while_loop(
        count, None, b.input("x", "float64[2]"), b.parameter("w", np.array([0.5, -2.0])), body=body.build(), carries=1,
        name="powers",
    )  # fmt: skip
    b.output("seen", seen)
    b.output("loss", b.sum(last) + b.sum(b.square(seen)), role="loss")
    return b.build()


MODELS = {
    "rnn": recurrent("rnn"),
    "gru": recurrent("gru"),
    "lstm": recurrent("lstm"),
    "loop": loop(),
    "open": loop(None),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_derivative_runs_each_loop_once_forwards_and_once_backwards(name: str) -> None:
    model = MODELS[name]
    graph = irlib.gradient(model, of="loss", outputs=[o.name for o in model.outputs])
    assert sum(n.op is not None and n.op.name in ("scan", "while_loop") for n in graph.nodes) == 2
    shape = (5, 2, 3) if name in ("rnn", "gru", "lstm") else (2,)
    feeds = {"x": np.random.default_rng(0).standard_normal(shape)}
    found, expected = irlib.run(graph, feeds), irlib.run(model, feeds)
    for output, value in expected.items():
        np.testing.assert_array_equal(found[output], value)
    wrt = [str(n.name) for n in model.parameters]
    for w, d in backward(model, feeds, "loss", wrt).items():
        np.testing.assert_allclose(found[f"d_{w}"], d, rtol=1e-12, atol=1e-14)
    assert all(c.ok for c in irlib.check_gradients(model, feeds, "loss"))


def test_the_name_of_a_loop_stays_with_what_takes_its_place() -> None:
    graph = irlib.gradient(loop(), of="loss", outputs=["loss"])
    assert graph.nodes["powers"].op is not None
    assert graph.nodes["powers"].op.name == "while_loop"


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm"])
def test_bounds_known_outside_a_loop_are_known_inside(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[Any] = []
    planned = Program._planned

    def seen(self: Program, given: Any) -> Any:
        made = planned(self, given)
        met.append(made)
        return made

    monkeypatch.setattr(Program, "_planned", seen)
    irlib.compile(recurrent(name))({"x": np.ones((5, 2, 3))})
    inner = met[-1]
    assert len(met) == 2
    assert all(str(t).count("[2, 4]") for t in inner.types.values()), inner.types
    # a node whose types are not known when it is planned is found a kernel for in each step
    assert not [call for call, _ in inner.steps if "storing_all" in repr(call)]


@pytest.mark.parametrize("dtype", ["float64", "float32", "int32", "uint8", "float16"])
def test_the_best_of_many_are_those_that_sorting_gives(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    for shape, axis in (((400,), 0), ((3, 300), 1), ((260, 2), 0), ((2, 300, 2), 1)):
        x = rng.integers(0, 20, shape).astype(dtype)  # many are equal
        if x.dtype.kind == "f":
            x.reshape(-1)[::7] *= -0.0
            x.reshape(-1)[::11] = np.inf
        for largest in (True, False):
            count = int(rng.integers(1, 30))
            found = sorting._best(x, axis, count, largest=largest)
            with monkeypatch.context() as m:
                m.setattr(sorting, "MANY", 10**9)
                np.testing.assert_array_equal(found, sorting._best(x, axis, count, largest=largest))


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("shape", "axis"), [((40,), 0), ((1, 40), 1), ((40, 1, 1), 0), ((3, 40), 1), ((40, 3), 0)])
def test_a_recurrence_is_that_of_its_definition(shape: tuple[int, ...], axis: int, reverse: bool) -> None:
    rng = np.random.default_rng(1)
    a, x = rng.standard_normal(shape), rng.standard_normal(shape)
    a.reshape(-1)[3] = np.inf
    b = irlib.Builder("recurrence")
    factors, terms = (b.input(n, ("float64", shape)) for n in "ax")
    b.output("h", b.linear_recurrence(factors, terms, axis, reverse=reverse))
    found = np.moveaxis(irlib.run(b.build(), {"a": a, "x": x})["h"], axis, 0)
    state: Any = 0.0
    order = range(39, -1, -1) if reverse else range(40)
    for k, i in enumerate(order):
        with np.errstate(all="ignore"):
            factor = 0.0 if k == 0 else np.moveaxis(a, axis, 0)[i]
            state = factor * state + np.moveaxis(x, axis, 0)[i]
        np.testing.assert_array_equal(found[i], state)
