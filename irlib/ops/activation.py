"""Activation functions."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

from irlib.errors import IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Operand, register
from irlib.ops.widened import Activation, Widened
from irlib.shapes import elementwise_type, join_shapes, require_dtype, same_dtype
from irlib.types import TensorType

__all__ = ["Gelu", "Relu"]

SELU_ALPHA = 1.6732632423543772
SELU_GAMMA = 1.0507009873554805


def negative_part(b: Emitter, x: Any) -> Any:
    """`x` where it is not above 0, 0 elsewhere: what is exponentiated on the negative side only."""
    return b.where(x > 0, 0, x)


@register
@dataclass(frozen=True)
class Relu(Activation):
    """`x` where it is above 0, else 0; NaN stays NaN.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative is 1 above 0, 0 at 0 and below; NaN at NaN.
    Source: ONNX Relu-14.
    """

    name = "relu"

    def body(self, b: Emitter, x: Any) -> Any:
        # the square makes the derivative at NaN NaN, and is 0 with derivative 0 elsewhere
        odd = b.where(b.isnan(x), x, 0)
        return b.where(x > 0, x, odd * odd)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (y,) = node.results
        # where y is not above 0 it is 0, or NaN: the derivative of all that is there
        return (b.where(y > 0, dy, y),)


@register
@dataclass(frozen=True)
class Relu6(Activation):
    """`x` between 0 and 6, 0 below and 6 above; NaN stays NaN.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative is 1 between the bounds, 0 at them and outside; NaN at NaN.
    Source: torch.nn.functional.relu6.
    """

    name = "relu6"

    def body(self, b: Emitter, x: Any) -> Any:
        y = b.relu(x)
        return b.where(y >= 6, 6, y)


@register
@dataclass(frozen=True)
class LeakyRelu(Activation):
    """`x` where it is above 0, else `alpha` times `x`.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative at 0 is alpha.
    Source: ONNX LeakyRelu-16.
    """

    alpha: float = 0.01
    name = "leaky_relu"

    def body(self, b: Emitter, x: Any) -> Any:
        return b.where(x > 0, x, x * self.alpha)


@register
@dataclass(frozen=True)
class ThresholdedRelu(Activation):
    """`x` where it is above `alpha`, else 0; NaN stays NaN.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative at alpha is 0.
    Source: ONNX ThresholdedRelu-22.
    """

    alpha: float = 1.0
    name = "thresholded_relu"

    def body(self, b: Emitter, x: Any) -> Any:
        return b.where(x <= self.alpha, 0, x)


@register
@dataclass(frozen=True)
class Prelu(Widened):
    """`x` where it is above 0, else `slope` times `x`; the slope broadcasts to the shape of `x`.

    Type: x: T[..], slope: T[..] -> T[..] of the shape of x; T is a float dtype.
    (C1) the derivative by x at 0 is the slope.
    Source: ONNX PRelu-16.
    """

    name = "prelu"

    def infer(self, x: Operand, slope: Operand) -> TensorType:
        require_dtype(x, ("float",), "x")
        made = elementwise_type((x, slope), same_dtype(x, slope))
        if x.shape is None or made.shape is None:
            return x.tensor
        if len(made.shape) != len(x.shape):
            raise IRTypeError(f"slope is {slope.type}, expected one that broadcasts to {x.type}", code="IR206")
        return made.with_shape(join_shapes([x.shape, made.shape], "x and what slope broadcasts to"))

    def body(self, b: Emitter, x: Any, slope: Any) -> Any:
        return b.where(x > 0, x, slope * x)


@register
@dataclass(frozen=True)
class Elu(Activation):
    """`x` where it is above 0, else alpha * (exp(x) - 1).

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative at 0 is alpha: 1 by default.
    Source: ONNX Elu-22.
    """

    alpha: float = 1.0
    name = "elu"

    def body(self, b: Emitter, x: Any) -> Any:
        return b.where(x > 0, x, b.expm1(negative_part(b, x)) * self.alpha)


@register
@dataclass(frozen=True)
class Selu(Activation):
    """`gamma` times `x` where it is above 0, else gamma * alpha * (exp(x) - 1).

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative at 0 is gamma * alpha.
    Source: ONNX Selu-22.
    """

    alpha: float = SELU_ALPHA
    gamma: float = SELU_GAMMA
    name = "selu"

    def body(self, b: Emitter, x: Any) -> Any:
        return b.where(x > 0, x * self.gamma, b.expm1(negative_part(b, x)) * (self.gamma * self.alpha))


@register
@dataclass(frozen=True)
class Celu(Activation):
    """`x` where it is above 0, else alpha * (exp(x / alpha) - 1).

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative at 0 is 1.
    Source: ONNX Celu-12.
    """

    alpha: float = 1.0
    name = "celu"

    def body(self, b: Emitter, x: Any) -> Any:
        return b.where(x > 0, x, b.expm1(negative_part(b, x) / self.alpha) * self.alpha)


@register
@dataclass(frozen=True)
class Gelu(Activation):
    """`x` times the probability that a standard normal number is below it; `tanh`: the usual approximation of that.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    Source: ONNX Gelu-20; Hendrycks and Gimpel 2016.
    """

    tanh: bool = False
    name = "gelu"
    smoothness = "smooth"
    accepts = ("float", "complex")

    def body(self, b: Emitter, x: Any) -> Any:
        if self.tanh:
            return x * 0.5 * (1 + b.tanh((x + x * x * x * 0.044715) * sqrt(2 / pi)))
        return x * 0.5 * b.erfc(x * -sqrt(0.5))


@register
@dataclass(frozen=True)
class Silu(Activation):
    """`x` times its logistic function.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    Source: Elfwing and others 2017.
    """

    name = "silu"
    smoothness = "smooth"
    accepts = ("float", "complex")

    def body(self, b: Emitter, x: Any) -> Any:
        return x * b.sigmoid(x)


@register
@dataclass(frozen=True)
class Swish(Activation):
    """`x` times the logistic function of alpha * x.

    Type: x: T[..] -> T[..]; T is a float or complex dtype.
    Source: ONNX Swish-24.
    """

    alpha: float = 1.0
    name = "swish"
    smoothness = "smooth"
    accepts = ("float", "complex")

    def body(self, b: Emitter, x: Any) -> Any:
        return x * b.sigmoid(x * self.alpha)


@register
@dataclass(frozen=True)
class Mish(Activation):
    """`x` times tanh(softplus(x)).

    Type: x: T[..] -> T[..]; T is a float dtype.
    Source: ONNX Mish-22.
    """

    name = "mish"

    def body(self, b: Emitter, x: Any) -> Any:
        return x * b.tanh(b.softplus(x))


@register
@dataclass(frozen=True)
class HardSigmoid(Activation):
    """alpha * x + beta, between 0 and 1.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative is 0 at the bounds and outside.
    Source: ONNX HardSigmoid-22.
    """

    alpha: float = 0.2
    beta: float = 0.5
    name = "hard_sigmoid"

    def body(self, b: Emitter, x: Any) -> Any:
        line = x * self.alpha + self.beta
        return b.where(line <= 0, 0, b.where(line >= 1, 1, line))


@register
@dataclass(frozen=True)
class HardSwish(Activation):
    """`x` times its hard sigmoid with alpha 1/6 and beta 1/2.

    Type: x: T[..] -> T[..]; T is a float dtype.
    Source: ONNX HardSwish-22.
    """

    name = "hard_swish"

    def body(self, b: Emitter, x: Any) -> Any:
        return x * b.hard_sigmoid(x, alpha=1 / 6, beta=0.5)


@register
@dataclass(frozen=True)
class Softsign(Activation):
    """x / (1 + abs(x)).

    Type: x: T[..] -> T[..]; T is a float dtype.
    Source: ONNX Softsign-22.
    """

    name = "softsign"

    def body(self, b: Emitter, x: Any) -> Any:
        return x / (1 + b.abs(x))


@register
@dataclass(frozen=True)
class Shrink(Activation):
    """x + bias below -lambd, x - bias above lambd, else 0.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) the derivative at -lambd and lambd is 0.
    Source: ONNX Shrink-9.
    """

    lambd: float = 0.5
    bias: float = 0.0
    name = "shrink"

    def body(self, b: Emitter, x: Any) -> Any:
        return b.where(x < -self.lambd, x + self.bias, b.where(x > self.lambd, x - self.bias, 0))
