"""Rows of the gradient law about ops on whole arrays: extrema, sorts, products, gathers, norms, pools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib.ops  # noqa: F401  registers them
from irlib.errors import IRError
from irlib.op import REGISTRY
from tests.law.rows import INF, NAN, derivatives, same, value

_NAMES = {name for dialect, name, _ in REGISTRY if dialect == "irlib"}


def needs(*names: str) -> Callable[[Any], Any]:
    """Runs a row when the ops it speaks of are there."""
    missing = [n for n in names if n not in _NAMES]
    return pytest.mark.skipif(bool(missing), reason=f"no op {', '.join(missing)}")


def a(*items: float) -> Any:
    return np.array(items, np.float64)


# extrema


@needs("max")
def test_reduce_max_ties_share_equally() -> None:
    same(derivatives(lambda b, x: b.max(x), a(1, 2, 2))[0], [0.0, 0.5, 0.5])
    same(derivatives(lambda b, x: b.min(x), a(1, 1, 2))[0], [0.5, 0.5, 0.0])


@needs("max")
def test_reduce_max_over_an_axis_shares_equally() -> None:
    same(derivatives(lambda b, x: b.max(x, [1]), np.array([[1.0, 2.0, 2.0]]))[0], [[0.0, 0.5, 0.5]])


@needs("max")
def test_reduce_max_with_nan_is_nan_everywhere() -> None:
    same(value(lambda b, x: b.max(x), a(1, NAN)), NAN)
    same(derivatives(lambda b, x: b.max(x), a(1, NAN))[0], [NAN, NAN])


@needs("max")
def test_max_of_nothing_is_an_error() -> None:
    with pytest.raises(IRError):
        value(lambda b, x: b.max(x), np.zeros(0))


@needs("argmax")
def test_argmax_with_nan_is_the_index_of_nan() -> None:
    same(value(lambda b, x: b.argmax(x), a(1, NAN, 3)), 1)


@needs("argmax", "take")
def test_gathering_at_argmax_gives_all_to_the_first() -> None:
    same(derivatives(lambda b, x: b.take(x, b.argmax(x, axis=0)), a(1, 2, 2))[0], [0.0, 1.0, 0.0])


@needs("max_pool")
def test_max_pool_tie_goes_to_the_first() -> None:
    same(derivatives(lambda b, x: b.max_pool(x, window=(2,)), np.array([[[2.0, 2.0]]]))[0], [[[1.0, 0.0]]])


@needs("sort")
def test_sort_takes_cotangents_back_stably() -> None:
    found = derivatives(lambda b, x: _first(b.sort(x)), a(2, 2, 1), cotangent=[1.0, 10.0, 100.0])[0]
    same(found, [10.0, 100.0, 1.0])


@needs("median")
def test_median_between_two_is_halved() -> None:
    same(derivatives(lambda b, x: b.median(x), a(1, 3))[0], [0.5, 0.5])
    same(derivatives(lambda b, x: b.median(x), a(1, 2, 2, 3))[0], [0.0, 0.5, 0.5, 0.0])


# sums, means and products


@needs("prod")
@pytest.mark.parametrize(
    ("x", "expected"),
    [([0, 2, 3], [6, 0, 0]), ([0, 0, 3], [0, 0, 0]), ([2, 3, 4], [12, 8, 6])],
    ids=["one-zero", "two-zeros", "no-zero"],
)
def test_prod_with_zeros_is_exclusive(x: list[float], expected: list[float]) -> None:
    same(derivatives(lambda b, x: b.prod(x), a(*x))[0], expected)


@needs("cumulative_prod")
def test_cumulative_prod_with_a_zero_is_exclusive() -> None:
    same(derivatives(lambda b, x: b.cumulative_prod(x, 0), a(0, 2))[0], [3.0, 0.0])


@needs("prod")
def test_sum_and_prod_of_nothing() -> None:
    empty = np.zeros(0)
    same(value(lambda b, x: b.sum(x), empty), 0.0)
    same(value(lambda b, x: b.prod(x), empty), 1.0)
    for name in ("sum", "prod"):
        found = derivatives(lambda b, x, name=name: getattr(b, name)(x), empty)[0]
        assert (found.shape, found.dtype) == ((0,), np.float64)


@needs("mean")
def test_mean_of_nothing_is_nan_with_an_empty_derivative() -> None:
    same(value(lambda b, x: b.mean(x), np.zeros(0)), NAN)
    assert derivatives(lambda b, x: b.mean(x), np.zeros(0))[0].shape == (0,)


@needs("std")
def test_std_of_constants_is_flat() -> None:
    same(derivatives(lambda b, x: b.std(x), a(1, 1, 1))[0], [0.0, 0.0, 0.0])


@needs("var")
def test_variance_of_one_sample_is_nan() -> None:
    same(value(lambda b, x: b.var(x, correction=1), a(1)), NAN)
    same(derivatives(lambda b, x: b.var(x, correction=1), a(1))[0], [NAN])


# norms


def test_root_of_a_sum_of_squares_at_zero_is_nan() -> None:
    same(derivatives(lambda b, x: b.sqrt(b.sum(b.square(x))), a(0, 0))[0], [NAN, NAN])


@needs("vector_norm")
def test_norm_2_at_zero_is_flat() -> None:
    same(derivatives(lambda b, x: b.vector_norm(x), a(0, 0))[0], [0.0, 0.0])


@needs("vector_norm")
def test_norm_1_at_zero_is_flat_there() -> None:
    same(derivatives(lambda b, x: b.vector_norm(x, ord=1.0), a(0, 1))[0], [0.0, 1.0])


@needs("vector_norm")
def test_norm_inf_tie_shares_equally() -> None:
    same(derivatives(lambda b, x: b.vector_norm(x, ord=INF), a(2, -2))[0], [0.5, -0.5])


# exponentials of rows


@needs("logsumexp")
def test_logsumexp_of_minus_infinities_is_flat() -> None:
    same(value(lambda b, x: b.logsumexp(x), a(-INF, -INF)), -INF)
    same(derivatives(lambda b, x: b.logsumexp(x), a(-INF, -INF))[0], [0.0, 0.0])


@needs("softmax")
def test_softmax_of_minus_infinities_is_flat() -> None:
    found = derivatives(lambda b, x: b.softmax(x), a(-INF, -INF), cotangent=[1.0, 0.0])[0]
    same(found, [0.0, 0.0])


@needs("softmax")
def test_softmax_far_apart_is_flat() -> None:
    found = derivatives(lambda b, x: b.softmax(x), a(1000, 0), cotangent=[1.0, 0.0])[0]
    same(found, [0.0, 0.0])


# gathers and scatters


@needs("take")
def test_gather_of_repeated_indices_accumulates() -> None:
    same(derivatives(lambda b, x: b.take(x, [0, 0, 1]), a(5, 6))[0], [2.0, 1.0])


@needs("take")
def test_gather_out_of_range_is_an_error() -> None:
    with pytest.raises(IRError):
        value(lambda b, x, i: b.take(x, i), a(5, 6), np.array([0, 5]))


@needs("scatter")
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


@needs("relu")
def test_relu_at_zero_is_flat() -> None:
    same(derivatives(lambda b, x: b.relu(x), a(0.0, -0.0))[0], [0.0, 0.0])


@needs("relu")
def test_relu_of_nan_is_nan_and_so_is_its_derivative() -> None:
    same(value(lambda b, x: b.relu(x), a(NAN)), [NAN])
    same(derivatives(lambda b, x: b.relu(x), a(NAN))[0], [NAN])


@needs("relu6")
def test_relu6_at_its_bounds_is_flat() -> None:
    same(derivatives(lambda b, x: b.relu6(x), a(0, 6))[0], [0.0, 0.0])


@needs("leaky_relu")
def test_leaky_relu_at_zero_has_the_slope_of_the_left() -> None:
    same(derivatives(lambda b, x: b.leaky_relu(x, alpha=0.1), a(0))[0], [0.1])


@needs("elu")
def test_elu_at_zero_is_one() -> None:
    same(derivatives(lambda b, x: b.elu(x), a(0))[0], [1.0])


@needs("selu")
def test_selu_at_zero_has_the_slope_of_the_left() -> None:
    # lambda * alpha on the left, lambda on the right; the law follows elu, whose two sides agree at alpha 1
    (found,) = derivatives(lambda b, x: b.selu(x), a(0))[0]
    assert 1.0 <= found < 1.8


@needs("hard_sigmoid")
def test_hard_sigmoid_at_its_bounds_is_flat() -> None:
    same(derivatives(lambda b, x: b.hard_sigmoid(x, alpha=1 / 6), a(-3, 3))[0], [0.0, 0.0])


@needs("gelu")
def test_gelu_at_zero_is_one_half() -> None:
    same(derivatives(lambda b, x: b.gelu(x), a(0))[0], [0.5])


@needs("sinc")
def test_sinc_at_zero_is_flat() -> None:
    same(derivatives(lambda b, x: b.sinc(x), a(0))[0], [0.0])


def _first(results: Any) -> Any:
    return results[0] if isinstance(results, tuple) else results
