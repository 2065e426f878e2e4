"""Functions that are finite where their pieces are not: what people guard by hand, with the guard in them."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.methods import Emitter, NodeView, Value
from irlib.op import register
from irlib.ops.elementwise import BroadcastComposite

__all__ = ["Logaddexp", "SafeDivide", "Softplus", "Xlog1py", "Xlogy"]


@register
@dataclass(frozen=True)
class Logaddexp(BroadcastComposite):
    """Logarithm of exp(x) + exp(y), without overflow.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is a float dtype.
    (C1) NaN where either operand is NaN; -inf where both are -inf, and both derivatives are 0 there.
    (C2) the derivatives are sigmoid(x - y) and sigmoid(y - x); one half each where both are inf.
    Source: Python array API 2024.12 `logaddexp`.
    """

    name = "logaddexp"

    def decompose(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.maximum(x, y) + b.log1p(b.exp(b.negative(b.abs(_difference(b, x, y)))))

    def vjp(self, b: Emitter, node: NodeView, dz: Value) -> tuple[Value | None, ...]:
        x, y = node.operands
        (z,) = node.results
        apart = _difference(b, x, y)
        dz = b.where(b.equal(z, float("-inf")), 0, dz)
        return dz * b.sigmoid(apart), dz * b.sigmoid(b.negative(apart))


def _difference(b: Emitter, x: Value, y: Value) -> Value:
    """X - y, and 0 where both are the same infinity."""
    same = b.logical_and(b.equal(x, y), b.isinf(x))
    return b.where(same, 0, x) - b.where(same, 0, y)


@register
@dataclass(frozen=True)
class Softplus(BroadcastComposite):
    """Logarithm of 1 + exp(x), without overflow.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative is sigmoid(x), on both sides.
    Source: ONNX Softplus-22.
    """

    name = "softplus"

    def decompose(self, b: Emitter, x: Value) -> Value:
        return b.maximum(x, 0) + b.log1p(b.exp(b.negative(b.abs(x))))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (dy * b.sigmoid(node.operands[0]),)


@register
@dataclass(frozen=True)
class Xlogy(BroadcastComposite):
    """`x` times the logarithm of `y`, 0 where x = 0 (unless y is NaN).

    Type: x: T[..], y: T[..] -> T[broadcast]; T is a float or complex dtype.
    (C1) the derivatives are log(y) and x / y; where x = 0 and log(y) is not finite, as at (0, 0), both are 0.
    Source: scipy.special.xlogy.
    """

    name = "xlogy"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.multiply(x, b.log(b.where(_silent(b, x, y, b.log(y)), 1, y)))


@register
@dataclass(frozen=True)
class Xlog1py(BroadcastComposite):
    """`x` times the logarithm of 1 + `y`, 0 where x = 0 (unless y is NaN).

    Type: x: T[..], y: T[..] -> T[broadcast]; T is a float or complex dtype.
    (C1) the derivatives are log1p(y) and x / (1 + y); where x = 0 and log1p(y) is not finite, both are 0.
    Source: scipy.special.xlog1py.
    """

    name = "xlog1py"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.multiply(x, b.log1p(b.where(_silent(b, x, y, b.log1p(y)), 0, y)))


def _silent(b: Emitter, x: Value, y: Value, logarithm: Value) -> Value:
    """Where a zero outweighs a logarithm that is not finite."""
    wild = b.logical_not(b.logical_or(b.isfinite(logarithm), b.isnan(y)))
    return b.logical_and(b.equal(x, 0), wild)


@register
@dataclass(frozen=True)
class SafeDivide(BroadcastComposite):
    """Quotient of `x` and `y`, 0 where y = 0.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is a float or complex dtype.
    (C1) both derivatives are 0 where y = 0: nothing is divided by zero on the way.
    Source: the double `where` that is written by hand elsewhere.
    """

    name = "safe_divide"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Value, y: Value) -> Value:
        none = b.equal(y, 0)
        return b.where(none, 0, x) / b.where(none, 1, y)
