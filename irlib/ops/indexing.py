"""Indexing: elements and slices picked by integer operands, and put back."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.axes import known_vector
from irlib.dims import MaybeDim
from irlib.errors import IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Known, Op, Operand, normalized_axis, register
from irlib.shapes import require_dtype
from irlib.types import TensorType

__all__ = ["Take"]

INDEX = ("int32", "int64")


def check_indices(indices: Operand, dim: MaybeDim) -> None:
    """Raises: IRTypeError unless the indices are int32 or int64 and, where known, within -dim <= index < dim."""
    require_dtype(indices, INDEX, "indices")
    items = indices.known if isinstance(indices.known, tuple) else (indices.known,)
    if isinstance(dim, int):
        for i in items:
            if isinstance(i, int) and not -dim <= i < dim:
                raise IRTypeError(f"index {i} is out of range for dim {dim}, expected {-dim} <= index < {dim}", code="IR208")


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
