"""Rounding to integers; the derivative is zero by definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from irlib.methods import Emitter, NodeView, Value
from irlib.op import register
from irlib.ops import known
from irlib.ops.elementwise import REALS, Unary

__all__ = ["Ceil", "Floor", "Round", "Trunc"]


class Rounding(Unary):
    """A step function: flat wherever it has a derivative, and 0 is its derivative at the steps too."""

    smoothness: ClassVar[str] = "zero"
    accepts: ClassVar[tuple[str, ...]] = REALS
    on_known = known.positive

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class Floor(Rounding):
    """The largest integer not above `x`.

    Type: x: T[..] -> T[..]; T is an integer or float dtype.
    (C1) integers, infinities and NaN are themselves; -0 is -0.
    Source: Python array API 2024.12 `floor`; ONNX Floor-13.
    """

    name = "floor"


@register
@dataclass(frozen=True)
class Ceil(Rounding):
    """The smallest integer not below `x`.

    Type: x: T[..] -> T[..]; T is an integer or float dtype.
    (C1) integers, infinities and NaN are themselves; what rises to zero from below is -0.
    Source: Python array API 2024.12 `ceil`; ONNX Ceil-13.
    """

    name = "ceil"


@register
@dataclass(frozen=True)
class Round(Rounding):
    """The integer nearest to `x`, the even one of two that are as near.

    Type: x: T[..] -> T[..]; T is an integer or float dtype.
    (C1) integers, infinities and NaN are themselves.
    Source: Python array API 2024.12 `round`; ONNX Round-22.
    """

    name = "round"


@register
@dataclass(frozen=True)
class Trunc(Rounding):
    """`x` without its fraction: rounded towards zero.

    Type: x: T[..] -> T[..]; T is an integer or float dtype.
    (C1) integers, infinities and NaN are themselves.
    Source: Python array API 2024.12 `trunc`.
    """

    name = "trunc"
