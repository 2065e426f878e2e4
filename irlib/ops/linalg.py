"""Products of matrices and tensors: `matmul` and what is written with it."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_letters
from typing import Any

import numpy as np

from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Op, Operand, normalized_axis, register
from irlib.shapes import broadcast_shapes, join_dims, require_dtype, same_dtype, shape_text
from irlib.types import TensorType

__all__ = ["Cross", "Kron", "MatMul", "MatrixPower", "Outer", "TensorDot", "Trace", "VecDot", "swapped"]

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
        what = f"dims summed over, in shapes {shape_text(a)} and {shape_text(c)}"
        join_dims(a[-1], c[-2] if len(c) > 1 else c[-1], what)
        batch = broadcast_shapes([a[:-2], c[:-2]]) or ()
        return TensorType(found, (*batch, *a[-2:-1], *(c[-1:] if len(c) > 1 else ())))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        _known_ranks(x, y)
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


@register
@dataclass(frozen=True)
class TensorDot(Composite):
    """Sum of products of `x` and `y` over pairs of axes: ``axes_x[i]`` of x with ``axes_y[i]`` of y.

    Type: x: T[..], y: T[..] -> T[the other axes of x, then those of y]; T is an integer, float or complex dtype.
    Source: Python array API 2024.12 `tensordot`, its axes as two tuples.
    """

    axes_x: tuple[int, ...]
    axes_y: tuple[int, ...]

    name = "tensordot"
    smoothness = "smooth"

    def infer(self, x: Operand, y: Operand) -> TensorType:
        if len(self.axes_x) != len(self.axes_y):
            raise AttributeValueError(f"{self.axes_x} beside {self.axes_y}, expected as many axes", code="IR302")
        found = same_dtype(x, y)
        if x.shape is None or y.shape is None:
            return TensorType(found, None)
        summed_x = [normalized_axis(a, len(x.shape)) for a in self.axes_x]
        summed_y = [normalized_axis(a, len(y.shape)) for a in self.axes_y]
        for i, j in zip(summed_x, summed_y, strict=True):
            join_dims(x.shape[i], y.shape[j], "dims summed over")
        left = [d for i, d in enumerate(x.shape) if i not in summed_x]
        return TensorType(found, (*left, *(d for j, d in enumerate(y.shape) if j not in summed_y)))

    def decompose(self, b: Emitter, x: Any, y: Any) -> Any:
        _known_ranks(x, y)
        self.infer(x.operand, y.operand)
        left = list(ascii_letters[: x.rank])
        right = list(ascii_letters[x.rank : x.rank + y.rank])
        for i, j in zip(self.axes_x, self.axes_y, strict=True):
            right[j] = left[i]
        kept = [c for c in left if c not in right] + [c for c in right if c not in left]
        return b.einsum(x, y, equation=f"{''.join(left)},{''.join(right)}->{''.join(kept)}")


@register
@dataclass(frozen=True)
class VecDot(Composite):
    """Sum of products of conj(x) and `y` along `axis`, which is the same of both; the other axes broadcast.

    Type: x: T[..], y: T[..] -> T[..]; T is an integer, float or complex dtype.
    (C1) axis counts from the end: -1 is the last.
    Source: Python array API 2024.12 `vecdot`.
    """

    axis: int = -1

    name = "vecdot"

    def decompose(self, b: Emitter, x: Any, y: Any) -> Any:
        if self.axis >= 0:
            raise AttributeValueError(f"axis {self.axis}, expected one counted from the end", code="IR303")
        _known_ranks(x, y)
        tail = ascii_letters[: -self.axis - 1]
        return b.einsum(b.adjoint(x), y, equation=f"...Z{tail},...Z{tail}->...{tail}")


@register
@dataclass(frozen=True)
class Outer(Composite):
    """Products of all elements of the vectors `x` and `y`; axes before the last are batches.

    Type: x: T[.., m], y: T[.., n] -> T[.., m, n]; T is an integer, float or complex dtype.
    Source: Python array API 2024.12 `linalg.outer`.
    """

    name = "outer"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Any, y: Any) -> Any:
        return b.einsum(x, y, equation="...i,...j->...ij")


@register
@dataclass(frozen=True)
class Trace(Composite):
    """The sum of the diagonal `offset` places right of the main one, of the last two axes.

    Type: x: T[.., m, n] -> T[..]; T is an integer, float or complex dtype.
    Source: Python array API 2024.12 `linalg.trace`.
    """

    offset: int = 0

    name = "trace"
    smoothness = "linear"

    def infer(self, x: Operand) -> TensorType:
        return x.tensor.with_shape(None if x.shape is None else x.shape[:-2])

    def decompose(self, b: Emitter, x: Any) -> Any:
        _known_ranks(x)
        if self.offset == 0 and x.shape[-1] is not None and x.shape[-1] == x.shape[-2]:
            return b.einsum(x, equation="...ii->...")
        rows, columns = x.shape[-2:]
        if not isinstance(rows, int) or not isinstance(columns, int):
            raise IRTypeError("rows and columns are not known", code="IR210", remedy="use irlib.specialize")
        chosen = np.eye(rows, columns, self.offset)
        return b.einsum(x, b.constant(chosen, x.dtype), equation="...ij,ij->...")


@register
@dataclass(frozen=True)
class Kron(Composite):
    """The Kronecker product: each element of `x` replaced by its product with the array `y`.

    Type: x: T[d..], y: T[e..] of one rank -> T[d*e..]; T is an integer, float or complex dtype.
    Source: numpy `kron`, for operands of one rank.
    """

    name = "kron"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Any, y: Any) -> Any:
        _known_ranks(x, y)
        if x.rank != y.rank:
            raise IRTypeError(f"ranks {x.rank} and {y.rank}, expected equal", code="IR207")
        rank = x.rank
        left, right = ascii_letters[:rank], ascii_letters[rank : 2 * rank]
        pairs = "".join(c + d for c, d in zip(left, right, strict=True))
        shape = b.multiply(b.shape(x), b.shape(y))
        return b.reshape(b.einsum(x, y, equation=f"{left},{right}->{pairs}"), shape)


@register
@dataclass(frozen=True)
class Cross(Composite):
    """The cross product of vectors of 3 elements along `axis`; the other axes broadcast.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer, float or complex dtype.
    (C1) axis counts from the end: -1 is the last.
    Source: Python array API 2024.12 `linalg.cross`.
    """

    axis: int = -1

    name = "cross"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Any, y: Any) -> Any:
        if self.axis >= 0:
            raise AttributeValueError(f"axis {self.axis}, expected one counted from the end", code="IR303")
        _known_ranks(x, y)
        for operand in (x, y):
            join_dims(operand.shape[self.axis], 3, "elements of vectors")
        after = [b.take(v, b.constant([1, 2, 0]), axis=v.rank + self.axis) for v in (x, y)]
        before = [b.take(v, b.constant([2, 0, 1]), axis=v.rank + self.axis) for v in (x, y)]
        return b.subtract(b.multiply(after[0], before[1]), b.multiply(before[0], after[1]))


@register
@dataclass(frozen=True)
class MatrixPower(Composite):
    """The matrix multiplied by itself `n` times, by squaring; its inverse for negative n, the identity for 0.

    Type: x: T[.., m, m] -> T[.., m, m]; T is an integer, float or complex dtype, float or complex for n < 0.
    Source: Python array API 2024.12 `linalg.matrix_power`.
    """

    n: int

    name = "matrix_power"
    smoothness = "smooth"

    def infer(self, x: Operand) -> TensorType:
        if x.shape is not None:
            join_dims(x.shape[-2], x.shape[-1], "rows and columns")
        return x.tensor

    def decompose(self, b: Emitter, x: Any) -> Any:
        _known_ranks(x)
        self.infer(x.operand)
        if self.n == 0:
            if not isinstance(x.shape[-1], int):
                raise IRTypeError("rows and columns are not known", code="IR210", remedy="use irlib.specialize")
            return b.broadcast_to(b.constant(np.eye(x.shape[-1]), x.dtype), b.shape(x))
        square = x if self.n > 0 else b.inv(x)
        product = None
        left = abs(self.n)
        while True:
            if left % 2:
                product = square if product is None else b.matmul(product, square)
            left //= 2
            if not left:
                return product
            square = b.matmul(square, square)


def _known_ranks(*xs: Any) -> None:
    if any(x.rank is None for x in xs):
        raise IRTypeError(
            "the rank of an operand is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
        )
