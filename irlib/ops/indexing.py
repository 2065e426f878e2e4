"""Indexing: elements and slices picked by integer operands, and put back."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.axes import known_vector
from irlib.dims import MaybeDim
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Known, Op, Operand, normalized_axis, register
from irlib.shapes import join_dims, require_dtype
from irlib.types import Shape, TensorType

__all__ = ["GatherNd", "Take", "TakeAlongAxis"]

INDEX = ("int32", "int64")


def check_indices(indices: Operand, dim: MaybeDim) -> None:
    """Raises: IRTypeError unless the indices are int32 or int64 and, where known, within -dim <= index < dim."""
    require_dtype(indices, INDEX, "indices")
    items = indices.known if isinstance(indices.known, tuple) else (indices.known,)
    if isinstance(dim, int):
        for i in items:
            if isinstance(i, int) and not -dim <= i < dim:
                raise IRTypeError(
                    f"index {i} is out of range for dim {dim}, expected {-dim} <= index < {dim}", code="IR208"
                )


@register
@dataclass(frozen=True)
class Take(Op):
    """The slices of `x` along `axis` that `indices` name.

    Type: x: T[d0..dn], indices: I[k..] -> T[d0..d(axis-1), k.., d(axis+1)..dn]; T is any dtype, I is int32 or int64.
    (C1) -rank(x) <= axis < rank(x).
    (C2) -d <= index < d for the dim d at axis; a negative index counts from the end; any other is an error.
    The derivative accumulates: an index that is there k times gives its slice the sum of k cotangents.
    Source: Python array API 2024.12 `take`; ONNX Gather-13.
    """

    axis: int = 0

    name = "take"
    smoothness = "linear"

    def infer(self, x: Operand, indices: Operand) -> TensorType:
        shape = x.shape
        axis = 0 if shape is None else normalized_axis(self.axis, len(shape))
        check_indices(indices, None if shape is None else shape[axis])
        if shape is None or indices.shape is None:
            return x.tensor.with_shape(None)
        return x.tensor.with_shape(shape[:axis] + indices.shape + shape[axis + 1 :])

    def known(self, x: Operand, indices: Operand) -> Known:
        if not isinstance(x.known, tuple) or indices.ints is None or (indices.rank or 0) > 1:
            return None
        items = [x.known[i] for i in indices.ints]
        return known_vector(items) if indices.rank else items[0]

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, indices = node.operands
        return b.scatter(b.zeros_like(x), indices, dy, axis=self.axis, reduction="add"), None


@register
@dataclass(frozen=True)
class TakeAlongAxis(Op):
    """One element of `x` for each of `indices`: where the index stands, but for `axis`, which it gives.

    Type: x: T[d0..dn], indices: I[e0..en] -> T[e0..en]; T is any dtype, I is int32 or int64.
    (C1) -rank(x) <= axis < rank(x), and rank(indices) = rank(x) >= 1.
    (C2) off axis each dim of indices is at most that of x; nothing broadcasts.
    (C3) -d <= index < d for the dim d of x at axis; a negative index counts from the end; any other is an error.
    The derivative accumulates: an element picked k times gets the sum of k cotangents.
    Source: ONNX GatherElements-13; Python array API 2024.12 `take_along_axis` for equal dims.
    """

    axis: int = -1

    name = "take_along_axis"
    smoothness = "linear"

    def infer(self, x: Operand, indices: Operand) -> TensorType:
        check_along_axis(x, indices, self.axis)
        shape = indices.shape
        if shape is None and x.rank is not None:
            shape = (None,) * x.rank
        return x.tensor.with_shape(shape)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, indices = node.operands
        return b.scatter_along_axis(b.zeros_like(x), indices, dy, axis=self.axis, reduction="add"), None


def check_along_axis(x: Operand, indices: Operand, axis: int) -> None:
    """Raises: IRTypeError unless (C1) to (C3) of `take_along_axis` hold as far as is known."""
    require_dtype(indices, INDEX, "indices")
    if x.shape is None or indices.shape is None:
        return
    if len(x.shape) != len(indices.shape) or not x.shape:
        raise IRTypeError(
            f"x has rank {len(x.shape)} and indices {len(indices.shape)}, expected equal ranks >= 1", code="IR207"
        )
    axis = normalized_axis(axis, len(x.shape))
    check_indices(indices, x.shape[axis])
    for i, (d, e) in enumerate(zip(x.shape, indices.shape, strict=True)):
        if i != axis and isinstance(d, int) and isinstance(e, int) and e > d:
            raise IRTypeError(f"dim {i} of indices is {e}, expected at most the {d} of x", code="IR207")


@register
@dataclass(frozen=True)
class GatherNd(Op):
    """The slices of `x` at the index tuples that the last axis of `indices` holds.

    Type: x: T[b.., d1..dk, r..], indices: I[b.., q.., k] -> T[b.., q.., r..]; T is any dtype, I is int32 or int64.
    (C1) the first `batch_dims` dims of x and indices are equal; each batch of x is indexed by that of indices.
    (C2) k is known when the graph is written, and batch_dims + k <= rank(x).
    (C3) -d <= index < d for the dim d it indexes; a negative index counts from the end; any other is an error.
    The derivative accumulates.
    Source: ONNX GatherND-13.
    """

    batch_dims: int = 0

    name = "gather_nd"
    smoothness = "linear"

    def infer(self, x: Operand, indices: Operand) -> TensorType:
        return x.tensor.with_shape(gathered_shape(x, indices, self.batch_dims))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, indices = node.operands
        return b.scatter_nd(b.zeros_like(x), indices, dy, batch_dims=self.batch_dims, reduction="add"), None


def gathered_shape(x: Operand, indices: Operand, batch_dims: int) -> Shape | None:
    """The shape of what `indices` name in `x`. Raises: IRTypeError, AttributeValueError when they do not fit."""
    require_dtype(indices, INDEX, "indices")
    if batch_dims < 0:
        raise AttributeValueError(f"batch_dims is {batch_dims}, expected >= 0", code="IR302")
    if indices.shape is None or x.shape is None:
        return None
    if len(indices.shape) < 1 + batch_dims:
        raise IRTypeError(f"indices is {indices.type}, expected rank >= {1 + batch_dims}", code="IR207")
    k = indices.shape[-1]
    if not isinstance(k, int):
        return None
    if batch_dims + k > len(x.shape):
        raise IRTypeError(
            f"index tuples of {k} after {batch_dims} batch dims, expected at most the rank {len(x.shape)} of x",
            code="IR207",
        )
    pairs = zip(indices.shape[:batch_dims], x.shape[:batch_dims], strict=True)
    batch = tuple(join_dims(a, d, "batch dims") for a, d in pairs)
    return batch + indices.shape[batch_dims:-1] + x.shape[batch_dims + k :]
