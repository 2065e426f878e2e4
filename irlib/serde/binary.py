"""The .pb form: protobuf bytes to a `RawModel` and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError

from irlib.dims import Dim, MaybeDim, parse_dim
from irlib.errors import FileError, IRError
from irlib.graph import Column, Symbol
from irlib.schema.v1 import model_pb2, ops_pb2, types_pb2
from irlib.serde import elements, wire
from irlib.serde.raw import GraphRef, Keyed, RawGraph, RawLocations, RawModel, RawOp, RawOutput, RawVariable, Weights
from irlib.tensor import Tensor
from irlib.types import DTYPES, MAX_DIM, MAX_RANK, DType, OptionalType, SequenceType, TensorType, Type
from irlib.validate.finding import Finding

__all__ = ["FORMAT", "MAX_NESTED_TYPES", "VERSION", "decode", "encode"]

FORMAT = "irlib"
VERSION = 1
MAX_NESTED_TYPES = 8
_MAGIC = b"\n\x05irlib\x10"
_BY_NUMBER: dict[int, DType] = {d.number: d for d in DTYPES.values()}


def decode(raw: bytes) -> tuple[RawModel | None, list[Finding]]:
    """What the bytes state, and everything wrong with how they state it; None where that is an error."""
    if not raw.startswith(_MAGIC):
        what = "not an irlib model: the file does not begin with its mark"
        return None, [Finding("IR501", "error", "", what, "convert other formats with irlib convert")]
    version = raw[len(_MAGIC) : len(_MAGIC) + 1]
    if version != bytes([VERSION]):
        what = f"format version {version[0] if version else '?'}, this reader knows {VERSION}"
        return None, [Finding("IR503", "error", "", what, "use a newer irlib")]
    scan = wire.scan(raw, model_pb2.Model.DESCRIPTOR)
    if scan.findings:
        return None, scan.findings
    try:
        message = model_pb2.Model.FromString(raw)
    except DecodeError as error:
        return None, [Finding("IR501", "error", "", f"not a protobuf message of the schema: {error}")]
    reader = _Reader(scan.columns)
    model = reader.model(message)
    return (None if reader.findings else model), reader.findings


class _Reader:
    """Takes messages apart; what is wrong goes to `findings`, and something harmless in its place."""

    def __init__(self, columns: dict[int, dict[str, Column]]) -> None:
        self.columns = columns
        self.findings: list[Finding] = []
        self.place = ""

    def add(self, code: str, where: str, what: str, remedy: str = "") -> None:
        self.findings.append(Finding(code, "error", f"{self.place}{where}", what, remedy))

    def model(self, m: model_pb2.Model) -> RawModel:
        if not m.HasField("graph"):
            self.add("IR506", "graph", "missing")
        graphs = []
        for i, g in enumerate(m.graphs):
            self.place = f"graphs[{i}]."
            graphs.append(self.graph(g, self.columns.get(i, {})))
        self.place = "graph."
        graph = self.graph(m.graph, self.columns.get(-1, {}))
        weights = None
        if m.HasField("weights"):
            weights = Weights(m.weights.file, m.weights.length, m.weights.sha256)
        return RawModel(graph, tuple(graphs), weights)

    def graph(self, g: model_pb2.Graph, columns: dict[str, Column]) -> RawGraph:
        def column(name: str) -> Column:
            return columns.get(name, np.zeros(0, np.uint32))

        return RawGraph(
            name=g.name,
            ops=tuple([self.op(o, f"ops[{i}]") for i, o in enumerate(g.ops)]),
            variables=tuple([self.variable(v, f"variables[{i}]") for i, v in enumerate(g.variables)]),
            types=tuple([self.type(t, f"types[{i}]") for i, t in enumerate(g.types)]),
            kind=columns.get("Nodes.kind", np.zeros(0, np.int32)),
            type=column("Nodes.type"),
            source=column("Edges.source"),
            target=column("Edges.target"),
            results=columns.get("Nodes.results"),
            type_run=columns.get("Nodes.type_run"),
            result=columns.get("Edges.result"),
            operand=columns.get("Edges.operand"),
            name_nodes=column("Names.node"),
            name_texts=self.lines(g.nodes.names.text, "nodes.names.text"),
            outputs=tuple(
                RawOutput(o.name, o.node, o.result, o.role, o.of if o.HasField("of") else None) for o in g.outputs
            ),
            symbols=tuple(Symbol(s.name, s.minimum, s.maximum if s.HasField("maximum") else None) for s in g.symbols),
            locations=RawLocations(
                tuple(g.locations.files), column("Locations.node"), column("Locations.file"), column("Locations.line")
            )
            if g.HasField("locations")
            else None,
            metadata=tuple((e.key, e.value) for e in g.metadata),
        )

    def lines(self, text: str, where: str) -> tuple[str, ...]:
        if not text:
            return ()
        if not text.endswith("\n"):
            self.add("IR115", where, "the last name is not ended by a line feed")
        return tuple(text.removesuffix("\n").split("\n"))

    def variable(self, v: model_pb2.Variable, where: str) -> RawVariable:
        return RawVariable(v.role, self.tensor(v.tensor, f"{where}.tensor") if v.HasField("tensor") else None)

    def op(self, o: ops_pb2.Op, where: str) -> RawOp:
        attributes = tuple(
            [(a.name, self.attribute(a, f"{where}.attributes[{i}]")) for i, a in enumerate(o.attributes)]
        )
        return RawOp(o.dialect, o.name, o.version, attributes, o.body if o.HasField("body") else None)

    def attribute(self, a: ops_pb2.Attribute, where: str) -> Any:
        kind = a.WhichOneof("value")
        match kind:
            case None:
                self.add("IR506", where, "an attribute without a value")
                return None
            case "absent":
                return None
            case "tuple":
                return self.tuple(a.tuple, where)
            case "dtype":
                return self.dtype(a.dtype, where)
            case "type":
                return self.type(a.type, where)
            case "tensor":
                return self.tensor(a.tensor, where)
            case "graph":
                return GraphRef(a.graph)
            case _:
                return getattr(a, kind)

    def tuple(self, t: ops_pb2.Tuple, where: str) -> tuple[Any, ...]:
        kind = t.WhichOneof("items")
        if kind is None:
            return ()
        items: Iterable[Any] = getattr(t, kind).items
        match kind:
            case "dtypes":
                return tuple([self.dtype(d, where) for d in items])
            case "types":
                return tuple([self.type(v, where) for v in items])
            case "graphs":
                return tuple([GraphRef(g) for g in items])
            case _:
                return tuple(items)

    def dtype(self, number: int, where: str) -> DType:
        found = _BY_NUMBER.get(number)
        if found is None:
            self.add("IR201", where, f"unknown dtype number {number}")
            return DTYPES["float32"]
        return found

    def type(self, t: types_pb2.ValueType, where: str) -> Type:
        wrappers: list[type[SequenceType] | type[OptionalType]] = []
        kind = t.WhichOneof("kind")
        while kind in ("sequence", "optional"):
            wrappers.append(SequenceType if kind == "sequence" else OptionalType)
            t = t.sequence if kind == "sequence" else t.optional
            kind = t.WhichOneof("kind")
        if kind is None:
            self.add("IR202", where, "a type that says nothing, expected a tensor, sequence or optional")
        if len(wrappers) > MAX_NESTED_TYPES:
            self.add("IR202", where, f"{len(wrappers)} sequences and optionals in each other, expected at most 8")
        found: Type = self.tensor_type(t.tensor, where)
        for wrapper in reversed(wrappers):
            found = wrapper(found)
        return found

    def tensor_type(self, t: types_pb2.TensorType, where: str) -> TensorType:
        element = self.dtype(t.dtype, where)
        if not t.HasField("shape"):
            return TensorType(element, None)
        dims = t.shape.dims
        if len(dims) > MAX_RANK:
            self.add("IR205", where, f"rank {len(dims)}, expected at most {MAX_RANK}")
            return TensorType(element, None)
        return TensorType(element, tuple([self.dim(d, where) for d in dims]))

    def dim(self, d: types_pb2.Dim, where: str) -> MaybeDim:
        kind = d.WhichOneof("value")
        if kind is None:
            return None
        if kind == "size":
            if d.size >= MAX_DIM:
                self.add("IR205", where, f"dim {d.size}, expected 0 <= dim < 2**48")
            return int(d.size)
        try:
            found = parse_dim(d.expression)
        except IRError as error:
            self.add("IR202", where, error.what, error.remedy)
            return None
        if not isinstance(found, Dim):
            self.add(
                "IR202", where, f"the expression {d.expression[:40]!r} has no symbol in it", "write a number as a size"
            )
        return found

    def tensor(self, t: types_pb2.Tensor, where: str) -> Tensor | Keyed:
        declared = TensorType(self.dtype(t.dtype, where), tuple(t.shape))
        try:
            match t.WhichOneof("content"):
                case "data":
                    return elements.from_bytes(declared, t.data, copy=False)
                case "strings":
                    return elements.from_strings(declared, t.strings.items)
                case "key":
                    elements.size_of(declared)
                    return Keyed(declared, t.key)
            self.add("IR506", where, "a tensor without elements")
        except IRError as error:
            self.add(error.code, where, error.what, error.remedy)
        return Keyed(TensorType(declared.dtype, ()), "")


# Writing


def encode(model: RawModel) -> bytes:
    """The bytes of a model; canonical when the model is. Raises: FileError when the format has no form for something."""
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
    except Exception as error:  # noqa: BLE001 - over 2 GiB: each implementation has its own
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
            a.dtype = value.number
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
            t.dtypes.items.extend([v.number for v in value])
        case k if k is GraphRef:
            t.graphs.items.extend([v.index for v in value])
        case _:
            raise FileError("a tuple of mixed or other kinds cannot be written", code="IR508", where=where)


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
    v.tensor.dtype = t.dtype.number
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
    t.dtype = tensor.type.dtype.number
    t.shape.extend(tensor.type.shape or ())  # type: ignore[arg-type]
    if isinstance(tensor, Keyed):
        t.key = _text(tensor.key)
    elif tensor.dtype.kind == "string":
        t.strings.items.extend(elements.to_strings(tensor))
        t.strings.SetInParent()
    else:
        t.data = bytes(elements.to_bytes(tensor))
