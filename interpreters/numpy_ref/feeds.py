"""Feeds: what a caller gives, made runtime values, and held against what the graph declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from irlib.dims import Dim, substitute
from irlib.errors import FeedError
from irlib.types import OptionalType, SequenceType, TensorType, Type, dtype_of, type_of

__all__ = ["check_expressions", "check_feed", "fed_type", "runtime_value"]


def runtime_value(declared: Type, value: Any, where: str) -> Any:
    """`value` as the interpreter holds it: a plain array in native byte order, a list for a sequence, None for absent.

    An array keeps its dtype; a Python number, or a nested list of them, takes the declared one where it fits.
    Raises: FeedError when it does not fit.
    """
    if isinstance(declared, OptionalType):
        return None if value is None else runtime_value(declared.element, value, where)
    if isinstance(declared, SequenceType):
        return [runtime_value(declared.element, item, where) for item in value] if isinstance(value, list) else value
    if value is None or (type(value) is np.ndarray and value.dtype.isnative and value.dtype.kind not in "US"):
        return value
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        return array.astype(object if array.dtype.kind in "US" else array.dtype.newbyteorder("="))
    if not isinstance(value, bool | int | float | complex | str | list | tuple):
        return value  # refused by `check_feed`, which says what was expected
    try:
        array = np.asarray(value)
        if array.dtype.kind in _BECOMES.get(declared.dtype.kind, ""):
            return np.asarray(value, declared.dtype.numpy)
    except (ValueError, TypeError, OverflowError) as error:
        raise FeedError(f"{error}", code="IR603", where=where, remedy=f"feed an array of {declared}") from None
    return array.astype(object) if array.dtype.kind in "US" else array


_BECOMES = {"bool": "b", "int": "iu", "uint": "iu", "float": "iuf", "complex": "iufc", "string": "US"}
"""The kinds of Python numbers (as numpy reads them) that a dtype of each kind takes."""


def fed_type(declared: Type, value: Any) -> Type:
    """The type to plan for: as precise as the value, as much of a container as declared."""
    if isinstance(declared, OptionalType):
        return declared if value is None else OptionalType(fed_type(declared.element, value))
    if isinstance(value, list) and not value:
        return declared  # an empty sequence does not tell what it has none of
    return type_of(value)


def check_feed(declared: Type, array: Any, symbols: dict[str, int], where: str) -> None:
    """Raises: FeedError when `array` is not of the declared type; binds the symbols that are dims of their own."""
    if isinstance(declared, OptionalType):
        if array is not None:
            check_feed(declared.element, array, symbols, where)
        return
    if isinstance(declared, SequenceType):
        if not isinstance(array, list):
            raise FeedError(f"got a {type(array).__name__}, expected a list for {declared}", code="IR603", where=where)
        for k, item in enumerate(array):
            check_feed(declared.element, item, {}, f"{where}, item {k}")
        return
    if not isinstance(array, np.ndarray):
        raise FeedError(f"got a {type(array).__name__}, expected an array of {declared}", code="IR603", where=where)
    found = dtype_of(array)
    if found is not declared.dtype:
        raise FeedError(
            f"got {found}{list(array.shape)}, expected {declared}", code="IR603", where=where,
            remedy=f"cast it to {declared.dtype}",
        )  # fmt: skip
    if declared.shape is None:
        return
    if len(declared.shape) != array.ndim:
        raise FeedError(f"got rank {array.ndim} {list(array.shape)}, expected {declared}", code="IR603", where=where)
    for axis, (dim, size) in enumerate(zip(declared.shape, array.shape, strict=True)):
        if isinstance(dim, Dim) and str(dim) in dim.symbols:
            dim = symbols.setdefault(str(dim), size)
        if isinstance(dim, int) and dim != size:
            raise FeedError(
                f"dim {axis} is {size}, expected {declared.shape[axis]}"
                + (f" = {dim}" if isinstance(declared.shape[axis], Dim) else "") + f", for {declared}",
                code="IR603", where=where,
            )  # fmt: skip


def check_expressions(declared: Type, array: Any, symbols: Mapping[str, int], where: str) -> None:
    """Raises: FeedError when a dim that is an expression of symbols is not what they make it."""
    if not isinstance(declared, TensorType) or declared.shape is None or not isinstance(array, np.ndarray):
        return
    for axis, (dim, size) in enumerate(zip(declared.shape, array.shape, strict=True)):
        made = substitute(dim, symbols)
        if isinstance(made, int) and made != size:
            raise FeedError(f"dim {axis} is {size}, expected {dim} = {made}", code="IR603", where=where)
