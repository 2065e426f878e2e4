"""What tests of export share: a model in onnxruntime, and that both engines say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx

import irlib
from irlib.graph import Graph


def in_onnxruntime(model: Any, feeds: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a model that the checker passes."""
    import onnxruntime

    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    made = session.run(None, dict(feeds))
    return dict(zip((o.name for o in model.graph.output), made, strict=True))


def same_in_both(graph: Graph, feeds: Mapping[str, Any], *, opset: int | None = None, tolerance: float = 1e-4) -> Any:
    """The exported model, after both engines gave the same for `feeds`; it has no op that is not ONNX's own."""
    model = irlib.to_onnx(graph, opset=opset)
    assert {i.domain for i in model.opset_import} <= {"", "ai.onnx.ml"}
    actual, expected = in_onnxruntime(model, feeds), irlib.run(graph, dict(feeds))
    for name, value in expected.items():
        np.testing.assert_allclose(actual[name], value, rtol=tolerance, atol=tolerance, err_msg=name)
    return model


def op_types(model: Any) -> set[str]:
    """The op types of the main graph."""
    return {n.op_type for n in model.graph.node}
