"""The .pb form, written: a `RawModel` to protobuf bytes."""

from __future__ import annotations

import re
from typing import Any

from irlib.dim_text import parse_dim
from irlib.dims import Dim
from irlib.errors import FileError, IRError
from irlib.graph import Column
from irlib.schema.v1 import model_pb2, ops_pb2, types_pb2
from irlib.serde import elements, wire
from irlib.serde.binary import FORMAT, MAX_NESTED_TYPES, VERSION
from irlib.serde.raw import GraphRef, Keyed, RawGraph, RawModel, RawOp
from irlib.tensor import Tensor
from irlib.types import DType, OptionalType, SequenceType, TensorType, Type

__all__ = ["encode"]


def encode(model: RawModel) -> bytes:
    """The bytes of a model; canonical when the model is.

    Raises: FileError when the format has no form for something, or over 2 GiB.
    """
    made = model_pb2.Model(format=FORMAT, version=VERSION)
    _write_graph(model.graph, made.graph)
    for graph in model.graphs:
        _write_graph(graph, made.graphs.add())
    if model.weights is not None:
        made.weights.file, made.weights.length = model.weights.file, model.weights.length
        made.weights.sha256 = model.weights.sha256
    made.graph.SetInParent()
    try:
        return made.SerializeToString(deterministic=True)
    except Exception as error:
        raise FileError(f"the model cannot be one protobuf message: {error}", code="IR511") from error


def _write_graph(raw: RawGraph, g: model_pb2.Graph) -> None:
    g.name = _text(raw.name)
    for op in raw.ops:
        _write_op(op, g.ops.add())
    for variable in raw.variables:
        made = g.variables.add(role=variable.role)
        if variable.tensor is not None:
            _write_tensor(variable.tensor, made.tensor)
    for t in raw.types:
        _write_type(t, g.types.add())
    g.nodes.MergeFromString(_columns(raw.kind, raw.results, raw.type, raw.type_run))
    if len(raw.name_nodes):
        g.nodes.names.MergeFromString(_columns(raw.name_nodes))
        g.nodes.names.text = _text("".join([f"{name}\n" for name in raw.name_texts]))
    g.edges.MergeFromString(_columns(raw.source, raw.target, raw.result, raw.operand))
    for o in raw.outputs:
        g.outputs.add(name=_text(o.name), node=o.node, result=o.result, role=o.role, of=o.of)
    for s in raw.symbols:
        g.symbols.add(name=s.name, minimum=s.minimum, maximum=s.maximum)
    if raw.locations is not None:
        at = raw.locations
        g.locations.files.extend(map(_text, at.files))
        g.locations.MergeFromString(_columns(None, at.node, at.file, at.line))
    for key, value in raw.metadata:
        g.metadata.add(key=_text(key), value=_text(value, wire.LONG_TEXT))


def _columns(*columns: Column | None) -> bytes:
    """Packed fixed32 fields 1, 2, .. as they stand on the wire: a header and the column's bytes."""
    parts: list[bytes] = []
    for number, column in enumerate(columns, 1):
        if column is not None and len(column):
            data = column.astype("<i4" if column.dtype.kind == "i" else "<u4", copy=False).tobytes()
            parts += (bytes([number << 3 | 2]), _varint(len(data)), data)
    return b"".join(parts)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _text(text: str, limit: int | None = None) -> str:
    """`text`, when it is Unicode and within the limit."""
    if _SURROGATE.search(text):
        raise FileError(f"{text[:40]!r} is not Unicode", code="IR508")
    if limit is not None and len(text.encode()) > limit:
        raise FileError(f"a text of {len(text.encode())} bytes, expected at most {limit}", code="IR511")
    return text


def _write_op(op: RawOp, o: ops_pb2.Op) -> None:
    o.dialect, o.name, o.version = _text(op.dialect), _text(op.name), op.version
    for name, value in op.attributes:
        _write_attribute(value, o.attributes.add(name=_text(name)), f"op {op.dialect}.{op.name}, attribute {name!r}")
    if op.body is not None:
        o.body = op.body


def _write_attribute(value: Any, a: ops_pb2.Attribute, where: str) -> None:
    match value:
        case None:
            a.absent.SetInParent()
        case bool():
            a.boolean = value
        case int():
            a.integer = _int64(value, where)
        case float():
            a.real = value
        case str():
            a.text = _text(value, wire.LONG_TEXT)
        case bytes():
            a.raw = value
        case DType():
            a.dtype = _number(value)
        case TensorType() | SequenceType() | OptionalType():
            _write_type(value, a.type)
        case Tensor() | Keyed():
            _write_tensor(value, a.tensor)
        case GraphRef():
            a.graph = value.index
        case tuple():
            _write_tuple(value, a.tuple, where)
            a.tuple.SetInParent()
        case _:
            raise FileError(f"a {type(value).__name__} cannot be written", code="IR508", where=where)


def _write_tuple(value: tuple[Any, ...], t: ops_pb2.Tuple, where: str) -> None:
    if not value:
        return
    kinds = {type(v) for v in value}
    if kinds <= {TensorType, SequenceType, OptionalType}:
        for v in value:
            _write_type(v, t.types.items.add())
        return
    match kinds.pop() if len(kinds) == 1 else None:
        case k if k is bool:
            t.booleans.items.extend(value)
        case k if k is int:
            t.integers.items.extend([_int64(v, where) for v in value])
        case k if k is float:
            t.reals.items.extend(value)
        case k if k is str:
            t.texts.items.extend([_text(v, wire.LONG_TEXT) for v in value])
        case k if k is bytes:
            t.raws.items.extend(value)
        case k if k is DType:
            t.dtypes.items.extend([_number(v) for v in value])
        case k if k is GraphRef:
            t.graphs.items.extend([v.index for v in value])
        case _:
            raise FileError("a tuple of mixed or other kinds cannot be written", code="IR508", where=where)


def _number(dtype: DType) -> types_pb2.DType:
    number: Any = dtype.number
    return number  # type: ignore[no-any-return]


def _int64(value: int, where: str) -> int:
    if not -(2**63) <= value < 2**63:
        raise FileError(f"the integer {value} does not fit in 64 bits", code="IR508", where=where)
    return value


def _write_type(t: Type, v: types_pb2.ValueType) -> None:
    depth = 0
    while isinstance(t, SequenceType | OptionalType):
        depth += 1
        v = v.sequence if isinstance(t, SequenceType) else v.optional
        t = t.element
    if depth > MAX_NESTED_TYPES:
        raise FileError(f"{depth} sequences and optionals in each other, expected at most 8", code="IR508")
    v.tensor.dtype = _number(t.dtype)
    if t.shape is None:
        return
    v.tensor.shape.SetInParent()
    for d in t.shape:
        made = v.tensor.shape.dims.add()
        if isinstance(d, Dim):
            made.expression = _expression(d)
        elif d is not None:
            made.size = d


def _expression(d: Dim) -> str:
    text = str(d)
    try:
        same = parse_dim(text) == d
    except IRError:
        same = False
    if not same:
        raise FileError(f"the dim {text[:80]} is too long an expression to be read again", code="IR508")
    return text


def _write_tensor(tensor: Tensor | Keyed, t: types_pb2.Tensor) -> None:
    t.dtype = _number(tensor.type.dtype)
    t.shape.extend(tensor.type.shape or ())  # type: ignore[arg-type]
    if isinstance(tensor, Keyed):
        t.key = _text(tensor.key)
    elif tensor.dtype.kind == "string":
        t.strings.items.extend(elements.to_strings(tensor))
        t.strings.SetInParent()
    else:
        t.data = bytes(elements.to_bytes(tensor))
