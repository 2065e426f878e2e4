"""Integer and bool functions of values known before the graph runs: what shapes are computed with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irlib.dims import Dim, DimLike, dim_max, dim_min

__all__ = [
    "absolute",
    "add",
    "equal",
    "floor_divide",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "not_equal",
    "positive",
    "remainder",
    "sign",
    "subtract",
]  # fmt: skip

Item = DimLike | bool | None
Truth = bool | None


def _strict(f: Callable[..., Item]) -> Callable[..., Item]:
    """`f`, unknown where any operand is."""

    def known(*items: Item) -> Item:
        return None if any(i is None for i in items) else f(*items)

    return known


def _lower(item: Any) -> int | None:
    return item.lower_bound if isinstance(item, Dim) else int(item)


def _less(x: Any, y: Any) -> bool | None:
    """Whether x < y; None where bounds do not say."""
    above, below = _lower(y - x), _lower(x - y)
    if above is not None and above > 0:
        return True
    return False if below is not None and below >= 0 else None


def _equal(x: Any, y: Any) -> bool | None:
    if x == y:
        return True
    apart = _less(x, y) or _less(y, x)
    return False if apart or not (isinstance(x, Dim) or isinstance(y, Dim)) else None


def _not(item: Truth) -> Truth:
    return None if item is None else not item


def _divide(x: Any, y: Any) -> Item:
    return None if _equal(y, 0) is not False else x // y


def _modulo(x: Any, y: Any) -> Item:
    return None if _equal(y, 0) is not False else x % y


def _sign(x: Any) -> Item:
    if isinstance(x, int):
        return (x > 0) - (x < 0)
    return 1 if (_lower(x) or 0) > 0 else None


add = _strict(lambda x, y: x + y)
subtract = _strict(lambda x, y: x - y)
multiply = _strict(lambda x, y: x * y)
floor_divide = _strict(_divide)
remainder = _strict(_modulo)
negative = _strict(lambda x: -x)
positive = _strict(lambda x: x)
absolute = _strict(lambda x: dim_max(x, -x))
sign = _strict(_sign)
maximum = _strict(dim_max)
minimum = _strict(dim_min)
equal = _strict(_equal)
not_equal = _strict(lambda x, y: _not(_equal(x, y)))
less = _strict(_less)
less_equal = _strict(lambda x, y: _not(_less(y, x)))
greater = _strict(lambda x, y: _less(y, x))
greater_equal = _strict(lambda x, y: _not(_less(x, y)))
