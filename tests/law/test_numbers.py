"""Rows of the gradient law about dtypes, overflow and what cannot be computed."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from irlib import autodiff
from irlib.builder import Builder
from irlib.errors import DerivativeError, ExecutionError
from irlib.types import dtype
from tests.law.rows import INF, NAN, derivatives, same, value


def test_integer_inputs_have_no_derivative() -> None:
    b = Builder()
    x = b.input("x", "int64[]")
    b.output("y", b.cast(x, dtype="float64"))
    with pytest.raises(DerivativeError, match="no derivative with respect to 'x'"):
        autodiff.gradient(b.build(), of="y", wrt=["x"])


@pytest.mark.parametrize("half", [np.float16, ml_dtypes.bfloat16], ids=["float16", "bfloat16"])
def test_cotangents_have_the_dtype_of_their_operands(half: Any) -> None:
    dx, dy = derivatives(
        lambda b, x, y: b.multiply(b.cast(x, dtype="float32"), y), np.ones(3, half), np.ones(3, np.float32)
    )
    assert (dx.dtype, dy.dtype) == (np.dtype(half), np.dtype(np.float32))


def test_sum_of_half_floats_accumulates_in_float32() -> None:
    same(value(lambda b, x: b.sum(x, [0]), np.ones((4096, 8), np.float16)), np.full(8, 4096, np.float16))
    tenths = value(lambda b, x: b.sum(x, [0]), np.full((4096, 8), 0.1, np.float16))
    same(tenths, np.full(8, np.float32(np.float16(0.1)) * 4096).astype(np.float16))


def test_sum_of_bfloat16_does_not_stop_at_256() -> None:
    found = value(lambda b, x: b.sum(x), np.ones(1000, ml_dtypes.bfloat16))
    same(found.astype(np.float32), np.array(1000, ml_dtypes.bfloat16).astype(np.float32))


def test_sum_of_float16_ones_past_its_range_is_infinite_only_at_the_end() -> None:
    same(value(lambda b, x: b.sum(x), np.ones(100_000, np.float16)), np.float16(INF))
    same(value(lambda b, x: b.sum(x), np.ones(60_000, np.float16)), np.float16(60_000))


def test_cotangents_of_a_broadcast_half_float_accumulate_in_float32() -> None:
    (dx,) = derivatives(lambda b, x: b.broadcast_to(x, [4096, 1]), np.ones(1, np.float16))
    same(dx, np.array([4096], np.float16))


def test_integers_wrap_around() -> None:
    for name, x, y, expected in (
        ("add", 127, 1, -128), ("subtract", -128, 1, 127), ("multiply", 64, 2, -128), ("floor_divide", -128, -1, -128),
    ):  # fmt: skip
        found = value(lambda b, x, y, name=name: getattr(b, name)(x, y), np.int8(x), np.int8(y))
        same(found, np.int8(expected))
    same(value(lambda b, x: b.abs(x), np.int8(-128)), np.int8(-128))
    same(value(lambda b, x: b.negative(x), np.int8(-128)), np.int8(-128))


@pytest.mark.parametrize("name", ["floor_divide", "remainder", "fmod"])
def test_integer_division_by_zero_is_an_error(name: str) -> None:
    with pytest.raises(ExecutionError, match="divided by zero"):
        value(lambda b, x, y: getattr(b, name)(x, y), np.int64(1), np.int64(0))


def test_integer_to_a_negative_power_is_an_error() -> None:
    with pytest.raises(ExecutionError, match="negative power"):
        value(lambda b, x, y: b.power(x, y), np.int64(2), np.int64(-1))


def test_float_to_integer_saturates_and_nan_is_zero() -> None:
    wild = np.array([NAN, INF, -INF, 1e20])
    limits = np.iinfo(np.int64)
    same(value(lambda b, x: b.cast(x, dtype="int64"), wild), [0, limits.max, limits.min, limits.max])
    same(value(lambda b, x: b.cast(x, dtype="uint8"), np.array([300.0, -1.0])), np.array([255, 0], np.uint8))


def test_strict_float_to_integer_is_an_error_out_of_range() -> None:
    for x in (NAN, INF, 1e20):
        with pytest.raises(ExecutionError, match="does not fit in int64"):
            value(lambda b, x: b.cast(x, dtype="int64", strict=True), np.array([1.0, x]))


def test_bits_read_as_another_float_have_no_derivative() -> None:
    b = Builder()
    x = b.input("x", "float16[]")
    b.output("y", b.bitcast(x, dtype="bfloat16"))
    with pytest.raises(DerivativeError, match="bitcast of float16 to bfloat16"):
        autodiff.gradient(b.build(), of="y", wrt=["x"], cotangents=True)


def test_rank_zero_stays_an_array() -> None:
    found = value(lambda b, x: b.sum(b.multiply(x, 2.0)), np.array(3.0))
    assert isinstance(found, np.ndarray)
    assert found.shape == ()


def test_order_of_summation_stays_within_its_tolerance() -> None:
    x = np.random.default_rng(0).random(100_000)
    exact = float(np.sum(x.astype(np.longdouble)))
    # pairwise: log2(n) roundings of half a unit each
    assert abs(float(value(lambda b, x: b.sum(x), x)) - exact) <= np.log2(x.size) * np.finfo(np.float64).eps * exact


def test_every_float_that_carries_a_cotangent_is_known() -> None:
    carrying = {t for t in ("float16", "bfloat16", "float32", "float64", "complex64") if dtype(t).is_differentiable}
    assert carrying == {"float16", "bfloat16", "float32", "float64", "complex64"}
    assert not dtype("float8_e4m3fn").is_differentiable
