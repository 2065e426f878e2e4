"""Rules of axes and shape operands that ops share: reading them from operands, known or not, and what they leave."""

from __future__ import annotations

from collections.abc import Sequence

from irlib.dims import MaybeDim
from irlib.errors import AttributeValueError, IRTypeError
from irlib.op import MAX_KNOWN, Known, Operand, normalized_axis
from irlib.types import Shape

__all__ = [
    "axis_count",
    "known_vector",
    "normalized_axes",
    "reduced_shape",
    "require_int64",
    "require_scalar",
    "require_vector",
    "static_axes",
    "vector_dims",
]


def require_int64(operand: Operand, what: str) -> None:
    """Raises: IRTypeError unless the operand is int64, as every axis, shape, start and count is."""
    if operand.tensor.dtype.name != "int64":
        raise IRTypeError(f"{what} is {operand.tensor.dtype}, expected int64", code="IR204", remedy="cast it")


def require_vector(operand: Operand, what: str) -> MaybeDim:
    """The length of an int64 vector. Raises: IRTypeError when it is no such thing."""
    require_int64(operand, what)
    shape = operand.shape
    if shape is None:
        return None
    if len(shape) != 1:
        raise IRTypeError(f"{what} has rank {len(shape)}, expected a vector", code="IR207")
    return shape[0]


def require_scalar(operand: Operand, what: str) -> None:
    """Raises: IRTypeError unless the operand has rank 0, or its rank is not known."""
    if operand.rank not in (None, 0):
        raise IRTypeError(f"{what} has rank {operand.rank}, expected a scalar", code="IR207")


def vector_dims(operand: Operand, what: str) -> tuple[MaybeDim, ...] | None:
    """The elements of an int64 vector as dims, None for those not known; None when its length is not known."""
    length = require_vector(operand, what)
    dims = operand.dims
    if dims is None and isinstance(length, int) and length > MAX_KNOWN:
        raise IRTypeError(f"{what} has {length} elements, expected at most 32", code="IR205")
    return dims


def normalized_axes(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """`axes` counted from the front, in the order given.

    Raises: AttributeValueError when one is out of range or there twice.
    """
    made = tuple(normalized_axis(a, rank) for a in axes)
    if len(set(made)) != len(made):
        raise AttributeValueError(f"axes {list(axes)} name one axis twice, expected distinct axes", code="IR303")
    return made


def axis_count(axes: Operand) -> int | None:
    """How many axes there are; a scalar is one. Raises: IRTypeError when it is neither a scalar nor a vector."""
    require_int64(axes, "axes")
    shape = axes.shape
    if shape is None:
        return None
    if len(shape) > 1:
        raise IRTypeError(f"axes has rank {len(shape)}, expected a vector or a scalar", code="IR207")
    if not shape:
        return 1
    return shape[0] if isinstance(shape[0], int) else None


def static_axes(axes: Operand | None, rank: int) -> tuple[int, ...] | None:
    """The axes where they are constant, normalized; every axis where the operand is absent; None where not known."""
    if axes is None:
        return tuple(range(rank))
    axis_count(axes)
    ints = axes.ints
    return None if ints is None else normalized_axes(ints, rank)


def reduced_shape(x: Operand, axes: Operand | None, *, keepdims: bool) -> Shape | None:
    """The shape that a reduction of `x` over `axes` (absent: all) leaves."""
    count = None if axes is None else axis_count(axes)
    shape = x.shape
    if shape is None:
        return () if axes is None and not keepdims else None
    gone = static_axes(axes, len(shape))
    if gone is not None:
        if keepdims:
            return tuple(1 if i in gone else d for i, d in enumerate(shape))
        return tuple(d for i, d in enumerate(shape) if i not in gone)
    if count is not None and count > len(shape):
        raise AttributeValueError(f"{count} axes for rank {len(shape)}, expected at most {len(shape)}", code="IR303")
    if count == 0:
        return shape
    if keepdims:
        return tuple(1 if d == 1 or count == len(shape) else None for d in shape)
    return None if count is None else (None,) * (len(shape) - count)


def known_vector(items: Sequence[Known]) -> Known:
    """A vector's known value from its elements', None when it is too long to carry or nothing of it is known."""
    if len(items) > MAX_KNOWN or all(k is None for k in items):
        return () if not items else None
    return tuple(items)  # type: ignore[arg-type]
