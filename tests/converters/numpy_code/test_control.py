"""`scan`, `cond` and `while_loop` on arrays of a trace, against the Python loops they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib

X = np.linspace(-1, 1, 12).reshape(4, 3)


def recurrent(x: Any, params: Any) -> Any:
    def step(h: Any, row: Any) -> Any:
        h = np.tanh(row @ params["w"] + h @ params["u"])
        gate = np.zeros(2)
        gate[0] = h[1]  # an array of the body's own takes stores
        return h, {"h": h, "gate": gate}

    return irlib.scan(step, np.zeros(2), x)


PARAMS = {"w": np.linspace(-1, 2, 6).reshape(3, 2), "u": np.array([[0.5, -1.0], [0.25, 0.1]])}


def test_scan_carries_and_stacks_nested_arrays() -> None:
    model = irlib.trace(recurrent, X, PARAMS, parameters=["params"])
    found = irlib.run(model, {"x": X})
    h, rows = np.zeros(2), []
    for row in X:
        h = np.tanh(row @ PARAMS["w"] + h @ PARAMS["u"])
        rows.append(h)
    np.testing.assert_allclose(found["out.0"], h, rtol=1e-14)
    np.testing.assert_allclose(found["out.1.h"], rows, rtol=1e-14)
    np.testing.assert_allclose(found["out.1.gate"], [[r[1], 0] for r in rows], rtol=1e-14)


def test_scan_outside_a_trace_runs_the_step() -> None:
    carry, stacked = recurrent(X, PARAMS)
    found = irlib.run(irlib.trace(recurrent, X, PARAMS, parameters=["params"]), {"x": X})
    np.testing.assert_allclose(np.asarray(carry), found["out.0"], rtol=1e-14)
    np.testing.assert_allclose(np.asarray(stacked["h"]), found["out.1.h"], rtol=1e-14)


def test_a_carry_is_widened_to_what_the_step_returns() -> None:
    model = irlib.trace(lambda x: irlib.scan(lambda c, v: (c + v, c), 0, x)[0], X[0])
    found = irlib.run(model, {"x": X[0]})["out"]
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, X[0].sum())


def test_gradients_go_through_a_scan() -> None:
    model = irlib.trace(lambda x, p: recurrent(x, p)[0] @ np.array([1.0, 2.0]), X, PARAMS, parameters=["p"])
    assert all(check.ok for check in irlib.check_gradients(model, {"x": X}, "out"))


def test_while_loop_hands_a_state_on() -> None:
    def root(a: Any) -> Any:
        return irlib.while_loop(
            lambda s: np.abs(s["x"] ** 2 - a) > 1e-12,
            lambda s: {"x": 0.5 * (s["x"] + a / s["x"]), "steps": s["steps"] + 1},
            {"x": a, "steps": 0},
        )

    found = irlib.run(irlib.trace(root, np.array(7.0)), {"a": np.array(7.0)})
    np.testing.assert_allclose(found["out.x"], np.sqrt(7.0))
    assert found["out.steps"] == root(np.array(7.0))["steps"] == 6


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_cond_takes_one_branch_and_promotes(sign: float) -> None:
    def choose(x: Any) -> Any:
        return irlib.cond(x[0] > 0, lambda v: v * 2, lambda v: np.array([1, 2, 3]), x)

    x = sign * np.array([1.0, 2.0, 3.0])
    found = irlib.run(irlib.trace(choose, x), {"x": x})["out"]
    np.testing.assert_array_equal(found, x * 2 if sign > 0 else [1.0, 2.0, 3.0])
    assert found.dtype == np.float64


def test_a_write_into_an_array_from_outside_is_refused() -> None:
    def f(x: Any) -> Any:
        kept = np.zeros(3)

        def step(c: Any, v: Any) -> Any:
            kept[0] = v
            return c + v, None

        return irlib.scan(step, 0.0, x)[0], kept

    with pytest.raises(irlib.IRError, match=r"test_control.py:\d+: an array from outside .* carry, or .*IR883"):
        irlib.trace(f, X[0])


def test_other_structures_are_refused() -> None:
    with pytest.raises(irlib.IRError, match="another structure"):
        irlib.trace(lambda x: irlib.scan(lambda c, v: ((c, c), None), 0.0, x)[0], X[0])
    with pytest.raises(irlib.IRError, match="different structures"):
        irlib.trace(lambda x: irlib.cond(x[0] > 0, lambda: (1.0,), lambda: 1.0), X[0])
