"""Rows of the gradient law about ops on whole arrays: extrema, sorts, products, gathers, norms, pools."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irlib.errors import IRError
from tests.law.rows import INF, NAN, derivatives, same, value


def a(*items: float) -> Any:
    return np.array(items, np.float64)


# extrema


def test_reduce_max_ties_share_equally() -> None:
    same(derivatives(lambda b, x: b.max(x), a(1, 2, 2))[0], [0.0, 0.5, 0.5])
    same(derivatives(lambda b, x: b.min(x), a(1, 1, 2))[0], [0.5, 0.5, 0.0])


def test_reduce_max_over_an_axis_shares_equally() -> None:
    same(derivatives(lambda b, x: b.max(x, [1]), np.array([[1.0, 2.0, 2.0]]))[0], [[0.0, 0.5, 0.5]])


def test_reduce_max_with_nan_is_nan_everywhere() -> None:
    same(value(lambda b, x: b.max(x), a(1, NAN)), NAN)
    same(derivatives(lambda b, x: b.max(x), a(1, NAN))[0], [NAN, NAN])


def test_max_of_nothing_is_an_error() -> None:
    with pytest.raises(IRError):
        value(lambda b, x: b.max(x), np.zeros(0))


def test_argmax_with_nan_is_the_index_of_nan() -> None:
    same(value(lambda b, x: b.argmax(x), a(1, NAN, 3)), 1)


def test_gathering_at_argmax_gives_all_to_the_first() -> None:
    same(derivatives(lambda b, x: b.take(x, b.argmax(x, axis=0)), a(1, 2, 2))[0], [0.0, 1.0, 0.0])


def test_avg_pool_shares_equally() -> None:
    # its body is made for known dims
    same(
        derivatives(lambda b, x: b.avg_pool(x, window=(2,)), np.array([[[2.0, 2.0]]]), open_dims=False)[0],
        [[[0.5, 0.5]]],
    )


def test_max_pool_tie_goes_to_the_first() -> None:
    same(derivatives(lambda b, x: b.max_pool(x, window=(2,)), np.array([[[2.0, 2.0]]]))[0], [[[1.0, 0.0]]])


def test_sort_takes_cotangents_back_stably() -> None:
    found = derivatives(lambda b, x: _first(b.sort(x)), a(2, 2, 1), cotangent=[1.0, 10.0, 100.0])[0]
    same(found, [10.0, 100.0, 1.0])


def test_median_between_two_is_halved() -> None:
    def median(b: Any, x: Any) -> Any:
        middle = x.shape[0] // 2 if x.shape[0] is not None else b.floor_divide(b.size(x), 2)
        return b.mean(b.take(b.sort(x), b.stack(b.lift(middle) - 1, b.lift(middle))))

    same(derivatives(median, a(1, 3))[0], [0.5, 0.5])
    same(derivatives(median, a(1, 2, 2, 3))[0], [0.0, 0.5, 0.5, 0.0])


# sums, means and products


@pytest.mark.parametrize(
    ("x", "expected"),
    [([0, 2, 3], [6, 0, 0]), ([0, 0, 3], [0, 0, 0]), ([2, 3, 4], [12, 8, 6])],
    ids=["one-zero", "two-zeros", "no-zero"],
)
def test_prod_with_zeros_is_exclusive(x: list[float], expected: list[float]) -> None:
    same(derivatives(lambda b, x: b.prod(x), a(*x))[0], expected)


def test_cumulative_prod_with_a_zero_is_exclusive() -> None:
    same(derivatives(lambda b, x: b.cumulative_prod(x, 0), a(0, 2))[0], [3.0, 0.0])


def test_sum_and_prod_of_nothing() -> None:
    empty = np.zeros(0)
    same(value(lambda b, x: b.sum(x), empty), 0.0)
    same(value(lambda b, x: b.prod(x), empty), 1.0)
    for name in ("sum", "prod"):
        found = derivatives(lambda b, x, name=name: getattr(b, name)(x), empty)[0]
        assert (found.shape, found.dtype) == ((0,), np.float64)


def test_mean_of_nothing_is_nan_with_an_empty_derivative() -> None:
    same(value(lambda b, x: b.mean(x), np.zeros(0)), NAN)
    assert derivatives(lambda b, x: b.mean(x), np.zeros(0))[0].shape == (0,)


def test_std_of_constants_is_flat() -> None:
    same(derivatives(lambda b, x: b.std(x), a(1, 1, 1))[0], [0.0, 0.0, 0.0])


def test_variance_of_one_sample_is_nan() -> None:
    same(value(lambda b, x: b.var(x, correction=1), a(1)), NAN)
    same(derivatives(lambda b, x: b.var(x, correction=1), a(1))[0], [NAN])


# norms


def test_root_of_a_sum_of_squares_at_zero_is_nan() -> None:
    same(derivatives(lambda b, x: b.sqrt(b.sum(b.square(x))), a(0, 0))[0], [NAN, NAN])


def test_norm_2_at_zero_is_flat() -> None:
    same(derivatives(lambda b, x: b.norm(x), a(0, 0))[0], [0.0, 0.0])


def test_norm_1_at_zero_is_flat_there() -> None:
    same(derivatives(lambda b, x: b.norm(x, p=1.0), a(0, 1))[0], [0.0, 1.0])


def test_norm_inf_tie_shares_equally() -> None:
    same(derivatives(lambda b, x: b.norm(x, p=INF), a(2, -2))[0], [0.5, -0.5])


def test_vector_divided_by_its_norm_at_zero_is_infinite() -> None:
    same(derivatives(lambda b, x: x / b.norm(x), a(0, 0))[0], [INF, INF])


def test_vector_safely_divided_by_its_norm_at_zero_is_flat() -> None:
    same(derivatives(lambda b, x: b.safe_divide(x, b.norm(x)), a(0, 0))[0], [0.0, 0.0])


# exponentials of rows


def test_logsumexp_of_minus_infinities_is_flat() -> None:
    same(value(lambda b, x: b.logsumexp(x), a(-INF, -INF)), -INF)
    same(derivatives(lambda b, x: b.logsumexp(x), a(-INF, -INF))[0], [0.0, 0.0])


def test_logsumexp_with_infinity_is_nan_there_and_flat_elsewhere() -> None:
    same(value(lambda b, x: b.logsumexp(x), a(INF, 0)), INF)
    same(derivatives(lambda b, x: b.logsumexp(x), a(INF, 0))[0], [NAN, 0.0])


def test_softmax_of_minus_infinities_is_flat() -> None:
    found = derivatives(lambda b, x: b.softmax(x), a(-INF, -INF), cotangent=[1.0, 0.0])[0]
    same(found, [0.0, 0.0])


def test_softmax_far_apart_is_flat() -> None:
    found = derivatives(lambda b, x: b.softmax(x), a(1000, 0), cotangent=[1.0, 0.0])[0]
    same(found, [0.0, 0.0])


# gathers and scatters


def test_gather_of_repeated_indices_accumulates() -> None:
    same(derivatives(lambda b, x: b.take(x, [0, 0, 1]), a(5, 6))[0], [2.0, 1.0])


def test_gather_out_of_range_is_an_error() -> None:
    with pytest.raises(IRError):
        value(lambda b, x, i: b.take(x, i), a(5, 6), np.array([0, 5]))


def test_scatter_duplicates_last_wins_and_takes_the_cotangent() -> None:
    def setting(b: Any, x: Any, i: Any, u: Any) -> Any:
        return b.scatter(x, i, u)

    operands = (a(5, 6), np.array([0, 0]), a(7, 8))
    same(value(setting, *operands), [8.0, 6.0])
    dx, du = derivatives(setting, *operands, cotangent=[10.0, 1.0])
    same(dx, [0.0, 1.0])
    same(du, [0.0, 10.0])


def test_matmul_over_no_columns_has_empty_derivatives() -> None:
    x, y = derivatives(lambda b, x, y: b.matmul(x, y), np.zeros((2, 0)), np.zeros((0, 3)))
    assert (x.shape, y.shape) == ((2, 0), (0, 3))
    same(value(lambda b, x, y: b.matmul(x, y), np.zeros((2, 0)), np.zeros((0, 3))), np.zeros((2, 3)))


# activations


def test_relu_at_zero_is_flat() -> None:
    same(derivatives(lambda b, x: b.relu(x), a(0.0, -0.0))[0], [0.0, 0.0])


def test_relu_of_nan_is_nan_and_so_is_its_derivative() -> None:
    same(value(lambda b, x: b.relu(x), a(NAN)), [NAN])
    same(derivatives(lambda b, x: b.relu(x), a(NAN))[0], [NAN])


def test_relu6_at_its_bounds_is_flat() -> None:
    same(derivatives(lambda b, x: b.relu6(x), a(0, 6))[0], [0.0, 0.0])


def test_leaky_relu_at_zero_has_the_slope_of_the_left() -> None:
    same(derivatives(lambda b, x: b.leaky_relu(x, alpha=0.1), a(0))[0], [0.1])


def test_elu_at_zero_is_one() -> None:
    same(derivatives(lambda b, x: b.elu(x), a(0))[0], [1.0])


def test_selu_at_zero_has_the_slope_of_the_left() -> None:
    same(derivatives(lambda b, x: b.selu(x, alpha=2.0, gamma=1.5), a(0))[0], [3.0])


def test_hard_sigmoid_at_its_bounds_is_flat() -> None:
    same(derivatives(lambda b, x: b.hard_sigmoid(x, alpha=1 / 6), a(-3, 3))[0], [0.0, 0.0])


def test_gelu_at_zero_is_one_half() -> None:
    same(derivatives(lambda b, x: b.gelu(x), a(0))[0], [0.5])


def test_hard_swish_at_its_bounds_has_the_slopes_of_the_outside() -> None:
    same(derivatives(lambda b, x: b.hard_swish(x), a(-3, 3))[0], [0.0, 1.0])


def test_sinc_guarded_at_zero_is_flat() -> None:
    def sinc(b: Any, x: Any) -> Any:
        hole = b.equal(x, 0)
        turn = b.where(hole, 1, x) * np.pi
        return b.where(hole, 1, b.sin(turn) / turn)

    same(derivatives(sinc, a(0))[0], [0.0])


def _first(results: Any) -> Any:
    return results[0] if isinstance(results, tuple) else results
