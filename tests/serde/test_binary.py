from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from irlib import serde
from irlib.builder import Builder
from irlib.errors import IRError
from irlib.schema.v1 import model_pb2
from irlib.serde.binary import decode
from tests.serde.corpus import CORPUS

Model = model_pb2.Model


def _message(name: str = "mlp") -> Model:
    return Model.FromString(serde.to_bytes(CORPUS[name]()))


def _codes(data: bytes) -> list[str]:
    raw, findings = decode(data)
    if raw is None:
        return [f.code for f in findings]
    try:
        serde.from_bytes(data)
    except IRError as error:
        return re.findall(r"IR\d\d\d", "\n".join([str(error), *getattr(error, "__notes__", ())]))
    return []


def test_every_file_begins_with_its_mark_and_version() -> None:
    assert serde.to_bytes(CORPUS["empty"]()).startswith(b"\n\x05irlib\x10\x01")


@pytest.mark.parametrize("data", [b"", b"\n", b"hello", b"\x08\x08\x12\x04onnx", b"PK\x03\x04", b"\n\x05irlia\x10\x01"])
def test_other_files_are_not_a_model(data: bytes) -> None:
    assert _codes(data) == ["IR501"]


@pytest.mark.parametrize("version", [0, 2, 127])
def test_another_format_version_is_told_from_damage(version: int) -> None:
    assert _codes(b"\n\x05irlib\x10" + bytes([version]) + b"\xff\xff") == ["IR503"]


def test_trailing_bytes_are_refused() -> None:
    for tail in (b"\0", b"\x10\x01", b"\x78\x01", b"abc"):
        assert set(_codes(serde.to_bytes(CORPUS["mlp"]()) + tail)) <= {"IR501", "IR504", "IR505"}
        assert _codes(serde.to_bytes(CORPUS["mlp"]()) + tail)


UNKNOWN = b"\xf8\x07\x01"  # field 127, a varint
PLACES: list[Callable[[Model], object]] = [
    lambda m: m,
    lambda m: m.graph,
    lambda m: m.graphs[0],
    lambda m: m.graph.ops[0],
    lambda m: m.graph.ops[0].attributes[0],
    lambda m: m.graph.variables[0],
    lambda m: m.graph.types[0].tensor.shape.dims[0],
    lambda m: m.graph.nodes,
    lambda m: m.graph.nodes.names,
    lambda m: m.graph.edges,
    lambda m: m.graph.outputs[0],
]


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_field_is_refused_at_any_depth(place: Callable[[Model], object]) -> None:
    message = _message("foreign")
    place(message).MergeFromString(UNKNOWN)  # type: ignore[attr-defined]
    assert _codes(message.SerializeToString()) == ["IR504"]


def test_a_field_of_another_wire_type_is_refused() -> None:
    assert _codes(serde.to_bytes(CORPUS["mlp"]()) + b"\x18\x01") == ["IR504"]


def test_a_field_written_twice_is_refused() -> None:
    assert _codes(serde.to_bytes(CORPUS["mlp"]()) + b"\x2a\x00\x2a\x00") == ["IR505"]


def test_two_values_of_one_choice_are_refused() -> None:
    message = _message("foreign")
    data = message.SerializeToString()
    attribute = message.graph.ops[0].attributes[1].SerializeToString()
    both = attribute + b"\x20\x02"  # a bool, and an integer
    broken = data.replace(bytes([len(attribute)]) + attribute, bytes([len(both)]) + both, 1)
    assert any(f.code in ("IR505", "IR501", "IR504") for f in decode(broken)[1])


def _changed(change: Callable[[Model], object], name: str = "mlp") -> list[str]:
    message = _message(name)
    change(message)
    return _codes(message.SerializeToString(deterministic=True))


CHANGES: list[tuple[str, Callable[[Model], object]]] = [
    ("IR506", lambda m: m.ClearField("graph")),
    ("IR102", lambda m: m.graph.nodes.kind.__setitem__(0, 99)),
    ("IR102", lambda m: m.graph.nodes.kind.__setitem__(0, -99)),
    ("IR116", lambda m: m.graph.variables.add(role="ROLE_CONSTANT")),
    ("IR115", lambda m: m.graph.nodes.results.append(1)),
    ("IR115", lambda m: m.graph.edges.target.append(1)),
    ("IR115", lambda m: m.graph.edges.operand.append(1)),
    ("IR115", lambda m: m.graph.nodes.type.append(0)),
    ("IR102", lambda m: m.graph.nodes.type.__setitem__(0, 77)),
    ("IR102", lambda m: m.graph.edges.source.__setitem__(0, 2**32 - 1)),
    ("IR102", lambda m: m.graph.edges.target.__setitem__(0, 2**31)),
    ("IR109", lambda m: m.graph.edges.target.__setitem__(0, 0)),
    ("IR101", lambda m: m.graph.edges.source.__setitem__(0, m.graph.edges.target[0])),
    ("IR102", lambda m: setattr(m.graph.outputs[0], "node", 1000)),
    ("IR102", lambda m: setattr(m.graph.outputs[0], "result", 1)),
    ("IR112", lambda m: setattr(m.graph.outputs[0], "name", m.graph.outputs[1].name)),
    ("IR111", lambda m: setattr(m.graph.outputs[0], "name", "")),
    ("IR111", lambda m: setattr(m.graph.outputs[0], "name", "a\nb")),
    ("IR112", lambda m: setattr(m.graph.outputs[0], "name", "w")),
    ("IR401", lambda m: setattr(m.graph.outputs[0], "role", 9)),
    ("IR401", lambda m: setattr(m.graph.outputs[0], "role", 0)),
    ("IR401", lambda m: setattr(m.graph.variables[0], "role", 5)),
    ("IR115", lambda m: setattr(m.graph.nodes.names, "text", "x\nw\nc\nh")),
    ("IR115", lambda m: setattr(m.graph.nodes.names, "text", "x\nw\nc\n")),
    ("IR112", lambda m: setattr(m.graph.nodes.names, "text", "x\nw\nw\nh\n")),
    ("IR112", lambda m: m.graph.nodes.names.node.__setitem__(1, 0)),
    ("IR102", lambda m: m.graph.nodes.names.node.__setitem__(1, 1000)),
    ("IR117", lambda m: m.graph.ops.append(m.graph.ops[0])),
    ("IR117", lambda m: m.graph.types.append(m.graph.types[0])),
    ("IR310", lambda m: setattr(m.graph.ops[0], "name", "no_such_op")),
    ("IR311", lambda m: setattr(m.graph.ops[0], "version", 99)),
    ("IR310", lambda m: setattr(m.graph.ops[0], "dialect", "com.example")),
    ("IR506", lambda m: setattr(m.graph.ops[0], "dialect", "")),
    ("IR301", lambda m: m.graph.ops[0].attributes.add(name="surplus", boolean=True)),
    ("IR506", lambda m: m.graph.ops[0].attributes.add(name="surplus")),
    ("IR517", lambda m: setattr(m.graph.ops[0], "body", 0)),
    ("IR201", lambda m: setattr(m.graph.types[0].tensor, "dtype", 29)),
    ("IR201", lambda m: setattr(m.graph.types[0].tensor, "dtype", 0)),
    ("IR202", lambda m: m.graph.types[0].ClearField("tensor")),
    ("IR202", lambda m: setattr(m.graph.types[0].tensor.shape.dims[0], "expression", "2 +")),
    ("IR202", lambda m: setattr(m.graph.types[0].tensor.shape.dims[0], "expression", "2 + 1")),
    ("IR202", lambda m: setattr(m.graph.types[0].tensor.shape.dims[0], "expression", "(" * 500)),
    ("IR205", lambda m: setattr(m.graph.types[0].tensor.shape.dims[0], "size", 2**48)),
    ("IR205", lambda m: [m.graph.types[0].tensor.shape.dims.add() for _ in range(33)]),
    ("IR220", lambda m: setattr(m.graph.variables[1].tensor, "data", b"\0" * 47)),
    ("IR220", lambda m: m.graph.variables[1].tensor.shape.append(2**40)),
    ("IR205", lambda m: m.graph.variables[1].tensor.shape.append(2**60)),
    ("IR506", lambda m: m.graph.variables[1].tensor.ClearField("data")),
    ("IR516", lambda m: setattr(m.graph.variables[1].tensor, "key", "w")),
    ("IR221", lambda m: m.graph.symbols.add(name="9")),
    ("IR221", lambda m: m.graph.symbols.add(name="q", minimum=3, maximum=2)),
    ("IR505", lambda m: m.graph.symbols.append(m.graph.symbols[0])),
    ("IR505", lambda m: [m.graph.metadata.add(key="a"), m.graph.metadata.add(key="a")]),
    ("IR115", lambda m: m.graph.locations.node.append(0)),
    ("IR511", lambda m: setattr(m.graph, "name", "x" * 5000)),
    ("IR511", lambda m: m.graph.metadata.add(key="a", value="x" * (2**20 + 1))),
]


@pytest.mark.parametrize(("code", "change"), CHANGES)
def test_what_is_wrong_with_a_file_has_its_code(code: str, change: Callable[[Model], object]) -> None:
    assert code in _changed(change)


def test_huge_claims_are_refused_before_they_are_allocated() -> None:
    def claims(m: Model) -> None:
        m.graph.nodes.results.extend([65_536] * len(m.graph.nodes.kind))
        m.graph.nodes.type[:] = [0]
        m.graph.nodes.type_run[:] = [2**32 - 1]

    def far_operands(m: Model) -> None:
        m.graph.edges.operand.extend([2**20 - 1 - e for e in range(len(m.graph.edges.source))])

    def farther_operands(m: Model) -> None:
        m.graph.edges.operand.extend([2**32 - 1] * len(m.graph.edges.source))

    assert _changed(claims)
    assert set(_changed(far_operands)) == {"IR511"}
    assert set(_changed(farther_operands)) == {"IR511"}


def test_many_messages_are_refused_before_they_are_parsed() -> None:
    data = b"\n\x05irlib\x10\x01"
    inner = b"\x12\x00" * 5_000_000  # empty ops
    length = len(inner)
    varint = bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14 & 0x7F | 0x80, length >> 21])
    assert _codes(data + b"\x1a" + varint + inner) == ["IR511"]


def test_types_that_nest_without_end_are_refused() -> None:
    inner = b""
    for _ in range(60):
        inner = b"\x12" + bytes([len(inner)]) + inner  # a sequence of
    graph = b"\x22" + bytes([len(inner)]) + inner
    assert _codes(b"\n\x05irlib\x10\x01\x1a" + bytes([len(graph) & 0x7F | 0x80, len(graph) >> 7]) + graph) == ["IR517"]


def test_a_cycle_is_named_by_its_nodes() -> None:
    b = Builder("loop")
    x = b.input("x", "float32[]")
    y = b.tanh(b.tanh(x, name="first"), name="second")
    b.output("y", b.tanh(y))
    message = Model.FromString(serde.to_bytes(b.build()))
    message.graph.edges.source[0] = 2  # of the first tanh: the second
    with pytest.raises(IRError, match=r"a cycle of 2 nodes: %(first -> %second -> %first|second -> %first -> %second)"):
        serde.from_bytes(message.SerializeToString())


def test_everything_wrong_is_reported_at_once() -> None:
    def break_three(m: Model) -> None:
        m.graph.nodes.type[0] = 77
        m.graph.ops[0].name = "no_such_op"
        m.graph.outputs[0].node = 1000

    message = _message()
    break_three(message)
    with pytest.raises(IRError) as caught:
        serde.from_bytes(message.SerializeToString())
    said = "\n".join([str(caught.value), *caught.value.__notes__])
    assert all(code in said for code in ("IR102", "IR310", "1000"))


def test_valid_bytes_in_another_encoding_are_accepted() -> None:
    data = serde.to_bytes(CORPUS["mlp"]())
    # the length of the graph, with a needless zero byte at its end
    head, body = data[:9], data[9:]
    assert body[0] == 0x1A
    size = 2 if body[1] & 0x80 else 1
    longer = bytes([*body[1:size], body[size] | 0x80, 0])
    assert serde.to_bytes(serde.from_bytes(head + b"\x1a" + longer + body[1 + size :])) == data
