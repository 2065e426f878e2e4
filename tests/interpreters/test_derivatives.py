"""Gradients, Jacobians, Hessians and their products at a point, against differences and one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import DerivativeError, FeedError
from irlib.interpreters.numpy_ref.algorithms import backward, source_of_nonfinite


def model(name: str = "net") -> irlib.Graph:
    rng = np.random.default_rng(3)
    b = irlib.Builder(name)
    x = b.input("x", "float64[batch, 3]")
    w = b.parameter("w", rng.standard_normal((3, 4)))
    c = b.parameter("c", rng.standard_normal(4))
    h = b.tanh(x @ w + c, name="h")
    b.output("h", h)
    b.output("loss", b.sum(h * h), role="loss")
    return b.build()


FEEDS = {"x": np.random.default_rng(4).standard_normal((5, 3))}


def test_a_kink_close_by_does_not_make_a_gradient_wrong() -> None:
    b = irlib.Builder("hinge")
    b.output("y", b.sum(b.relu(b.input("x", "float64[n]"))))
    (check,) = irlib.check_gradients(b.build(), {"x": np.array([0.004, 1.0, -0.003])})
    assert check.ok, check


def test_a_gradient_that_is_wrong_is_found_at_every_step() -> None:
    b = irlib.Builder("held")
    x = b.input("x", "float64[n]")
    b.output("y", b.sum(b.stop_gradient(x) * x))
    (check,) = irlib.check_gradients(b.build(), {"x": np.array([0.004, 1.0, -0.003])})
    assert not check.ok


def test_gradients_are_checked_of_the_loss_where_nothing_else_is_said() -> None:
    by_default = irlib.check_gradients(model(), FEEDS)
    assert by_default == irlib.check_gradients(model(), FEEDS, "loss")


def test_value_and_grad_gives_every_output_and_the_named_gradients() -> None:
    values, grads = irlib.value_and_grad(model(), FEEDS)
    assert list(values) == ["h", "loss"]
    assert {n: g.shape for n, g in grads.items()} == {"w": (3, 4), "c": (4,)}
    np.testing.assert_allclose(grads["c"], np.sum(2 * values["h"] * (1 - values["h"] ** 2), axis=0), rtol=1e-13)


def test_gradient_graph_and_algorithm_agree_to_the_bit() -> None:
    _, planned = irlib.value_and_grad(model(), FEEDS, "loss", ["w", "c", "x"])
    stepwise = backward(model(), FEEDS, "loss", ["w", "c", "x"])
    for name in planned:
        np.testing.assert_array_equal(planned[name], stepwise[name])


def test_gradient_is_a_graph_with_roles() -> None:
    g = irlib.gradient(model(), of="loss", wrt=["w", "c"])
    assert [(o.name, str(o.role), o.of) for o in g.outputs] == [
        ("d_w", "gradient-of", "w"),
        ("d_c", "gradient-of", "c"),
    ]
    grads = irlib.run(g, FEEDS)
    _, expected = irlib.value_and_grad(model(), FEEDS)
    np.testing.assert_array_equal(grads["d_w"], expected["w"])


def test_cotangents_become_inputs() -> None:
    g = irlib.gradient(model(), of="h", wrt=["x"], cotangents=True)
    assert [n.name for n in g.inputs] == ["x", "d_h"]
    d_h = np.ones((5, 4))
    d_x = irlib.run(g, {**FEEDS, "d_h": d_h})["d_x"]
    _, grads = irlib.value_and_grad(model(), FEEDS, "h", ["x"], d_h)
    np.testing.assert_array_equal(d_x, grads["x"])


def test_an_intermediate_value_may_be_asked_for() -> None:
    values, grads = irlib.value_and_grad(model(), FEEDS, "loss", ["h"])
    np.testing.assert_allclose(grads["h"], 2 * values["h"], rtol=1e-15)


def test_one_value_used_twice_adds_up() -> None:
    b = irlib.Builder("twice")
    x = b.input("x", "float64[]")
    b.output("y", x * x + x)
    _, grads = irlib.value_and_grad(b.build(), {"x": 3.0}, "y", ["x"])
    assert grads["x"] == 7.0


def test_what_has_no_path_gets_zeros() -> None:
    b = irlib.Builder("unused")
    x = b.input("x", "float64[2, n]")
    y = b.input("y", "float64[]")
    b.output("z", y * 2.0)
    _, grads = irlib.value_and_grad(b.build(), {"x": np.ones((2, 3)), "y": 1.0}, "z", ["x", "y"])
    np.testing.assert_array_equal(grads["x"], np.zeros((2, 3)))
    assert x.dtype.name == grads["x"].dtype.name


@pytest.mark.parametrize(
    ("of", "wrt", "code"),
    [
        ("h", ["w"], "IR702"),
        ("loss", ["i"], "IR703"),
        (None, ["w"], None),
        ("nothing", ["w"], "IR113"),
        ("loss", ["q"], "IR113"),
    ],
)
def test_a_derivative_that_does_not_exist_is_refused(of: str | None, wrt: list[str], code: str | None) -> None:
    b = irlib.Builder("refusing")
    w, i = b.parameter("w", np.ones(3)), b.input("i", "int64[3]")
    h = b.tanh(w)
    b.output("h", h)
    b.output("loss", b.sum(h * b.cast(i, dtype="float64")), role="loss")
    if code is None:
        assert irlib.gradient(b.build(), of=of, wrt=wrt).outputs[0].name == "d_w"
        return
    with pytest.raises(irlib.IRError) as caught:
        irlib.gradient(b.build(), of=of, wrt=wrt)
    assert caught.value.code == code


def test_which_output_must_be_said_when_there_are_several() -> None:
    b = irlib.Builder("several")
    x = b.parameter("x", np.ones(()))
    b.output("a", x * 1.0)
    b.output("b", x * 2.0)
    with pytest.raises(DerivativeError, match="name one as `of`"):
        irlib.gradient(b.build())


def test_jvp_is_the_directional_derivative() -> None:
    m, h = model(), 1e-6
    u = np.random.default_rng(5).standard_normal((3, 4))
    values, tangents = irlib.jvp(m, FEEDS, {"w": u}, of="h")
    w = m.nodes["w"].variable.tensor.array
    plus = irlib.run(m, {**FEEDS, "w": w + h * u})["h"]
    minus = irlib.run(m, {**FEEDS, "w": w - h * u})["h"]
    np.testing.assert_allclose(tangents["h"], (plus - minus) / (2 * h), rtol=1e-7, atol=1e-9)
    np.testing.assert_array_equal(values["h"], irlib.run(m, FEEDS)["h"])


def test_jacobian_hessian_and_products_agree() -> None:
    b = irlib.Builder("small")
    x = b.input("x", "float64[3]")
    b.output("y", b.tanh(x) * x)
    b.output("loss", b.sum(b.tanh(x) * x * x), role="loss")
    m = b.build()
    feeds = {"x": np.array([0.3, -0.7, 1.1])}
    j = irlib.jacobian(m, feeds, "y", "x")["x"]
    u = np.array([1.0, -2.0, 0.5])
    _, tangent = irlib.jvp(m, feeds, {"x": u}, "y")
    np.testing.assert_allclose(j @ u, tangent["y"], rtol=1e-13)
    h = irlib.hessian(m, feeds, "loss", "x")["x"]["x"]
    np.testing.assert_allclose(h, h.T, rtol=1e-13)
    np.testing.assert_allclose(h @ u, irlib.hvp(m, feeds, {"x": u}, "loss")["x"], rtol=1e-13)


def test_check_gradients_passes_a_right_gradient_and_finds_a_wrong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(c.ok for c in irlib.check_gradients(model(), FEEDS, "loss"))
    from irlib.ops.trigonometric import Tanh

    monkeypatch.setattr(Tanh, "vjp", lambda self, b, node, dy: (dy * 0.99,))
    checks = irlib.check_gradients(model(), FEEDS, "loss")
    assert not any(c.ok for c in checks), [str(c) for c in checks]


def test_the_first_value_that_is_not_finite_is_found() -> None:
    b = irlib.Builder("nan")
    x = b.input("x", "float64[2]")
    y = b.divide(x, b.constant(np.zeros(2)), name="quotient")
    b.output("z", b.tanh(y) - y)
    m = b.build()
    found = source_of_nonfinite(m, {"x": np.ones(2)})
    assert found is not None
    assert m.label(found) == "%quotient"


def test_infinities_that_masks_put_there_are_not_where_trouble_begins() -> None:
    b = irlib.Builder("masked")
    x, mask = b.input("x", "float64[2]"), b.constant(np.array([True, False]))
    masked = b.where(mask, x, b.constant(-np.inf), name="masked")
    b.output("z", b.log(b.sum(b.exp(masked)) - b.exp(x), name="logarithm"))
    m = b.build()
    assert source_of_nonfinite(m, {"x": np.array([0.0, -1.0])}) is not None
    bad = source_of_nonfinite(m, {"x": np.array([1.0, 2.0])})
    assert bad is not None
    assert m.label(bad) == "%logarithm"
    b = irlib.Builder("nothing but infinities")
    x = b.input("x", "float64[]")
    b.output("z", b.multiply(b.multiply(b.constant(np.inf), x), 0.0, name="product"))
    m = b.build()
    bad = source_of_nonfinite(m, {"x": np.array(1.0)})
    assert bad is not None
    assert m.label(bad) == "%product"


def test_observers_see_every_value_and_every_cotangent() -> None:
    from irlib.interpreters.numpy_ref.algorithms import forward

    m = model()
    seen: list[int] = []
    forward(m, FEEDS, lambda graph, k, value: seen.append(k))
    assert seen == list(range(len(m.type)))
    told: dict[int, Any] = {}
    backward(m, FEEDS, "loss", ["w"], observe=lambda graph, k, d: told.update({k: d}))
    assert m.value_named("loss") in told
    assert m.value_named("w") in told


def test_forward_alone_knows_nothing_of_a_gradient_twice_removed() -> None:
    first = irlib.gradient(model(), of="loss", wrt=["w"])
    second = irlib.gradient(first, of="d_w", wrt=["x"], cotangents=True)
    out = irlib.run(second, {**FEEDS, str(second.inputs[-1].name): np.ones((3, 4))})
    assert out[second.outputs[0].name].shape == (5, 3)


def test_bounds_of_symbols_come_along() -> None:
    b = irlib.Builder("bounded")
    b.symbol("n", minimum=1, maximum=8)
    b.output("y", b.sum(b.tanh(b.input("x", "float64[n]"))), role="loss")
    m = b.build()
    assert irlib.gradient(m, wrt="x").symbols == m.symbols


def two_outputs() -> irlib.Graph:
    b = irlib.Builder("two")
    x, w = b.input("x", "float64[2]"), b.parameter("w", np.ones(2))
    b.output("y", x * w)
    b.output("loss", b.sum(x * w))
    return b.build()


@pytest.mark.parametrize("name", ["W", "d_loss", "loss"])
def test_a_feed_of_a_wrong_name_is_refused_by_every_derivative(name: str) -> None:
    model = two_outputs()
    feeds = {"x": np.ones(2), name: np.zeros(2)}
    calls: list[Callable[[], Any]] = [
        lambda: irlib.value_and_grad(model, feeds, of="loss"),
        lambda: irlib.jvp(model, feeds, {"w": np.ones(2)}),
        lambda: irlib.hvp(model, feeds, {"w": np.ones(2)}, of="loss"),
        lambda: irlib.jacobian(model, feeds, of="y"),
        lambda: irlib.hessian(model, feeds, of="loss"),
    ]
    for call in calls:
        with pytest.raises(FeedError, match=f"got a feed for '{name}'"):
            call()


@pytest.mark.parametrize(("of", "given"), [("y", {"loss": 1.0}), (["y", "loss"], {"loss": 1.0}), ("loss", {})])
def test_cotangents_are_one_for_each_output_asked_for(of: Any, given: dict[str, Any]) -> None:
    with pytest.raises(FeedError, match="got cotangents for"):
        irlib.value_and_grad(two_outputs(), {"x": np.ones(2)}, of=of, cotangents=given)


def test_the_one_output_of_a_jacobian_must_be_named_among_several() -> None:
    for call in (irlib.jacobian, irlib.check_gradients):
        with pytest.raises(DerivativeError, match="got outputs y, loss, expected one"):
            call(two_outputs(), {"x": np.ones(2)})
