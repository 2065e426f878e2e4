"""Comparisons: bool results, which carry no cotangent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from irlib.methods import Emitter, NodeView, Value
from irlib.op import register
from irlib.ops import known
from irlib.ops.elementwise import NUMBERS, REALS, Binary, Unary

__all__ = ["Equal", "Greater", "GreaterEqual", "IsFinite", "IsInf", "IsNan", "Less", "LessEqual", "NotEqual"]


class Comparison(Binary):
    """A bool of two corresponding elements; any comparison with NaN is false, `not_equal` true."""

    result: ClassVar[str | None] = "bool"
    smoothness: ClassVar[str] = "zero"
    accepts: ClassVar[tuple[str, ...]] = REALS

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return None, None


class Classification(Unary):
    """A bool of each element: what kind of number it is."""

    result: ClassVar[str | None] = "bool"
    smoothness: ClassVar[str] = "zero"

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class Equal(Comparison):
    """Whether `x` equals `y`, element by element.

    Type: x: T[..], y: T[..] -> bool[broadcast]; T is any dtype.
    (C1) NaN equals nothing; -0 equals 0. Strings are equal when all their characters are.
    Source: Python array API 2024.12 `equal`; ONNX Equal-19.
    """

    name = "equal"
    accepts = ("bool", "string", *NUMBERS)
    on_known = known.equal


@register
@dataclass(frozen=True)
class NotEqual(Comparison):
    """Whether `x` differs from `y`, element by element.

    Type: x: T[..], y: T[..] -> bool[broadcast]; T is any dtype.
    (C1) NaN differs from everything, itself too.
    Source: Python array API 2024.12 `not_equal`.
    """

    name = "not_equal"
    accepts = ("bool", "string", *NUMBERS)
    on_known = known.not_equal


@register
@dataclass(frozen=True)
class Less(Comparison):
    """Whether `x` is less than `y`, element by element.

    Type: x: T[..], y: T[..] -> bool[broadcast]; T is an integer or float dtype.
    (C1) false where either is NaN.
    Source: Python array API 2024.12 `less`; ONNX Less-13.
    """

    name = "less"
    on_known = known.less


@register
@dataclass(frozen=True)
class LessEqual(Comparison):
    """Whether `x` is less than or equal to `y`, element by element.

    Type: x: T[..], y: T[..] -> bool[broadcast]; T is an integer or float dtype.
    (C1) false where either is NaN.
    Source: Python array API 2024.12 `less_equal`; ONNX LessOrEqual-16.
    """

    name = "less_equal"
    on_known = known.less_equal


@register
@dataclass(frozen=True)
class Greater(Comparison):
    """Whether `x` is greater than `y`, element by element.

    Type: x: T[..], y: T[..] -> bool[broadcast]; T is an integer or float dtype.
    (C1) false where either is NaN.
    Source: Python array API 2024.12 `greater`; ONNX Greater-13.
    """

    name = "greater"
    on_known = known.greater


@register
@dataclass(frozen=True)
class GreaterEqual(Comparison):
    """Whether `x` is greater than or equal to `y`, element by element.

    Type: x: T[..], y: T[..] -> bool[broadcast]; T is an integer or float dtype.
    (C1) false where either is NaN.
    Source: Python array API 2024.12 `greater_equal`; ONNX GreaterOrEqual-16.
    """

    name = "greater_equal"
    on_known = known.greater_equal


@register
@dataclass(frozen=True)
class IsNan(Classification):
    """Whether each element is NaN; of a complex number, whether either part is.

    Type: x: T[..] -> bool[..]; T is an integer, float or complex dtype.
    Source: Python array API 2024.12 `isnan`; ONNX IsNaN-20.
    """

    name = "isnan"


@register
@dataclass(frozen=True)
class IsInf(Classification):
    """Whether each element is infinite; of a complex number, whether either part is.

    Type: x: T[..] -> bool[..]; T is an integer, float or complex dtype.
    Source: Python array API 2024.12 `isinf`; ONNX IsInf-20.
    """

    name = "isinf"


@register
@dataclass(frozen=True)
class IsFinite(Classification):
    """Whether each element is neither infinite nor NaN.

    Type: x: T[..] -> bool[..]; T is an integer, float or complex dtype.
    Source: Python array API 2024.12 `isfinite`.
    """

    name = "isfinite"
