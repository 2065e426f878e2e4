"""Values that are known before the graph runs, followed through elementwise ops on integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irlib.builder import Builder
from irlib.dims import symbol
from irlib.errors import IRTypeError

N = symbol("n")


def _shape(b: Builder, spec: str = "float32[n, 4]") -> Any:
    return b.shape_of(b.input("x", spec))


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("add", 2, (N + 2, 6)),
        ("subtract", 1, (N - 1, 3)),
        ("multiply", 3, (3 * N, 12)),
        ("floor_divide", 2, (N // 2, 2)),
        ("remainder", 3, (N % 3, 1)),
        ("maximum", 1, None),
        ("less", 5, (None, True)),
        ("equal", -1, (False, False)),
        ("greater_equal", 0, (True, True)),
    ],
)
def test_arithmetic_follows_symbolic_dims(name: str, other: int, expected: Any) -> None:
    b = Builder()
    found = getattr(b, name)(_shape(b), other).known
    assert found[1] == 4 if expected is None else found == expected


def test_where_follows_what_is_selected() -> None:
    b = Builder()
    shape = _shape(b)
    assert b.where([False, True], shape, 7).known == (7, 4)
    assert b.where(b.equal(shape, 4), 1, shape).known == (None, 1)


def test_cast_follows_integers_that_fit() -> None:
    b = Builder()
    shape = _shape(b)
    assert b.cast(shape, dtype="int32").known == (N, 4)
    assert b.cast(shape, dtype="int8").known == (None, 4)
    assert b.cast(b.constant(np.array([300, 2])), dtype="uint8").known == (None, 2)
    assert b.cast(b.greater(shape, 3), dtype="int64").known == (None, 1)


def test_overflow_and_division_by_zero_are_not_followed() -> None:
    b = Builder()
    assert b.add(b.constant(2**63 - 1), 1).known is None
    assert b.floor_divide(_shape(b), 0).known is None


def test_scalars_stand_beside_vectors() -> None:
    b = Builder()
    shape = _shape(b)
    assert b.multiply(b.constant(2), shape).known == (2 * N, 8)
    clipped: Any = b.clip(shape, 0, 2).known
    assert clipped[1] == 2
    assert b.negative(b.negative(shape)).known == (N, 4)


def test_elements_not_known_stay_so() -> None:
    b = Builder()
    assert b.add(b.input("k", "int64[2]"), _shape(b)).known is None


def test_operands_of_two_dtypes_are_refused() -> None:
    b = Builder()
    with pytest.raises(IRTypeError, match="got operands of float32 and float64, expected one dtype; cast one of them"):
        b.add(b.input("x", "float32[]"), b.input("y", "float64[]"))


def test_floats_have_no_bits_to_combine() -> None:
    b = Builder()
    with pytest.raises(IRTypeError, match="operand is float32, expected bool or int or uint"):
        b.bitwise_and(b.input("x", "float32[]"), b.input("y", "float32[]"))


def test_complex_is_cast_to_real_by_its_real_part() -> None:
    b = Builder()
    with pytest.raises(IRTypeError, match="take its real part first"):
        b.cast(b.input("x", "complex64[]"), dtype="float32")
