"""Cast where it is not ours exactly, CastLike and BitCast."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value
from irlib.types import DType, dtype

_OLD_NAMES = {"FLOAT": "float32", "DOUBLE": "float64"}


@rule("Cast", 1, until=5)
def cast_to_name(b: Emitter, n: OnnxOp, x: Value) -> Any:
    name = str(n["to"])
    return _cast(b, n, x, dtype(_OLD_NAMES.get(name, name.lower())))


@rule("Cast", 6)
def cast(b: Emitter, n: OnnxOp, x: Value) -> Any:
    to = n.dtype("to")
    assert to is not None
    return _cast(b, n, x, to)


@rule("CastLike", 15)
def cast_like(b: Emitter, n: OnnxOp, x: Value, like: Value) -> Any:
    return _cast(b, n, x, like.dtype)


@rule("BitCast", 26)
def bit_cast(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """A bool is the byte 0 or 1, and true of any byte but 0."""
    to = n.dtype("to")
    assert to is not None
    byte = dtype("uint8")
    source, target = (byte if d.kind == "bool" else d for d in (x.dtype, to))
    if source.bits != target.bits:
        raise AttributeValueError(f"bits of {x.dtype} as {to}, expected a dtype of as many", code="IR302")
    if source.bits < 8 and not (source.is_integer and target.is_integer):
        raise n.unsupported(f"bits of {x.dtype} as {to}")
    x = b.cast(x, dtype=byte) if source is not x.dtype else x
    y = b.cast(x, dtype=target) if target.bits < 8 else b.bitcast(x, dtype=target)
    return b.cast(y, dtype=to) if target is not to else y


def _cast(b: Emitter, n: OnnxOp, x: Value, to: DType) -> Any:
    if to.is_integer and to.bits < 8 and x.dtype.is_float:
        x = b.cast(x, dtype="int32")  # whose lowest bits are then taken
    if to.name == "float8_e8m0fnu" and x.dtype.is_float and n.version >= 24 and n["round_mode"] != "nearest":
        x = _power_of_two(b, n, x)
    return b.cast(x, dtype=to, saturate=bool(n["saturate"]) if n.version >= 19 else True)


_EXPONENT, _FRACTION, _LEAST = 0x7F800000, 0x007FFFFF, 0x00400000
"""The bits of a float32 that are its exponent, and its fraction; and the bits of 2**-127."""


def _power_of_two(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """`x` rounded up or down to a power of two, which a cast to float8e8m0 then leaves as it is."""
    if n["round_mode"] not in ("up", "down"):
        raise AttributeValueError(f"round_mode {n['round_mode']!r}, expected up, down or nearest", code="IR302")
    wide = x if x.dtype.name == "float32" else b.cast(x, dtype="float32")
    bits = b.bitcast(wide, dtype="int32")
    up = n["round_mode"] == "up"
    rounded = b.bitwise_and(b.add(bits, _FRACTION) if up else bits, b.constant(_EXPONENT, "int32"))
    # 2**-127 is a subnormal number of float32
    small = b.less_equal(bits, _LEAST) if up else b.less(bits, _FRACTION + 1)
    made = b.bitcast(b.where(small, b.constant(_LEAST, "int32"), rounded), dtype="float32")
    # zero, which the dtype does not have, is its least number where that saturates
    positive = b.greater_equal(wide, 0) if n["saturate"] else b.greater(wide, 0)
    return b.where(b.logical_and(b.isfinite(wide), positive), made, wide)
