"""Arithmetic: sums, products, quotients, powers, signs and extrema of corresponding elements."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.methods import Emitter, NodeView, Value
from irlib.op import Operand, register
from irlib.ops import known
from irlib.ops.elementwise import REALS, Binary, BroadcastComposite, Unary
from irlib.types import TensorType

__all__ = [
    "Abs", "Add", "Divide", "FloorDivide", "Fmod", "Maximum", "Minimum", "Multiply", "Negative", "Power", "Reciprocal",
    "Remainder", "Sign", "Sqrt", "Square", "Subtract",
]  # fmt: skip


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
    on_known = known.add

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return dy, dy


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
    on_known = known.subtract

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return dy, b.negative(dy) if node.needs[1] else None


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
    on_known = known.multiply

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        for_x, for_y = node.needs
        return b.multiply(dy, b.adjoint(y)) if for_x else None, b.multiply(dy, b.adjoint(x)) if for_y else None


@register
@dataclass(frozen=True)
class Divide(Binary):
    """Quotient of `x` and `y`, element by element.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is a float or complex dtype (integers: `floor_divide`).
    (C1) division by zero gives what IEEE 754 says; the derivative of 1/y at 0 is -inf, of x/y at (0, 0) inf and NaN.
    Source: Python array API 2024.12 `divide`; ONNX Div-14 on floats.
    """

    name = "divide"
    smoothness = "smooth"
    accepts = ("float", "complex")

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (z,) = node.results
        dx = b.divide(dy, b.adjoint(node.operands[1]))
        return dx, b.negative(b.multiply(dx, b.adjoint(z))) if node.needs[1] else None


@register
@dataclass(frozen=True)
class FloorDivide(Binary):
    """Quotient of `x` and `y`, rounded towards minus infinity.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer or float dtype.
    (C1) an integer divided by 0 is an error when the graph runs; the smallest integer divided by -1 wraps to itself.
    (C2) the derivative is zero by definition.
    Source: Python array API 2024.12 `floor_divide`.
    """

    name = "floor_divide"
    smoothness = "zero"
    accepts = REALS
    on_known = known.floor_divide

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return None, None


@register
@dataclass(frozen=True)
class Remainder(Binary):
    """Remainder of `x` divided by `y`, with the sign of `y`: x - y * floor(x / y).

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer or float dtype.
    (C1) an integer remainder by 0 is an error when the graph runs; a float one is NaN.
    (C2) dx = dy, and the cotangent of `y` is -dy * floor(x / y), at multiples too.
    Source: Python array API 2024.12 `remainder`; ONNX Mod-13 with fmod=0.
    """

    name = "remainder"
    accepts = REALS
    on_known = known.remainder

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        return dy, b.negative(b.multiply(dy, b.floor_divide(x, y))) if node.needs[1] else None


@register
@dataclass(frozen=True)
class Fmod(Binary):
    """Remainder of `x` divided by `y`, with the sign of `x`: x - y * trunc(x / y), exact.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer or float dtype.
    (C1) an integer remainder by 0 is an error when the graph runs; a float one is NaN.
    (C2) dx = dy, and the cotangent of `y` is -dy * trunc(x / y), at multiples too.
    Source: C `fmod`; ONNX Mod-13 with fmod=1.
    """

    name = "fmod"
    accepts = REALS

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        if not node.needs[1]:
            return dy, None
        x, y = node.operands
        (z,) = node.results
        # x / y may round up to the next integer where fmod, which is exact, has not got there
        whole = b.round(b.divide(b.subtract(x, z), y))
        return dy, b.negative(b.multiply(dy, whole))


@register
@dataclass(frozen=True)
class Power(Binary):
    """`x` to the power of `y`, element by element.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer, float or complex dtype.
    (C1) integers wrap around; a negative integer exponent is an error when the graph runs. 0**0 and NaN**0 are 1.
    (C2) the derivative at x = 0, as (d/dx, d/dy): y = 0: (0, 0); 0 < y < 1: (inf, 0); y = 1: (1, 0); y > 1: (0, 0);
         y < 0: (-inf, -inf) times y's size. For x < 0, d/dx is y * x**(y-1) and d/dy is NaN.
    Source: Python array API 2024.12 `pow`; ONNX Pow-15 on equal dtypes.
    """

    name = "power"
    smoothness = "smooth"

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        (z,) = node.results
        at_zero = b.equal(x, 0)
        dx = d_exponent = None
        # where the law departs from y * x**(y-1) and x**y * log(x), the base is 1: no 0*inf there, nor in derivatives
        if node.needs[0]:
            base = b.where(b.logical_and(at_zero, b.equal(y, 0)), 1, x)
            dx = b.multiply(dy, b.adjoint(b.multiply(y, b.power(base, b.subtract(y, 1)))))
        if node.needs[1]:
            # 0**y is finite where y >= 0
            base = b.where(b.logical_and(at_zero, b.isfinite(z)), 1, x)
            d_exponent = b.multiply(dy, b.adjoint(b.multiply(z, b.log(base))))
        return dx, d_exponent


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
    on_known = known.negative

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.negative(dy),)


@register
@dataclass(frozen=True)
class Abs(Unary):
    """Absolute value.

    Type: x: T[..] -> T[..], of a complex x: the dtype of its parts; T is an integer, float or complex dtype.
    (C1) the absolute value of the smallest integer is itself.
    (C2) the derivative at 0 and -0 is 0, at NaN it is NaN: dx = dy * sign(x).
    Source: Python array API 2024.12 `abs`; ONNX Abs-13.
    """

    name = "abs"
    on_known = known.absolute

    def infer(self, x: Operand) -> TensorType:
        found = self._infer(x)
        return found.with_dtype(found.dtype.real)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        dy = b.cast(dy, dtype=x.dtype) if x.dtype.is_complex else dy
        return (b.multiply(dy, b.sign(x)),)


@register
@dataclass(frozen=True)
class Sign(Unary):
    """Sign of each element: -1, 0 or 1; of a complex number x / |x|, and 0 at 0.

    Type: x: T[..] -> T[..]; T is an integer, float or complex dtype.
    (C1) the sign of NaN is NaN, of -0 it is 0.
    (C2) the derivative is 0 for floats, at 0 too; of complex x, with s = x / |x|, dx = i * s * im(conj(s) * dy) / |x|,
         and 0 at 0.
    Source: Python array API 2024.12 `sign`; ONNX Sign-13.
    """

    name = "sign"
    on_known = known.sign

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        if not x.dtype.is_complex:
            return (None,)
        (s,) = node.results
        size = b.abs(x)
        turned = b.divide(b.imag(b.multiply(b.conj(s), dy)), b.where(b.equal(size, 0), 1, size))
        return (b.multiply(s, b.complex(b.zeros_like(turned), turned)),)


@register
@dataclass(frozen=True)
class Sqrt(Unary):
    """Square root.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) NaN for negative floats. The derivative at 0 is inf, below it NaN: dx = dy / (2 * y), not clamped.
    Source: Python array API 2024.12 `sqrt`; ONNX Sqrt-13.
    """

    name = "sqrt"
    smoothness = "smooth"
    accepts = ("float", "complex")

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (y,) = node.results
        return (b.divide(b.multiply(dy, 0.5), b.adjoint(y)),)


@register
@dataclass(frozen=True)
class Maximum(Binary):
    """The larger of `x` and `y`.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer or float dtype.
    (C1) NaN where either operand is. Which zero comes of -0 and 0 is not said.
    (C2) the cotangent goes to the larger operand, one half to each where they are equal; where either is NaN both
         cotangents are NaN.
    Source: Python array API 2024.12 `maximum`; ONNX Max-13.
    """

    name = "maximum"
    accepts = REALS
    on_known = known.maximum

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        return _chosen(b, b.greater(x, y), b.less(x, y), b.equal(x, y), dy)


@register
@dataclass(frozen=True)
class Minimum(Binary):
    """The smaller of `x` and `y`.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer or float dtype.
    (C1) NaN where either operand is. Which zero comes of -0 and 0 is not said.
    (C2) the cotangent goes to the smaller operand, one half to each where they are equal; where either is NaN both
         cotangents are NaN.
    Source: Python array API 2024.12 `minimum`; ONNX Min-13.
    """

    name = "minimum"
    accepts = REALS
    on_known = known.minimum

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        return _chosen(b, b.less(x, y), b.greater(x, y), b.equal(x, y), dy)


def _chosen(b: Emitter, first: Value, second: Value, tie: Value, dy: Value) -> tuple[Value, Value]:
    """The cotangents of two operands of which one is chosen: selected, not multiplied, so that 0 * inf cannot arise."""
    otherwise = b.where(tie, b.multiply(dy, 0.5), float("nan"))
    return b.where(first, dy, b.where(second, 0, otherwise)), b.where(second, dy, b.where(first, 0, otherwise))


@register
@dataclass(frozen=True)
class Reciprocal(BroadcastComposite):
    """One divided by `x`.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) the derivative at 0 is -inf.
    Source: Python array API 2024.12 `reciprocal`; ONNX Reciprocal-13.
    """

    name = "reciprocal"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Value) -> Value:
        return b.divide(1, x)


@register
@dataclass(frozen=True)
class Square(BroadcastComposite):
    """`x` times itself.

    Type: x: T[..] -> T[..]; T is an integer, float or complex dtype.
    (C1) integers wrap around (two's complement).
    Source: Python array API 2024.12 `square`.
    """

    name = "square"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Value) -> Value:
        return b.multiply(x, x)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        return (b.multiply(dy, b.adjoint(b.multiply(x, 2))),)
