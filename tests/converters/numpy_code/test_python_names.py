"""Names that are Python's or numpy's classes, in a trace: calls of them work, and they are what they were besides."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib

X = np.array([0.7, -1.2, 2.3, 0.4])


def check(function: Callable[[Any], Any]) -> None:
    expected = np.asarray(function(X.copy()))
    got = irlib.run(irlib.trace(function, X), {"x": X})["out"]
    assert (got.dtype, got.shape) == (expected.dtype, expected.shape)
    np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.float32(x) * 2,
        lambda x: np.int32(np.floor(x)),
        lambda x: np.float32(x[0]) + x,
        lambda x: np.uint8(np.array([x[0] * 100, 3])),
        lambda x: np.zeros(3, np.float32) + (x.dtype == np.float64) + np.float64(1.5),
        lambda x: x.astype(np.float32) * isinstance(x[0], np.float64),
        lambda x: x * np.issubdtype(x.dtype, np.float64) + np.finfo(np.float32).eps,
        lambda x: x * (np.dtype(np.float32) == np.float32) * np.can_cast(np.float32, np.float64),
    ],
    ids=lambda f: f"line-{f.__code__.co_firstlineno}",
)
def test_a_class_of_numpys_numbers_converts_and_is_a_dtype(function: Callable[[Any], Any]) -> None:
    check(function)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: min(x[0], x[1], 0.2),
        lambda x: max(x) * 2,
        lambda x: min(x[0], x[3]) / len(x) + max(2, 3),
        lambda x: max(abs(v) for v in x),
        lambda x: max([1.5, 2.5], key=lambda v: -v) * x,
        lambda x: len(x[x > 0]) * x,
        lambda x: sum(x[x > 0]) if False else x.sum() / len(x[x > 0]),
        lambda x: math.sqrt(np.sum(x**2)) * math.exp(-x[0]) + math.log(x[2], 3.0) + math.pi,
        lambda x: math.fsum(x) + math.hypot(x[0], x[1]) + math.floor(x[2]) + math.erf(x[3]) + math.factorial(4),
        lambda x: math.atan2(x[0], x[1]) + math.dist([x[0], 1.0], [0.5, x[1]]) + math.prod([x[0], x[2], 3]),
        lambda x: x * math.sqrt(2.0) + math.gcd(12, 18) + math.isclose(x[0], 0.7),
    ],
    ids=lambda f: f"line-{f.__code__.co_firstlineno}",
)
def test_pythons_functions_take_numbers_that_are_not_known(function: Callable[[Any], Any]) -> None:
    check(function)


def test_assertions_of_numpy_are_checked_where_all_is_known_and_left_out_elsewhere() -> None:
    def function(x: Any) -> Any:
        np.testing.assert_allclose(np.ones(2) * 2, [2.0, 2.0])
        np.testing.assert_array_equal(x, x * 2)
        return x

    irlib.trace(function, X)
    with pytest.raises(AssertionError, match="Not equal"):
        irlib.trace(lambda x: np.testing.assert_allclose(np.ones(2), 2.0) or x, X)


def test_a_function_of_math_that_is_not_traced_says_so() -> None:
    with pytest.raises(irlib.IRError, match=r"math\.nextafter of a number that is not known"):
        irlib.trace(lambda x: math.nextafter(x[0], 1.0), X)


def test_afterwards_the_names_are_pythons() -> None:
    irlib.trace(lambda x: min(x[0], 1.0) * math.sqrt(2), X)
    assert all(name not in globals() for name in ("min", "max", "len", "float", "int"))
    assert math.sqrt.__module__ == "math"


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.concatenate([x, np.ones((2, 2))]),
        lambda x: np.sum(x, axis=3),
        lambda x: np.linalg.inv(x),  # noqa: PLW0108  the line is what is asked
        lambda x: np.split(x, 3),
    ],
    ids=lambda f: f"line-{f.__code__.co_firstlineno}",
)
def test_what_numpy_refuses_leaves_a_trace_as_an_error_with_its_line(function: Callable[[Any], Any]) -> None:
    line = function.__code__.co_firstlineno
    with pytest.raises(irlib.IRError, match=rf"test_python_names\.py:{line}: .*\[IR887\]"):
        irlib.trace(function, X)


def test_inside_it_is_numpys_class_of_error_and_the_codes_own_errors_stay() -> None:
    def tries(x: Any) -> Any:
        try:
            return np.linalg.inv(x)
        except np.linalg.LinAlgError:
            return x * 2

    def raises(x: Any) -> Any:
        raise ValueError("unknown activation")

    check(tries)
    with pytest.raises(ValueError, match=r"^unknown activation$"):
        irlib.trace(raises, X)
