"""Rules of shape and dtype that ops share: broadcasting, equal dtypes, joining what is known of two dims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from irlib.dims import MaybeDim
from irlib.errors import IRTypeError
from irlib.op import Operand
from irlib.types import DType, Shape, TensorType

__all__ = [
    "broadcast_dims",
    "broadcast_shapes",
    "elementwise_type",
    "join_dims",
    "join_shapes",
    "require_dtype",
    "same_dtype",
    "shape_text",
]


def broadcast_dims(a: MaybeDim, b: MaybeDim) -> MaybeDim:
    """The dim that `a` and `b` broadcast to.

    A number other than 1 beside a symbol wins: either they are equal when the graph runs, or it is refused then.
    Raises: IRTypeError when they are different numbers and neither is 1.
    """
    if isinstance(a, int) and isinstance(b, int):
        if b in (a, 1):
            return a
        if a == 1:
            return b
        raise IRTypeError(f"dims {a} and {b} do not broadcast, expected equal dims or 1", code="IR206")
    if isinstance(a, int):
        return b if a == 1 else a
    if isinstance(b, int):
        return a if b == 1 else b
    return a if a is not None and a == b else None


def broadcast_shapes(shapes: Iterable[Shape | None]) -> Shape | None:
    """The shape that all of `shapes` broadcast to by numpy's rule; None where a rank is unknown.

    Raises: IRTypeError when they do not broadcast.
    """
    result: Shape = ()
    for shape in shapes:
        if shape is None:
            return None
        if shape == result:
            continue
        longer, shorter = (result, shape) if len(result) >= len(shape) else (shape, result)
        lead = len(longer) - len(shorter)
        try:
            result = longer[:lead] + tuple(map(broadcast_dims, longer[lead:], shorter))
        except IRTypeError as error:
            error.what += f", in shapes {shape_text(shape)} and {shape_text(result)}"
            raise
    return result


def join_dims(a: MaybeDim, b: MaybeDim, what: str = "dims") -> MaybeDim:
    """The dim that `a` and `b`, which must be equal, both are; a number where one is known.

    Raises: IRTypeError when they are different numbers.
    """
    if a is None or b is None:
        return b if a is None else a
    if a == b or isinstance(a, int):
        if isinstance(b, int) and a != b:
            raise IRTypeError(f"{what}: got {a} and {b}, expected equal", code="IR207")
        return a
    return b


def join_shapes(shapes: Sequence[Shape | None], what: str = "shapes") -> Shape | None:
    """The shape that all of `shapes`, which must be equal, are; None when none is known. Raises: IRTypeError."""
    known = [s for s in shapes if s is not None]
    if not known:
        return None
    result = known[0]
    for shape in known[1:]:
        if len(shape) != len(result):
            raise IRTypeError(f"{what}: got ranks {len(result)} and {len(shape)}, expected equal", code="IR207")
        result = tuple(join_dims(a, b, what) for a, b in zip(result, shape, strict=True))
    return result


def same_dtype(*operands: Operand | None) -> DType:
    """The dtype all operands have. Raises: IRTypeError when they differ; nothing is promoted silently."""
    found = [o.tensor.dtype for o in operands if o is not None]
    for other in found[1:]:
        if other is not found[0]:
            raise IRTypeError(
                f"got operands of {found[0]} and {other}, expected one dtype", code="IR204", remedy="cast one of them"
            )
    return found[0]


def require_dtype(operand: Operand, kinds: Sequence[str], what: str) -> DType:
    """The operand's dtype, which must be of one of `kinds` (bool, int, uint, float, complex, string; or dtypes' names).

    Raises: IRTypeError otherwise.
    """
    found = operand.tensor.dtype
    if found.kind not in kinds and found.name not in kinds:
        raise IRTypeError(f"{what} is {found}, expected {' or '.join(kinds)}", code="IR204")
    return found


def elementwise_type(operands: Sequence[Operand], dtype: DType) -> TensorType:
    """The type of an elementwise result."""
    return TensorType(dtype, broadcast_shapes([o.tensor.shape for o in operands]))


def shape_text(shape: Shape | None) -> str:
    """How messages write a shape."""
    return "[...]" if shape is None else f"[{', '.join('?' if d is None else str(d) for d in shape)}]"
