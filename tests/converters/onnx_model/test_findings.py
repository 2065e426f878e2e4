"""Whatever is wrong with an ONNX model is a coded finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from irlib.converters.onnx_model import check
from tests.converters.onnx_model.test_read import helper, model, node, onnx, region


def tensor(**fields: Any) -> Any:
    return onnx.TensorProto(name="w", **fields)


def with_tensor(**fields: Any) -> Any:
    made = model([node("Add", ["x", "w"], ["y"])])
    made.graph.initializer.append(tensor(**fields))
    return made


def function(name: str, *nodes: Any) -> Any:
    imports = [helper.make_opsetid("d", 1), helper.make_opsetid("", 17)]
    return helper.make_function("d", name, ["a"], ["c"], list(nodes), imports)


def calling(*nodes: Any) -> Any:
    """A model that calls a function of these nodes."""
    call = node("f", ["x"], ["y"], domain="d")
    return model([call], functions=[function("f", *nodes)], imports=[helper.make_opsetid("d", 1)])


WRONG: dict[str, tuple[str, Any]] = {
    "a cycle": (
        "IR101", model([node("Add", ["x", "y"], ["a"]), node("Tanh", ["a"], ["b"]), node("Tanh", ["b"], ["y"])])
    ),
    "an order": ("IR108", model([node("Tanh", ["a"], ["y"]), node("Tanh", ["x"], ["a"])])),
    "a dangling operand": ("IR102", model([node("Tanh", ["nothing"], ["y"])])),
    "a dangling output": ("IR102", model([node("Tanh", ["x"], ["z"])])),
    "a name defined twice": ("IR112", model([node("Tanh", ["x"], ["y"]), node("Tanh", ["x"], ["y"])])),
    "too few operands": ("IR104", model([node("Add", ["x"], ["y"])])),
    "an absent operand": ("IR105", model([node("Add", ["x", ""], ["y"])])),
    "an unknown attribute": ("IR301", model([node("Tanh", ["x"], ["y"], foo=1)])),
    "an attribute of another kind": ("IR302", model([node("Concat", ["x", "x"], ["y"], axis="a")])),
    "a missing attribute": ("IR302", model([node("Concat", ["x", "x"], ["y"])])),
    "an unknown domain": ("IR851", model([node("Foo", ["x"], ["y"], domain="com.example")])),
    "an unknown op": ("IR853", model([node("Foo", ["x"], ["y"])])),
    "an op that came later": ("IR853", model([node("Gelu", ["x"], ["y"])])),
    "an opset of the future": ("IR852", model([node("Tanh", ["x"], ["y"])], opset=999)),
    "shapes that do not broadcast": (
        "IR206", model([node("Add", ["x", "w"], ["y"])], initializers=[("w", np.ones(5, np.float32))]),
    ),
    "types that differ": ("IR204", model([node("Add", ["x", "w"], ["y"])], initializers=[("w", np.ones(4, np.int64))])),
    "a tensor without elements": ("IR220", with_tensor(data_type=1, dims=[1 << 40])),
    "a tensor of no type": ("IR201", with_tensor(data_type=99, dims=[0])),
    "a tensor in two fields": ("IR220", with_tensor(data_type=1, dims=[1], raw_data=b"1234", float_data=[1.0])),
    "a function that calls itself": ("IR856", calling(node("f", ["a"], ["c"], domain="d"))),
    "an error in a function": ("IR104", calling(node("Add", ["a"], ["c"]))),
    "a subgraph that uses what is not there": (
        "IR102",
        model([node("Cast", ["x"], ["b"], to=9),
               node("If", ["b"], ["y"], then_branch=region([node("Tanh", ["no"], ["t"])], ["t"]),
                    else_branch=region([node("Tanh", ["x"], ["e"])], ["e"]))]),
    ),
    "a subgraph with too few inputs": (
        "IR855", model([node("Loop", ["", "", "x"], ["y"], body=region([node("Tanh", ["x"], ["t"])], ["t"]))]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_it_is_found(what: str) -> None:
    code, made = WRONG[what]
    assert code in {f.code for f in check(made).errors}


def test_bytes_that_are_no_model() -> None:
    assert [f.code for f in check(b"garbage")] == ["IR850"]


@pytest.mark.parametrize("location", ["../w.bin", "/etc/passwd", "link", "a/../w.bin", "", "folder", "pipe"])
def test_external_data_outside_the_folder_is_refused(tmp_path: Path, location: str) -> None:
    import os

    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "w.bin").write_bytes(b"0123")
    (inside / "link").symlink_to(tmp_path / "w.bin")
    (inside / "folder").mkdir()
    os.mkfifo(inside / "pipe")
    made = with_tensor(data_type=1, dims=[1], data_location=1)
    made.graph.initializer[0].external_data.add(key="location", value=location)
    (inside / "m.onnx").write_bytes(made.SerializeToString())
    assert {f.code for f in check(inside / "m.onnx")} <= {"IR512", "IR513"}
    assert not check(inside / "m.onnx").ok


@pytest.mark.parametrize(("key", "value"), [("offset", "4"), ("offset", "-1"), ("length", "8"), ("length", "9" * 30)])
def test_external_data_beyond_the_file_is_refused(tmp_path: Path, key: str, value: str) -> None:
    made = with_tensor(data_type=1, dims=[1], data_location=1)
    made.graph.initializer[0].external_data.add(key="location", value="w.bin")
    made.graph.initializer[0].external_data.add(key=key, value=value)
    (tmp_path / "w.bin").write_bytes(b"0123")
    (tmp_path / "m.onnx").write_bytes(made.SerializeToString())
    assert [f.code for f in check(tmp_path / "m.onnx")] in (["IR512"], ["IR514"])
