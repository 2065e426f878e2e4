"""The error function and the gamma function, with what their derivatives need."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value
from irlib.op import Operand, register
from irlib.ops.elementwise import Analytic
from irlib.types import TensorType

__all__ = ["Erf", "Erfc", "Erfinv", "Lgamma", "Polygamma"]


@register
@dataclass(frozen=True)
class Erf(Analytic):
    """Error function, 2/sqrt(pi) times the integral of exp(-t*t) from 0 to `x`.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    Source: ONNX Erf-13; Abramowitz and Stegun 7.1.1.
    """

    name = "erf"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.exp(b.negative(x * x)) * (2 / sqrt(pi))


@register
@dataclass(frozen=True)
class Erfc(Analytic):
    """One minus the error function, accurate where that is small.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    Source: Abramowitz and Stegun 7.1.2.
    """

    name = "erfc"

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.exp(b.negative(x * x)) * (-2 / sqrt(pi))


@register
@dataclass(frozen=True)
class Erfinv(Analytic):
    """The number whose error function is `x`.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) inf at 1, -inf at -1, where the derivative is inf; NaN outside.
    Source: the inverse of Abramowitz and Stegun 7.1.1.
    """

    name = "erfinv"
    smoothness = "other"
    accepts = ("float",)

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.exp(y * y) * (sqrt(pi) / 2)


@register
@dataclass(frozen=True)
class Lgamma(Analytic):
    """Logarithm of the absolute value of the gamma function.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) inf at 0 and the negative integers, where the derivative is NaN; it is polygamma of order 0 elsewhere.
    Source: C `lgamma`; Abramowitz and Stegun 6.1.
    """

    name = "lgamma"
    smoothness = "other"
    accepts = ("float",)

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.polygamma(x)


@register
@dataclass(frozen=True)
class Polygamma(Analytic):
    """Derivative of order `order` + 1 of the logarithm of the gamma function; order 0 is the digamma function.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) 0 <= order <= 64.
    (C2) the derivative is the polygamma of the next order. Of order 0: NaN at the negative integers, -inf at 0.
    Source: Abramowitz and Stegun 6.3.1, 6.4.1.
    """

    order: int = 0
    name = "polygamma"
    smoothness = "other"
    accepts = ("float",)

    def infer(self, x: Operand) -> TensorType:
        if not 0 <= self.order <= 64:
            raise AttributeValueError(f"order is {self.order}, expected 0 <= order <= 64", code="IR302")
        return self._infer(x)

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        return b.polygamma(x, order=self.order + 1)
