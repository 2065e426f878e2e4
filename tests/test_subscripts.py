"""Values under construction take numpy's keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib

X = np.arange(60.0).reshape(3, 4, 5)
KEYS: list[Any] = [
    0,
    -1,
    (1, 2, 3),
    slice(1, None),
    slice(None, None, -1),
    slice(3, 0, -2),
    (slice(None), -2),
    (..., 1),
    (0, ..., None),
    (None, slice(1, 3), None, 2),
    (slice(None), slice(None, -1), slice(1, None, 2)),
    np.array([2, 0, 2]),
    [1, 0],
    (slice(1, None), np.array([[0, 3]]), None),
    ...,
    (),
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_key_is_numpys(key: Any) -> None:
    b = irlib.Builder("key")
    b.output("y", b.input("x", "float64[n, 4, 5]")[key])
    np.testing.assert_array_equal(irlib.run(b.build(), {"x": X})["y"], X[key])


def test_an_index_may_be_a_value() -> None:
    b = irlib.Builder("key")
    x, i = b.input("x", "float64[3, 4, 5]"), b.input("i", "int64[]")
    b.output("y", x[:, i, None])
    np.testing.assert_array_equal(irlib.run(b.build(), {"x": X, "i": np.array(3)})["y"], X[:, 3, None])


@pytest.mark.parametrize("key", [1.5, "a", True, np.array([True, False, True]), (..., ...), slice(0, 1.5), ([0], [1])])
def test_another_key_is_refused(key: Any) -> None:
    x = irlib.Builder("key").input("x", "float64[3, 4, 5]")
    with pytest.raises(irlib.IRError):
        x[key]


@pytest.mark.parametrize("key", [3, (0, 4), (0, 0, 0, 0), (0, 0, 0, slice(1)), (slice(None),) * 4])
def test_a_key_outside_is_refused(key: Any) -> None:
    x = irlib.Builder("key").input("x", "float64[3, 4, 5]")
    with pytest.raises(irlib.IRError):
        x[key]


def test_bits_and_truths_have_operators() -> None:
    b = irlib.Builder("bits")
    i, p = b.input("i", "int64[3]"), b.input("p", "bool[3]")
    for name, value in {
        "a": i & 6,
        "b": 6 | i,
        "c": i ^ i,
        "d": ~i,
        "e": p & (i > 1),
        "f": p | ~p,
        "g": p ^ (i > 1),
    }.items():
        b.output(name, value)
    n, q = np.array([1, 2, 3]), np.array([True, False, False])
    out = irlib.run(b.build(), {"i": n, "p": q})
    expected = {"a": n & 6, "b": 6 | n, "c": n ^ n, "d": ~n, "e": q & (n > 1), "f": q | ~q, "g": q ^ (n > 1)}
    for name, value in expected.items():
        np.testing.assert_array_equal(out[name], value)
