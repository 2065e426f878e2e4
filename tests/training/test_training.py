from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import FeedError, IRTypeError, StructureError
from irlib.training import momentum, sgd, sgd_step, training_step, updates, with_values


def squares() -> irlib.Graph:
    """The loss sum((x @ w - t)**2) of a linear map, and its prediction."""
    b = irlib.Builder("squares")
    x, t = b.input("x", "float64[n, 2]"), b.input("t", "float64[n]")
    y = x @ b.parameter("w", np.array([1.0, -1.0]))
    b.output("y", y)
    b.output("loss", b.sum(b.square(y - t)), role="loss")
    return b.build()


FEEDS = {"x": np.array([[1.0, 2.0], [3.0, -1.0]]), "t": np.array([0.5, 2.0])}


def d_w(w: Any) -> Any:
    return 2 * FEEDS["x"].T @ (FEEDS["x"] @ w - FEEDS["t"])


def test_a_step_is_the_loss_and_the_parameter_after_it() -> None:
    step = sgd_step(squares(), learning_rate=0.1)
    outputs = irlib.run(step, FEEDS)
    assert [(o.name, str(o.role), o.of) for o in step.outputs] == [
        ("loss", "loss", None),
        ("new_w", "update-of", "w"),
    ]
    w = np.array([1.0, -1.0])
    np.testing.assert_allclose(outputs["new_w"], w - 0.1 * d_w(w), rtol=1e-15)
    np.testing.assert_allclose(outputs["loss"], np.sum((FEEDS["x"] @ w - FEEDS["t"]) ** 2))


def test_feeding_updates_back_is_gradient_descent() -> None:
    step = sgd_step(squares(), "loss", 0.02)
    values: Mapping[str, Any] = {}
    w = np.array([1.0, -1.0])
    for _ in range(5):
        values = updates(step, irlib.run(step, {**FEEDS, **values}))
        w = w - 0.02 * d_w(w)
    np.testing.assert_allclose(values["w"], w, rtol=1e-14)


def test_other_outputs_may_be_kept() -> None:
    step = sgd_step(squares(), outputs=["y"])
    assert [o.name for o in step.outputs] == ["loss", "y", "new_w"]


def test_a_step_is_valid_and_survives_its_file(tmp_path: Any) -> None:
    step = training_step(squares(), optimizer=momentum(0.1, momentum=0.5))
    irlib.save(step, tmp_path / "step.pb")
    assert irlib.check(tmp_path / "step.pb").ok
    assert irlib.load(tmp_path / "step.pb") == step


def test_state_of_a_rule_is_buffers_with_updates() -> None:
    step = training_step(squares(), optimizer=momentum(0.02, momentum=0.5))
    assert [n.name for n in step.buffers] == ["w.velocity"]
    values: dict[str, Any] = {}
    w, velocity = np.array([1.0, -1.0]), np.zeros(2)
    for _ in range(4):
        values = updates(step, irlib.run(step, {**FEEDS, **values}))
        velocity = 0.5 * velocity + d_w(w)
        w = w - 0.02 * velocity
    np.testing.assert_allclose(values["w"], w, rtol=1e-14)
    np.testing.assert_allclose(values["w.velocity"], velocity, rtol=1e-14)


def test_parameters_of_every_float_dtype_are_trained_in_it() -> None:
    b = irlib.Builder("half")
    b.output("loss", b.sum(b.square(b.parameter("w", np.ones(3, "float16")))), role="loss")
    new = irlib.run(sgd_step(b.build(), learning_rate=0.25))["new_w"]
    assert new.dtype == np.float16
    assert new.tolist() == [0.5, 0.5, 0.5]


def test_only_chosen_parameters_are_trained() -> None:
    b = irlib.Builder("two")
    product = b.parameter("v", np.array(2.0)) * b.parameter("w", np.array(3.0))
    b.output("loss", product, role="loss")
    step = training_step(b.build(), optimizer=sgd(0.5), wrt=["w"])
    assert {o.of for o in step.outputs} == {None, "w"}


def test_what_is_no_parameter_cannot_be_trained() -> None:
    with pytest.raises(StructureError, match="'x' is no parameter"):
        sgd_step(squares(), wrt=["x"])


def test_a_loss_that_is_not_there_is_named() -> None:
    with pytest.raises(StructureError, match="no output is named 'los', expected one of: y, loss"):
        sgd_step(squares(), "los")


def test_names_that_are_taken_are_numbered() -> None:
    b = irlib.Builder("taken")
    w = b.parameter("w", np.array(1.0))
    b.parameter("new_w", np.array(1.0))
    b.output("loss", w * w, role="loss")
    step = sgd_step(b.build(), wrt=["w"])
    assert [o.name for o in step.outputs] == ["loss", "new_w.2"]


def test_trained_values_go_into_the_model() -> None:
    trained = with_values(squares(), {"w": np.array([5.0, 6.0])})
    assert trained.nodes["w"].variable.tensor.array.tolist() == [5.0, 6.0]
    assert trained != squares()


def test_values_must_fit_and_have_a_variable() -> None:
    with pytest.raises(IRTypeError, match=r"got float64\[3\], expected float64\[2\]"):
        with_values(squares(), {"w": np.zeros(3)})
    with pytest.raises(FeedError, match="'x' is no parameter or buffer"):
        with_values(squares(), {"x": np.zeros((1, 2))})
