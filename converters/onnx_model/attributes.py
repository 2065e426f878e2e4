"""AttributeProto to Python values, exactly: what a `ForeignOp` keeps and an exporter writes again.

FLOAT is float, INT int, STRING str (bytes where it is not UTF-8), TENSOR `Tensor`, TYPE_PROTO a type, GRAPH a `Graph`;
the plural kinds are tuples of them. A sparse tensor is the tuple (values, indices, dims). Which kind an attribute is,
the op's schema says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irlib.converters.onnx_model.dtypes import Symbols
from irlib.converters.onnx_model.tensors import ExternalData, read_sparse, read_tensor, text_of
from irlib.errors import AttributeValueError

__all__ = ["FIELDS", "KINDS", "Reading", "read_attribute"]

KINDS = {
    1: "float", 2: "int", 3: "string", 4: "tensor", 5: "graph", 11: "sparse tensor", 13: "type", 6: "floats", 7: "ints",
    8: "strings", 9: "tensors", 10: "graphs", 12: "sparse tensors", 14: "types",
}  # fmt: skip
"""What messages call each AttributeProto.AttributeType."""

FIELDS = {
    1: "f", 2: "i", 3: "s", 4: "t", 5: "g", 11: "sparse_tensor", 13: "tp", 6: "floats", 7: "ints", 8: "strings",
    9: "tensors", 10: "graphs", 12: "sparse_tensors", 14: "type_protos",
}  # fmt: skip
"""The field of an AttributeProto that holds each kind."""

GRAPH, GRAPHS = 5, 10


class Reading:
    """What reading attributes needs to know of the model: its folder, its symbols and how a graph is read."""

    def __init__(self, symbols: Symbols, external: ExternalData | None) -> None:
        self.symbols = symbols
        self.external = external


def _texts(items: Any) -> tuple[Any, ...]:
    found = [text_of(s) for s in items]
    if any(isinstance(s, bytes) for s in found):  # a tuple is of one kind
        return tuple(items)
    return tuple(found)


_PLAIN: dict[int, Callable[[Any, Reading], Any]] = {
    1: lambda a, r: a.f,
    2: lambda a, r: a.i,
    3: lambda a, r: text_of(a.s),
    4: lambda a, r: read_tensor(a.t, r.external),
    11: lambda a, r: read_sparse(a.sparse_tensor, r.external),
    13: lambda a, r: r.symbols.type(a.tp),
    6: lambda a, r: tuple(a.floats),
    7: lambda a, r: tuple(a.ints),
    8: lambda a, r: _texts(a.strings),
    9: lambda a, r: tuple([read_tensor(t, r.external) for t in a.tensors]),
    12: lambda a, r: tuple([read_sparse(t, r.external) for t in a.sparse_tensors]),
    14: lambda a, r: tuple([r.symbols.type(t) for t in a.type_protos]),
}

_SINGLE = ("f", "i", "s", "t", "g", "tp", "sparse_tensor")


def kind_of(proto: Any) -> int:
    """The AttributeType of an attribute; models of IR version 1 leave it to the field that is set.

    Raises: AttributeValueError when there is none.
    """
    kind = int(proto.type)
    if kind in FIELDS:
        return kind
    if kind == 0:
        set_fields = [k for k, f in FIELDS.items() if (proto.HasField(f) if f in _SINGLE else len(getattr(proto, f)))]
        if len(set_fields) == 1:
            return set_fields[0]
    raise AttributeValueError(f"attribute {proto.name[:80]!r} has no type or value", code="IR302")


def read_attribute(proto: Any, kind: int, reading: Reading) -> Any:
    """The value of an attribute that is no graph.

    Raises: AttributeValueError when another field holds it; IRTypeError for a tensor or type that is wrong.
    """
    field = FIELDS[kind]
    if field in _SINGLE and not proto.HasField(field):
        # zero is written by leaving it out where a producer uses proto3's rule
        if field not in ("f", "i", "s"):
            raise AttributeValueError(f"attribute {proto.name[:80]!r} has no {KINDS[kind]}", code="IR302")
        if any(proto.HasField(f) for f in _SINGLE):
            raise AttributeValueError(f"attribute {proto.name[:80]!r} is no {KINDS[kind]}", code="IR302")
    return _PLAIN[kind](proto, reading)


__all__ += ["GRAPH", "GRAPHS", "kind_of"]
