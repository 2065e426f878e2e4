"""Rows of the gradient law about functions of single elements."""

from __future__ import annotations

import numpy as np
import pytest

from irlib import autodiff
from irlib.builder import Builder
from irlib.errors import AttributeValueError
from irlib.interpreters.numpy_ref.eager import run_nodes
from tests.law.rows import INF, NAN, derivatives, same, slope, value


def test_abs_at_zero_is_flat() -> None:
    same(slope(lambda b, x: b.abs(x), 0.0), [0.0])


def test_abs_at_negative_zero_is_flat() -> None:
    same(slope(lambda b, x: b.abs(x), -0.0), [0.0])


def test_abs_at_nan_is_nan() -> None:
    same(slope(lambda b, x: b.abs(x), NAN), [NAN])


def test_abs_of_complex_zero_is_flat() -> None:
    same(derivatives(lambda b, x: b.abs(x), np.array(0j)), [np.array(0j)])


def test_sign_at_zero_is_flat() -> None:
    same(slope(lambda b, x: b.sign(x), 0.0), [0.0])


def test_sign_of_nan_is_nan_and_of_negative_zero_zero() -> None:
    same(value(lambda b, x: b.sign(x), np.array([NAN, -0.0])), [NAN, 0.0])


def test_maximum_tie_is_halved() -> None:
    same(slope(lambda b, x, y: b.maximum(x, y), 1.0, 1.0), [0.5, 0.5])


def test_minimum_tie_is_halved() -> None:
    same(slope(lambda b, x, y: b.minimum(x, y), 1.0, 1.0), [0.5, 0.5])


def test_maximum_of_equal_infinities_is_a_tie() -> None:
    same(slope(lambda b, x, y: b.maximum(x, y), INF, INF), [0.5, 0.5])


def test_maximum_with_nan_is_nan_and_so_are_its_derivatives() -> None:
    same(value(lambda b, x, y: b.maximum(x, y), NAN, 1.0), NAN)
    same(slope(lambda b, x, y: b.maximum(x, y), NAN, 1.0), [NAN, NAN])
    same(slope(lambda b, x, y: b.minimum(x, y), 1.0, NAN), [NAN, NAN])


def test_maximum_selects_an_infinite_cotangent() -> None:
    found = derivatives(lambda b, x, y: b.maximum(x, y), np.array(2.0), np.array(1.0), cotangent=INF)
    same(found, [INF, 0.0])


def test_clip_at_the_bounds_passes_all() -> None:
    for x in (0.0, 1.0, 0.5):
        same(slope(lambda b, x, lo, hi: b.clip(x, lo, hi), x, 0.0, 1.0), [1.0, 0.0, 0.0])


def test_clip_outside_goes_to_the_bound() -> None:
    same(slope(lambda b, x, lo, hi: b.clip(x, lo, hi), -1.0, 0.0, 1.0), [0.0, 1.0, 0.0])
    same(slope(lambda b, x, lo, hi: b.clip(x, lo, hi), 2.0, 0.0, 1.0), [0.0, 0.0, 1.0])


def test_clip_with_lo_above_hi_is_hi() -> None:
    same(value(lambda b, x, lo, hi: b.clip(x, lo, hi), 0.5, 1.0, 0.0), 0.0)
    same(slope(lambda b, x, lo, hi: b.clip(x, lo, hi), 0.5, 1.0, 0.0), [0.0, 0.0, 1.0])


def test_clip_with_lo_above_hi_is_refused_when_static() -> None:
    b = Builder()
    with pytest.raises(AttributeValueError, match="lo is 1 and hi is 0"):
        b.clip(b.input("x", "int64[]"), 1, 0)


def test_clip_of_nan_is_nan_and_so_are_its_derivatives() -> None:
    same(slope(lambda b, x, lo, hi: b.clip(x, lo, hi), NAN, 0.0, 1.0), [NAN, NAN, NAN])


def test_sqrt_at_zero_is_infinite() -> None:
    same(slope(lambda b, x: b.sqrt(x), 0.0), [INF])


def test_sqrt_below_zero_is_nan() -> None:
    same(slope(lambda b, x: b.sqrt(x), -1.0), [NAN])


def test_log_at_zero_is_infinite() -> None:
    same(slope(lambda b, x: b.log(x), 0.0), [INF])


def test_log_below_zero_has_the_derivative_of_its_formula() -> None:
    same(slope(lambda b, x: b.log(x), -1.0), [-1.0])


def test_reciprocal_at_zero_is_minus_infinity() -> None:
    same(slope(lambda b, x: b.reciprocal(x), 0.0), [-INF])
    same(slope(lambda b, x: b.divide(1, x), 0.0), [-INF])


def test_divide_zero_by_zero_is_infinite_and_nan() -> None:
    same(slope(lambda b, x, y: b.divide(x, y), 0.0, 0.0), [INF, NAN])


def test_safe_divide_by_zero_is_flat() -> None:
    same(value(lambda b, x, y: b.safe_divide(x, y), 1.0, 0.0), 0.0)
    same(slope(lambda b, x, y: b.safe_divide(x, y), 1.0, 0.0), [0.0, 0.0])


def test_x_log_x_at_zero_is_nan() -> None:
    same(slope(lambda b, x: x * b.log(x), 0.0), [NAN])


def test_xlogy_at_zero_zero_is_flat() -> None:
    same(value(lambda b, x, y: b.xlogy(x, y), 0.0, 0.0), 0.0)
    same(slope(lambda b, x, y: b.xlogy(x, y), 0.0, 0.0), [0.0, 0.0])


def test_xlogy_at_zero_x_has_the_slope_log_y() -> None:
    same(slope(lambda b, x, y: b.xlogy(x, y), 0.0, 2.0), [np.log(2.0), 0.0])


def test_xlog1py_at_zero_and_minus_one_is_flat() -> None:
    same(slope(lambda b, x, y: b.xlog1py(x, y), 0.0, -1.0), [0.0, 0.0])


def test_where_gives_the_other_branch_exactly_zero() -> None:
    found = derivatives(
        lambda b, c, x, y: b.where(c, x, y), np.array([True, False]), np.array([1.0, 2.0]), np.array([3.0, 4.0]),
        cotangent=[INF, NAN],
    )  # fmt: skip
    same(found[0], [INF, 0.0])
    same(found[1], [0.0, NAN])


def test_where_of_sqrt_at_zero_is_nan() -> None:
    same(slope(lambda b, x: b.where(b.greater(x, 0), b.sqrt(x), 0), 0.0), [NAN])


def test_where_of_log_at_zero_is_nan() -> None:
    same(slope(lambda b, x: b.where(b.greater(x, 0), b.log(x), 0), 0.0), [NAN])


def test_double_where_of_sqrt_at_zero_is_flat() -> None:
    def guarded(b, x):  # type: ignore[no-untyped-def]
        above = b.greater(x, 0)
        return b.where(above, b.sqrt(b.where(above, x, 1)), 0)

    same(slope(guarded, 0.0), [0.0])


def test_where_broadcast_keeps_the_shapes_of_its_operands() -> None:
    x, y = derivatives(
        lambda b, c, x, y: b.where(c, x, y), np.array([True, False]), np.array(1.0), np.array([2.0, 3.0])
    )
    same(x, np.array(1.0))
    same(y, [0.0, 1.0])


POWERS = {
    (0.0, 0.0): (0.0, 0.0),
    (0.0, 2.0): (0.0, 0.0),
    (0.0, 1.0): (1.0, 0.0),
    (0.0, 0.5): (INF, 0.0),
    (0.0, -1.0): (-INF, -INF),
    (-2.0, 2.0): (-4.0, NAN),
    (-2.0, 3.5): (NAN, NAN),
}


@pytest.mark.parametrize("point", POWERS, ids=str)
def test_power_at_its_edges(point: tuple[float, float]) -> None:
    same(slope(lambda b, x, y: b.power(x, y), *point), POWERS[point])


def test_power_of_zero_to_the_constant_zero_is_flat() -> None:
    same(slope(lambda b, x: b.power(x, 0.0), 0.0), [0.0])


def test_power_keeps_its_mixed_second_derivative_at_exponent_zero() -> None:
    b = Builder("power")
    b.output("z", b.power(b.input("x", "float64[]"), b.input("y", "float64[]")))
    first = autodiff.gradient(b.build(), of="z", wrt=["x"])
    second = autodiff.gradient(first, of="d_x", wrt=["y"])
    # d/dy of y * x**(y-1) at y = 0 is 1/x: the guard at x = y = 0 must not reach here
    feeds = {"x": np.array(2.0), "y": np.array(0.0)}
    (found,) = run_nodes(second, [feeds[str(n.name)] for n in second.inputs])
    same(found, 0.5)


def test_remainder_away_from_multiples() -> None:
    same(slope(lambda b, x, y: b.remainder(x, y), 5.5, 2.0), [1.0, -2.0])


def test_remainder_at_a_multiple() -> None:
    same(slope(lambda b, x, y: b.remainder(x, y), 4.0, 2.0), [1.0, -2.0])


def test_fmod_of_negative_takes_the_sign_of_x() -> None:
    same(value(lambda b, x, y: b.fmod(x, y), -5.5, 2.0), -1.5)
    same(slope(lambda b, x, y: b.fmod(x, y), -5.5, 2.0), [1.0, 2.0])


def test_floor_divide_is_flat() -> None:
    same(slope(lambda b, x, y: b.floor_divide(x, y), 5.0, 2.0), [0.0, 0.0])


def test_rounding_is_flat_at_its_steps() -> None:
    for name in ("round", "floor", "ceil", "trunc"):
        same(slope(lambda b, x, name=name: getattr(b, name)(x), 0.5), [0.0])


def test_round_half_to_even() -> None:
    same(value(lambda b, x: b.round(x), np.array([0.5, 1.5, 2.5])), [0.0, 2.0, 2.0])


def test_softplus_far_out_is_one() -> None:
    same(slope(lambda b, x: b.softplus(x), 1000.0), [1.0])


def test_sigmoid_far_out_is_flat() -> None:
    same(slope(lambda b, x: b.sigmoid(x), -1000.0), [0.0])
    same(slope(lambda b, x: b.sigmoid(x), 1000.0), [0.0])


def test_logaddexp_of_minus_infinities_is_flat() -> None:
    same(value(lambda b, x, y: b.logaddexp(x, y), -INF, -INF), -INF)
    same(slope(lambda b, x, y: b.logaddexp(x, y), -INF, -INF), [0.0, 0.0])


def test_hypot_at_the_origin_is_flat() -> None:
    same(slope(lambda b, x, y: b.hypot(x, y), 0.0, 0.0), [0.0, 0.0])


def test_atan2_at_the_origin_is_flat() -> None:
    same(slope(lambda b, y, x: b.atan2(y, x), 0.0, 0.0), [0.0, 0.0])


def test_acos_at_one_is_minus_infinity() -> None:
    same(slope(lambda b, x: b.acos(x), 1.0), [-INF])


def test_stop_gradient_is_flat() -> None:
    same(slope(lambda b, x: b.stop_gradient(x) * x, 3.0), [3.0])
