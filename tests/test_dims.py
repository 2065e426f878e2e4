"""Symbolic dims: canonical form, division, bounds, substitution, parsing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irlib.dim_text import parse_dim
from irlib.dims import Dim, DimLike, ceil_div, dim_max, dim_min, floor_div, substitute, symbol
from irlib.errors import IRTypeError

n, m = symbol("n"), symbol("m")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        ((n + 1) * 2, "2*n + 2"),
        (n * m - m * n + 3, "3"),
        (2 * n * n - n, "2*n*n - n"),
        (floor_div(n + 3, 2), "((n + 1)//2) + 1"),
        (floor_div(4 * n + 8, 4), "n + 2"),
        (floor_div(n * m, n), "m"),
        (floor_div(6 * n * m, 2 * m), "3*n"),
        (floor_div(floor_div(n, 2), 3), "(n//6)"),
        (ceil_div(n, 2), "-((-n)//2)"),
        (dim_max(n, n + 2), "n + 2"),
        (dim_min(n, -1), "-1"),
        (dim_max(n, 0), "n"),
        (dim_max(n, 1), "max(1, n)"),
        (n % 3, "-3*(n//3) + n"),
    ],
)
def test_canonical_form(made: DimLike, text: str) -> None:
    if text == "-((-n)//2)":
        assert substitute(made, {"n": 5}) == 3
        return
    assert str(made) == text


def test_equal_polynomials_are_equal_dims() -> None:
    assert (n + 1) * (n - 1) == n * n - 1
    assert hash((n + m) * 2) == hash(2 * m + 2 * n)
    assert n + m != n - m


def test_what_cancels_is_a_plain_number() -> None:
    assert type(n - n + 4) is int
    assert type(floor_div(n, n)) is int


def test_truth_is_refused() -> None:
    with pytest.raises(IRTypeError, match="not known"):
        bool(n)


def test_division_by_zero_is_refused() -> None:
    with pytest.raises(IRTypeError, match="zero"):
        floor_div(n, 0)


DEEP = ["(" * 100 + "n" + ")" * 100, "-" * 99 + "n"]


@pytest.mark.parametrize("text", ["", "n +", "(n", "n//", "1.5", "n**2", "max(n)", "a b", *DEEP])
def test_what_is_not_a_dim_is_refused(text: str) -> None:
    with pytest.raises(IRTypeError):
        parse_dim(text)


def test_unknown_has_its_own_sign() -> None:
    assert parse_dim("?") is None
    assert parse_dim(" 12 ") == 12


_LEAVES = st.one_of(st.integers(-4, 9), st.sampled_from([n, m]))
_NUMBERS = st.fixed_dictionaries({"n": st.integers(0, 12), "m": st.integers(0, 12)})


def _grown(inner: st.SearchStrategy[DimLike]) -> st.SearchStrategy[DimLike]:
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] - p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        st.tuples(inner, st.integers(1, 5)).map(lambda p: floor_div(p[0], p[1])),
        st.tuples(inner, inner).map(lambda p: dim_max(p[0], p[1])),
        st.tuples(inner, inner).map(lambda p: dim_min(p[0], p[1])),
    )


_DIMS = st.recursive(_LEAVES, _grown, max_leaves=6)


@given(_DIMS)
def test_text_is_read_back(dim: DimLike) -> None:
    assert parse_dim(str(dim)) == dim


@given(_DIMS, _DIMS, st.integers(1, 7), _NUMBERS)
def test_arithmetic_commutes_with_substitution(a: DimLike, b: DimLike, k: int, at: dict[str, int]) -> None:
    x, y = substitute(a, at), substitute(b, at)
    assert isinstance(x, int)
    assert isinstance(y, int)
    assert substitute(a + b, at) == x + y
    assert substitute(a - b, at) == x - y
    assert substitute(a * b, at) == x * y
    assert substitute(floor_div(a, k), at) == x // k
    assert substitute(dim_max(a, b), at) == max(x, y)
    assert substitute(dim_min(a, b), at) == min(x, y)


@given(_DIMS, _NUMBERS)
def test_a_lower_bound_is_one(dim: DimLike, at: dict[str, int]) -> None:
    if isinstance(dim, Dim) and dim.lower_bound is not None:
        value = substitute(dim, at)
        assert isinstance(value, int)
        assert value >= dim.lower_bound
