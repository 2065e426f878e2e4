"""Attribute values as text, written and read."""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from irlib.errors import IRError
from irlib.graph import Graph
from irlib.notation.elements import read_tensor, write_tensor
from irlib.notation.scan import Line
from irlib.notation.words import STRING, TYPE, quoted, unquoted
from irlib.tensor import Tensor
from irlib.types import DTYPES, DType, OptionalType, SequenceType, TensorType, parse_type

__all__ = ["graph_numbered", "read_attribute", "read_tensor_type", "write_attribute"]

_WORDS = {"true": True, "false": False, "none": None}
_FLOAT = r"[-+]?(?:inf\b|nan\b|[0-9]+(?:\.[0-9]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+))"
_DEPTH = 4


def write_attribute(value: Any, numbers: Mapping[Graph, int], *, whole: bool) -> str:
    """The text of an attribute; `numbers` gives those of graphs."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "none"
        case int():
            return str(value)
        case float():
            return _float(value)
        case str():
            return quoted(value)
        case bytes():
            return f'b"{base64.b64encode(value).decode()}"'
        case DType() | TensorType() | SequenceType() | OptionalType():
            return str(value)
        case Graph():
            return f"@{numbers[value]}"
        case Tensor():
            return f"tensor {value.type} {write_tensor(value, whole=whole)}"
        case tuple():
            return f"[{', '.join(write_attribute(item, numbers, whole=whole) for item in value)}]"
        case _:
            raise IRError(f"an attribute of type {type(value).__name__}, which has no text", code="IR508")


def _float(value: float) -> str:
    """`repr`, and the bits of a NaN that is not the usual one."""
    bits = struct.pack("<d", value)
    return repr(value) if not math.isnan(value) or bits == struct.pack("<d", float("nan")) else f"nan:{bits.hex()}"


def read_attribute(line: Line, graphs: Sequence[Graph | None], depth: int = 0) -> Any:
    """The attribute written here; `graphs` are those already read, by number. Raises: FileError."""
    if line.take(r"\["):
        return _read_list(line, graphs, depth)
    for pattern, make in _FORMS:
        token = line.take(pattern)
        if token is not None:
            try:
                return make(token)
            except (ValueError, binascii.Error, IRError) as error:
                line.fail(f"{token[:40]!r} is not an attribute: {error}")
    if line.take(r"@"):
        return graph_numbered(line, graphs)
    if line.take(r"tensor\b"):
        return read_tensor(line, read_tensor_type(line))
    word = line.need(r"[a-z][a-z0-9_]*", "an attribute's value")
    if word in _WORDS:
        return _WORDS[word]
    if word in DTYPES:
        return DTYPES[word]
    return line.fail(f"unknown word {word!r}, expected true, false, none or a dtype")


def read_tensor_type(line: Line) -> TensorType:
    """The tensor type that is written here. Raises: FileError, IRTypeError."""
    spelled = line.need(TYPE, "a type")
    try:
        found = parse_type(spelled)
    except IRError as error:
        raise error.at(line.where) from None
    if not isinstance(found, TensorType):
        line.fail(f"got a {found}, expected a tensor type")
    return found


def _read_list(line: Line, graphs: Sequence[Graph | None], depth: int) -> tuple[Any, ...]:
    if depth >= _DEPTH:
        line.fail("lists nest too deep")
    items: list[Any] = []
    if line.take(r"\]"):
        return ()
    while True:
        items.append(read_attribute(line, graphs, depth + 1))
        if line.need(r"[\],]", "a comma or a bracket") == "]":
            return tuple(items)


def graph_numbered(line: Line, graphs: Sequence[Graph | None]) -> Graph:
    """The graph whose number stands here; it must come after the one that refers to it. Raises: FileError."""
    number = line.need_int("a graph's number")
    found = graphs[number] if number < len(graphs) else None
    if found is None:
        line.fail(f"there is no graph @{number} below this one", code="IR532")
    return found


def _integer(token: str) -> int:
    if len(token) > 20:
        raise ValueError("too large")
    return int(token)


_FORMS: tuple[tuple[str, Any], ...] = (
    (r"nan:[0-9a-f]{16}", lambda token: struct.unpack("<d", bytes.fromhex(token[4:]))[0]),
    (_FLOAT, float),
    (r"[-+]?[0-9]+", _integer),
    (rf"b{STRING}", lambda token: base64.b64decode(token[2:-1], validate=True)),
    (STRING, unquoted),
    (TYPE, parse_type),
)
