"""Shapes: reading them, and rearranging elements without changing any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from irlib.axes import axis_count, known_vector, normalized_axes, static_axes, vector_dims
from irlib.dims import Dim, DimLike, MaybeDim, floor_div
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Known, Op, Operand, register
from irlib.shapes import shape_text
from irlib.types import DTYPES, MAX_RANK, Shape, TensorType

__all__ = [
    "BroadcastTo", "Expand", "Flatten", "Reshape", "ShapeOf", "Size", "Squeeze", "SumTo", "Transpose", "Unsqueeze",
]  # fmt: skip


@register
@dataclass(frozen=True)
class ShapeOf(Op):
    """The shape of `x`, as a vector.

    Type: x: T[d0..dn] -> int64[n + 1]; T is any dtype.
    (C1) the result carries no cotangent: a size does not vary with the elements.
    Source: ONNX Shape-21 without start and end.
    """

    name = "shape_of"
    smoothness = "zero"

    def infer(self, x: Operand) -> TensorType:
        return TensorType(DTYPES["int64"], (x.tensor.rank,))

    def known(self, x: Operand) -> Known:
        return None if x.shape is None else known_vector(x.shape)

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class Reshape(Op):
    """The elements of `x`, in row-major order, in another shape.

    Type: x: T[..], shape: int64[k] -> T[shape]; T is any dtype.
    (C1) at most one element of `shape` is -1: that dim is what makes the sizes equal. The others are >= 0; 0 means 0.
    (C2) the number of elements stays the same.
    Source: Python array API 2024.12 `reshape`; ONNX Reshape-21 with allowzero.
    """

    name = "reshape"
    smoothness = "linear"

    def infer(self, x: Operand, shape: Operand) -> TensorType:
        dims = vector_dims(shape, "shape")
        return x.tensor.with_shape(None if dims is None else _reshaped(x.tensor, dims))

    def known(self, x: Operand, shape: Operand) -> Known:
        made = self.infer(x, shape).shape
        if x.known is None or made is None or len(made) > 1:
            return None
        items = x.known if isinstance(x.known, tuple) else (x.known,)
        if made:
            return items
        return items[0] if len(items) == 1 else None

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return b.reshape(dy, b.shape(node.operands[0])), None


def _reshaped(x: TensorType, dims: tuple[MaybeDim, ...]) -> Shape:
    for d in dims:
        if isinstance(d, int) and d < -1:
            raise IRTypeError(f"shape {shape_text(dims)} has a dim {d}, expected one >= 0, or -1 once", code="IR205")
    if sum(isinstance(d, int) and d == -1 for d in dims) > 1:
        raise IRTypeError(f"shape {shape_text(dims)} has -1 more than once", code="IR205")
    size = x.size
    others: DimLike = 1
    for d in dims:
        if d is not None and d != -1:
            others = others * d
    free = [i for i, d in enumerate(dims) if d is None or d == -1]
    if not free:
        if isinstance(size, int) and isinstance(others, int) and size != others:
            raise IRTypeError(
                f"shape {shape_text(dims)} holds {others} elements, expected the {size} of {x}", code="IR207"
            )
        return dims
    # one dim that is not written, be it -1 or not known, is what makes the sizes equal
    quotient = _quotient(x, size, others, dims) if len(free) == 1 else None
    return tuple(quotient if i in free else d for i, d in enumerate(dims))


def _quotient(x: TensorType, size: DimLike | None, others: DimLike, dims: Shape) -> MaybeDim:
    if size is None or others == 0:
        return None
    if isinstance(size, int) and isinstance(others, int) and size % others:
        raise IRTypeError(
            f"shape {shape_text(dims)} holds a multiple of {others} elements, expected the {size} of {x}", code="IR207"
        )
    return floor_div(size, others)


@register
@dataclass(frozen=True)
class Transpose(Op):
    """`x` with its axes in the order `perm`: axis i of the result is axis perm[i] of `x`; absent: in reverse.

    Type: x: T[d0..dn] -> T[d perm0..d permn]; T is any dtype.
    (C1) perm holds each axis of x once, as 0 <= axis < rank(x).
    Source: Python array API 2024.12 `permute_dims`; ONNX Transpose-21.
    """

    perm: tuple[int, ...] | None = None

    name = "transpose"
    smoothness = "linear"

    def infer(self, x: Operand) -> TensorType:
        if self.perm is not None and sorted(self.perm) != list(range(len(self.perm))):
            raise AttributeValueError(f"perm {self.perm} is no order of {len(self.perm)} axes", code="IR303")
        if x.shape is None:
            return x.tensor.with_shape(None if self.perm is None else (None,) * len(self.perm))
        if self.perm is None:
            return x.tensor.with_shape(x.shape[::-1])
        if len(self.perm) != len(x.shape):
            raise AttributeValueError(f"perm {self.perm} for rank {len(x.shape)}, expected equal lengths", code="IR303")
        return x.tensor.with_shape(tuple(x.shape[p] for p in self.perm))

    def known(self, x: Operand) -> Known:
        return x.known

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        if self.perm is None:
            return (b.transpose(dy),)
        return (b.transpose(dy, perm=tuple(int(i) for i in np.argsort(self.perm))),)


@register
@dataclass(frozen=True)
class BroadcastTo(Op):
    """`x` repeated to `shape` by numpy's rule: axes are added in front, and dims of 1 are stretched.

    Type: x: T[..], shape: int64[k] -> T[shape]; T is any dtype.
    (C1) each dim of x, aligned at the end, is 1 or that of shape.
    Source: Python array API 2024.12 `broadcast_to`.
    """

    name = "broadcast_to"
    smoothness = "linear"

    def infer(self, x: Operand, shape: Operand) -> TensorType:
        dims = vector_dims(shape, "shape")
        if dims is None or x.shape is None:
            return x.tensor.with_shape(dims)
        lead = len(dims) - len(x.shape)
        if lead < 0:
            raise IRTypeError(f"{x.type} does not broadcast to {shape_text(dims)}, which has lower rank", code="IR206")
        sizes = (1,) * lead + x.shape
        return x.tensor.with_shape(tuple(_stretched(d, to, x, dims) for d, to in zip(sizes, dims, strict=True)))

    def known(self, x: Operand, shape: Operand) -> Known:
        made = self.infer(x, shape).shape
        if x.known is None or made is None or len(made) > 1:
            return None
        if not made or (isinstance(x.known, tuple) and len(x.known) != 1):
            return x.known
        item = x.known[0] if isinstance(x.known, tuple) else x.known
        return known_vector((item,) * made[0]) if isinstance(made[0], int) and made[0] <= 64 else None

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return b.sum_to(dy, b.shape(node.operands[0])), None


def _stretched(d: MaybeDim, to: MaybeDim, x: Operand, dims: Shape) -> MaybeDim:
    if isinstance(to, int) and to < 0:
        raise IRTypeError(f"shape {shape_text(dims)} has a dim {to}, expected one >= 0", code="IR205")
    if isinstance(d, int) and d != 1:
        if isinstance(to, int) and to != d:
            raise IRTypeError(f"{x.type} does not broadcast to {shape_text(dims)}", code="IR206")
        return d
    return to


@register
@dataclass(frozen=True)
class SumTo(Op):
    """`x` summed down to `shape`: what broadcasting from `shape` to that of `x` is undone by.

    Type: x: T[..], shape: int64[k] -> T[shape]; T is an integer, float or complex dtype.
    (C1) shape broadcasts to the shape of x by the one-way rule; the result has exactly that shape.
    (C2) half floats accumulate in float32; integers wrap around.
    """

    name = "sum_to"
    smoothness = "linear"

    def infer(self, x: Operand, shape: Operand) -> TensorType:
        dims = vector_dims(shape, "shape")
        if x.tensor.dtype.kind not in ("int", "uint", "float", "complex"):
            raise IRTypeError(f"x is {x.tensor.dtype}, expected a number", code="IR204")
        if dims is None or x.shape is None:
            return x.tensor.with_shape(dims)
        lead = len(x.shape) - len(dims)
        if lead < 0:
            raise IRTypeError(f"{shape_text(dims)} does not broadcast to {x.type}, which has lower rank", code="IR206")
        return x.tensor.with_shape(tuple(_summed(d, to, x, dims) for d, to in zip(x.shape[lead:], dims, strict=True)))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return b.broadcast_to(dy, b.shape(node.operands[0])), None


def _summed(d: MaybeDim, to: MaybeDim, x: Operand, dims: Shape) -> MaybeDim:
    if isinstance(to, int):
        if to != 1 and isinstance(d, int) and d != to:
            raise IRTypeError(f"{x.type} does not sum to {shape_text(dims)}: it does not broadcast back", code="IR206")
        return to
    return 1 if isinstance(d, int) and d == 1 and to is None else to


@register
@dataclass(frozen=True)
class Squeeze(Op):
    """`x` without the axes `axes`, whose dims are 1; absent: without every axis whose dim is 1.

    Type: x: T[..], axes: int64[k] or int64[] -> T[..]; T is any dtype.
    (C1) axes are distinct and -rank(x) <= axis < rank(x); each names a dim of 1.
    Source: Python array API 2024.12 `squeeze`; ONNX Squeeze-21.
    """

    name = "squeeze"
    smoothness = "linear"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        count = None if axes is None else axis_count(axes)
        shape = x.shape
        if shape is None:
            return x.tensor
        if axes is None:
            if any(d is None or isinstance(d, Dim) for d in shape):
                return x.tensor.with_shape(None)
            return x.tensor.with_shape(tuple(d for d in shape if d != 1))
        gone = static_axes(axes, len(shape))
        if gone is None:
            return x.tensor.with_shape(None if count is None else (None,) * _left(len(shape), count))
        for a in gone:
            if isinstance(shape[a], int) and shape[a] != 1:
                raise IRTypeError(f"axis {a} of {x.type} is {shape[a]}, expected 1", code="IR207")
        return x.tensor.with_shape(tuple(d for i, d in enumerate(shape) if i not in gone))

    def known(self, x: Operand, axes: Operand | None = None) -> Known:
        if self.infer(x, axes).shape == () and isinstance(x.known, tuple) and len(x.known) == 1:
            return x.known[0]
        return x.known if self.infer(x, axes).shape == x.shape else None

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        dx = b.reshape(dy, b.shape(node.operands[0]))
        return (dx,) if len(node.operands) == 1 else (dx, None)


def _left(rank: int, count: int) -> int:
    if count > rank:
        raise AttributeValueError(f"{count} axes for rank {rank}, expected at most {rank}", code="IR303")
    return rank - count


@register
@dataclass(frozen=True)
class Unsqueeze(Op):
    """`x` with axes of dim 1 put in so that they are the axes `axes` of the result.

    Type: x: T[..], axes: int64[k] or int64[] -> T[..]; T is any dtype.
    (C1) axes are distinct and -rank(y) <= axis < rank(y), where rank(y) = rank(x) + k.
    Source: Python array API 2024.12 `expand_dims`; ONNX Unsqueeze-21.
    """

    name = "unsqueeze"
    smoothness = "linear"

    def infer(self, x: Operand, axes: Operand) -> TensorType:
        count = axis_count(axes)
        shape = x.shape
        if shape is None or count is None:
            return x.tensor.with_shape(None)
        rank = len(shape) + count
        if axes.ints is None:
            return x.tensor.with_shape(tuple(None if shape else 1 for _ in range(rank)))
        new = normalized_axes(axes.ints, rank)
        left = iter(shape)
        return x.tensor.with_shape(tuple(1 if i in new else next(left) for i in range(rank)))

    def known(self, x: Operand, axes: Operand) -> Known:
        rank = self.infer(x, axes).rank
        if rank == x.rank:
            return x.known
        return (x.known,) if rank == 1 and x.known is not None and not isinstance(x.known, tuple) else None

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return b.reshape(dy, b.shape(node.operands[0])), None


@register
@dataclass(frozen=True)
class Size(Composite):
    """The number of elements of `x`.

    Type: x: T[..] -> int64[]; T is any dtype.
    Source: ONNX Size-21.
    """

    name = "size"
    smoothness = "zero"

    def decompose(self, b: Emitter, x: Value) -> Value:
        return b.prod(b.shape(x))


@register
@dataclass(frozen=True)
class Flatten(Composite):
    """`x` as a matrix: the axes before `axis` become its rows, the others its columns.

    Type: x: T[d0..dn] -> T[d0*..*d(axis-1), d(axis)*..*dn]; T is any dtype.
    (C1) -rank(x) <= axis <= rank(x); axis = rank(x) gives one column.
    Source: ONNX Flatten-21.
    """

    axis: int = 1

    name = "flatten"
    smoothness = "linear"

    def infer(self, x: Operand) -> TensorType:
        return x.tensor.with_shape((None, None))

    def decompose(self, b: Emitter, x: Value) -> Value:
        if x.rank is not None and not -x.rank <= self.axis <= x.rank:
            raise AttributeValueError(f"axis is {self.axis}, expected {-x.rank} <= axis <= {x.rank}", code="IR303")
        shape = b.shape(x)
        rows, columns = b.prod(b.slice(shape, [0], [self.axis])), b.prod(b.slice(shape, [self.axis], [MAX_RANK]))
        return b.reshape(x, b.concat(b.reshape(rows, [1]), b.reshape(columns, [1]), axis=0))


@register
@dataclass(frozen=True)
class Expand(Composite):
    """`x` broadcast together with `shape`: unlike in `broadcast_to`, a dim of 1 in `shape` leaves that of `x`.

    Type: x: T[..], shape: int64[k] -> T[broadcast]; T is any dtype.
    (C1) each dim of x, aligned at the end with that of shape, equals it or one of the two is 1.
    Source: ONNX Expand-13.
    """

    name = "expand"
    smoothness = "linear"

    def infer(self, x: Operand, shape: Operand) -> TensorType:
        vector_dims(shape, "shape")
        return x.tensor.with_shape(None)

    def decompose(self, b: Emitter, x: Value, shape: Value) -> Value:
        dims = vector_dims(shape.operand, "shape")
        if x.rank is None or dims is None:
            # what broadcasts to the shape of both is asked of an op that does
            false = b.constant(False)
            both = b.logical_or(b.broadcast_to(false, b.shape(x)), b.broadcast_to(false, shape))
            return b.broadcast_to(x, b.shape_of(both))
        mine, theirs = b.shape(x), shape
        if x.rank < len(dims):
            mine = b.concat(b.constant([1] * (len(dims) - x.rank), "int64"), mine, axis=0)
        if x.rank > len(dims):
            theirs = b.concat(b.constant([1] * (x.rank - len(dims)), "int64"), theirs, axis=0)
        # that of shape where it is not 1: broadcast_to refuses it unless that of x is 1 or equal
        return b.broadcast_to(x, b.where(b.equal(theirs, 1), mine, theirs))
