"""What rules of matrix ops share: triangles, conjugate transposes, careful quotients. No ops."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.dims import MaybeDim
from irlib.errors import IRTypeError
from irlib.methods import Emitter
from irlib.op import Operand
from irlib.ops.linalg import swapped
from irlib.shapes import join_dims, require_dtype, shape_text
from irlib.types import Shape

__all__ = ["adjoint", "band", "column", "hermitian", "kept", "like", "matrix", "over", "row", "unbatched"]

EXACT = ("float32", "float64", "complex")


def matrix(x: Operand, *, square: bool = False) -> tuple[Shape, MaybeDim, MaybeDim] | None:
    """Batch dims, rows and columns; None where the rank is unknown. Raises: IRTypeError when it is no such matrix."""
    require_dtype(x, EXACT, "operand")
    if x.shape is None:
        return None
    if len(x.shape) < 2:
        raise IRTypeError(f"shape {shape_text(x.shape)}, expected rank 2 or more", code="IR207")
    rows, columns = x.shape[-2:]
    if square:
        rows = columns = join_dims(rows, columns, "rows and columns")
    return x.shape[:-2], rows, columns


def adjoint(b: Emitter, x: Any) -> Any:
    """The conjugate transpose. Raises: IRTypeError when the rank is not known."""
    if x.rank is None:
        raise IRTypeError(
            "the rank of an operand is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
        )
    return b.adjoint(swapped(b, x))


def band(b: Emitter, x: Any, kind: str) -> Any:
    """Where in the last two axes of `x`: lower, strictly_lower, upper, strictly_upper or diagonal."""
    rows, columns = x.shape[-2:]
    compare = {
        "lower": "less_equal", "strictly_lower": "less", "upper": "greater_equal", "strictly_upper": "greater",
        "diagonal": "equal",
    }[kind]  # fmt: skip
    if isinstance(rows, int) and isinstance(columns, int):
        return b.constant(getattr(np, compare)(np.arange(columns)[None, :], np.arange(rows)[:, None]))
    shape = b.shape(x)
    i, j = (b.arange(0, b.take(shape, axis, axis=0), 1) for axis in (-2, -1))
    return getattr(b, compare)(b.unsqueeze(j, [0]), b.unsqueeze(i, [1]))


def kept(b: Emitter, x: Any, kind: str) -> Any:
    """The elements of `x` in that band, zero elsewhere."""
    return b.where(band(b, x, kind), x, b.constant(0, x.dtype))


def unbatched(b: Emitter, d: Any, x: Any) -> Any:
    """`d` summed over the batch axes along which `x` was broadcast."""
    return d if d.shape == x.shape and None not in x.shape else b.sum_to(d, b.shape(x))


def over(b: Emitter, x: Any, divisor: Any) -> Any:
    """The quotient ``x / divisor``, and 0 where `x` is 0: what is not asked for does not matter."""
    zero = b.equal(x, b.constant(0, x.dtype))
    one = b.constant(1, x.dtype)
    return b.where(zero, b.constant(0, x.dtype), b.divide(x, b.where(zero, one, divisor)))


def column(b: Emitter, x: Any) -> Any:
    """Vectors `x` with a last axis of 1."""
    return b.unsqueeze(x, [-1])


def row(b: Emitter, x: Any) -> Any:
    """Vectors `x` with an axis of 1 before the last."""
    return b.unsqueeze(x, [-2])


def like(b: Emitter, x: Any, other: Any) -> Any:
    """A real value in the dtype of `other`."""
    return x if x.dtype is other.dtype else b.cast(x, dtype=other.dtype)


def hermitian(b: Emitter, x: Any) -> Any:
    """The hermitian part."""
    return b.multiply(b.add(x, adjoint(b, x)), b.constant(0.5, x.dtype))
