"""The Gradient op of the preview training domain: read as the pullback of the graph between the tensors it names."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper

import irlib
from irlib.converters.onnx_model import check

TRAINING = "ai.onnx.preview.training"


def model(nodes: list[Any], inputs: list[str], outputs: list[str]) -> ModelProto:
    """A model on float vectors of 3 elements."""
    info = {n: helper.make_tensor_value_info(n, TensorProto.FLOAT, [3]) for n in inputs}
    results = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs]
    graph = helper.make_graph(nodes, "g", list(info.values()), results)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(TRAINING, 1)]
    return helper.make_model(graph, opset_imports=opsets)


def gradient(inputs: list[str], outputs: list[str], **attributes: Any) -> Any:
    return helper.make_node("Gradient", inputs, outputs, domain=TRAINING, **attributes)


W = np.array([1.0, 2.0, 3.0], np.float32)
X = np.array([0.5, -1.0, 2.0], np.float32)
CUBE = [helper.make_node("Mul", ["w", "x"], ["h"]), helper.make_node("Mul", ["h", "h"], ["y"])]


def test_gradient_at_the_values_of_its_operands() -> None:
    nodes = [*CUBE, gradient(["v", "x"], ["dw"], xs=["w"], zs=["x"], y="y")]
    found = irlib.run(irlib.from_onnx(model(nodes, ["w", "x", "v"], ["dw"])), {"w": W, "x": X, "v": 2 * W})
    np.testing.assert_allclose(found["dw"], 2 * 2 * W * X * X)


def test_gradient_by_a_value_between() -> None:
    nodes = [*CUBE, gradient(["h"], ["dh"], xs=["h"], y="y")]
    found = irlib.run(irlib.from_onnx(model(nodes, ["w", "x"], ["dh"])), {"w": W, "x": X})
    np.testing.assert_allclose(found["dh"], 2 * W * X)


def test_gradient_of_a_gradient() -> None:
    nodes = [
        *CUBE,
        gradient(["w"], ["dw"], xs=["w"], y="y"),
        gradient(["w", "x"], ["dww", "dwx"], xs=["w", "x"], y="dw"),
    ]
    found = irlib.run(irlib.from_onnx(model(nodes, ["w", "x"], ["dww", "dwx"])), {"w": W, "x": X})
    np.testing.assert_allclose(found["dww"], 2 * X * X)
    np.testing.assert_allclose(found["dwx"], 4 * W * X)


def test_gradient_of_nothing_that_is_defined_is_a_finding() -> None:
    nodes = [*CUBE, gradient(["w"], ["dw"], xs=["w"], y="z")]
    report = check(model(nodes, ["w", "x"], ["dw"]))
    assert [f.code for f in report.findings if f.severity == "error"][:1] == ["IR102"]
