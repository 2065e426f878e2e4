from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import irlib
from irlib.cli import diff, show
from tests.cli.conftest import Command


def test_check_passes_a_valid_file(command: Command, model: Path) -> None:
    assert command("check", model) == (0, f"{model}: valid\n", "")


def test_check_finds_a_damaged_file_and_goes_on_to_the_next(command: Command, model: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pb"
    damaged.write_bytes(model.read_bytes()[:-7])
    ran = command("check", damaged, model)
    assert ran.status == 1
    assert f"{damaged}: error IR" in ran.out
    assert f"{model}: valid" in ran.out


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_check_reports_for_programs(command: Command, model: Path, tmp_path: Path, form: str) -> None:
    damaged = tmp_path / "damaged.pb"
    damaged.write_bytes(b"nonsense")
    ran = command("check", "--format", form, model, damaged)
    assert ran.status == 1
    assert "IR5" in json.dumps(json.loads(ran.out))


def test_check_annotates_for_github(command: Command, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pb"
    damaged.write_bytes(b"nonsense")
    assert command("check", "--format", "github", damaged).out.startswith("::error file=")


def test_warnings_fail_only_when_strict(command: Command, tmp_path: Path) -> None:
    b = irlib.Builder("dead")
    x = b.input("x", "float32[]")
    b.tanh(x)
    b.output("y", x)
    irlib.save(b.build(), tmp_path / "m.pb")
    assert command("check", tmp_path / "m.pb").status == 0
    assert command("check", "--strict", tmp_path / "m.pb").status == 1


def test_show_prints_the_text_form_without_colour_in_a_pipe(command: Command, model: Path) -> None:
    ran = command("show", model)
    assert ran.out == irlib.text(irlib.load(model))
    assert "\x1b" not in ran.out


def test_colour_changes_nothing_but_colour(model: Path) -> None:
    import click

    text = irlib.text(irlib.load(model))
    painted = show.coloured(text)
    assert "\x1b" in painted
    assert click.unstyle(painted) == text


@pytest.mark.parametrize(("form", "start"), [("json", "{"), ("dot", "digraph"), ("mermaid", "flowchart")])
def test_show_draws_and_writes_json(command: Command, model: Path, form: str, start: str) -> None:
    assert command("show", model, "--format", form).out.startswith(start)


def test_show_json_is_the_json_file(command: Command, model: Path, tmp_path: Path) -> None:
    assert command("convert", model, tmp_path / "m.json").status == 0
    assert command("show", model, "--format", "json").out.strip() == (tmp_path / "m.json").read_text().strip()


def test_info_sums_up(command: Command, model: Path) -> None:
    ran = command("info", model)
    assert "x: float32[batch, 4]" in ran.out
    assert "loss: float32[]  (loss)" in ran.out
    assert "parameters 1, 12 elements, 48 B" in ran.out


def test_info_json_has_the_digest(command: Command, model: Path) -> None:
    found = json.loads(command("info", "--format", "json", model).out)
    assert found["digest"] == irlib.digest(irlib.load(model))
    assert found["ops"] == {"matmul": 1, "sum": 1, "tanh": 1}


def test_info_knows_the_weights_file(command: Command, tmp_path: Path) -> None:
    b = irlib.Builder("large")
    b.output("y", b.input("x", "float32[300]") + b.parameter("w", np.ones((300, 300), "float32")))
    irlib.save(b.build(), tmp_path / "large.pb")
    sidecar = json.loads(command("info", "--format", "json", tmp_path / "large.pb").out)["sidecar"]
    if sidecar is not None:
        assert (tmp_path / sidecar["file"]).stat().st_size == sidecar["bytes"]
    else:
        assert not list(tmp_path.glob("*.safetensors"))


def test_equal_models_do_not_differ(command: Command, model: Path, tmp_path: Path) -> None:
    command("convert", model, tmp_path / "m.json")
    assert command("diff", model, tmp_path / "m.json") == (0, "", "")


def test_diff_shows_what_changed(command: Command, model: Path, tmp_path: Path) -> None:
    b = irlib.Builder("small")
    x, w = b.input("x", "float32[batch, 4]"), b.parameter("w", np.full((4, 3), 0.25, "float32"))
    h = b.sin(x @ w, name="h")
    b.output("h", h)
    b.output("loss", b.sum(h), role="loss")
    irlib.save(b.build(), tmp_path / "other.pb")
    ran = command("diff", model, tmp_path / "other.pb")
    assert ran.status == 1
    assert "-%h = tanh(" in ran.out
    assert "+%h = sin(" in ran.out
    assert json.loads(command("diff", "--format", "json", model, tmp_path / "other.pb").out)["equal"] is False
    assert "\x1b[31m-%h" in diff.coloured(ran.out)


def test_conversion_there_and_back_gives_the_same_bytes(command: Command, model: Path, tmp_path: Path) -> None:
    assert command("convert", model, tmp_path / "m.json").status == 0
    assert command("convert", tmp_path / "m.json", tmp_path / "m.pb").status == 0
    assert (tmp_path / "m.pb").read_bytes() == model.read_bytes()


@pytest.mark.parametrize("arguments", [("m.txt",), ("nowhere/m.pb",), ("m.pb", "--function", "f")])
def test_conversion_refuses_what_it_cannot_mean(command: Command, model: Path, arguments: tuple[str, ...]) -> None:
    ran = command("convert", model, *arguments)
    assert ran.status == 2
    assert not Path(arguments[0]).exists()


def test_python_source_needs_a_function(command: Command, tmp_path: Path) -> None:
    source = tmp_path / "net.py"
    source.write_text("def f(x):\n    return x\n")
    ran = command("convert", source, tmp_path / "net.pb")
    assert ran.status == 2
    assert "--function" in ran.err


def test_an_error_leaves_no_file_behind(command: Command, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pb"
    damaged.write_bytes(b"nonsense")
    assert command("convert", damaged, tmp_path / "m.json").status == 1
    assert [p.name for p in tmp_path.iterdir()] == ["damaged.pb"]


def test_an_onnx_file_is_a_model_too(command: Command, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper

    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [x], [y])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]), tmp_path / "m.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"junk")
    assert command("check", tmp_path / "m.onnx").out == f"{tmp_path / 'm.onnx'}: valid\n"
    assert command("convert", tmp_path / "m.onnx", tmp_path / "m.pb").status == 0
    ran = command("check", tmp_path / "bad.onnx")
    assert ran.status == 1
    assert ran.out.count(str(tmp_path / "bad.onnx")) == 2
