"""Logic on bools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from irlib.methods import Emitter, NodeView, Value
from irlib.op import register
from irlib.ops.elementwise import Binary, Unary

__all__ = ["LogicalAnd", "LogicalNot", "LogicalOr", "LogicalXor"]

Truth = bool | None


class Connective(Binary):
    """A bool of two bools."""

    smoothness: ClassVar[str] = "zero"
    accepts: ClassVar[tuple[str, ...]] = ("bool",)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return None, None


def _and(x: Truth, y: Truth) -> Truth:
    return False if x is False or y is False else None if x is None or y is None else True


def _or(x: Truth, y: Truth) -> Truth:
    return True if x is True or y is True else None if x is None or y is None else False


@register
@dataclass(frozen=True)
class LogicalAnd(Connective):
    """Whether both `x` and `y` hold.

    Type: x: bool[..], y: bool[..] -> bool[broadcast].
    Source: Python array API 2024.12 `logical_and`; ONNX And-7.
    """

    name = "logical_and"
    on_known = _and


@register
@dataclass(frozen=True)
class LogicalOr(Connective):
    """Whether `x` or `y` holds, or both.

    Type: x: bool[..], y: bool[..] -> bool[broadcast].
    Source: Python array API 2024.12 `logical_or`; ONNX Or-7.
    """

    name = "logical_or"
    on_known = _or


@register
@dataclass(frozen=True)
class LogicalXor(Connective):
    """Whether exactly one of `x` and `y` holds.

    Type: x: bool[..], y: bool[..] -> bool[broadcast].
    Source: Python array API 2024.12 `logical_xor`; ONNX Xor-7.
    """

    name = "logical_xor"


@register
@dataclass(frozen=True)
class LogicalNot(Unary):
    """Whether `x` does not hold.

    Type: x: bool[..] -> bool[..].
    Source: Python array API 2024.12 `logical_not`; ONNX Not-1.
    """

    name = "logical_not"
    smoothness = "zero"
    accepts = ("bool",)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)
