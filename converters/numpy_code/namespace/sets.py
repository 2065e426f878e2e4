"""Sets: distinct elements, membership, unions and differences. Results have sizes that only the elements tell."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axis_of
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


class UniqueAllResult(NamedTuple):
    """What `unique_all` gives."""

    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


class UniqueCountsResult(NamedTuple):
    """What `unique_counts` gives."""

    values: Any
    counts: Any


class UniqueInverseResult(NamedTuple):
    """What `unique_inverse` gives."""

    values: Any
    inverse_indices: Any


def _distinct(x: Array, axis: Any) -> tuple[Array, Array, Array, Array]:
    if x.dtype.kind == "c":
        raise refused("unique of complex numbers is not traced")
    b = Tape.current().b
    value = cast(x.value, np.uint8) if x.dtype.kind == "b" else x.value
    value = b.reshape(value, [-1]) if axis is None else value
    values, first, inverse, counts = b.unique(value, axis=None if axis is None else axis_of(axis, x.ndim))
    return tuple(wrap(v, layout=strides.C) for v in (cast(values, x.dtype), first, inverse, counts))  # type: ignore[return-value]


@function("unique")
def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False, axis: Any = None,
    *, equal_nan: bool = True, sorted: bool = True,
) -> Any:  # fmt: skip
    x = lift(ar)
    values, first, inverse, counts = _distinct(x, axis)
    if not equal_nan and x.dtype.kind == "f":
        raise refused("unique: equal_nan=False is not traced")
    made = [values]
    if return_index:
        made.append(first)
    if return_inverse:
        made.append(xp.reshape(inverse, x.shape) if axis is None else inverse)
    if return_counts:
        made.append(counts)
    return made[0] if len(made) == 1 else tuple(made)


@function("unique_all")
def unique_all(x: Any) -> UniqueAllResult:
    x = lift(x)
    values, first, inverse, counts = _distinct(x, None)
    return UniqueAllResult(values, first, xp.reshape(inverse, x.shape), counts)


@function("unique_counts")
def unique_counts(x: Any) -> UniqueCountsResult:
    values, _, _, counts = _distinct(lift(x), None)
    return UniqueCountsResult(values, counts)


@function("unique_inverse")
def unique_inverse(x: Any) -> UniqueInverseResult:
    x = lift(x)
    values, _, inverse, _ = _distinct(x, None)
    return UniqueInverseResult(values, xp.reshape(inverse, x.shape))


@function("unique_values")
def unique_values(x: Any) -> Array:
    return _distinct(lift(x), None)[0]


@function("isin")
def isin(
    element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False, *, kind: Any = None
) -> Any:
    x, others = lift(element), xp.ravel(test_elements)
    to = xp.result_type(x, others)
    b = Tape.current().b
    left, right = cast(x.value, to), cast(others.value, to)
    rank = x.ndim
    found = b.any(b.equal(b.unsqueeze(left, [rank]), right), [rank])
    return wrap(b.logical_not(found) if invert else found, layout=strides.C)


@function("in1d")
def in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False, *, kind: Any = None) -> Any:
    return isin(xp.ravel(ar1), ar2, assume_unique, invert)


@function("union1d")
def union1d(ar1: Any, ar2: Any) -> Array:
    return unique(xp.concatenate((xp.ravel(ar1), xp.ravel(ar2))))  # type: ignore[no-any-return]


@function("intersect1d")
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    x, y = xp.ravel(ar1), xp.ravel(ar2)
    to = xp.result_type(x, y)
    x, y = xp.astype(x, to), xp.astype(y, to)
    values, first, _, _ = _distinct(x, None)
    kept = isin(values, y)
    common = xp.compress(kept, values)
    if not return_indices:
        return common
    others, second, _, _ = _distinct(y, None)
    return common, xp.compress(kept, first), xp.compress(isin(others, x), second)


@function("setdiff1d")
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    x = xp.ravel(ar1) if assume_unique else unique(ar1)
    return xp.compress(isin(x, ar2, invert=True), x)


@function("setxor1d")
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    x, y = unique(ar1), unique(ar2)
    values, _, _, counts = _distinct(xp.concatenate((x, y)), None)
    return xp.compress(counts == 1, values)
