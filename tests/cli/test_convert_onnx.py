"""ONNX files on the command line: checked, converted there and back, differentiated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.cli.conftest import Command
from tests.external.adapters import fed_names
from tests.external.identity import bits, difference, in_onnxruntime

MODELS = Path(__file__).parent.parent / "external" / "models"


@pytest.mark.parametrize("name", ["convolutions", "encoder", "sklearn_svc"])
def test_a_real_model_goes_to_a_file_of_ours_and_back(command: Command, tmp_path: Path, name: str) -> None:
    source = MODELS / f"{name}.onnx"
    assert command("check", source).status == 0
    assert command("convert", source, tmp_path / "m.pb").status == 0
    assert command("check", tmp_path / "m.pb").status == 0
    assert command("convert", tmp_path / "m.pb", tmp_path / "again.onnx").status == 0
    before, after = onnx.load(source), onnx.load(tmp_path / "again.onnx")
    assert difference(before, after) == []
    data = np.load(MODELS / f"{name}.npz")
    inputs = [data[f"in/{n}"] for n in fed_names(before)]
    assert bits(in_onnxruntime(after, inputs)) == bits(in_onnxruntime(before, inputs))


def test_the_opset_and_functions_are_options(command: Command, model: Path, tmp_path: Path) -> None:
    assert command("convert", model, tmp_path / "m.onnx", "--opset", 18, "--functions").status == 0
    made = onnx.load(tmp_path / "m.onnx")
    assert [(i.domain, i.version) for i in made.opset_import] == [("", 18)]
    onnx.checker.check_model(made, full_check=True)


def test_an_opset_that_there_is_not_is_an_error(command: Command, model: Path, tmp_path: Path) -> None:
    ran = command("convert", model, tmp_path / "m.onnx", "--opset", 999)
    assert ran.status == 1
    assert "IR852" in ran.err
    assert not (tmp_path / "m.onnx").exists()


def test_the_opset_of_another_form_is_a_wrong_call(command: Command, model: Path, tmp_path: Path) -> None:
    assert command("convert", model, tmp_path / "m.json", "--opset", 18).status == 2


def test_an_invalid_file_is_told_with_codes(command: Command, tmp_path: Path) -> None:
    made = onnx.load(MODELS / "convolutions.onnx")
    made.graph.node[1].input[0] = "nowhere"
    onnx.save(made, tmp_path / "m.onnx")
    ran = command("check", tmp_path / "m.onnx")
    assert ran.status == 1
    assert "IR102" in ran.out
    assert "Traceback" not in ran.out + ran.err
    assert command("convert", tmp_path / "m.onnx", tmp_path / "m.pb").status == 1
    assert not (tmp_path / "m.pb").exists()
