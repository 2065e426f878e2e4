"""Scattering: `x` with elements or slices replaced by updates, or combined with them.

Several updates of one place are combined in order with `reduction` add, multiply, max or min. With `set` the last one
wins, and the cotangent of that place goes to it alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from irlib.errors import AttributeValueError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, normalized_axis, register
from irlib.ops.indexing import check_along_axis, check_indices, gathered_shape
from irlib.ops.products import products_of_others
from irlib.shapes import join_shapes, require_dtype, same_dtype
from irlib.types import Shape, TensorType

__all__ = ["REDUCTIONS", "Scatter", "ScatterAlongAxis", "ScatterNd"]

REDUCTIONS = ("set", "add", "multiply", "max", "min")


class _Scattering(Op):
    """What the three ways of saying where have in common: the gather of the same places is their adjoint."""

    reduction: str
    gather: ClassVar[str]
    smoothness = "other"

    def _typed(self, x: Operand, updates: Operand, places: Shape | None) -> TensorType:
        if self.reduction not in REDUCTIONS:
            raise AttributeValueError(
                f"reduction is {self.reduction!r}, expected one of {', '.join(REDUCTIONS)}", code="IR302"
            )
        if self.reduction != "set":
            real = ("int", "uint", "float")
            require_dtype(x, real if self.reduction in ("max", "min") else (*real, "complex"), "x")
        same_dtype(x, updates)
        join_shapes([places, updates.shape], "updates and what indices name")
        return x.tensor

    def _where(self) -> dict[str, Any]:
        return {k: v for k, v in self.attribute_values().items() if k != "reduction"}

    def _gathered(self, b: Emitter, x: Value, indices: Value) -> Value:
        made: Value = getattr(b, self.gather)(x, indices, **self._where())
        return made

    def _scattered(self, b: Emitter, x: Value, indices: Value, updates: Value, reduction: str) -> Value:
        made: Value = getattr(b, self.name)(x, indices, updates, reduction=reduction, **self._where())
        return made

    def _distinct(self, x: Value, indices: Value) -> bool:
        """Whether no two indices name one place, as far as is known."""
        return False

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, indices, updates = node.operands
        distinct = self._distinct(x, indices)
        match self.reduction:
            case "add":
                dx, du = dy, self._gathered(b, dy, indices)
            case "set":
                dx = self._scattered(b, dy, indices, b.zeros_like(updates), "set")
                du = self._gathered(b, dy, indices)
                if not distinct:
                    du = b.where(self._winners(b, x, indices, updates), du, 0)
            case "multiply":
                dx, du = self._through_product(b, node, dy, distinct=distinct)
            case _:
                dx, du = self._through_extremum(b, node, dy)
        return dx, None, du

    def _winners(self, b: Emitter, x: Value, indices: Value, updates: Value) -> Value:
        """Which updates were written last where they went."""
        numbers = b.reshape(b.iota(b.prod(b.shape(updates))), b.shape(updates))
        written = self._scattered(b, b.broadcast_to(b.constant(-1, "int64"), b.shape(x)), indices, numbers, "set")
        return b.equal(self._gathered(b, written, indices), numbers)

    def _through_product(self, b: Emitter, node: NodeView, dy: Value, *, distinct: bool) -> tuple[Value, Value]:
        """D x_p = dy_p * all updates of p; d u_k = dy_p * x_p * the other updates of p: products, never quotients."""
        x, indices, updates = node.operands
        scales = self._scattered(b, b.full_like(x, 1), indices, updates, "multiply")
        du = self._gathered(b, dy * b.adjoint(x), indices)
        if not distinct:
            du = du * b.adjoint(self._others(b, x, indices, updates))
        return dy * b.adjoint(scales), du

    def _others(self, b: Emitter, x: Value, indices: Value, updates: Value) -> Value:
        """For each update the product of the others of its place."""
        count = b.prod(b.shape(x))
        places = b.reshape(self._gathered(b, b.reshape(b.iota(count), b.shape(x)), indices), [-1])
        return b.reshape(products_of_others(b, b.reshape(updates, [-1]), places, count), b.shape(updates))

    def _through_extremum(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value, Value]:
        """Equal shares for x and the updates that attain the extremum; where it is NaN, 0 / 0."""
        x, indices, updates = node.operands
        (y,) = node.results
        mine = b.equal(x, y)
        theirs = b.equal(updates, self._gathered(b, y, indices))
        shares = self._scattered(b, b.cast(mine, dtype=dy.dtype), indices, b.cast(theirs, dtype=dy.dtype), "add")
        at = dy / shares
        missed = b.where(b.equal(shares, 0.0), at * 0.0, 0.0)  # NaN where the result is: nothing equals it
        du = b.where(theirs, self._gathered(b, at, indices), self._gathered(b, missed, indices))
        return b.where(mine, at, missed), du


@register
@dataclass(frozen=True)
class Scatter(_Scattering):
    """`x` with the slices along `axis` that `indices` name replaced by `updates`, or combined with them.

    Type: x: T[d0..dn], indices: I[k..], updates: T[d0..d(axis-1), k.., d(axis+1)..dn] -> T[d0..dn]; I is int32 or
    int64; T is any dtype for set, a number for the others.
    (C1) indices are as in `take`, whose adjoint this is with reduction add.
    (C2) reduction is set, add, multiply, max or min; several updates of one place are combined in order, and with set
    the last wins.
    (C3) half floats are combined in float32 and rounded once; integers wrap around.
    The derivative: set gives a place's cotangent to the update that won it; multiply uses exclusive products, right at
    zeros; max and min give equal shares to all that attain the extremum, x among them.
    """

    axis: int = 0
    reduction: str = "set"

    name = "scatter"
    gather = "take"

    def infer(self, x: Operand, indices: Operand, updates: Operand) -> TensorType:
        shape = x.shape
        axis = 0 if shape is None else normalized_axis(self.axis, len(shape))
        check_indices(indices, None if shape is None else shape[axis])
        if shape is None or indices.shape is None:
            return self._typed(x, updates, None)
        return self._typed(x, updates, shape[:axis] + indices.shape + shape[axis + 1 :])

    def known(self, x: Operand, indices: Operand, updates: Operand) -> Any:
        """A known vector with elements replaced at known places."""
        if self.reduction != "set" or not isinstance(x.known, tuple) or indices.ints is None or indices.rank != 1:
            return None
        items, new = list(x.known), updates.dims
        if new is None:
            return None
        for i, item in zip(indices.ints, new, strict=True):
            items[i] = item
        return tuple(items)

    def _distinct(self, x: Value, indices: Value) -> bool:
        ints = indices.ints
        if ints is None or x.shape is None or (indices.rank or 0) > 1:
            return False
        dim = x.shape[self.axis]
        if isinstance(dim, int):
            return len({i % dim for i in ints}) == len(ints)
        return len(set(ints)) == len(ints) and len({i < 0 for i in ints}) <= 1


@register
@dataclass(frozen=True)
class ScatterAlongAxis(_Scattering):
    """`x` with the elements that `take_along_axis` would pick replaced by `updates`, or combined with them.

    Type: x: T[d0..dn], indices: I[e0..en], updates: T[e0..en] -> T[d0..dn]; I is int32 or int64; T is any dtype for
    set, a number for the others.
    (C1) indices are as in `take_along_axis`, whose adjoint this is with reduction add.
    (C2) and (C3), and the derivative, are those of `scatter`.
    Source: ONNX ScatterElements-18.
    """

    axis: int = -1
    reduction: str = "set"

    name = "scatter_along_axis"
    gather = "take_along_axis"

    def infer(self, x: Operand, indices: Operand, updates: Operand) -> TensorType:
        check_along_axis(x, indices, self.axis)
        return self._typed(x, updates, indices.shape)


@register
@dataclass(frozen=True)
class ScatterNd(_Scattering):
    """`x` with the slices at the index tuples of `indices` replaced by `updates`, or combined with them.

    Type: x: T[b.., d1..dk, r..], indices: I[b.., q.., k], updates: T[b.., q.., r..] -> T of x; I is int32 or int64; T
    is any dtype for set, a number for the others.
    (C1) indices are as in `gather_nd`, whose adjoint this is with reduction add.
    (C2) and (C3), and the derivative, are those of `scatter`.
    Source: ONNX ScatterND-18, which has no batch_dims.
    """

    batch_dims: int = 0
    reduction: str = "set"

    name = "scatter_nd"
    gather = "gather_nd"

    def infer(self, x: Operand, indices: Operand, updates: Operand) -> TensorType:
        return self._typed(x, updates, gathered_shape(x, indices, self.batch_dims))
