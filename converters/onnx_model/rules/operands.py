"""What rules of several families do with their operands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irlib.methods import Emitter, Value

__all__ = ["as_int64", "as_scalar", "dims_of", "element", "in_float32", "int64s", "length_of", "per_channel"]


def as_int64(b: Emitter, x: Value | None) -> Any:
    """An integer operand as the int64 that irlib's ops take; None stays absent."""
    return x if x is None or x.dtype.name == "int64" else b.cast(x, dtype="int64")


def as_scalar(b: Emitter, x: Value) -> Any:
    """An operand of one element, which may have come as a vector, as a scalar."""
    return x if x.rank == 0 else b.reshape(x, [])


def in_float32(b: Emitter, x: Value) -> Any:
    """A half float in float32, so that what is added up is rounded once; anything else as it is."""
    return b.cast(x, dtype="float32") if x.dtype.is_float and x.dtype.bits < 32 else x


def int64s(b: Emitter, numbers: Sequence[int] | None) -> Any:
    """A constant int64 vector from an attribute; None stays absent."""
    return None if numbers is None else b.constant(list(numbers), "int64")


def length_of(vector: Value) -> int | None:
    """The number of elements of a vector, where it is known."""
    shape = vector.shape
    return shape[0] if shape is not None and len(shape) == 1 and isinstance(shape[0], int) else None


def dims_of(b: Emitter, x: Value, axes: Sequence[int]) -> Any:
    """The dims of `x` at `axes`, as an int64 vector: a constant where they are known."""
    found = None if x.shape is None else [x.shape[a] for a in axes]
    if found is not None and all(isinstance(d, int) for d in found):
        return b.constant(found, "int64")
    return b.take(b.shape(x), int64s(b, axes), axis=0)


def element(b: Emitter, vector: Value, index: int) -> Any:
    """One element of a vector, as a scalar."""
    return b.take(vector, b.constant(index, "int64"), axis=0)


def per_channel(b: Emitter, v: Value, rank: int) -> Any:
    """A vector over the channels, axis 1, in a shape that broadcasts with what has `rank`."""
    return v if rank <= 2 else b.reshape(v, [-1] + [1] * (rank - 2))
