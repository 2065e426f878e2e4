"""Tensors as text: a nested list of numbers where that is short and exact, else their bytes, else only their hash.

What is written as numbers is read back before it is believed: a NaN with a payload, or any value that its text does not
give back bit for bit, is written as bytes.
"""

from __future__ import annotations

import base64
import binascii
import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.notation.scan import Line
from irlib.notation.words import STRING, quoted, unquoted
from irlib.tensor import Array, Tensor
from irlib.types import DType, TensorType

__all__ = ["read_tensor", "write_tensor"]

INLINE = 32
"""Tensors of more elements are written as bytes, or left out."""

_NUMBER = r"[-+]?(?:inf|nan|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)"
_ELEMENT = rf"(?:{_NUMBER}|true|false|\({_NUMBER}[ ]*,[ ]*{_NUMBER}\)|b?{STRING})"
_TOKEN = rf"\[|\]|,|{_ELEMENT}"
_DEPTH = 32


def write_tensor(tensor: Tensor, *, whole: bool) -> str:
    """The literal of a tensor, whose type is written beside it. A large one is left out unless `whole`."""
    small = tensor.array.size <= INLINE
    if not small and not whole:
        return f"elided sha256:{tensor.fingerprint.hex()[:16]}"
    if tensor.dtype.kind == "string":
        return _nested([_string(s) for s in tensor.array.flat], tensor.shape)
    if small:
        written = _nested([_element(x, tensor.dtype) for x in tensor.array.reshape(-1)], tensor.shape)
        if _gives_back(written, tensor):
            return written
    return f'base64"{base64.b64encode(_little_endian(tensor.array)).decode()}"'


def read_tensor(line: Line, type: TensorType) -> Tensor:
    """The tensor of static type `type` that is written here. Raises: FileError."""
    if line.take(r"elided\b") is not None:
        line.fail("the elements of this tensor were left out", code="IR531", remedy="write the text with weights=True")
    if not type.is_static:
        line.fail(f"a value of type {type}, expected a type whose dims are numbers")
    shape = tuple(int(d) for d in type.shape or ())  # type: ignore[arg-type]
    size = math.prod(shape)
    encoded = line.take(r'base64"[A-Za-z0-9+/=]*"')
    if encoded is not None:
        return _from_bytes(line, encoded[7:-1], type.dtype, shape, size)
    tokens = _tokens(line, size)
    elements = [t for t in tokens if t not in "[],"]
    if len(elements) != size or "".join(t if t in "[]," else "x" for t in tokens) != _nested(
        ["x"] * len(elements), shape
    ).replace(" ", ""):
        line.fail(f"the elements are not nested as {type} is")
    try:
        return Tensor.frozen(_array(elements, type.dtype).reshape(shape))
    except (ValueError, OverflowError) as error:
        line.fail(f"an element that {type.dtype} cannot hold: {error}")


def _nested(elements: Sequence[str], shape: tuple[int, ...]) -> str:
    if 0 in shape:
        return "[]"
    parts = list(elements)
    for dim in reversed(shape):
        parts = [f"[{', '.join(parts[i : i + dim])}]" for i in range(0, len(parts), dim)]
    return parts[0]


def _string(element: Any) -> str:
    if isinstance(element, bytes):
        try:
            element = element.decode()
        except UnicodeDecodeError:
            return f'b"{base64.b64encode(element).decode()}"'
    return quoted(element)


def _element(x: Any, dtype: DType) -> str:
    match dtype.kind:
        case "bool":
            return "true" if x else "false"
        case "int" | "uint":
            return str(int(x))
        case "complex":
            return f"({_real(x.real)}, {_real(x.imag)})"
        case _:
            return _real(x)


def _real(x: Any) -> str:
    """The shortest text that gives a float of the native widths back; of the small kinds, that of its exact value."""
    return str(x) if isinstance(x, np.float16 | np.float32 | np.float64) else repr(float(x))


def _gives_back(written: str, tensor: Tensor) -> bool:
    elements = _tokens(Line(written, 0), tensor.array.size)
    made = _array([t for t in elements if t not in "[],"], tensor.dtype)
    return made.tobytes() == tensor.array.tobytes()


def _tokens(line: Line, size: int) -> list[str]:
    """The tokens of one element or list, which has at most `size` elements."""
    tokens = [line.need(rf"\[|{_ELEMENT}", "a value")]
    depth = int(tokens[0] == "[")
    count = 0
    while depth:
        token = line.need(_TOKEN, "an element, a comma or a bracket")
        depth += (token == "[") - (token == "]")
        count += token not in "[],"
        if depth > _DEPTH or count > size:
            line.fail("the elements are more, or nested deeper, than the type says")
        tokens.append(token)
    return tokens


def _array(elements: list[str], dtype: DType) -> Array:
    """A flat array of the elements. Raises: ValueError or OverflowError where one is not of `dtype`."""
    if dtype.kind == "string":
        made = np.empty(len(elements), object)
        for i, token in enumerate(elements):
            made[i] = base64.b64decode(token[2:-1]) if token.startswith("b") else unquoted(token)
        return made
    values = [_CONVERTERS[dtype.kind](token) for token in elements]
    if dtype.kind in ("int", "uint"):
        return _integers(values, dtype)
    with np.errstate(all="ignore"):
        wide: Array = np.array(values, _WIDEST.get(dtype.kind, np.float64))
        made = wide.astype(dtype.numpy)
        if dtype.kind == "float" and not _same_range(wide, made.astype(np.float64)):
            raise OverflowError("out of range")
        return made


def _same_range(wide: Array, made: Array) -> bool:
    """Whether nothing finite became infinite or no number; the small kinds have no infinity, some not even a NaN."""
    return bool((~np.isfinite(wide) | np.isfinite(made)).all())


def _integers(values: list[int], dtype: DType) -> Array:
    wide = np.array(values, np.uint64 if dtype.kind == "uint" else np.int64)
    made = wide.astype(dtype.numpy)
    if (made.astype(wide.dtype) != wide).any():
        raise OverflowError("out of range")
    return made


def _boolean(token: str) -> bool:
    if token not in ("true", "false"):
        raise ValueError(token[:40])
    return token == "true"


def _complex(token: str) -> complex:
    real, _, imag = token.strip("()").partition(",")
    return complex(float(real), float(imag)) if imag else complex(float(real), 0.0)


_WIDEST: dict[str, Any] = {"complex": np.complex128, "bool": np.bool_}
_CONVERTERS: dict[str, Any] = {"bool": _boolean, "int": int, "uint": int, "float": float, "complex": _complex}


def _little_endian(array: Array) -> bytes:
    return (array.byteswap() if sys.byteorder == "big" else array).tobytes()


def _from_bytes(line: Line, encoded: str, dtype: DType, shape: tuple[int, ...], size: int) -> Tensor:
    if dtype.kind == "string":
        line.fail("strings as bytes, expected a list of them")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        line.fail("the bytes are not base64")
    expected = size * dtype.numpy.itemsize
    if len(raw) != expected:
        line.fail(f"got {len(raw)} bytes, expected {expected}")
    made = np.frombuffer(raw, dtype.numpy).reshape(shape)
    return Tensor.frozen(made.byteswap() if sys.byteorder == "big" else made)
