"""Operations on the bits of integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from irlib.methods import Emitter, NodeView, Value
from irlib.op import register
from irlib.ops.elementwise import INTEGERS, Binary, Unary

__all__ = ["BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "LeftShift", "RightShift"]


class Bitwise(Binary):
    """An operation on the bits of two corresponding integers."""

    smoothness: ClassVar[str] = "zero"
    accepts: ClassVar[tuple[str, ...]] = ("bool", *INTEGERS)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return None, None


@register
@dataclass(frozen=True)
class BitwiseAnd(Bitwise):
    """The bits set in both `x` and `y`.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is bool or an integer dtype, in two's complement.
    Source: Python array API 2024.12 `bitwise_and`; ONNX BitwiseAnd-18.
    """

    name = "bitwise_and"


@register
@dataclass(frozen=True)
class BitwiseOr(Bitwise):
    """The bits set in `x` or `y` or both.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is bool or an integer dtype, in two's complement.
    Source: Python array API 2024.12 `bitwise_or`; ONNX BitwiseOr-18.
    """

    name = "bitwise_or"


@register
@dataclass(frozen=True)
class BitwiseXor(Bitwise):
    """The bits set in exactly one of `x` and `y`.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is bool or an integer dtype, in two's complement.
    Source: Python array API 2024.12 `bitwise_xor`; ONNX BitwiseXor-18.
    """

    name = "bitwise_xor"


@register
@dataclass(frozen=True)
class LeftShift(Bitwise):
    """The bits of `x` moved `y` places up, zeros following.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer dtype.
    (C1) bits moved out at the top are lost. A `y` that is negative, or the width or more, moves all of them out: 0.
    Source: Python array API 2024.12 `bitwise_left_shift`; ONNX BitShift-11.
    """

    name = "left_shift"
    accepts = INTEGERS


@register
@dataclass(frozen=True)
class RightShift(Bitwise):
    """The bits of `x` moved `y` places down, the sign (of an unsigned integer: zeros) following.

    Type: x: T[..], y: T[..] -> T[broadcast]; T is an integer dtype.
    (C1) a `y` that is negative, or the width or more, moves all bits out: 0, or -1 where x < 0.
    Source: Python array API 2024.12 `bitwise_right_shift`; ONNX BitShift-11.
    """

    name = "right_shift"
    accepts = INTEGERS


@register
@dataclass(frozen=True)
class BitwiseNot(Unary):
    """`x` with every bit changed.

    Type: x: T[..] -> T[..]; T is bool or an integer dtype.
    Source: Python array API 2024.12 `bitwise_invert`; ONNX BitwiseNot-18.
    """

    name = "bitwise_not"
    smoothness = "zero"
    accepts = ("bool", *INTEGERS)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)
