"""Parts picked by a mask or by position: triangles, diagonals, boolean masks, one-hot vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.axes import require_int64, require_scalar
from irlib.errors import IRTypeError
from irlib.methods import Emitter, Value
from irlib.op import Composite, Operand, normalized_axis, register
from irlib.shapes import require_dtype
from irlib.types import TensorType

__all__ = ["BooleanMask", "Compress", "Diag", "Diagonal", "OneHot", "Tril", "Triu"]


def _need_rank(x: Value) -> int:
    """The rank of `x`. Raises: IRTypeError when it is not known."""
    if x.rank is None:
        raise IRTypeError("the rank is not known", code="IR210", remedy="declare the type, or use irlib.specialize")
    return x.rank


def _check_matrices(x: Operand) -> None:
    if x.rank is not None and x.rank < 2:
        raise IRTypeError(f"x has rank {x.rank}, expected at least 2", code="IR207")


def _dim(b: Emitter, x: Value, axis: int) -> Value:
    return b.take(b.shape(x), axis)


class _Triangle(Composite):
    """One side of a diagonal of matrices."""

    smoothness = "linear"

    def infer(self, x: Operand, k: Operand | None = None) -> TensorType:
        _check_matrices(x)
        if k is not None:
            require_int64(k, "k")
            require_scalar(k, "k")
        return x.tensor

    def decompose(self, b: Emitter, x: Value, k: Value | None = None) -> Value:
        self.infer(x.operand, None if k is None else k.operand)
        rows, columns = b.unsqueeze(b.iota(_dim(b, x, -2)), [1]), b.iota(_dim(b, x, -1))
        diagonal = rows if k is None else rows + k
        zero = b.constant(0, x.dtype)
        return b.where(self._inside(b, columns, diagonal), x, zero)

    def _inside(self, b: Emitter, columns: Value, diagonal: Value) -> Value:
        raise NotImplementedError


@register
@dataclass(frozen=True)
class Tril(_Triangle):
    """The matrices of `x` with what is above the `k`-th diagonal set to zero.

    Type: x: T[.., n, m], k: int64[] (absent: 0) -> T[.., n, m]; T is any dtype but string.
    (C1) element (i, j) is kept where j - i <= k.
    Source: Python array API 2024.12 `tril`; ONNX Trilu-14.
    """

    name = "tril"

    def _inside(self, b: Emitter, columns: Value, diagonal: Value) -> Value:
        return b.less_equal(columns, diagonal)


@register
@dataclass(frozen=True)
class Triu(_Triangle):
    """The matrices of `x` with what is below the `k`-th diagonal set to zero.

    Type: x: T[.., n, m], k: int64[] (absent: 0) -> T[.., n, m]; T is any dtype but string.
    (C1) element (i, j) is kept where j - i >= k.
    Source: Python array API 2024.12 `triu`; ONNX Trilu-14.
    """

    name = "triu"

    def _inside(self, b: Emitter, columns: Value, diagonal: Value) -> Value:
        return b.greater_equal(columns, diagonal)


@register
@dataclass(frozen=True)
class Diagonal(Composite):
    """The `offset`-th diagonals of the matrices of `x`.

    Type: x: T[.., n, m], offset: int64[] (absent: 0) -> T[.., d]; T is any dtype.
    (C1) element i is x[.., i, i + offset], or x[.., i - offset, i] for a negative offset; d is how many there are.
    Source: Python array API 2024.12 `linalg.diagonal`.
    """

    name = "diagonal"
    smoothness = "linear"

    def infer(self, x: Operand, offset: Operand | None = None) -> TensorType:
        shape = x.shape
        return x.tensor.with_shape(None if shape is None else (*shape[:-2], None))

    def decompose(self, b: Emitter, x: Value, offset: Value | None = None) -> Value:
        _check_matrices(x.operand)
        rows, columns = _dim(b, x, -2), _dim(b, x, -1)
        k = b.constant(0, "int64") if offset is None else offset
        down, right = b.maximum(b.negative(k), 0), b.maximum(k, 0)
        along = b.iota(b.maximum(b.minimum(rows - down, columns - right), 0))
        places = (along + down) * columns + along + right
        lead = b.slice(b.shape(x), [0], [-2])
        flat = b.reshape(x, b.concat(lead, b.reshape(rows * columns, [1]), axis=0))
        return b.take(flat, places, axis=-1)


@register
@dataclass(frozen=True)
class Diag(Composite):
    """A matrix with the vector `x` on its `k`-th diagonal and zeros elsewhere.

    Type: x: T[d], k: int64[] (absent: 0) -> T[n, n], n = d + |k|; T is any dtype but string.
    Source: numpy.diag of a vector.
    """

    name = "diag"
    smoothness = "linear"

    def infer(self, x: Operand, k: Operand | None = None) -> TensorType:
        if x.rank not in (None, 1):
            raise IRTypeError(f"x has rank {x.rank}, expected a vector", code="IR207")
        return x.tensor.with_shape((None, None))

    def decompose(self, b: Emitter, x: Value, k: Value | None = None) -> Value:
        self.infer(x.operand)
        k = b.constant(0, "int64") if k is None else k
        down, right = b.maximum(b.negative(k), 0), b.maximum(k, 0)
        size = _dim(b, x, 0) + down + right
        along = b.iota(_dim(b, x, 0))
        places = (along + down) * size + along + right
        zeros = b.broadcast_to(b.constant(0, x.dtype), b.reshape(size * size, [1]))
        square = b.concat(b.reshape(size, [1]), b.reshape(size, [1]), axis=0)
        # no place is there twice, and the derivative of adding is a gather alone
        if x.dtype.kind == "bool":
            return b.reshape(b.scatter(zeros, places, x), square)
        return b.reshape(b.scatter(zeros, places, x, reduction="add"), square)


@register
@dataclass(frozen=True)
class OneHot(Composite):
    """`on` where a new axis of `depth` places has the index, `off` elsewhere.

    Type: indices: I[..], depth: int64[], on: T[], off: T[] -> T[.., depth, ..]; I is int32 or int64, T any dtype.
    (C1) axis is where the new axis stands in the result, -rank(y) <= axis < rank(y).
    (C2) an index from -depth to -1 counts from the end; one out of range has no place: all are off.
    Source: ONNX OneHot-11.
    """

    axis: int = -1

    name = "one_hot"
    smoothness = "linear"

    def infer(self, indices: Operand, depth: Operand, on: Operand, off: Operand) -> TensorType:
        require_dtype(indices, ("int32", "int64"), "indices")
        return on.tensor.with_shape(None)

    def decompose(self, b: Emitter, indices: Value, depth: Value, on: Value, off: Value) -> Value:
        require_dtype(indices.operand, ("int32", "int64"), "indices")
        rank = _need_rank(indices) + 1
        axis = normalized_axis(self.axis, rank)
        if indices.dtype.name != "int64":
            indices = b.cast(indices, dtype="int64")
        front = b.where(b.less(indices, 0), indices + depth, indices)
        places = b.iota(depth)
        if axis < rank - 1:
            places = b.unsqueeze(places, list(range(1, rank - axis)))
        return b.where(b.equal(b.unsqueeze(front, [axis]), places), on, off)


@register
@dataclass(frozen=True)
class Compress(Composite):
    """The slices of `x` along `axis` where `condition` holds; without an axis, the elements of x as one vector.

    Type: x: T[..], condition: bool[k] -> T[.., n, ..]; T is any dtype.
    (C1) k is at most the dim at axis (or the number of elements); what is behind is left out.
    Source: ONNX Compress-11.
    """

    axis: int | None = None

    name = "compress"
    smoothness = "linear"

    def infer(self, x: Operand, condition: Operand) -> TensorType:
        require_dtype(condition, ("bool",), "condition")
        return x.tensor.with_shape((None,) if self.axis is None else None)

    def decompose(self, b: Emitter, x: Value, condition: Value) -> Value:
        require_dtype(condition.operand, ("bool",), "condition")
        if condition.rank is not None and condition.rank != 1:
            raise IRTypeError(f"condition has rank {condition.rank}, expected a vector", code="IR207")
        places = b.reshape(b.nonzero(condition), [-1])
        if self.axis is None:
            return b.take(b.reshape(x, [-1]), places, axis=0)
        return b.take(x, places, axis=self.axis)


@register
@dataclass(frozen=True)
class BooleanMask(Composite):
    """The slices of `x` where `mask`, which covers its first axes, holds, in row-major order.

    Type: x: T[d1..dk, r..], mask: bool[d1..dk] -> T[n, r..]; T is any dtype.
    Source: numpy's indexing with a boolean array.
    """

    name = "boolean_mask"
    smoothness = "linear"

    def infer(self, x: Operand, mask: Operand) -> TensorType:
        require_dtype(mask, ("bool",), "mask")
        unknown = x.shape is None or mask.rank is None
        return x.tensor.with_shape(None if unknown else (None, *_tail(x, mask)))

    def decompose(self, b: Emitter, x: Value, mask: Value) -> Value:
        require_dtype(mask.operand, ("bool",), "mask")
        rank = _need_rank(mask)
        if rank == 1:
            return b.compress(x, mask, axis=0)
        return b.gather_nd(x, b.transpose(b.nonzero(mask), perm=(1, 0)))


def _tail(x: Operand, mask: Operand) -> tuple[Any, ...]:
    return (x.shape or ())[mask.rank :]
