"""ONNX ops that are one op of irlib under another name: one row each, read by import and export alike.

A row stands here only where the meaning is exactly equal for every operand the row admits: types, rounding, edge cases,
failures. What is equal for some dtypes only says for which kinds; whatever else needs a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from irlib.converters.onnx_model.dtypes import NUMBER_OF, dtype_of_number
from irlib.errors import UnknownOpError
from irlib.op import Op, lookup
from irlib.types import TensorType, Type

__all__ = ["DIRECT", "Direct", "direct_op", "rows_to"]

_NEWEST = 2**31


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute under its two names, and the two ways between its values."""

    onnx: str
    irlib: str
    read: Callable[[Any], Any] = lambda value: value
    write: Callable[[Any], Any] = lambda value: value
    default: Any = None
    """ONNX's default, where the irlib op has another or none."""


@dataclass(frozen=True, slots=True)
class Direct:
    """ONNX op `onnx` of versions `since` to `until` is `irlib` where every operand's dtype is of one of `kinds`."""

    onnx: str
    irlib: str
    since: int
    until: int = _NEWEST
    kinds: tuple[str, ...] = ()
    """Empty: of any kind."""
    attributes: tuple[Attribute, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of the irlib op that ONNX does not have, and what they are."""
    when: Callable[[tuple[Type | None, ...], Mapping[str, Any]], bool] | None = None
    """What else must hold of operand types and ONNX attributes."""

    def admits(self, types: tuple[Type | None, ...], attributes: Mapping[str, Any]) -> bool:
        """Whether the row holds for these operands."""
        if self.kinds and not all(isinstance(t, TensorType) and t.dtype.kind in self.kinds for t in types):
            return False
        return self.when is None or self.when(types, attributes)


def _plain_cast(types: tuple[Type | None, ...], attributes: Mapping[str, Any]) -> bool:
    """A float to less than 8 bits wraps in ONNX, and float8e8m0 rounds up by default: those have rules."""
    (source,), to = types, dtype_of_number(attributes["to"])
    small = to.is_integer and to.bits < 8
    return isinstance(source, TensorType) and to.name != "float8_e8m0fnu" and not (small and source.dtype.is_float)


def _scalar_position(types: tuple[Type | None, ...], attributes: Mapping[str, Any]) -> bool:
    """A position may be a vector of one element: not so for ours."""
    last = types[-1]
    return not (isinstance(last, TensorType) and last.dtype.is_integer and last.rank == 1) or len(types) == 1


def _no_half(types: tuple[Type | None, ...], attributes: Mapping[str, Any]) -> bool:
    """Linear algebra is done in float32 or wider: for half floats there are rules."""
    return all(isinstance(t, TensorType) and t.dtype.bits >= 32 for t in types)


_AXIS = Attribute("axis", "axis")
_PERM = Attribute("perm", "perm")
_TO = Attribute("to", "dtype", dtype_of_number, NUMBER_OF.__getitem__)
_SATURATE = Attribute("saturate", "saturate", bool, int)
_AXIS_OF_0 = Attribute("axis", "axis", default=0)
_REAL = ("float",)
_NUMBER = ("float", "int", "uint")
_INTEGER = ("int", "uint")

DIRECT: tuple[Direct, ...] = (
    Direct("Add", "add", 7, kinds=_NUMBER),
    Direct("Sub", "subtract", 7, kinds=_NUMBER),
    Direct("Mul", "multiply", 7, kinds=_NUMBER),
    Direct("Div", "divide", 7, kinds=_REAL),
    Direct("Neg", "negative", 6, kinds=("float", "int")),
    Direct("Abs", "abs", 6, kinds=_NUMBER),
    Direct("Sqrt", "sqrt", 6, kinds=_REAL),
    Direct("Reciprocal", "reciprocal", 6, kinds=_REAL),
    Direct("Exp", "exp", 6, kinds=_REAL),
    Direct("Log", "log", 6, kinds=_REAL),
    Direct("Sin", "sin", 7, kinds=_REAL),
    Direct("Cos", "cos", 7, kinds=_REAL),
    Direct("Tan", "tan", 7, kinds=_REAL),
    Direct("Asin", "asin", 7, kinds=_REAL),
    Direct("Acos", "acos", 7, kinds=_REAL),
    Direct("Atan", "atan", 7, kinds=_REAL),
    Direct("Sinh", "sinh", 9, kinds=_REAL),
    Direct("Cosh", "cosh", 9, kinds=_REAL),
    Direct("Tanh", "tanh", 6, kinds=_REAL),
    Direct("Asinh", "asinh", 9, kinds=_REAL),
    Direct("Acosh", "acosh", 9, kinds=_REAL),
    Direct("Atanh", "atanh", 9, kinds=_REAL),
    Direct("Floor", "floor", 6, kinds=_REAL),
    Direct("Ceil", "ceil", 6, kinds=_REAL),
    Direct("Sign", "sign", 9, kinds=_NUMBER),
    Direct("Equal", "equal", 7),
    Direct("Less", "less", 7, kinds=_NUMBER),
    Direct("Greater", "greater", 7, kinds=_NUMBER),
    Direct("LessOrEqual", "less_equal", 12, kinds=_NUMBER),
    Direct("GreaterOrEqual", "greater_equal", 12, kinds=_NUMBER),
    Direct("And", "logical_and", 7),
    Direct("Or", "logical_or", 7),
    Direct("Xor", "logical_xor", 7),
    Direct("Not", "logical_not", 1),
    Direct("ImageDecoder", "decode_image", 20, attributes=(Attribute("pixel_format", "pixel_format", default="RGB"),)),
    Direct("IsNaN", "isnan", 9, kinds=_REAL),
    Direct("Where", "where", 9),
    Direct("MatMul", "matmul", 1, kinds=_NUMBER),
    Direct("Concat", "concat", 4, attributes=(_AXIS,)),
    Direct("Transpose", "transpose", 1, attributes=(_PERM,)),
    Direct("Cast", "cast", 6, attributes=(_TO, _SATURATE), when=_plain_cast),
    Direct("Gather", "take", 1, attributes=(_AXIS,)),
    Direct("GatherElements", "take_along_axis", 11, attributes=(_AXIS_OF_0,)),
    Direct("GatherND", "gather_nd", 11, attributes=(Attribute("batch_dims", "batch_dims"),)),
    Direct("Erf", "erf", 9, kinds=_REAL),
    Direct("Sigmoid", "sigmoid", 6, kinds=_REAL),
    Direct("Softplus", "softplus", 1, kinds=_REAL),
    Direct("SequenceConstruct", "sequence_construct", 11),
    Direct("SequenceAt", "sequence_at", 11, when=_scalar_position),
    Direct("SequenceInsert", "sequence_insert", 11, when=_scalar_position),
    Direct("SequenceErase", "sequence_erase", 11, when=_scalar_position),
    Direct("SequenceLength", "sequence_length", 11),
    Direct("OptionalGetElement", "optional_get", 15),
    Direct("OptionalHasElement", "optional_has", 15),
    Direct("StringConcat", "string_concat", 20),
    Direct("Softsign", "softsign", 1, kinds=_REAL),
    Direct("HardSwish", "hard_swish", 14, kinds=_REAL),
    Direct("Mish", "mish", 18, kinds=_REAL),
    Direct("Round", "round", 11, kinds=_REAL),
    Direct("BitwiseAnd", "bitwise_and", 18, kinds=_INTEGER),
    Direct("BitwiseOr", "bitwise_or", 18, kinds=_INTEGER),
    Direct("BitwiseXor", "bitwise_xor", 18, kinds=_INTEGER),
    Direct("BitwiseNot", "bitwise_not", 18, kinds=_INTEGER),
    Direct("Expand", "expand", 8),
    Direct("NonZero", "nonzero", 9, kinds=("bool", *_NUMBER)),
    Direct("Det", "det", 11, kinds=_REAL, when=_no_half),
    Direct("Einsum", "einsum", 12, kinds=_NUMBER, attributes=(Attribute("equation", "equation"),)),
)


@cache
def _rows() -> dict[tuple[str, str], tuple[Direct, ...]]:
    found: dict[tuple[str, str], tuple[Direct, ...]] = {}
    for row in DIRECT:
        key = ("", row.onnx)
        found[key] = (*found.get(key, ()), row)
    return found


@cache
def _class(name: str) -> type[Op] | None:
    try:
        return lookup("irlib", name, 1)
    except UnknownOpError:
        return None


def direct_op(
    domain: str, name: str, since: int, attributes: Mapping[str, Any], types: tuple[Type | None, ...]
) -> Op | None:
    """The irlib op that this ONNX op is for operands of these types; None where it is a composite."""
    for row in _rows().get((domain, name), ()):
        cls = _class(row.irlib)
        if cls is None or not row.since <= since <= row.until or not row.admits(types, attributes):
            continue
        known = {a.onnx: a for a in row.attributes}
        if any(k not in known for k in attributes):
            continue
        values = {a.onnx: a.default for a in row.attributes if a.default is not None} | dict(attributes)
        return cls(**row.fixed, **{known[k].irlib: known[k].read(v) for k, v in values.items()})
    return None


@cache
def rows_to(irlib: str) -> tuple[Direct, ...]:
    """The rows of an irlib op, for export."""
    return tuple(row for row in DIRECT if row.irlib == irlib)
