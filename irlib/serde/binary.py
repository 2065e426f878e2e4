"""The .pb form, read: protobuf bytes to a `RawModel`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError

from irlib.dim_text import parse_dim
from irlib.dims import Dim, MaybeDim
from irlib.errors import IRError
from irlib.graph import Column, Symbol
from irlib.schema.v1 import model_pb2, ops_pb2, types_pb2
from irlib.serde import elements, wire
from irlib.serde.raw import GraphRef, Keyed, RawGraph, RawLocations, RawModel, RawOp, RawOutput, RawVariable, Weights
from irlib.tensor import Tensor
from irlib.types import DTYPES, MAX_DIM, MAX_RANK, DType, OptionalType, SequenceType, TensorType, Type
from irlib.validate.finding import Finding

__all__ = ["FORMAT", "MAX_NESTED_TYPES", "VERSION", "decode"]

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
        wrappers: list[type[SequenceType | OptionalType]] = []
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
