"""Regions written as Python functions, and what control flow refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
import irlib.interpreters.numpy_ref.kernels  # registers the kernels
from irlib import regions
from irlib.errors import BudgetError, DerivativeError, ExecutionError, IRTypeError, StructureError
from irlib.interpreters.numpy_ref.algorithms import backward
from irlib.interpreters.numpy_ref.program import Program
from tests.vectors.control_flow import region


def run(b: irlib.Builder, **feeds: Any) -> dict[str, Any]:
    return Program(b.build())({k: np.asarray(v) for k, v in feeds.items()})


def test_cond_takes_outer_values_as_they_are() -> None:
    b = irlib.Builder("g")
    p, x, w = b.input("p", "bool[]"), b.input("x", "float64[n]"), b.input("w", "float64[n]")
    y = regions.cond(b, p, lambda b, x: w * x, lambda b, x: b.tanh(x) + 1.0, x)
    b.output("y", y)
    assert run(b, p=True, x=[2.0], w=[3.0])["y"] == 6.0
    assert run(b, p=False, x=[0.0], w=[3.0])["y"] == 1.0


def test_cond_runs_only_the_branch_taken() -> None:
    b = irlib.Builder("g")
    p, x, i = b.input("p", "bool[]"), b.input("x", "float64[n]"), b.input("i", "int64[]")
    b.output("y", regions.cond(b, p, lambda b, x: b.take(x, i, axis=0), lambda b, x: b.sum(x), x))
    assert run(b, p=False, x=[1.0, 2.0], i=7)["y"] == 3.0
    with pytest.raises((ExecutionError, ValueError, IndexError)):
        run(b, p=True, x=[1.0, 2.0], i=7)


def test_scan_is_a_recurrence() -> None:
    b = irlib.Builder("g")
    x, a = b.input("x", "float64[n]"), b.input("a", "float64[]")
    last, every = regions.scan(b, lambda b, s, v: (s * a + v, s), b.constant(0.0), x)
    b.output("last", last)
    b.output("every", every)
    made = run(b, x=[1.0, 2.0, 3.0], a=0.5)
    assert made["last"] == 4.25
    np.testing.assert_array_equal(made["every"], [0.0, 1.0, 2.5])


def test_reversed_scan_stands_where_its_slices_do() -> None:
    b = irlib.Builder("g")
    x = b.input("x", "float64[n]")
    _, every = regions.scan(b, lambda b, s, v: (s + v, s + v), b.constant(0.0), x, reverse=True)
    b.output("every", every)
    np.testing.assert_array_equal(run(b, x=[1.0, 2.0, 3.0])["every"], [6.0, 5.0, 3.0])


def test_while_loop_stops_when_the_condition_does() -> None:
    b = irlib.Builder("g")
    x, limit = b.input("x", "float64[]"), b.input("limit", "float64[]")
    b.output("y", regions.while_loop(b, lambda b, x: x < limit, lambda b, x: x * 2.0, x))
    assert run(b, x=3.0, limit=20.0)["y"] == 24.0
    assert run(b, x=30.0, limit=20.0)["y"] == 30.0


def test_while_loop_without_end_is_an_error() -> None:
    b = irlib.Builder("g")
    x = b.input("x", "float64[]")
    b.output("y", regions.while_loop(b, lambda b, x: x < 1.0, lambda b, x: x * 0.5, x, max_trips=50))
    with pytest.raises(BudgetError, match="50 steps"):
        run(b, x=0.5)


def test_a_carried_value_may_grow() -> None:
    b = irlib.Builder("g")
    x, n = b.input("x", "float64[k]"), b.input("n", "int64[]")
    y = regions.for_loop(b, n, lambda b, i, h: b.concat(h, x, axis=0), x)
    assert y.shape == (None,)
    b.output("y", y)
    assert run(b, x=[1.0, 2.0], n=2)["y"].shape == (6,)


def test_regions_within_regions_capture_through_each_other() -> None:
    b = irlib.Builder("g")
    x, w = b.input("x", "float64[n]"), b.input("w", "float64[]")

    def step(b: Any, s: Any, v: Any) -> Any:
        chosen = regions.cond(b, v > 0.0, lambda b: w * v + s, lambda b: s - v)
        return chosen, chosen

    total, _ = regions.scan(b, step, b.constant(0.0), x)
    b.output("y", total)
    assert run(b, x=[1.0, -2.0, 3.0], w=10.0)["y"] == 42.0
    gradient = irlib.gradient(b.build(), of="y", wrt=["x", "w"])
    made = Program(gradient)({"x": np.array([1.0, -2.0, 3.0]), "w": np.array(10.0)})
    np.testing.assert_array_equal(made["d_x"], [10.0, -1.0, 10.0])
    assert made["d_w"] == 4.0


def test_second_derivative_through_scan_of_cond() -> None:
    b = irlib.Builder("g")
    x = b.input("x", "float64[]")

    def body(b: Any, i: Any, s: Any) -> Any:
        return regions.cond(b, s > 0.5, lambda b: s * s, lambda b: s * x)

    b.output("y", regions.for_loop(b, 3, body, x))
    first = irlib.gradient(b.build(), of="y", wrt=["x"])
    second = irlib.gradient(first, of="d_x", wrt=["x"])
    # above 0.5: x -> x**2 -> .. ; 0.9: squares to 0.81, 0.6561, 0.43..: y = x**8
    made = Program(second)({"x": np.array(0.9)})
    np.testing.assert_allclose(made[second.outputs[-1].name], 56 * 0.9**6, rtol=1e-13)


def test_gradient_of_a_loop_with_a_trip_count_that_is_an_input() -> None:
    b = irlib.Builder("g")
    x, w, n = b.input("x", "float64[]"), b.input("w", "float64[]"), b.input("n", "int64[]")
    b.output("y", regions.for_loop(b, n, lambda b, i, h: h * w, x))
    made = Program(irlib.gradient(b.build(), of="y", wrt=["x", "w"]))(
        {"x": np.array(2.0), "w": np.array(3.0), "n": np.array(4)}
    )
    assert (made["d_x"], made["d_w"]) == (81.0, 2.0 * 4 * 27)


def test_branches_of_different_dtypes_are_refused() -> None:
    b = irlib.Builder("g")
    p, x = b.input("p", "bool[]"), b.input("x", "float64[]")
    with pytest.raises(IRTypeError, match="expected one dtype"):
        regions.cond(b, p, lambda b: x, lambda b: b.cast(x, dtype="float32"))


def test_a_value_of_a_finished_region_is_refused() -> None:
    b = irlib.Builder("g")
    p, x = b.input("p", "bool[]"), b.input("x", "float64[]")
    leaked: list[Any] = []

    def branch(b: Any) -> Any:
        leaked.append(x * b.constant(2.0))
        inner = b.tanh(x)
        leaked.append(inner)
        return inner

    regions.cond(b, p, branch, lambda b: x)
    with pytest.raises(StructureError, match="expected one of this graph"):
        _ = x + leaked[1]


def test_a_region_with_other_inputs_is_refused() -> None:
    b = irlib.Builder("g")
    x = b.input("x", "float64[]")
    with pytest.raises(StructureError, match="inputs"):
        b.call(x, graph=region(lambda b, x, y: x + y, "float64[]", "float64[]"))
    with pytest.raises(IRTypeError, match="expected float32"):
        b.call(x, graph=region(lambda b, x: x, "float32[]"))


def appending(position: int | None) -> irlib.Graph:
    """Two elements more in a sequence of one, and all of them concatenated."""
    b = irlib.Builder("g")
    x = b.input("x", "float64[2]")
    body = region(
        lambda b, i, s, x: (
            b.constant(True),
            b.sequence_insert(s, b.sin(x), None if position is None else b.constant(position, "int64")),
        ),
        "int64[]", "sequence<float64[2]>", "float64[2]",
    )  # fmt: skip
    (grown,) = b.while_loop(b.constant(np.int64(2)), None, b.sequence_construct(x), x, body=body, carries=1)
    b.output("y", b.concat_from_sequence(grown))
    return b.build()


def test_the_derivative_of_a_sequence_that_is_appended_to() -> None:
    model, x = appending(None), np.array([1.0, 2.0])
    assert Program(model)({"x": x})["y"].shape == (6,)
    weights = np.arange(6.0)
    _, found = irlib.value_and_grad(model, {"x": x}, "y", ["x"], [weights])
    np.testing.assert_allclose(found["x"], weights[:2] + (weights[2:4] + weights[4:]) * np.cos(x), rtol=1e-15)
    assert all(c.ok for c in irlib.check_gradients(model, {"x": x}, "y", ["x"]))


def test_the_derivative_of_a_sequence_that_is_carried_otherwise_is_not_known() -> None:
    model = appending(0)
    assert Program(model)({"x": np.array([1.0, 2.0])})["y"].shape == (6,)
    with pytest.raises(DerivativeError, match="sequence"):
        irlib.gradient(model, of="y", wrt=["x"], cotangents=True)


def growing(stacked: int) -> irlib.Graph:
    """h = sin(w h) appended to a tensor that is carried, for each of n steps; `stacked` more values per step."""
    b = irlib.Builder("g")
    x, w, n = b.input("x", "float64[2]"), b.input("w", "float64[]"), b.input("n", "int64[]")

    def step(b: Any, i: Any, h: Any, all: Any, w: Any) -> tuple[Any, ...]:
        h = b.sin(w * h + b.cast(i, dtype="float64"))
        return b.constant(True), h, b.concat(all, b.unsqueeze(h, [0]), axis=0), *[b.sum(all * w)] * stacked

    body = region(step, "int64[]", "float64[2]", "float64[?, 2]", "float64[]")
    _, all, *sums = b.while_loop(n, None, x, b.unsqueeze(x, [0]), w, body=body, carries=2)
    b.output("y", b.sum(all * all * b.cast(b.unsqueeze(b.iota(n + 1), [1]), dtype="float64")) + sum(map(b.sum, sums)))
    return b.build()


@pytest.mark.parametrize("stacked", [0, 1])
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_derivative_of_a_loop_whose_carried_tensor_grows(steps: int, stacked: int) -> None:
    model = growing(stacked)
    feeds = {"x": np.array([0.3, -0.7]), "w": np.array(1.25), "n": np.array(steps)}
    for check in irlib.check_gradients(model, feeds, "y", ["x", "w"]):
        assert check.ok, str(check)
    _, expected = irlib.value_and_grad(model, feeds, "y", ["x", "w"])
    for name, d in backward(model, feeds, "y", ["x", "w"]).items():
        np.testing.assert_allclose(d, expected[name], rtol=1e-14)


def test_the_loop_of_a_growing_tensor_runs_once_forwards() -> None:
    model = irlib.gradient(growing(1), "y", ["w"], outputs=["y"])
    assert [str(n.op.name) for n in model.nodes if n.op is not None].count("while_loop") == 2


def test_values_to_stack_have_one_shape() -> None:
    b = irlib.Builder("g")
    x = b.input("x", "float64[n]")
    body = region(lambda b, i, h: (b.constant(True), b.concat(h, h, axis=0), h), "int64[]", "float64[?]")
    b.output("y", b.while_loop(b.constant(np.int64(2)), None, x, body=body, carries=1)[1])
    with pytest.raises(ExecutionError, match="one shape in all steps"):
        run(b, x=[1.0])


def test_optionals_go_through_regions() -> None:
    b = irlib.Builder("g")
    p, x = b.input("p", "bool[]"), b.input("x", "float64[2]")
    some = region(lambda b, x: b.optional_some(x), "float64[2]")
    none = region(lambda b, x: b.optional_none(element=x.type), "float64[2]")
    (o,) = b.cond(p, x, then_branch=some, else_branch=none)
    b.output("has", b.optional_has(o))
    assert run(b, p=True, x=[1.0, 2.0])["has"]
    assert not run(b, p=False, x=[1.0, 2.0])["has"]


def test_a_late_view_keeps_the_array_it_looks_into() -> None:
    b = irlib.Builder("g")
    x, w = b.input("x", "float64[?, 3]"), b.input("w", "float64[3]")
    seen = b.sum_to(x * w, b.shape_of(x))  # looks into the product, which is not used again
    b.output("y", b.tanh(x * x) + b.exp(x + w) + seen)
    xs, ws = np.array([[0.5, -1.0, 2.0]]), np.array([1.0, 2.0, -3.0])
    made = Program(b.build())({"x": xs, "w": ws})["y"]
    np.testing.assert_allclose(made, np.tanh(xs * xs) + np.exp(xs + ws) + xs * ws, rtol=1e-15)
