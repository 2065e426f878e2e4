"""Reductions over axes. Axes absent: all of them; an empty vector of axes: none, so the result is `x`."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.axes import reduced_shape
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Known, Op, Operand, register
from irlib.shapes import require_dtype
from irlib.types import TensorType

__all__ = ["Sum"]

NUMBER = ("int", "uint", "float", "complex")


def _known_items(x: Operand, axes: Operand | None) -> tuple[Known, ...] | None:
    """The elements of a known vector that is reduced over its one axis, all of them known."""
    if not isinstance(x.known, tuple) or (axes is not None and axes.ints not in ((0,), (-1,))):
        return None
    return None if any(k is None for k in x.known) else x.known


@register
@dataclass(frozen=True)
class Sum(Op):
    """Sum of the elements of `x` over `axes`.

    Type: x: T[d0..dn], axes: int64[k] or int64[] (absent: all) -> T[..]; a summed dim becomes 1 (keepdims) or is
    dropped; T is an integer, float or complex dtype.
    (C1) axes are distinct and -rank(x) <= axis < rank(x).
    (C2) half floats accumulate in float32; integers wrap around; the empty sum is 0.
    Source: Python array API 2024.12 `sum`; ONNX ReduceSum-13.
    """

    keepdims: bool = False

    name = "sum"
    smoothness = "linear"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        require_dtype(x, NUMBER, "x")
        return x.tensor.with_shape(reduced_shape(x, axes, keepdims=self.keepdims))

    def known(self, x: Operand, axes: Operand | None = None) -> Known:
        items = _known_items(x, axes)
        if items is None:
            return None
        total = 0
        for k in items:
            total = total + k  # type: ignore[operator,assignment]
        return (total,) if self.keepdims else total

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, axes = (*node.operands, None)[:2]
        return (_spread(b, dy, x, axes, keepdims=self.keepdims), None)[: len(node.operands)]


def _kept(b: Emitter, y: Value, x: Value, axes: Value | None, *, keepdims: bool) -> Value:
    """A reduction's result with its dropped axes put back as dims of 1."""
    if keepdims or (axes is None and y.rank == 0):
        return y  # a scalar broadcasts as it is
    return b.reshape(y, b.kept_shape(x, axes))


def _spread(b: Emitter, y: Value, x: Value, axes: Value | None, *, keepdims: bool) -> Value:
    """A reduction's result repeated to the shape of its operand."""
    return b.broadcast_to(_kept(b, y, x, axes, keepdims=keepdims), b.shape(x))
