"""Behaviour by the Python array API standard 2024.12: element by element, over every dtype, beside array_api_strict."""

from __future__ import annotations

import warnings
from itertools import product
from typing import Any

import numpy as np
import pytest

from irlib.converters.numpy_code.namespace import face
from irlib.converters.numpy_code.namespace.lifting import lift

strict = pytest.importorskip("array_api_strict")

DTYPES = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex64",
    "complex128",
)  # fmt: skip
UNARY = [
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "bitwise_invert",
    "ceil",
    "conj",
    "cos",
    "cosh",
    "exp",
    "expm1",
    "floor",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "log",
    "log1p",
    "log2",
    "log10",
    "logical_not",
    "negative",
    "positive",
    "real",
    "reciprocal",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "trunc",
]
BINARY = ["add", "atan2", "bitwise_and", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "copysign", "divide", "equal", "floor_divide", "greater", "greater_equal", "hypot", "less", "less_equal", "logaddexp", "logical_and", "logical_or", "logical_xor", "maximum", "minimum", "multiply", "nextafter", "not_equal", "pow", "remainder", "subtract"]  # fmt: skip
REDUCING = [
    "sum",
    "prod",
    "max",
    "min",
    "mean",
    "std",
    "var",
    "any",
    "all",
    "argmax",
    "argmin",
    "count_nonzero",
    "cumulative_sum",
    "cumulative_prod",
    "sort",
    "argsort",
]


def numbers(dtype: str, *, second: bool = False) -> Any:
    """Numbers of a dtype, its corners among them."""
    kind = np.dtype(dtype)
    if dtype == "bool":
        made: Any = [True, False, True, True, False, False]
    elif kind.kind in "iu":
        info = np.iinfo(kind)
        made = [0, 1, 2, 7, info.max, max(info.min, -3)]
    elif kind.kind == "f":
        made = [0.0, -0.0, 1.5, -2.5, np.inf, np.nan]
    else:
        made = [0j, 1.5 + 2j, -0.5 + 0.25j, 3 - 4j, 1j, -2 + 0j]
    array = np.array(made, kind)
    return np.array([1, 2, 3, 1, 2, 3]).astype(kind)[::-1].copy() if second and kind.kind in "iub" else array


def asked(name: str, *arrays: Any, **options: Any) -> tuple[Any, Any] | None:
    """What the judge and ours give; None where the judge refuses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = getattr(strict, name)(*[strict.asarray(a) for a in arrays], **options)
        except (TypeError, ValueError):
            return None
    return np.asarray(getattr(face, name)(*[lift(a) for a in arrays], **options).concrete()), np.asarray(expected)


def same(pair: tuple[Any, Any]) -> None:
    got, expected = pair
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    rough = expected.dtype in (np.float32, np.complex64)
    if expected.dtype.kind in "fc":
        np.testing.assert_allclose(got, expected, rtol=1e-5 if rough else 1e-12, atol=1e-6 if rough else 1e-14)
    else:
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("name", UNARY)
def test_a_function_of_one_array_is_the_standards(name: str) -> None:
    pairs = [pair for dtype in DTYPES if (pair := asked(name, numbers(dtype))) is not None]
    assert pairs
    for pair in pairs:
        same(pair)


@pytest.mark.parametrize("name", BINARY)
def test_a_function_of_two_arrays_is_the_standards(name: str) -> None:
    seconds = name in ("floor_divide", "remainder", "pow", "bitwise_left_shift", "bitwise_right_shift")
    pairs = [
        pair
        for x, y in product(DTYPES, DTYPES)
        if (pair := asked(name, numbers(x), numbers(y, second=seconds)[::-1].copy())) is not None
    ]
    assert pairs
    for pair in pairs:
        same(pair)


@pytest.mark.parametrize("name", REDUCING)
def test_a_function_along_an_axis_is_the_standards(name: str) -> None:
    pairs = [
        pair
        for dtype, axis in product(DTYPES, (0, 1, -1))
        if (pair := asked(name, np.nan_to_num(numbers(dtype), posinf=3.0).reshape(2, 3), axis=axis)) is not None
    ]
    assert pairs
    for pair in pairs:
        same(pair)


@pytest.mark.parametrize(("left", "right"), list(product(DTYPES, DTYPES)))
def test_dtypes_promote_as_the_standard_says(left: str, right: str) -> None:
    try:
        expected = strict.result_type(getattr(strict, left), getattr(strict, right))
    except TypeError:
        return  # the standard leaves it open; numpy's own rule holds
    assert face.result_type(left, right) == np.dtype(expected._np_dtype)


def test_the_namespace_tells_what_it_can_do() -> None:
    info = face.__array_namespace_info__()
    assert info.capabilities()["boolean indexing"]
    assert info.default_dtypes()["real floating"] == np.dtype("float64")
    assert sorted(info.dtypes(kind="integral")) == sorted(d for d in DTYPES if "int" in d)
    assert lift([1.0]).__array_namespace__(api_version="2024.12") is face


def test_arrays_go_to_other_libraries_and_come_from_them() -> None:
    x = lift(np.arange(3.0))
    there = np.from_dlpack(x)
    there[0] = 7.0
    assert x.tolist() == [0.0, 1.0, 2.0]
    assert face.from_dlpack(there).tolist() == [7.0, 1.0, 2.0]
    assert face.from_dlpack(x) is x
