"""Gradients of code that stores, aliases and indexes: of the traced graph, against differences of the function itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib

X = np.array([[0.3, -1.2, 0.7, 2.1], [1.5, 0.4, -0.6, 0.9], [-0.8, 1.1, 0.2, -1.7]])


def stores(x: Any) -> Any:
    y = np.zeros((3, 4))
    y[0] = np.sin(x[1])
    y[1:, ::2] = x[:2, 1:3] ** 2
    y[-1, -1] = x[0, 0] * x[2, 3]
    y[0, 1] = x[0, 1]  # overwrites: the first value has no share
    return np.sum(y * y)


def views(x: Any) -> Any:
    y = x * 1.0
    column = y[:, 1]
    column *= x[:, 2]
    y.T[0] += column
    y.reshape(-1)[5] = np.exp(x[0, 0])
    return np.sum(np.tanh(y))


def rows_one_by_one(x: Any) -> Any:
    out = np.empty_like(x)
    state = np.zeros(4)
    for i in range(len(x)):
        state = 0.5 * state + x[i]
        out[i] = state * state
    return np.mean(out)


def masks(x: Any) -> Any:
    y = x.copy()
    y[y < 0] = 0.1
    y[x > 1] *= 3
    return np.sum(y**2) + np.sum(x[x > 0])


def repeated_indices(x: Any) -> Any:
    out = np.zeros(3)
    np.add.at(out, np.array([0, 2, 0, 1]), x[0] * x[1])
    picked = x[np.array([0, 2, 2]), np.array([1, 1, 3])]
    out[[1, 1]] = picked[:2]  # the last one wins
    return np.sum(out**3) + np.prod(picked)


def sorted_and_picked(x: Any) -> Any:
    order = np.argsort(x[0])
    y = x[:, order]
    y[:, 0] = np.maximum(y[:, 1], y[:, 2])
    return np.sum(y * np.arange(4.0)) + x[np.argmax(x[:, 0]), 2]


def outputs_given(x: Any) -> Any:
    buffer = np.empty((3, 4))
    np.multiply(x, x, out=buffer)
    np.sqrt(buffer + 1, out=buffer)
    buffer -= buffer.mean(axis=1, keepdims=True)
    np.add(buffer, x, out=buffer, where=x > 0)
    return np.sum(buffer * np.array([1.0, 2.0, 3.0, 4.0]))


def complex_parts(x: Any) -> Any:
    z = np.zeros(4, dtype=complex)
    z.real = x[0]
    z.imag += x[1]
    z *= np.exp(1j * x[2])
    return np.sum(np.abs(z) ** 2) + z[1].imag


FUNCTIONS = [stores, views, rows_one_by_one, masks, repeated_indices, sorted_and_picked, outputs_given, complex_parts]


def differences(f: Callable[..., Any], x: Any) -> Any:
    """The gradient by central differences, from two step sizes."""
    made = np.zeros_like(x)
    for at in np.ndindex(x.shape):
        slopes = []
        for step in (1e-4, 2e-4):
            up, down = x.copy(), x.copy()
            up[at] += step
            down[at] -= step
            slopes.append((f(up) - f(down)) / (2 * step))
        made[at] = (4 * slopes[0] - slopes[1]) / 3
    return made


@pytest.mark.parametrize("fn", FUNCTIONS, ids=lambda f: f.__name__)
def test_gradients_are_those_of_the_function(fn: Callable[..., Any]) -> None:
    model = irlib.trace(fn, X)
    outs, grads = irlib.value_and_grad(model, {"x": X}, of="out", wrt=["x"])
    np.testing.assert_allclose(outs["out"], fn(X.copy()), rtol=1e-13)
    np.testing.assert_allclose(grads["x"], differences(fn, X), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("fn", [stores, masks, sorted_and_picked], ids=lambda f: f.__name__)
def test_they_hold_where_the_size_is_not_known(fn: Callable[..., Any]) -> None:
    model = irlib.trace(fn, irlib.spec("float64[n, 4]"))
    x = X if fn is stores else np.concatenate([X, X[::-1] + 0.05])
    _, grads = irlib.value_and_grad(model, {"x": x}, of="out", wrt=["x"])
    np.testing.assert_allclose(grads["x"], differences(fn, x), rtol=1e-7, atol=1e-8)


def test_clip_passes_all_at_its_bounds_as_the_law_has_it() -> None:
    x = np.array([0.0, 1.0, 0.5, -1.0, 2.0])
    for fn, expected in [
        (lambda x: np.clip(x, 0, 1), [1.0, 1.0, 1.0, 0.0, 0.0]),
        (lambda x: x.clip(min=0), [1.0, 1.0, 1.0, 0.0, 1.0]),
        (lambda x: np.clip(x, None, 1), [1.0, 1.0, 1.0, 1.0, 0.0]),
    ]:
        model = irlib.trace(lambda x, fn=fn: fn(x).sum(), x)
        _, grads = irlib.value_and_grad(model, {"x": x}, of="out", wrt=["x"])
        np.testing.assert_array_equal(grads["x"], expected)


def test_clip_between_bounds_out_of_order_is_numpys() -> None:
    model = irlib.trace(lambda x: np.clip(x, 1, 0), X)
    np.testing.assert_array_equal(irlib.run(model, {"x": X})["out"], np.clip(X, 1, 0))
