"""Joining and splitting along an axis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from irlib.axes import known_vector, require_vector, vector_dims
from irlib.dims import MaybeDim, ceil_div
from irlib.errors import AttributeValueError, IRTypeError, StructureError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import MAX_KNOWN, Composite, Known, Op, Operand, normalized_axis, register
from irlib.shapes import join_dims, same_dtype
from irlib.types import TensorType

__all__ = ["Concat", "Repeat", "Split", "Stack", "Tile"]


@register
@dataclass(frozen=True)
class Concat(Op):
    """The operands one after the other along `axis`.

    Type: xs: T[..], at least one -> T[..]; T is any dtype.
    (C1) the operands have one dtype, and one shape but for the dim at axis; the result's dim there is their sum.
    (C2) -rank <= axis < rank, and rank >= 1.
    Source: Python array API 2024.12 `concat`; ONNX Concat-13.
    """

    axis: int = 0

    name = "concat"
    smoothness = "linear"

    def infer(self, *xs: Operand) -> TensorType:
        if not xs:
            raise StructureError("concat got no operands, expected at least 1", code="IR104")
        dtype = same_dtype(*xs)
        ranks = {x.rank for x in xs if x.rank is not None}
        if not ranks:
            return TensorType(dtype, None)
        if len(ranks) > 1:
            raise IRTypeError(f"got ranks {sorted(ranks)}, expected equal", code="IR207")
        rank = ranks.pop()
        if rank == 0:
            raise IRTypeError(
                "got scalars, expected rank >= 1", code="IR207", remedy="reshape them to [1], or use stack"
            )
        axis = normalized_axis(self.axis, rank)
        shapes = [x.shape if x.shape is not None else (None,) * rank for x in xs]
        total: MaybeDim = 0
        for shape in shapes:
            d = shape[axis]
            total = None if total is None or d is None else total + d
        dims = []
        for i in range(rank):
            d = shapes[0][i]
            for shape in shapes[1:] if i != axis else ():
                d = join_dims(d, shape[i], f"dim {i}")
            dims.append(total if i == axis else d)
        return TensorType(dtype, tuple(dims))

    def known(self, *xs: Operand) -> Known:
        if any(x.rank != 1 for x in xs) or not (xs[0].dtype.is_integer or xs[0].dtype.kind == "bool"):
            return None
        parts = [x.dims for x in xs]
        if any(p is None for p in parts):
            return None
        return known_vector([k for p in parts for k in p])  # type: ignore[union-attr]

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        xs = node.operands
        if len(xs) == 1:
            return (dy,)
        rank = next((x.rank for x in xs if x.rank is not None), None)
        axis = self.axis if rank is None else self.axis % rank
        dims = [None if x.shape is None else x.shape[axis] for x in xs]
        if all(isinstance(d, int) for d in dims):
            sizes = b.constant(dims, "int64")
        else:
            sizes = b.concat(*[b.take(b.shape(x), [axis], axis=0) for x in xs], axis=0)
        return tuple(b.split(dy, sizes, axis=self.axis))


@register
@dataclass(frozen=True)
class Split(Op):
    """`x` cut along `axis` into parts of the given `sizes`; without them into `count` equal parts, the last the rest.

    Type: x: T[..], sizes: int64[k] -> k results T[..]; T is any dtype.
    (C1) sizes are >= 0 and their sum is the dim at axis; their number is known when the graph is written.
    (C2) without sizes each part but the last has ceil(dim / count) elements along axis; count >= 1.
    (C3) count, where it is given beside sizes, is their number.
    Source: ONNX Split-18.
    """

    axis: int = 0
    count: int | None = None

    name = "split"
    results = ("ys*",)
    smoothness = "linear"

    def infer(self, x: Operand, sizes: Operand | None = None) -> tuple[TensorType, ...]:
        parts = self._parts(x, sizes)
        if x.shape is None:
            return (x.tensor,) * len(parts)
        axis = normalized_axis(self.axis, len(x.shape))
        total: Any = 0
        for p in parts:
            total = None if p is None or total is None else total + p
        d = x.shape[axis]
        if isinstance(total, int) and isinstance(d, int) and total != d:
            raise IRTypeError(f"sizes sum to {total}, expected the {d} of axis {axis} of {x.type}", code="IR207")
        return tuple(x.tensor.with_shape((*x.shape[:axis], p, *x.shape[axis + 1 :])) for p in parts)

    def _parts(self, x: Operand, sizes: Operand | None) -> tuple[MaybeDim, ...]:
        if sizes is not None:
            length = require_vector(sizes, "sizes")
            dims = sizes.dims if not isinstance(length, int) or length <= MAX_KNOWN else (None,) * length
            if dims is None and self.count is None:
                raise IRTypeError(f"the number of sizes ({sizes.type}) is not known", code="IR210", remedy="give count")
            if dims is None:
                return (None,) * (self.count or 0)
            if self.count not in (None, len(dims)):
                raise AttributeValueError(f"count {self.count} beside {len(dims)} sizes, expected equal", code="IR302")
            for d in dims:
                if isinstance(d, int) and d < 0:
                    raise IRTypeError(f"sizes has {d}, expected >= 0", code="IR205")
            return dims
        if self.count is None or self.count < 1:
            raise AttributeValueError(f"count is {self.count} and sizes absent, expected count >= 1", code="IR302")
        d = None if x.shape is None else x.shape[normalized_axis(self.axis, len(x.shape))]
        if d is None:
            return (None,) * self.count
        part = ceil_div(d, self.count)
        last = d - part * (self.count - 1)
        if isinstance(last, int) and last < 0:
            raise IRTypeError(f"dim {d} does not make {self.count} parts of {part}", code="IR207")
        return (part,) * (self.count - 1) + (last,)

    def known(self, x: Operand, sizes: Operand | None = None) -> tuple[Known, ...]:
        parts = self._parts(x, sizes)
        if not isinstance(x.known, tuple) or not all(isinstance(p, int) for p in parts):
            return (None,) * len(parts)
        ends = list(accumulate((p for p in parts if isinstance(p, int)), initial=0))
        return tuple(known_vector(x.known[a:e]) for a, e in pairwise(ends))

    def vjp(self, b: Emitter, node: NodeView, *dys: Value) -> tuple[Value | None, ...]:
        return (b.concat(*dys, axis=self.axis), None)[: len(node.operands)]


@register
@dataclass(frozen=True)
class Stack(Composite):
    """The operands side by side along a new axis.

    Type: xs: T[..], at least one -> T[.., k, ..] with k operands; T is any dtype.
    (C1) the operands have one dtype and one shape; axis is that of the result, -rank(y) <= axis < rank(y).
    Source: Python array API 2024.12 `stack`.
    """

    axis: int = 0

    name = "stack"
    smoothness = "linear"

    def decompose(self, b: Emitter, *xs: Value) -> Value:
        axis = [self.axis]
        return b.concat(*[b.unsqueeze(x, axis) for x in xs], axis=self.axis)


@register
@dataclass(frozen=True)
class Tile(Composite):
    """`x` repeated as a whole: `repeats[i]` times along axis i.

    Type: x: T[d0..dn], repeats: int64[n + 1] -> T[d0*r0..dn*rn]; T is any dtype.
    (C1) repeats are >= 0, one for each axis.
    Source: Python array API 2024.12 `tile`; ONNX Tile-13.
    """

    name = "tile"
    smoothness = "linear"

    def infer(self, x: Operand, repeats: Operand) -> TensorType:
        vector_dims(repeats, "repeats")
        return x.tensor.with_shape(None if x.rank is None else (None,) * x.rank)

    def decompose(self, b: Emitter, x: Value, repeats: Value) -> Value:
        dims = vector_dims(repeats.operand, "repeats")
        rank = x.rank if x.rank is not None or dims is None else len(dims)
        if rank is None:
            raise IRTypeError("the rank of x is not known", code="IR210", remedy="declare its type")
        if dims is not None and len(dims) != rank:
            raise IRTypeError(f"got {len(dims)} repeats, expected {rank}", code="IR207")
        shape = b.shape(x)
        if rank == 0:
            return x
        times, sizes = ([b.take(v, [i]) for i in range(rank)] for v in (repeats, shape))
        one = b.constant([1], "int64")
        apart = b.concat(*[part for size in sizes for part in (one, size)], axis=0)
        spread = b.concat(*[part for pair in zip(times, sizes, strict=True) for part in pair], axis=0)
        return b.reshape(b.broadcast_to(b.reshape(x, apart), spread), shape * repeats)


@register
@dataclass(frozen=True)
class Repeat(Composite):
    """`x` with each slice along `axis` there `repeats` times, one after the other.

    Type: x: T[..], repeats: int64[] -> T[..]; T is any dtype.
    (C1) repeats >= 0; -rank(x) <= axis < rank(x).
    Source: Python array API 2024.12 `repeat` with one number.
    """

    axis: int = 0

    name = "repeat"
    smoothness = "linear"

    def infer(self, x: Operand, repeats: Operand) -> TensorType:
        if x.shape is None:
            return x.tensor
        axis = normalized_axis(self.axis, len(x.shape))
        return x.tensor.with_shape((*x.shape[:axis], None, *x.shape[axis + 1 :]))

    def decompose(self, b: Emitter, x: Value, repeats: Value) -> Value:
        size = b.take(b.shape(x), self.axis)
        source = b.iota(size * repeats) // b.maximum(repeats, 1)
        return b.take(x, source, axis=self.axis)
