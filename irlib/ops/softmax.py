"""Functions of the rows along an axis that make them weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Operand, normalized_axis, register
from irlib.ops.widened import Widened, in_float32
from irlib.shapes import require_dtype
from irlib.types import TensorType

__all__ = ["Hardmax", "LogSoftmax", "Softmax"]


class _Rowwise(Widened):
    """A function of the rows of `x` along `axis`."""

    axis: int

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, ("float",), "x")
        if x.rank is not None:
            normalized_axis(self.axis, x.rank)
        return x.tensor


def shifted(b: Emitter, x: Any, axis: int) -> tuple[Any, Any]:
    """`x` less the largest of its row, which is taken for 0 where it is -inf; and whether it is."""
    largest = b.stop_gradient(b.max(x, [axis], keepdims=True))
    dead = b.equal(largest, float("-inf"))
    return x - b.where(dead, 0, largest), dead


@register
@dataclass(frozen=True)
class Softmax(_Rowwise):
    """exp(x) divided by its sum along `axis`.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the largest element of a row is subtracted first; no derivative goes through it.
    (C2) a row of -inf only gives zeros, with derivative 0.
    (C3) half floats are computed in float32.
    Source: ONNX Softmax-13.
    """

    axis: int = -1
    name = "softmax"

    def body(self, b: Emitter, x: Any) -> Any:
        powers = b.exp(shifted(b, x, self.axis)[0])
        total = b.sum(powers, [self.axis], keepdims=True)
        return powers / b.where(b.equal(total, 0), 1, total)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        def rule(y: Any, dy: Any) -> Any:
            weighted = y * dy
            return weighted - y * b.sum(weighted, [self.axis], keepdims=True)

        return (in_float32(b, rule, node.results[0], dy),)


@register
@dataclass(frozen=True)
class LogSoftmax(_Rowwise):
    """The logarithm of the softmax of `x` along `axis`.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the largest element of a row is subtracted first; no derivative goes through it.
    (C2) a row of -inf only stays so, with derivative 0.
    (C3) half floats are computed in float32.
    Source: ONNX LogSoftmax-13.
    """

    axis: int = -1
    name = "log_softmax"

    def body(self, b: Emitter, x: Any) -> Any:
        low, dead = shifted(b, x, self.axis)
        total = b.sum(b.exp(low), [self.axis], keepdims=True)
        return b.where(dead, float("-inf"), low - b.log(b.where(dead, 1, total)))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        def rule(y: Any, dy: Any) -> Any:
            dead = b.equal(b.max(y, [self.axis], keepdims=True), float("-inf"))
            return b.where(dead, 0, dy - b.exp(y) * b.sum(dy, [self.axis], keepdims=True))

        return (in_float32(b, rule, node.results[0], dy),)


@register
@dataclass(frozen=True)
class Hardmax(Composite):
    """1 at the first largest element along `axis`, 0 elsewhere.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative is 0 by definition.
    Source: ONNX Hardmax-13.
    """

    axis: int = -1
    name = "hardmax"
    smoothness = "zero"

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, ("float",), "x")
        if x.rank is not None:
            normalized_axis(self.axis, x.rank)
        return x.tensor

    def decompose(self, b: Emitter, x: Any) -> Any:
        first = b.argmax(x, axis=self.axis, keepdims=True)
        one = b.broadcast_to(b.constant(1, x.dtype), b.shape(first))
        return b.scatter_along_axis(b.zeros_like(x), first, one, axis=self.axis)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)
