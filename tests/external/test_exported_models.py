"""Models as exporters of torch and scikit-learn write them: what they give, their gradients, and these in onnxruntime.

`tools/exported_models.py` writes the files.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.types import TensorType

onnx = pytest.importorskip("onnx")

MODELS = Path(__file__).parent / "models"
NAMES = sorted(p.stem for p in MODELS.glob("*.onnx"))


class Exported:
    """A model, and what the framework that it comes from gives."""

    def __init__(self, name: str) -> None:
        with np.load(MODELS / f"{name}.npz") as arrays:
            found = {key: arrays[key] for key in arrays.files}

        def of(kind: str) -> dict[str, Any]:
            return {k.partition("/")[2]: v for k, v in found.items() if k.startswith(f"{kind}/")}

        self.graph = irlib.from_onnx(MODELS / f"{name}.onnx")
        self.feeds = of("in")
        outputs = [o.name for o in self.graph.outputs]
        self.outputs = dict(zip(outputs, of("out").values(), strict=True))
        self.cotangents = {outputs[int(k)]: v for k, v in of("cot").items()}
        self.derivatives = of("d")

    def wrt(self) -> list[str]:
        """What the framework differentiated by, and the float parameters that the exporter turned or folded."""
        floats = [
            str(n.name)
            for n in self.graph.parameters
            if isinstance(n.type, TensorType) and n.type.dtype.is_differentiable
        ]
        return [*self.derivatives, *(n for n in floats if n not in self.derivatives)]


exported = cache(Exported)


def close(found: Any, expected: Any, tolerance: float, floor: float) -> None:
    """Equal up to a part of the largest element, or of `floor`."""
    assert found.shape == expected.shape
    scale = max(floor, float(np.max(np.abs(expected), initial=0)))
    assert float(np.max(np.abs(found.astype(np.float64) - expected), initial=0)) <= tolerance * scale


def floor_of(arrays: dict[str, Any]) -> float:
    """A hundredth of the largest of several gradients: one that cancels to nothing is judged by the others."""
    return max(float(np.max(np.abs(v), initial=0)) for v in arrays.values()) / 100


@pytest.mark.parametrize("name", NAMES)
def test_a_model_gives_what_its_framework_gives(name: str) -> None:
    case = exported(name)
    found = irlib.run(case.graph, case.feeds)
    for output, expected in case.outputs.items():
        if expected.dtype.kind != "f":
            np.testing.assert_array_equal(found[output], expected)
        else:
            close(found[output], expected, 1e-4 if "sklearn" in name else 1e-5, 1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradients_of_a_model_are_those_of_its_framework(name: str) -> None:
    case = exported(name)
    _, found = irlib.value_and_grad(
        case.graph, case.feeds, list(case.cotangents), list(case.derivatives), case.cotangents
    )
    floor = floor_of(case.derivatives)
    for variable, expected in case.derivatives.items():
        close(found[variable], expected, 1e-3 if "sklearn" in name else 1e-4, floor)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_graph_of_a_model_runs_in_onnxruntime(name: str, tmp_path: Path) -> None:
    ort = pytest.importorskip("onnxruntime")
    case = exported(name)
    gradient = irlib.gradient(case.graph, list(case.cotangents), case.wrt(), cotangents=True)
    path = tmp_path / "gradient.onnx"
    proto = irlib.to_onnx(gradient, path)
    onnx.checker.check_model(path, full_check=True)
    assert {node.domain for node in proto.graph.node} <= {"", "ai.onnx"}
    assert not proto.functions
    kept = {d.dim_param for i in proto.graph.input for d in i.type.tensor_type.shape.dim if d.dim_param}
    assert kept >= symbols(case.graph)
    for o, made in zip(gradient.outputs, proto.graph.output, strict=True):
        said = [bool(d.dim_param) or d.HasField("dim_value") for d in made.type.tensor_type.shape.dim]
        assert said == [d is not None for d in case.graph.nodes[str(o.of)].type.shape or ()]

    seeds = [str(n.name) for n in gradient.inputs if n.name not in case.graph.by_name]
    feeds = {n: v for n, v in case.feeds.items() if n in gradient.by_name}
    feeds |= dict(zip(seeds, case.cotangents.values(), strict=True))
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    found = dict(zip((o.name for o in session.get_outputs()), session.run(None, feeds), strict=True))
    expected = irlib.run(gradient, feeds)
    floor = floor_of(expected)
    for output, value in expected.items():
        close(found[output], value, 1e-4, floor)


def symbols(graph: irlib.Graph) -> set[str]:
    """The symbolic dims of the inputs."""
    dims = [d for n in graph.inputs if isinstance(n.type, TensorType) for d in n.type.shape or ()]
    return {str(d) for d in dims if d is not None and not isinstance(d, int)}
