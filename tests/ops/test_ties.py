"""Places that several values compete for: who gets the cotangent, and what NaN does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irlib.errors import IRError
from tests.law.rows import NAN, derivatives, same, value


def a(*items: float) -> Any:
    return np.array(items, np.float64)


X, TWICE, UPDATES = a(1, 5, 7), np.array([1, 1, 0]), a(2, 3, 4)


def _scatter(reduction: str) -> Any:
    return lambda b, x, u, i: b.scatter(x, i, u, reduction=reduction)


def test_scatter_set_gives_the_cotangent_to_the_last_writer() -> None:
    same(value(_scatter("set"), X, UPDATES, TWICE), [4, 3, 7])
    dx, du = derivatives(_scatter("set"), X, UPDATES, TWICE, cotangent=a(10, 20, 30))
    same(dx, [0, 0, 30])
    same(du, [0, 20, 10])


def test_scatter_max_shares_equally_with_x_among_them() -> None:
    updates = a(5, 5, 0)
    dx, du = derivatives(_scatter("max"), X, updates, TWICE, cotangent=a(1, 3, 1))
    same(dx, [1, 1, 1])
    same(du, [1, 1, 0])


def test_scatter_max_of_nan_is_nan_in_its_place_only() -> None:
    dx, du = derivatives(_scatter("max"), X, a(NAN, 3, 0), TWICE)
    same(dx, [1, NAN, 1])
    same(du, [NAN, NAN, 0])


def test_scatter_multiply_by_zero_twice_has_no_derivative_but_by_neither() -> None:
    dx, du = derivatives(_scatter("multiply"), X, a(0, 3, 2), TWICE)
    same(dx, [2, 0, 1])
    same(du, [15, 0, 1])


def test_cumulative_max_gives_the_cotangent_to_the_last_that_attains_it() -> None:
    same(
        derivatives(lambda b, x: b.cumulative_max(x, 0), a(3, 1, 3, 2), cotangent=a(1, 10, 100, 1000))[0],
        [11, 0, 1100, 0],
    )


def test_cumulative_min_from_the_end_gives_the_cotangent_to_the_last_that_attains_it() -> None:
    body = lambda b, x: b.cumulative_min(x, 0, reverse=True)  # noqa: E731
    same(derivatives(body, a(1, 1, 3, 2), cotangent=a(1, 10, 100, 1000))[0], [1, 10, 0, 1100])


def test_cumulative_max_of_nan_has_derivative_nan_there() -> None:
    same(derivatives(lambda b, x: b.cumulative_max(x, 0), a(1, NAN, 3))[0], [1, NAN, 0])


def test_sort_descending_keeps_the_order_of_equals() -> None:
    same(derivatives(lambda b, x: b.sort(x, descending=True), a(1, 2, 2), cotangent=a(1, 10, 100))[0], [100, 1, 10])


def test_top_k_takes_the_first_of_equals() -> None:
    same(value(lambda b, x: b.top_k(x, 2)[1], a(2, 3, 3, 3)), [1, 2])


def test_unique_gives_the_cotangent_to_the_first_occurrence() -> None:
    same(derivatives(lambda b, x: b.unique(x)[0], a(2, 1, 2), cotangent=a(10, 20))[0], [20, 10, 0])


@pytest.mark.parametrize("index", [3, -4])
@pytest.mark.parametrize(
    "body",
    [
        lambda b, x, i: b.take(x, i),
        lambda b, x, i: b.take_along_axis(x, i),
        lambda b, x, i: b.gather_nd(x, b.reshape(i, [1, 1])),
        lambda b, x, i: b.scatter(x, i, b.constant([1.0])),
        lambda b, x, i: b.scatter_along_axis(x, i, b.constant([1.0])),
        lambda b, x, i: b.scatter_nd(x, b.reshape(i, [1, 1]), b.constant([1.0])),
    ],
    ids=["take", "take_along_axis", "gather_nd", "scatter", "scatter_along_axis", "scatter_nd"],
)
def test_an_index_out_of_range_is_an_error_when_run(body: Any, index: int) -> None:
    with pytest.raises(IRError, match=rf"index {index} is out of"):
        value(body, X, np.array([index]))


def test_reshape_with_minus_one_beside_zero_is_an_error_when_run() -> None:
    with pytest.raises(IRError, match="could be any size"):
        value(lambda b, x, s: b.reshape(x, s), np.zeros((0, 3)), np.array([0, -1]))
