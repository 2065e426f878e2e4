"""`order=`: arrays whose elements lie in memory row by row (C), column by column (F), or as they lay (K, A)."""

from __future__ import annotations

from typing import Any

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.ufuncs import layout_of
from irlib.converters.numpy_code.namespace.views import backwards, copied

__all__ = ["by_columns", "copied_in", "fresh_in", "in_order"]


def by_columns(x: Array, order: Any) -> bool:
    """Whether elements are read with the first index the fastest. Raises: TraceError where that is not known."""
    if order in (None, "C", "F"):
        return bool(order == "F")
    if order not in ("A", "K"):
        raise ValueError(f"got order={order!r}, expected 'C', 'F', 'A' or 'K'")
    rows = strides.is_contiguous(x.layout, x.tensor.shape or ())
    turned = backwards(x)
    columns = False if rows else strides.is_contiguous(turned.layout, turned.tensor.shape or ())
    if rows or (columns is False and order == "A"):
        return False
    if not columns:
        raise refused(f"order={order!r} depends on how the elements lie in memory", remedy="give order='C' or 'F'")
    return True


def in_order(x: Array, order: Any) -> Array:
    """`x` where it lies in that order, else a copy that does."""
    if order in (None, "K", "A"):
        return x
    turned = backwards(x) if order == "F" else x
    lies_so = strides.is_contiguous(turned.layout, turned.tensor.shape or ())
    if lies_so is None:
        return x.unsure_view()  # type: ignore[no-any-return]
    return x if lies_so else copied_in(x, order)


def copied_in(x: Array, order: Any) -> Array:
    """A copy that lies in that order."""
    if order == "K":
        return wrap(x.value, layout=layout_of([x]))
    return backwards(copied(backwards(x))) if by_columns(x, order) else copied(x)


def fresh_in(x: Array, order: Any) -> Array:
    """A fresh array of the value of `x`, as numpy lays out what it makes anew."""
    return backwards(copied(backwards(x))) if order == "F" else x
