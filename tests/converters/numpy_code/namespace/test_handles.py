"""Arrays are mutable handles: stores, views and aliases behave as numpy's do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib


def check(fn: Callable[..., Any], *args: Any) -> None:
    """The traced function gives what the function gives, with its dtypes and shapes."""
    expected = fn(*[np.array(a) for a in args])
    model = irlib.trace(fn, *args)
    feeds = {n.name: a for n, a in zip(model.inputs, args, strict=False)}
    found = irlib.run(model, feeds)
    results = expected if isinstance(expected, tuple) else (expected,)
    for got, want in zip(found.values(), results, strict=True):
        assert got.dtype == np.asarray(want).dtype
        assert got.shape == np.asarray(want).shape
        np.testing.assert_allclose(got, want, rtol=1e-12)


X = np.arange(12.0).reshape(3, 4)


def stores(x: Any) -> Any:
    y = np.zeros((3, 4))
    y[1] = x[0] * 2
    y[:, 1:3] += x[:, :2]
    y[-1, -1] = 7
    y[::2, ::-2] -= 1
    return y


def a_view_writes_through(x: Any) -> Any:
    y = x.copy()
    row = y[1]
    part = row[1:3]
    part[0] = 100
    y[1, 2] = -100
    return y, row, part


def a_scalar_does_not(x: Any) -> Any:
    s = x[1, 2]
    t = s
    s += 1
    return s, t


def masks(x: Any) -> Any:
    y = x * 1.0
    y[y > 5] = 0
    y[y < 2] += 10
    return y, y[x > 3]


def integer_arrays(x: Any) -> Any:
    y = x + 0.0
    i = np.array([0, 2, 0])
    y[i, [1, 1, 3]] = [5, 6, 7]
    np.add.at(y, i, 1)
    return y, y[i], y[:, i], y[[[0], [1]], [0, 3]]


@pytest.mark.parametrize("fn", [stores, a_view_writes_through, a_scalar_does_not, masks, integer_arrays])
def test_as_in_numpy(fn: Callable[..., Any]) -> None:
    check(fn, X)


def scalars_and_arrays_without_axes(x: Any) -> Any:
    s = x[0, 0]
    made = s[...]  # an array of its own
    alias = made[...]
    alias[None, ...] += 5.0
    made += 1.0
    flat = np.zeros(())
    flat += s
    return s, made, alias, flat, np.broadcast_to(s, (2,))


def test_a_scalar_and_an_array_without_axes_are_told_apart() -> None:
    check(scalars_and_arrays_without_axes, X)


def test_a_broadcast_scalar_cannot_be_written_into() -> None:
    def f(x: Any) -> Any:
        wide = np.broadcast_to(x[0, 0], (2,))
        wide[0] = 1.0
        return wide

    with pytest.raises(irlib.IRError, match="read-only"):
        irlib.trace(f, X)
