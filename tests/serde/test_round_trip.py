from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import irlib
from irlib import serde
from irlib.builder import Builder
from irlib.errors import FileError, IRError
from irlib.graph import Graph
from irlib.op import ForeignOp
from irlib.serde.canonical import canonical
from irlib.types import DTYPES, parse_type
from tests.serde.corpus import CORPUS


@pytest.fixture(params=CORPUS)
def graph(request: pytest.FixtureRequest) -> Graph:
    return CORPUS[request.param]()


def test_bytes_read_and_written_are_the_same_bytes(graph: Graph) -> None:
    data = serde.to_bytes(graph)
    assert serde.to_bytes(serde.from_bytes(data)) == data


def test_what_a_builder_built_is_canonical(graph: Graph) -> None:
    assert canonical(graph) == graph


def test_a_graph_comes_back_from_a_file_as_it_was(graph: Graph, tmp_path: Path) -> None:
    serde.save(graph, tmp_path / "m.pb")
    found = serde.load(tmp_path / "m.pb")
    if "nan" not in serde.to_bytes(graph).decode("latin-1"):  # a NaN among attributes equals nothing
        assert found == graph
    assert serde.digest(found) == serde.digest(graph)


def test_binary_to_json_to_binary_gives_identical_bytes(graph: Graph, tmp_path: Path) -> None:
    serde.save(graph, tmp_path / "a.pb")
    serde.save(serde.load(tmp_path / "a.pb"), tmp_path / "b.json")
    serde.save(serde.load(tmp_path / "b.json"), tmp_path / "c.pb")
    assert (tmp_path / "c.pb").read_bytes() == (tmp_path / "a.pb").read_bytes()


def test_json_read_and_written_is_the_same_text(graph: Graph, tmp_path: Path) -> None:
    serde.save(graph, tmp_path / "a.json")
    serde.save(serde.load(tmp_path / "a.json"), tmp_path / "b.json")
    assert (tmp_path / "b.json").read_bytes() == (tmp_path / "a.json").read_bytes()


def test_the_digest_is_that_of_the_file() -> None:
    import hashlib

    graph = CORPUS["mlp"]()
    assert serde.digest(graph) == hashlib.sha256(serde.to_bytes(graph)).hexdigest()


_SCALARS: dict[str, st.SearchStrategy[object]] = {
    "bool": st.booleans(),
    "int": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=True),
    "text": st.text(st.characters(exclude_categories=["Cs"])),
    "bytes": st.binary(max_size=20),
    "dtype": st.sampled_from(list(DTYPES.values())),
    "type": st.sampled_from(["float32[n, ?]", "int8[...]", "sequence<bool[2*k + 1]>"]).map(parse_type),
}
_VALUES = st.one_of(st.none(), *_SCALARS.values(), *(st.lists(s, max_size=4).map(tuple) for s in _SCALARS.values()))
_NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def _with_attributes(attributes: dict[str, object]) -> Graph:
    body = Builder("body")
    body.output("y", body.input("x", "float32[]"))
    b = Builder("g")
    op = ForeignOp("com.example", "Op", 1, tuple(sorted(attributes.items(), key=lambda item: item[0])))
    b.output("y", b.emit(op, [b.input("x", "float32[]")], None, body.build())[0])
    return b.build()


@given(st.dictionaries(_NAMES, _VALUES, max_size=4))
def test_any_attribute_comes_back_to_the_bit_in_both_forms(attributes: dict[str, object]) -> None:
    from irlib.serde.assemble import assemble
    from irlib.serde.flatten import flatten
    from irlib.serde.json import decode as decode_json
    from irlib.serde.json import encode as encode_json

    graph = _with_attributes(attributes)
    data = serde.to_bytes(graph)
    again = serde.from_bytes(data)
    assert serde.to_bytes(again) == data
    found = again.ops[0].attribute_values()
    assert {k: (type(v), repr(v)) for k, v in found.items()} == {k: (type(v), repr(v)) for k, v in attributes.items()}
    raw, findings = decode_json(encode_json(flatten(graph)))
    assert raw is not None, findings
    other, findings = assemble(raw, lambda keyed: pytest.fail(str(keyed)))
    assert other is not None, findings
    assert serde.to_bytes(other) == data


@given(st.lists(_NAMES, min_size=1, max_size=6, unique=True))
def test_any_names_come_back(names: list[str]) -> None:
    b = Builder(names[0])
    for name in names:
        b.output(name, b.input(name, "float32[2]"))
        b.metadata[name] = name
    graph = b.build()
    assert serde.from_bytes(serde.to_bytes(graph)) == graph


@pytest.mark.parametrize(
    "value",
    [2**63, -(2**63) - 1, "\ud800", (1, 2.0), ((1,),), 1j, object(), np.float32(1), "x" * (2**20 + 1)],
)
def test_what_the_format_has_no_form_for_is_a_coded_error_in_both_forms(value: object, tmp_path: Path) -> None:
    from irlib.serde.flatten import flatten
    from irlib.serde.json import encode as encode_json

    graph = _with_attributes({"a": value})
    with pytest.raises(FileError):
        serde.save(graph, tmp_path / "m.pb")
    if not isinstance(value, str) or len(value) < 10:
        with pytest.raises(FileError):
            encode_json(flatten(graph))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"expected \.pb or \.json .*IR502"):
        serde.save(CORPUS["mlp"](), tmp_path / "m.onnx")
    with pytest.raises(FileError, match="IR502"):
        serde.load(tmp_path / "m")


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir()])
def test_a_file_that_cannot_be_read_is_a_coded_error(make: object, tmp_path: Path) -> None:
    path = tmp_path / "m.pb"
    make(path)  # type: ignore[operator]
    with pytest.raises(FileError, match="IR500"):
        serde.load(path)
    assert [f.code for f in serde.check(path)] == ["IR500"]


@pytest.mark.parametrize("dialect", ["irlib", "com.example"])
@pytest.mark.parametrize("suffix", ["pb", "json"])
def test_a_composite_that_nobody_here_has_heard_of_runs_by_its_body(dialect: str, suffix: str, tmp_path: Path) -> None:
    body = Builder("body")
    x = body.input("x", "float64[n]")
    body.output("result", body.tanh(x) * 2.0)
    b = Builder("newer")
    op = ForeignOp(dialect, "softer_tanh", 3, (("sharpness", 2.0),))
    (y,) = b.emit(op, [b.input("x", "float64[n]")], body=body.build())
    b.output("loss", b.sum(y), role="loss")
    model = b.build()
    serde.save(model, tmp_path / f"m.{suffix}")
    found = serde.load(tmp_path / f"m.{suffix}")
    assert found == model
    assert irlib.check(tmp_path / f"m.{suffix}").ok
    values = np.array([0.5, -1.0])
    outputs, grads = irlib.value_and_grad(found, {"x": values}, wrt="x")
    assert outputs["loss"] == np.sum(np.tanh(values) * 2)
    np.testing.assert_allclose(grads["x"], 2 * (1 - np.tanh(values) ** 2), rtol=1e-14)
    assert irlib.parse_text(irlib.text(found)) == found


@pytest.mark.parametrize(("name", "version", "code"), [("softmax", 99, "IR311"), ("nothing", 1, "IR310")])
def test_an_op_of_ours_that_is_not_known_needs_a_body(name: str, version: int, code: str, tmp_path: Path) -> None:
    b = Builder("newer")
    body = Builder("body")
    body.output("result", body.tanh(body.input("x", "float64[n]")))
    (y,) = b.emit(ForeignOp("irlib", name, version), [b.input("x", "float64[n]")], body=body.build())
    b.output("y", y)
    model = b.build()
    serde.save(model, tmp_path / "m.json")
    assert serde.load(tmp_path / "m.json") == model
    text = json.loads((tmp_path / "m.json").read_text())
    del text["graph"]["nodes"][1]["body"]
    (tmp_path / "m.json").write_text(json.dumps(text))
    with pytest.raises(IRError, match=code):
        serde.load(tmp_path / "m.json")
