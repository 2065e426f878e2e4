"""Optionals: a value or its absence; and what cotangents of sequences and optionals need.

While a graph runs, an optional is its value or nothing, so these ops also take a plain value, or no operand at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from irlib.closures import carries_cotangent, joined
from irlib.errors import IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, register
from irlib.types import DTYPES, OptionalType, TensorType, Type, as_type

__all__ = ["OptionalGet", "OptionalHas", "OptionalNone", "OptionalSome"]

_UNKNOWN = TensorType(DTYPES["float32"], None)


def _value_of(o: Operand) -> Type:
    return o.type.element if isinstance(o.type, OptionalType) else o.type


@register
@dataclass(frozen=True)
class OptionalSome(Op):
    """The optional that holds `x`.

    Type: x: T -> optional<T>.
    Source: ONNX Optional-15.
    """

    name = "optional_some"
    smoothness = "linear"

    def infer(self, x: Operand) -> OptionalType:
        return OptionalType(x.type)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.optional_get(dy),)


@register
@dataclass(frozen=True)
class OptionalNone(Op):
    """The optional that holds nothing, where there could be an `element`.

    Source: ONNX Optional-15.
    """

    element: Type = _UNKNOWN
    name = "optional_none"
    smoothness = "zero"

    def __post_init__(self) -> None:
        object.__setattr__(self, "element", as_type(self.element))

    def infer(self) -> OptionalType:
        return OptionalType(self.element)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return ()


@register
@dataclass(frozen=True)
class OptionalGet(Op):
    """The value that `o` holds.

    Type: o: optional<T> (or T) -> T.
    (C1) an optional that holds nothing is an error when the graph runs.
    Source: ONNX OptionalGetElement-18.
    """

    name = "optional_get"
    smoothness = "linear"

    def infer(self, o: Operand | None = None) -> Type:
        if o is None:
            raise IRTypeError("the optional holds nothing, expected a value", code="IR203")
        return _value_of(o)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (o,) = node.operands
        return (b.optional_some(dy) if isinstance(o.type, OptionalType) else dy,)


@register
@dataclass(frozen=True)
class OptionalHas(Op):
    """Whether `o` holds a value.

    Type: o: optional<T>, absent (no), or T (yes) -> bool[].
    Source: ONNX OptionalHasElement-18.
    """

    name = "optional_has"
    smoothness = "zero"

    def infer(self, o: Operand | None = None) -> TensorType:
        return TensorType(DTYPES["bool"], ())

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,) * len(node.operands)


@register
@dataclass(frozen=True)
class ContainerZerosLike(Op):
    """A sequence or optional like `x`, with zeros for every number: its cotangent where nothing depends on it.

    Type: x: a sequence or optional of float or complex tensors -> the same.
    Source: the gradient law: what is not used has a cotangent of zeros.
    """

    name = "container_zeros_like"
    smoothness = "zero"

    def infer(self, x: Operand | None = None) -> Type:
        found = OptionalType(_UNKNOWN) if x is None else x.type
        _require_floats(found)
        return found

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,) * len(node.operands)


@register
@dataclass(frozen=True)
class CotangentAdd(Op):
    """The sum of two cotangents of one sequence or optional, value by value.

    Type: x: T, y: T -> T, a sequence or optional of float or complex tensors.
    (C1) sequences have one length, and values at one place one shape.
    Source: Algorithm 5.4: cotangents of all uses of a value are summed.
    """

    name = "cotangent_add"
    smoothness = "linear"

    def infer(self, x: Operand | None = None, y: Operand | None = None) -> Type:
        given = [o.type for o in (x, y) if o is not None]
        if not given:
            return OptionalType(_UNKNOWN)
        found = given[0] if len(given) == 1 else joined(given[0], given[1], "the cotangents")
        _require_floats(found)
        return found

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (dy,) * len(node.operands)


def _require_floats(t: Type) -> None:
    if not carries_cotangent(t):
        raise IRTypeError(f"got a {t}, expected floats or complex numbers in it", code="IR204")
