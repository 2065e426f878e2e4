"""Attributes, tensors and numbers in the JSON form: plain where JSON says exactly what is meant, else tagged."""

from __future__ import annotations

import base64
import binascii
import math
import struct
from typing import Any

import numpy as np

from irlib.errors import FileError, IRError
from irlib.serde import elements
from irlib.serde.raw import GraphRef, Keyed
from irlib.tensor import Tensor
from irlib.types import DTYPES, DType, OptionalType, SequenceType, TensorType, Type, parse_type

__all__ = [
    "read_int",
    "read_tensor",
    "read_type",
    "read_value",
    "write_int",
    "write_tensor",
    "write_type",
    "write_value",
]

_EXACT = 2**53
"""Up to this every reader of JSON takes integers exactly; beyond, they are written as strings."""
_FEW = 64
"""Tensors of at most so many elements are written as numbers."""
_FLOATS = ("float16", "float32", "float64")


def write_int(value: int) -> int | str:
    """An integer: a number, or its digits in a string where other readers would round it."""
    return value if abs(value) <= _EXACT else str(value)


def read_int(value: Any) -> int:
    """The integer that `write_int` wrote."""
    return int(value)


def write_type(t: Type) -> str:
    """The spelling of a type. Raises: FileError when it cannot be read again."""
    text = str(t)
    try:
        same = parse_type(text) == t
    except IRError:
        same = False
    if not same:
        raise FileError(f"the type {text[:80]} cannot be read again", code="IR508")
    return text


def read_type(text: str) -> Type:
    """The type that `text` spells. Raises: IRError."""
    return parse_type(text)


def _write_float(value: float) -> float | str:
    if math.isfinite(value) and (value or math.copysign(1, value) > 0):
        return value
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return "-0.0" if value == 0 else struct.pack(">d", value).hex()


def _read_float(value: Any) -> float:
    if isinstance(value, str):
        if value in ("inf", "-inf", "-0.0"):
            return float(value)
        found: float = struct.unpack(">d", bytes.fromhex(value))[0]
        return found
    return _finite(value)


def _finite(value: Any) -> float:
    """A JSON number as a float. Raises: IRError when it is beyond all floats."""
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise IRError("a number too large for a float", code="IR507")
    return found


def write_value(value: Any, where: str) -> Any:
    """An attribute's value. Raises: FileError when there is no form for it."""
    match value:
        case None | bool():
            return value
        case int():
            if not -(2**63) <= value < 2**63:
                raise FileError(f"the integer {value} does not fit in 64 bits", code="IR508", where=where)
            return value if abs(value) <= _EXACT else {"int": str(value)}
        case float():
            return {"float": _write_float(value)}
        case str():
            return value
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case DType():
            return {"dtype": value.name}
        case TensorType() | SequenceType() | OptionalType():
            return {"type": write_type(value)}
        case Tensor() | Keyed():
            return {"tensor": write_tensor(value)}
        case GraphRef():
            return {"graph": value.index}
        case tuple():
            if not _is_uniform(value) or any(isinstance(v, tuple) for v in value):
                raise FileError("a tuple of mixed or other kinds cannot be written", code="IR508", where=where)
            return [write_value(v, where) for v in value]
    raise FileError(f"a {type(value).__name__} cannot be written", code="IR508", where=where)


def _is_uniform(value: tuple[Any, ...]) -> bool:
    kinds = {type(v) for v in value}
    return len(kinds) <= 1 or kinds <= {TensorType, SequenceType, OptionalType}


def read_value(value: Any) -> Any:
    """The attribute that `value`, which follows the schema, states. Raises: IRError."""
    match value:
        case None | bool() | str():
            return value
        case int() | float():
            return _int64(int(value))
        case list():
            items = tuple([read_value(v) for v in value])
            if not _is_uniform(items):
                raise IRError("a list of several kinds, expected one", code="IR302")
            if items and items[0] is None:
                raise IRError("a list of absent values", code="IR302")
            return items
    ((tag, stated),) = value.items()
    match tag:
        case "int":
            return _int64(int(stated))
        case "float":
            return _read_float(stated)
        case "bytes":
            return _decoded(stated)
        case "dtype":
            return read_dtype(stated)
        case "type":
            return read_type(stated)
        case "tensor":
            return read_tensor(stated)
        case _:
            return GraphRef(int(stated))


def _int64(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise IRError("an integer outside 64 bits", code="IR302")
    return value


def read_dtype(name: str) -> DType:
    """The dtype called `name`, no other spelling. Raises: IRError."""
    found = DTYPES.get(name)
    if found is None:
        raise IRError(f"unknown dtype {name[:40]!r}", code="IR201")
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise IRError(f"not base64: {error}", code="IR507") from error


# Tensors


def write_tensor(tensor: Tensor | Keyed) -> dict[str, Any]:
    """A tensor: its type, and its elements as numbers where they are few and plain, else as base64 of their bytes."""
    made: dict[str, Any] = {"type": write_type(tensor.type)}
    if isinstance(tensor, Keyed):
        made["key"] = tensor.key
    elif tensor.dtype.kind == "string":
        made["strings"] = [_write_string(s) for s in elements.to_strings(tensor)]
    elif _is_plain(tensor):
        made["values"] = [write_int(v) if type(v) is int else v for v in tensor.array.reshape(-1).tolist()]
    else:
        made["data"] = base64.b64encode(bytes(elements.to_bytes(tensor))).decode()
    return made


def _is_plain(tensor: Tensor) -> bool:
    array = tensor.array
    if array.size > _FEW:
        return False
    if tensor.dtype.name in _FLOATS:
        return bool(np.isfinite(array).all()) and not bool(((array == 0) & np.signbit(array)).any())
    return tensor.dtype.kind == "bool" or (tensor.dtype.is_integer and tensor.dtype.bits >= 8)


def _write_string(raw: bytes) -> Any:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"bytes": base64.b64encode(raw).decode()}


def read_tensor(stated: dict[str, Any]) -> Tensor | Keyed:
    """The tensor that `stated`, which follows the schema, is. Raises: IRError."""
    t = read_type(stated["type"])
    if not isinstance(t, TensorType) or not t.is_static:
        raise IRError(f"a tensor of type {t}, expected a shape of numbers", code="IR220")
    elements.size_of(t)
    if "key" in stated:
        return Keyed(t, stated["key"])
    if "strings" in stated:
        return elements.from_strings(t, [_read_string(s) for s in stated["strings"]])
    if "data" in stated:
        return elements.from_bytes(t, _decoded(stated["data"]), copy=False)
    return _from_values(t, stated["values"])


def _read_string(stated: Any) -> bytes:
    return stated.encode() if isinstance(stated, str) else _decoded(stated["bytes"])


def _from_values(t: TensorType, values: list[Any]) -> Tensor:
    if len(values) != elements.size_of(t):
        raise IRError(f"{len(values)} values for {t}, expected {elements.size_of(t)}", code="IR220")
    kind = t.dtype.kind
    if kind == "bool":
        items: list[Any] = values
        fits = all(isinstance(v, bool) for v in values)
    elif t.dtype.is_integer and t.dtype.bits >= 8:
        fits = not any(isinstance(v, bool) for v in values)
        items = [int(v) for v in values] if fits else []
        low, high = (-(1 << t.dtype.bits - 1), 1 << t.dtype.bits - 1) if kind == "int" else (0, 1 << t.dtype.bits)
        fits = fits and all(low <= v < high for v in items)
    elif t.dtype.name in _FLOATS:
        fits = not any(isinstance(v, bool | str) for v in values)
        items = [_finite(v) for v in values] if fits else []
        largest = float(np.finfo(t.dtype.numpy).max)
        fits = fits and all(abs(v) <= largest for v in items)
    else:
        raise IRError(f"{t.dtype} given by values, expected base64 data", code="IR220")
    if not fits:
        raise IRError(f"values that are not all of {t.dtype}", code="IR220")
    shape: Any = t.shape
    return Tensor.frozen(np.array(items, t.dtype.numpy).reshape(shape))
