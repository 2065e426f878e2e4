"""The planned interpreter: what it returns, what it refuses, and that its arrays never leak into one another."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import BudgetError, ExecutionError
from irlib.interpreters.numpy_ref.algorithms import forward
from irlib.interpreters.numpy_ref.budget import Budget


def mlp() -> irlib.Graph:
    rng = np.random.default_rng(0)
    b = irlib.Builder("mlp")
    x = b.input("x", "float64[batch, 4]")
    h = b.tanh(x @ b.parameter("w1", rng.standard_normal((4, 8))) + b.parameter("b1", rng.standard_normal(8)))
    y = h @ b.parameter("w2", rng.standard_normal((8, 2)))
    b.output("y", y)
    b.output("h", h)
    return b.build()


def by_algorithm(model: irlib.Graph, feeds: dict[str, Any]) -> dict[str, Any]:
    values = forward(model, feeds)
    return {o.name: values[model.output_value(o)] for o in model.outputs}


@pytest.mark.parametrize("batch", [0, 1, 7])
def test_plan_gives_what_the_algorithm_gives(batch: int) -> None:
    feeds = {"x": np.random.default_rng(1).standard_normal((batch, 4))}
    model = mlp()
    f = irlib.compile(model)
    expected = by_algorithm(model, feeds)
    for _ in range(2):
        actual = f(feeds)
        assert list(actual) == ["y", "h"]
        for name in expected:
            np.testing.assert_array_equal(actual[name], expected[name])


def test_results_are_the_callers_own() -> None:
    model = mlp()
    f = irlib.compile(model)
    feeds = {"x": np.ones((3, 4))}
    first = f(feeds)
    kept = {n: a.copy() for n, a in first.items()}
    for a in first.values():
        a[...] = -1
    second = f(feeds)
    for name, a in kept.items():
        np.testing.assert_array_equal(second[name], a)
        assert not np.may_share_memory(second[name], first[name])


def test_feeds_are_not_written_to_and_not_kept() -> None:
    b = irlib.Builder("passing")
    x = b.input("x", "float64[3]")
    b.output("same", x)
    b.output("view", b.reshape(x, [3, 1]))
    b.output("twice", x)
    model = b.build()
    fed = np.arange(3.0)
    outs = irlib.run(model, {"x": fed})
    for a in outs.values():
        a[...] = 9
    np.testing.assert_array_equal(fed, np.arange(3.0))
    np.testing.assert_array_equal(irlib.run(model, {"x": fed})["view"], np.arange(3.0)[:, None])


def test_a_constant_output_cannot_be_changed_from_outside() -> None:
    b = irlib.Builder("constant")
    b.output("c", b.constant(np.arange(3.0)))
    model = b.build()
    irlib.run(model)["c"][...] = 7
    np.testing.assert_array_equal(irlib.run(model)["c"], np.arange(3.0))


def test_a_view_keeps_its_buffer_from_being_reused() -> None:
    b = irlib.Builder("views")
    x = b.input("x", "float64[2, 3]")
    y = b.tanh(x)
    v = b.transpose(b.reshape(y, [3, 2]))  # looks into y's buffer
    z = b.tanh(b.tanh(b.tanh(x)))  # would take y's buffer if it were free
    b.output("out", b.add(b.matmul(v, b.reshape(z, [3, 2])), b.matmul(v, b.reshape(y, [3, 2]))))
    model = b.build()
    feeds = {"x": np.random.default_rng(0).standard_normal((2, 3))}
    np.testing.assert_array_equal(irlib.run(model, feeds)["out"], by_algorithm(model, feeds)["out"])


def test_an_output_that_is_read_on_is_still_right() -> None:
    b = irlib.Builder("read on")
    x = b.input("x", "float64[4]")
    y = b.tanh(x, name="y")
    z = b.tanh(y)
    b.output("y", y)
    b.output("y_again", y)
    b.output("z", z)
    b.output("flat", b.reshape(y, [2, 2]))
    model = b.build()
    feeds = {"x": np.arange(4.0)}
    f = irlib.compile(model)
    for _ in range(2):
        outs = f(feeds)
        for name, expected in by_algorithm(model, feeds).items():
            np.testing.assert_array_equal(outs[name], expected)
        arrays = list(outs.values())
        assert not any(np.may_share_memory(a, c) for i, a in enumerate(arrays) for c in arrays[:i])


def test_parameters_may_be_fed_in_place_of_their_values() -> None:
    model = mlp()
    w2 = np.zeros((8, 2))
    outs = irlib.run(model, {"x": np.ones((1, 4)), "w2": w2})
    np.testing.assert_array_equal(outs["y"], np.zeros((1, 2)))
    assert irlib.run(model, {"x": np.ones((1, 4))})["y"].any()


def test_shapes_known_only_when_it_runs() -> None:
    b = irlib.Builder("dynamic")
    x = b.input("x", "float64[n]")
    shape = b.input("shape", "int64[rank]")
    b.output("y", b.tanh(b.reshape(x, shape)) * 2.0)
    model = b.build()
    f = irlib.compile(model)
    for target in ([2, 3], [6], [3, 1, 2]):
        outs = f({"x": np.arange(6.0), "shape": np.array(target)})
        np.testing.assert_array_equal(outs["y"], np.tanh(np.arange(6.0)).reshape(target) * 2)


def test_scalars_stay_arrays() -> None:
    b = irlib.Builder("scalar")
    x = b.input("x", "float64[]")
    b.output("y", b.tanh(x))
    b.output("s", b.sum(b.broadcast_to(x, [3])))
    for value in irlib.run(b.build(), {"x": 0.5}).values():
        assert isinstance(value, np.ndarray)
        assert value.shape == ()


def test_a_failing_node_is_named_with_its_operands() -> None:
    b = irlib.Builder("failing")
    x = b.input("x", "float64[n]")
    i = b.input("i", "int64[k]")
    b.output("y", b.take(b.tanh(x), i, axis=0, name="picked"))
    model = b.build()
    with pytest.raises(irlib.IRError, match="%picked") as caught:
        irlib.run(model, {"x": np.ones(3), "i": np.array([7])})
    assert "graph 'failing'" in str(caught.value)
    # and the plan is still good
    assert irlib.run(model, {"x": np.ones(3), "i": np.array([1])})["y"].shape == (1,)


def test_foreign_exceptions_become_execution_errors_with_the_place() -> None:
    b = irlib.Builder("mismatch")
    x, y = b.input("x", "float64[n]"), b.input("y", "float64[m]")
    b.output("z", b.add(x, y, name="sum"))
    with pytest.raises((ExecutionError, irlib.IRError), match="%sum"):
        irlib.run(b.build(), {"x": np.ones(2), "y": np.ones(3)})


def test_a_plan_beyond_its_budget_is_refused_before_it_runs() -> None:
    b = irlib.Builder("large")
    x = b.input("x", "float64[n]")
    b.output("y", b.sum(b.tanh(x)))
    f = irlib.compile(b.build(), budget=Budget(bytes=1000))
    assert f({"x": np.ones(10)})["y"].shape == ()
    with pytest.raises(BudgetError, match="bytes") as caught:
        f({"x": np.ones(1000)})
    assert caught.value.code == "IR620"


def test_a_size_that_a_feed_decides_is_weighed_before_it_is_made() -> None:
    b = irlib.Builder("wide")
    x, shape = b.input("x", "float64[]"), b.input("shape", "int64[1]")
    b.output("y", b.broadcast_to(x, shape) * 2.0)
    f = irlib.compile(b.build(), budget=Budget(bytes=100_000))
    assert f({"x": 1.0, "shape": np.array([100])})["y"].shape == (100,)
    with pytest.raises(BudgetError, match=r"%2.*100000"):
        f({"x": 1.0, "shape": np.array([10**12])})


def test_the_steps_of_a_loop_count() -> None:
    from irlib.regions import for_loop

    b = irlib.Builder("loop")
    x, n = b.input("x", "float64[]"), b.input("n", "int64[]")
    b.output("y", for_loop(b, n, lambda inner, i, v: inner.tanh(v), x))
    f = irlib.compile(b.build(), budget=Budget(bytes=10**6, nodes=50))
    assert f({"x": 0.5, "n": np.array(10)})["y"].shape == ()
    with pytest.raises(BudgetError, match="node executions"):
        f({"x": 0.5, "n": np.array(1000)})


def test_buffers_are_reused_after_their_last_use() -> None:
    b = irlib.Builder("chain")
    v: Any = b.input("x", "float64[1000]")
    for _ in range(100):
        v = b.tanh(v)
    b.output("y", v)
    plan = irlib.compile(b.build()).planned({"x": np.ones(1000)})
    assert plan.cost.bytes <= 4 * 8000


def test_threads_do_not_share_buffers() -> None:
    model = mlp()
    f = irlib.compile(model)
    expected = {k: irlib.run(model, {"x": np.full((5, 4), float(k))})["y"] for k in range(4)}
    wrong: list[int] = []

    def work(k: int) -> None:
        for _ in range(50):
            right = np.array_equal(f({"x": np.full((5, 4), float(k))})["y"], expected[k])
            wrong.extend([] if right else [k])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_nodes_no_output_needs_are_not_run() -> None:
    b = irlib.Builder("dead")
    x = b.input("x", "float64[n]")
    b.take(x, [99], axis=0)
    b.output("y", b.tanh(x))
    plan = irlib.compile(b.build()).planned({"x": np.ones(2)})
    assert len(plan.steps) == 1


def test_what_depends_on_constants_alone_is_computed_once() -> None:
    b = irlib.Builder("constants")
    x = b.input("x", "float64[3]")
    c = b.tanh(b.constant(np.ones(3)) + b.constant(np.full(3, 2.0)))
    b.output("y", x * c)
    plan = irlib.compile(b.build()).planned({"x": np.ones(3)})
    assert len(plan.steps) == 1


def test_a_long_chain_runs_under_a_low_recursion_limit() -> None:
    import sys

    b = irlib.Builder("long")
    v: Any = b.input("x", "float64[]")
    for _ in range(20_000):
        v = b.negative(v)
    b.output("y", v)
    limit = sys.getrecursionlimit()
    depth = len(__import__("inspect").stack())
    sys.setrecursionlimit(depth + 120)
    try:
        model = b.build()
        assert irlib.run(model, {"x": 1.0})["y"] == 1.0
        _, grads = irlib.value_and_grad(model, {"x": 1.0}, of="y", wrt=["x"])
    finally:
        sys.setrecursionlimit(limit)
    assert grads["x"] == 1.0


def test_unknown_targets_are_refused() -> None:
    with pytest.raises(irlib.IRError, match="reference"):
        irlib.compile(mlp(), target="quantum")


def test_a_negative_dim_added_in_front_is_refused_when_it_is_built() -> None:
    b = irlib.Builder("g")
    with pytest.raises(irlib.IRError, match="has a dim -7"):
        b.broadcast_to(b.input("x", "float64[]"), [2, -7])


@pytest.mark.parametrize(("target", "told"), [("reference", "use budget"), ("numpy", "it has none")])
def test_options_that_a_target_does_not_have_are_refused(target: str, told: str) -> None:
    with pytest.raises(irlib.IRError, match=rf"no option 'foo'; {told} \[IR326\]"):
        irlib.compile(mlp(), target=target, foo=3)


@pytest.mark.parametrize("known", [True, False])
def test_what_is_computed_when_planned_is_weighed_first(known: bool) -> None:
    b = irlib.Builder("numbers")
    start = b.constant(0) if known else b.input("start", "int64[]")
    b.output("y", b.sum(b.arange(start, 10**12, 1)))
    feeds = {} if known else {"start": np.array(0)}
    with pytest.raises(BudgetError, match=r"more than 1000000 bytes.*\[IR620\]"):
        irlib.compile(b.build(), budget=Budget(bytes=10**6))(feeds)
    with pytest.raises(BudgetError):
        irlib.run(b.build(), feeds)


@pytest.mark.parametrize("known", [True, False])
def test_a_loop_of_fewer_than_no_steps_does_none(known: bool) -> None:
    body = irlib.Builder("body")
    step, x = body.input("step", "int64[]"), body.input("x", "float64[]")
    body.output("go", body.constant(True))
    body.output("next", x + 1.0)
    body.output("seen", x)
    del step
    b = irlib.Builder("loop")
    trips = b.constant(-3) if known else b.input("trips", "int64[]")
    last, seen = b.while_loop(trips, None, b.input("x", "float64[]"), body=body.build(), carries=1)
    b.output("last", last)
    b.output("seen", seen)
    found = irlib.run(b.build(), {"x": np.array(2.0)} | ({} if known else {"trips": np.array(-3)}))
    assert float(found["last"]) == 2.0
    assert found["seen"].shape == (0,)
