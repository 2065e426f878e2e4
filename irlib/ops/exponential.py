"""Exponentials and logarithms, and the logistic function."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from irlib.methods import Emitter, NodeView, Value
from irlib.op import register
from irlib.ops.elementwise import Analytic, BroadcastComposite

__all__ = ["Exp", "Exp2", "Expm1", "Log", "Log1p", "Log2", "Log10", "Sigmoid"]


@register
@dataclass(frozen=True)
class Exp(Analytic):
    """e to the power of `x`.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) overflow is inf.
    Source: Python array API 2024.12 `exp`; ONNX Exp-13.
    """

    name = "exp"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return y


@register
@dataclass(frozen=True)
class Expm1(Analytic):
    """e to the power of `x`, minus 1, exact for small `x`.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) the derivative is exp(x).
    Source: Python array API 2024.12 `expm1`.
    """

    name = "expm1"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.exp(x)


@register
@dataclass(frozen=True)
class Log(Analytic):
    """Natural logarithm.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) -inf at 0 and NaN below. The derivative is 1 / x: inf at 0, and 1 / x below 0 too.
    Source: Python array API 2024.12 `log`; ONNX Log-13.
    """

    name = "log"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 / x


@register
@dataclass(frozen=True)
class Log1p(Analytic):
    """Natural logarithm of 1 + `x`, exact for small `x`.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) -inf at -1 and NaN below. The derivative is 1 / (1 + x).
    Source: Python array API 2024.12 `log1p`.
    """

    name = "log1p"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return 1 / (1 + x)


@register
@dataclass(frozen=True)
class Sigmoid(Analytic):
    """Logistic function 1 / (1 + exp(-x)), without overflow on either side.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) the derivative is y * sigmoid(-x), accurate on both sides; 0 at -inf and inf.
    Source: ONNX Sigmoid-13.
    """

    name = "sigmoid"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return y * b.sigmoid(-x)


@register
@dataclass(frozen=True)
class Exp2(BroadcastComposite):
    """2 to the power of `x`.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) an interpreter may be more exact than the body, in particular at powers.
    Source: Python array API 2024.12 `exp2`.
    """

    name = "exp2"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Value) -> Value:
        return b.exp(x * log(2))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.multiply(dy, b.adjoint(node.results[0] * log(2))),)


@register
@dataclass(frozen=True)
class Log2(BroadcastComposite):
    """Logarithm to base 2.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) an interpreter may be more exact than the body, in particular at powers.
    Source: Python array API 2024.12 `log2`.
    """

    name = "log2"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Value) -> Value:
        return b.log(x) / log(2)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.divide(dy, b.adjoint(node.operands[0] * log(2))),)


@register
@dataclass(frozen=True)
class Log10(BroadcastComposite):
    """Logarithm to base 10.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    (C1) an interpreter may be more exact than the body, in particular at powers.
    Source: Python array API 2024.12 `log10`.
    """

    name = "log10"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Value) -> Value:
        return b.log(x) / log(10)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.divide(dy, b.adjoint(node.operands[0] * log(10))),)
