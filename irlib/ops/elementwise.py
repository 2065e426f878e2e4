"""Elementwise arithmetic and transcendental functions: operands broadcast by numpy's rule, dtypes must agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, register
from irlib.shapes import elementwise_type, require_dtype, same_dtype
from irlib.types import DTYPES, TensorType

__all__ = ["Binary", "Elementwise", "Unary"]


class Elementwise(Op):
    """An op on corresponding elements.

    `accepts` names the dtype kinds (or dtypes) taken, `result` the result's dtype where it is not the operands'.
    """

    broadcasts: ClassVar[bool] = True
    accepts: ClassVar[tuple[str, ...]] = ("int", "uint", "float", "complex")
    result: ClassVar[str | None] = None

    def _infer(self, *operands: Operand) -> TensorType:
        found = same_dtype(*operands)
        require_dtype(operands[0], self.accepts, "operand")
        return elementwise_type(operands, DTYPES[self.result] if self.result else found)


class Unary(Elementwise):
    """An elementwise op of one operand."""

    def infer(self, x: Operand) -> TensorType:
        return self._infer(x)


class Binary(Elementwise):
    """An elementwise op of two operands of one dtype."""

    def infer(self, x: Operand, y: Operand) -> TensorType:
        return self._infer(x, y)


@register
@dataclass(frozen=True)
class Add(Binary):
    """Sum of `x` and `y`, element by element.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer, float or complex dtype.
    (C1) integers wrap around (two's complement).
    Source: Python array API 2024.12 `add`; ONNX Add-14.
    """

    name = "add"
    smoothness = "linear"

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return dy, dy


@register
@dataclass(frozen=True)
class Multiply(Binary):
    """Product of `x` and `y`, element by element.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer, float or complex dtype.
    (C1) integers wrap around (two's complement).
    (C2) the cotangent of a complex operand is the adjoint's: dx = dy * conj(y).
    Source: Python array API 2024.12 `multiply`; ONNX Mul-14.
    """

    name = "multiply"
    smoothness = "smooth"

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        return b.multiply(dy, b.adjoint(y)), b.multiply(dy, b.adjoint(x))


@register
@dataclass(frozen=True)
class Subtract(Binary):
    """Difference of `x` and `y`, element by element.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer, float or complex dtype.
    (C1) integers wrap around (two's complement).
    Source: Python array API 2024.12 `subtract`; ONNX Sub-14.
    """

    name = "subtract"
    smoothness = "linear"

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return dy, b.negative(dy)


@register
@dataclass(frozen=True)
class Negative(Unary):
    """Each element with its sign changed.

    Type: x: T[..] -> T[..]; T is a signed integer, float or complex dtype.
    (C1) integers wrap around: the negative of the smallest is itself.
    Source: Python array API 2024.12 `negative`; ONNX Neg-13.
    """

    name = "negative"
    smoothness = "linear"
    accepts = ("int", "float", "complex")

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.negative(dy),)


@register
@dataclass(frozen=True)
class Tanh(Unary):
    """Hyperbolic tangent.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) the derivative is 1 - y*y, from the result.
    Source: Python array API 2024.12 `tanh`; ONNX Tanh-13.
    """

    name = "tanh"
    smoothness = "smooth"
    accepts = ("float", "complex")

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (y,) = node.results
        return (b.multiply(dy, b.adjoint(1.0 - y * y)),)
