"""Trigonometric and hyperbolic functions, and their inverses."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.methods import Emitter, NodeView, Value
from irlib.op import register
from irlib.ops.elementwise import Analytic, Binary, BroadcastComposite

__all__ = [
    "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atan2", "Atanh", "Cos", "Cosh", "Hypot", "Sin", "Sinh", "Tan", "Tanh",
]  # fmt: skip


@register
@dataclass(frozen=True)
class Sin(Analytic):
    """Sine of `x`, in radians.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) NaN at inf.
    Source: Python array API 2024.12 `sin`; ONNX Sin-22.
    """

    name = "sin"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.cos(x)


@register
@dataclass(frozen=True)
class Cos(Analytic):
    """Cosine of `x`, in radians.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) NaN at inf.
    Source: Python array API 2024.12 `cos`; ONNX Cos-22.
    """

    name = "cos"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.negative(b.sin(x))


@register
@dataclass(frozen=True)
class Tan(Analytic):
    """Tangent of `x`, in radians.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) NaN at inf; the derivative is 1 + y*y.
    Source: Python array API 2024.12 `tan`; ONNX Tan-22.
    """

    name = "tan"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 + y * y


@register
@dataclass(frozen=True)
class Asin(Analytic):
    """Inverse sine, in radians.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) NaN outside [-1, 1], where the derivative is NaN too; it is inf at -1 and 1.
    Source: Python array API 2024.12 `asin`; ONNX Asin-22.
    """

    name = "asin"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 / b.sqrt((1 - x) * (1 + x))


@register
@dataclass(frozen=True)
class Acos(Analytic):
    """Inverse cosine, in radians.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) NaN outside [-1, 1], where the derivative is NaN too; it is -inf at -1 and 1.
    Source: Python array API 2024.12 `acos`; ONNX Acos-22.
    """

    name = "acos"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return -1 / b.sqrt((1 - x) * (1 + x))


@register
@dataclass(frozen=True)
class Atan(Analytic):
    """Inverse tangent, in radians.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) the derivative is 1 / (1 + x*x).
    Source: Python array API 2024.12 `atan`; ONNX Atan-22.
    """

    name = "atan"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 / (1 + x * x)


@register
@dataclass(frozen=True)
class Sinh(Analytic):
    """Hyperbolic sine.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) overflow is inf.
    Source: Python array API 2024.12 `sinh`; ONNX Sinh-22.
    """

    name = "sinh"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.cosh(x)


@register
@dataclass(frozen=True)
class Cosh(Analytic):
    """Hyperbolic cosine.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) overflow is inf.
    Source: Python array API 2024.12 `cosh`; ONNX Cosh-22.
    """

    name = "cosh"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.sinh(x)


@register
@dataclass(frozen=True)
class Tanh(Analytic):
    """Hyperbolic tangent.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) the derivative is 1 - y*y, from the result.
    Source: Python array API 2024.12 `tanh`; ONNX Tanh-13.
    """

    name = "tanh"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 - y * y


@register
@dataclass(frozen=True)
class Asinh(Analytic):
    """Inverse hyperbolic sine.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) the derivative is 1 / sqrt(1 + x*x).
    Source: Python array API 2024.12 `asinh`; ONNX Asinh-22.
    """

    name = "asinh"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 / b.sqrt(1 + x * x)


@register
@dataclass(frozen=True)
class Acosh(Analytic):
    """Inverse hyperbolic cosine.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) NaN below 1, where the derivative is NaN too; it is inf at 1.
    Source: Python array API 2024.12 `acosh`; ONNX Acosh-22.
    """

    name = "acosh"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 / (b.sqrt(x - 1) * b.sqrt(x + 1))


@register
@dataclass(frozen=True)
class Atanh(Analytic):
    """Inverse hyperbolic tangent.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) NaN outside [-1, 1]; inf at 1 and -inf at -1, where the derivative is inf.
    Source: Python array API 2024.12 `atanh`; ONNX Atanh-22.
    """

    name = "atanh"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 / ((1 - x) * (1 + x))


@register
@dataclass(frozen=True)
class Atan2(Binary):
    """Angle of the point with ordinate `y` and abscissa `x`, in radians, from -pi to pi.

    Type: y: T[..], x: T[..] -> T[broadcast]; T is a float dtype.
    (C1) zeros and infinities as in IEEE 754: the signs of zeros tell the quadrant.
    (C2) both derivatives at (0, 0) are 0.
    Source: Python array API 2024.12 `atan2`.
    """

    name = "atan2"
    accepts = ("float",)

    def vjp(self, b: Emitter, node: NodeView, dz: Value) -> tuple[Value | None, ...]:
        y, x = node.operands
        size = _nonzero(b, b.hypot(x, y))
        turn = dz / size
        return turn * (x / size), b.negative(turn * (y / size))


@register
@dataclass(frozen=True)
class Hypot(BroadcastComposite):
    """Length of the vector (`x`, `y`): sqrt(x*x + y*y) without overflow or underflow on the way.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is a float dtype.
    (C1) inf where either is infinite, even beside NaN; NaN where either is NaN otherwise.
    (C2) both derivatives at (0, 0) are 0.
    Source: Python array API 2024.12 `hypot`; IEEE 754-2019 `hypot`.
    """

    name = "hypot"

    def decompose(self, b: Emitter, x: Value, y: Value) -> Value:
        larger = b.maximum(b.abs(x), b.abs(y))
        scale = b.where(b.logical_or(b.equal(larger, 0), b.isinf(larger)), 1, larger)
        scaled = scale * b.sqrt(b.square(x / scale) + b.square(y / scale))
        return b.where(b.logical_or(b.isinf(x), b.isinf(y)), float("inf"), scaled)

    def vjp(self, b: Emitter, node: NodeView, dz: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        size = _nonzero(b, node.results[0])
        return dz * (x / size), dz * (y / size)


def _nonzero(b: Emitter, size: Value) -> Value:
    """`size`, 1 where it is 0: x / size is then 0 at the origin, and so is its derivative."""
    return b.where(b.equal(size, 0), 1, size)
