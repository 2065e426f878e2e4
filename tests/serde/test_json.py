from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from irlib import serde
from irlib.errors import IRError
from irlib.serde.flatten import flatten
from irlib.serde.json import decode, encode
from irlib.serde.json_schema import is_plain_row, schema
from tests.serde.corpus import CORPUS


def _text(name: str) -> bytes:
    return encode(flatten(CORPUS[name]()))


def test_the_published_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", CORPUS)
def test_what_is_written_follows_the_schema(name: str) -> None:
    Draft202012Validator(schema()).validate(json.loads(_text(name)))


def test_rows_are_read_by_people() -> None:
    lines = _text("mlp").decode().splitlines()
    assert '    {"name": "x", "variable": "input", "type": "float32[batch, 4]"},' in lines
    assert '    {"name": "h", "op": "tanh", "operands": [4], "type": "float32[batch, 3]"},' in lines
    assert '    {"name": "y", "value": "h", "role": "result"},' in lines


def _codes(data: bytes, tmp_path: Path) -> list[str]:
    path = tmp_path / "m.json"
    path.write_bytes(data)
    report = serde.check(path)
    if report.errors:
        with pytest.raises(IRError):
            serde.load(path)
    return [f.code for f in report.errors]


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("IR501", b""),
        ("IR501", b"{"),
        ("IR501", b"\xff"),
        ("IR501", b"[" * 200_000),
        ("IR501", b'{"a":' * 200_000),
        ("IR501", b'{"format": NaN}'),
        ("IR501", b'{"version": ' + b"9" * 5000 + b"}"),
        ("IR505", b'{"format": "irlib", "format": "irlib"}'),
        ("IR503", b'{"format": "irlib", "version": 2, "graph": 5}'),
        ("IR507", b"[]"),
        ("IR507", b"null"),
        ("IR507", b'{"format": "irlib", "version": 1}'),
        ("IR501", b'{"format": "irlib", "version": 1, "graph": {"name": "\\ud800", "nodes": []}}'),
    ],
)
def test_text_that_is_no_model_is_a_coded_error(code: str, data: bytes, tmp_path: Path) -> None:
    assert code in _codes(data, tmp_path)


def _changed(change: Callable[[Any], object], tmp_path: Path, name: str = "mlp") -> list[str]:
    stated = json.loads(_text(name))
    change(stated)
    return _codes(json.dumps(stated).encode(), tmp_path)


CHANGES: list[tuple[str, Callable[[Any], object]]] = [
    ("IR507", lambda m: m.update(more=1)),
    ("IR507", lambda m: m["graph"]["nodes"][0].update(more=1)),
    ("IR507", lambda m: m["graph"]["nodes"][0].update(op="tanh")),
    ("IR507", lambda m: m["graph"]["nodes"][0].update(variable="weight")),
    ("IR507", lambda m: m["graph"]["nodes"][4].update(types=["float32[]"])),
    ("IR507", lambda m: m["graph"]["nodes"][4].update(operands=[True])),
    ("IR507", lambda m: m["graph"]["nodes"][4].update(attributes={"a": {"float": "nan"}})),
    ("IR507", lambda m: m["graph"]["nodes"][4].update(attributes={"a": {"b": 1}})),
    ("IR507", lambda m: m["graph"]["outputs"][0].update(role="gradient")),
    ("IR501", lambda m: m["graph"]["nodes"][1]["value"].update(values=[float("inf")] * 12)),
    ("IR102", lambda m: m["graph"]["nodes"][4].update(operands=["x", "nobody"])),
    ("IR102", lambda m: m["graph"]["nodes"][4].update(operands=["x", 1000])),
    ("IR102", lambda m: m["graph"]["nodes"][4].update(operands=["x", ["w", 1]])),
    ("IR112", lambda m: m["graph"]["nodes"][4].update(name="x")),
    ("IR101", lambda m: m["graph"]["nodes"][4].update(operands=[4, "w"])),
    ("IR202", lambda m: m["graph"]["nodes"][4].update(type="float32")),
    ("IR201", lambda m: m["graph"]["nodes"][4].update(type="float33[]")),
    ("IR310", lambda m: m["graph"]["nodes"][4].update(op="nothing")),
    ("IR301", lambda m: m["graph"]["nodes"][4].update(attributes={"a": 1})),
    ("IR302", lambda m: m["graph"]["nodes"][4].update(attributes={"a": [1, "x"]})),
    ("IR507", lambda m: m["graph"]["nodes"][4].update(attributes={"a": {"bytes": "A"}})),
    ("IR220", lambda m: m["graph"]["nodes"][1]["value"].update(values=[1] * 11)),
    ("IR220", lambda m: m["graph"]["nodes"][1]["value"].update(values=[1e300] * 12)),
    ("IR507", lambda m: m["graph"]["nodes"][1]["value"].update(values=[10**400] * 12)),
    ("IR220", lambda m: m["graph"]["nodes"][1]["value"].update(values=[True] * 12)),
    ("IR516", lambda m: m["graph"]["nodes"][1].update(value={"type": "float32[4, 3]", "key": "w"})),
]


@pytest.mark.parametrize(("code", "change"), CHANGES)
def test_what_is_wrong_with_a_file_has_its_code(code: str, change: Callable[[Any], object], tmp_path: Path) -> None:
    assert code in _changed(change, tmp_path)


def test_a_finding_says_where_it_is(tmp_path: Path) -> None:
    stated = json.loads(_text("mlp"))
    stated["graph"]["nodes"][4]["operands"] = [{}]
    path = tmp_path / "m.json"
    path.write_text(json.dumps(stated))
    assert [f.where for f in serde.check(path)] == ["graph.nodes[4].operands[0]"]


def test_rows_in_any_order_are_the_same_model(tmp_path: Path) -> None:
    stated = json.loads(_text("roles"))
    nodes = stated["graph"]["nodes"]
    for i, row in enumerate(nodes):
        row.setdefault("name", f"n{i}")
    for row in (*nodes, *stated["graph"]["outputs"]):
        for key in ("operands", "value"):
            if key == "operands" and key in row:
                row[key] = [nodes[o]["name"] if isinstance(o, int) else o for o in row[key]]
            elif isinstance(row.get(key), int):
                row[key] = nodes[row[key]]["name"]
    (tmp_path / "a.json").write_text(json.dumps(stated))
    variables = [row for row in nodes if "variable" in row]
    stated["graph"]["nodes"] = [*(row for row in reversed(nodes) if "op" in row), *variables]
    (tmp_path / "b.json").write_text(json.dumps(stated))
    first, second = serde.load(tmp_path / "a.json"), serde.load(tmp_path / "b.json")
    assert serde.to_bytes(first) == serde.to_bytes(second)


def test_defaults_may_be_left_out() -> None:
    text = {
        "format": "irlib",
        "version": 1,
        "graph": {
            "name": "g",
            "nodes": [
                {"name": "x", "variable": "input", "type": "float32[2]"},
                {"op": "tanh", "operands": ["x"], "type": "float32[2]"},
            ],
            "outputs": [{"name": "y", "value": 1}],
        },
    }
    raw, findings = decode(json.dumps(text).encode())
    assert raw is not None, findings
    assert raw.graph.ops[0].dialect == "irlib"
    assert raw.graph.outputs[0].role == 1


def test_jsonschema_and_safetensors_are_imported_only_when_used() -> None:
    import subprocess
    import sys

    code = (
        "import sys, irlib.serde as s; s.from_bytes(b'\\n\\x05irlib\\x10\\x01\\x1a\\0'); "
        "print([m for m in ('jsonschema', 'safetensors', 'ml_dtypes', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2**33)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "x", "y" * 5000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["", "a", "float"]), inner, max_size=2),
    max_leaves=4,
)
_KEYS = ("name", "op", "operands", "type", "types", "attributes", "variable", "body", "more")
_ROWS = st.fixed_dictionaries(
    {"op": st.just("tanh") | _JSON, "type": st.just("float32[]") | _JSON},
    optional={
        **{key: _JSON for key in _KEYS if key not in ("op", "type")},
        "operands": st.lists(st.integers(0, 9) | st.none() | _JSON, max_size=3),
        "attributes": st.dictionaries(st.sampled_from(["", "a", "b"]), _JSON, max_size=2),
    },
)
_NODE = Draft202012Validator({"$ref": "#/$defs/node", "$defs": schema()["$defs"]})


@given(_ROWS)
def test_a_row_that_passes_at_a_look_follows_the_schema(row: Any) -> None:
    if is_plain_row(row):
        _NODE.validate(row)


def test_most_rows_pass_at_a_look() -> None:
    rows = json.loads(_text("regions"))["graph"]["nodes"] + json.loads(_text("mlp"))["graph"]["nodes"]
    assert sum(map(is_plain_row, rows)) >= 5
