"""Products of matrices and tensors: `matmul` and what is written with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.errors import IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, register
from irlib.shapes import broadcast_shapes, join_dims, require_dtype, same_dtype, shape_text
from irlib.types import TensorType

__all__ = ["MatMul", "swapped"]

NUMERIC = ("int", "uint", "float", "complex")


@register
@dataclass(frozen=True)
class MatMul(Op):
    """Matrix product of `x` and `y` by numpy's rule: the last two axes multiply, those before broadcast.

    Type: x: T[..b1, m, k], y: T[..b2, k, n] -> T[..broadcast(b1, b2), m, n]; T is an integer, float or complex dtype.
    (C1) an operand of rank 1 is a row (x) or a column (y), and its added axis is dropped from the result.
    (C2) no operand has rank 0; the dims that are summed over are equal.
    (C3) half floats accumulate in float32; integers wrap around (two's complement).
    Source: Python array API 2024.12 `matmul`; ONNX MatMul-13.
    """

    name = "matmul"
    smoothness = "smooth"

    def infer(self, x: Operand, y: Operand) -> TensorType:
        found = same_dtype(x, y)
        require_dtype(x, NUMERIC, "operand")
        a, c = x.shape, y.shape
        if 0 in (x.rank, y.rank):
            raise IRTypeError(f"shapes {shape_text(a)} and {shape_text(c)}, expected rank 1 or more", code="IR207")
        if a is None or c is None:
            return TensorType(found, None)
        join_dims(a[-1], c[-2] if len(c) > 1 else c[-1], f"dims summed over, in shapes {shape_text(a)} and {shape_text(c)}")
        batch = broadcast_shapes([a[:-2], c[:-2]]) or ()
        return TensorType(found, (*batch, *a[-2:-1], *(c[-1:] if len(c) > 1 else ())))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        if x.rank is None or y.rank is None:
            raise IRTypeError(
                "the rank of an operand is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
            )
        need_x, need_y = node.needs
        return (
            _left(b, x, y, dy) if need_x else None,
            _right(b, x, y, dy) if need_y else None,
        )


def swapped(b: Emitter, x: Any) -> Any:
    """`x`, of known rank, with its last two axes exchanged."""
    rank = x.rank
    return b.transpose(x, perm=(*range(rank - 2), rank - 1, rank - 2))


def _left(b: Emitter, x: Any, y: Any, dy: Any) -> Any:
    """The cotangent of the left operand of `matmul`."""
    other = b.adjoint(y)
    if x.rank == 1:
        if y.rank == 1:
            return b.multiply(dy, other)
        return b.matmul(other, dy) if y.rank == 2 else b.einsum(dy, other, equation="...n,...kn->k")
    if y.rank == 1:
        return b.einsum(dy, other, equation="...m,k->...mk")
    return _unbroadcast(b, b.matmul(dy, swapped(b, other)), x, y)


def _right(b: Emitter, x: Any, y: Any, dy: Any) -> Any:
    """The cotangent of the right operand of `matmul`."""
    other = b.adjoint(x)
    if y.rank == 1:
        if x.rank == 1:
            return b.multiply(dy, other)
        return b.matmul(dy, other) if x.rank == 2 else b.einsum(other, dy, equation="...mk,...m->k")
    if x.rank == 1:
        return b.einsum(other, dy, equation="k,...n->...kn")
    if y.rank == 2 < x.rank:
        # one product over all rows instead of one for each matrix, summed afterwards
        return b.einsum(other, dy, equation="...mk,...mn->kn")
    return _unbroadcast(b, b.matmul(swapped(b, other), dy), y, x)


def _unbroadcast(b: Emitter, d: Any, x: Any, other: Any) -> Any:
    """`d` summed over the batch axes along which `x` was broadcast; they are those of `x` where all are known equal."""
    mine, theirs = x.shape[:-2], other.shape[:-2]
    if len(mine) >= len(theirs):
        lead = len(mine) - len(theirs)
        if all(t == 1 or (t is not None and m == t) for m, t in zip(mine[lead:], theirs, strict=True)):
            return d
    return b.sum_to(d, b.shape(x))
