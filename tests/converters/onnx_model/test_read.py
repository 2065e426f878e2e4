"""Models come in with their names, ops and types; subgraphs as closed regions, functions as composites."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.onnx_model import check, from_onnx
from irlib.op import ForeignOp

onnx = pytest.importorskip("onnx")
helper, numpy_helper = onnx.helper, onnx.numpy_helper
node = helper.make_node


def model(
    nodes: Sequence[Any],
    *,
    inputs: Sequence[Any] = (("x", ("batch", 4)),),
    outputs: Sequence[str] = ("y",),
    initializers: Sequence[Any] = (),
    opset: int = 17,
    **parts: Any,
) -> Any:
    """A model of float32 inputs, whose outputs are declared without a shape."""
    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info(name, 1, shape) for name, shape in inputs],
        [helper.make_tensor_value_info(name, 1, None) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in initializers],
    )
    imports = [helper.make_opsetid("", opset), *parts.pop("imports", ())]
    return helper.make_model(graph, opset_imports=imports, ir_version=8, **parts)


def region(nodes: Sequence[Any], outputs: Sequence[str], inputs: Sequence[Any] = ()) -> Any:
    return helper.make_graph(
        list(nodes), "region",
        [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in inputs],
        [helper.make_tensor_value_info(name, 1, None) for name in outputs],
    )  # fmt: skip


def test_a_node_is_called_as_its_first_output() -> None:
    graph = from_onnx(model([node("Gemm", ["x", "w"], ["h"], name="fc"), node("Tanh", ["h"], ["y"])],
                            initializers=[("w", np.ones((4, 3), np.float32))]))  # fmt: skip
    assert graph.nodes["h"].op == ForeignOp("ai.onnx", "Gemm", 13)
    assert str(graph.nodes["h"].type) == "float32[batch, 3]"
    assert graph.nodes["y"].op is not None
    assert graph.nodes["y"].op.name == "tanh"
    assert dict(graph.metadata)["onnx.names"] == '{"h":"fc"}'


def test_floats_are_parameters_and_other_initializers_constants() -> None:
    graph = from_onnx(
        model(
            [node("Add", ["x", "w"], ["h"]), node("Reshape", ["h", "s"], ["y"])],
            initializers=[("w", np.ones(4, np.float32)), ("s", np.array([-1]))],
        )
    )
    assert [n.name for n in graph.parameters] == ["w"]
    assert str(graph.nodes["s"].variable.role) == "constant"
    assert str(graph.nodes["y"].type) == "float32[4*batch]"


def test_statistics_of_batch_normalization_are_buffers() -> None:
    names = ["scale", "bias", "mean", "var"]
    graph = from_onnx(
        model(
            [node("BatchNormalization", ["x", *names], ["y"])],
            inputs=[("x", (2, 3, 4))],
            initializers=[(n, np.ones(3, np.float32)) for n in names],
        )
    )
    assert [n.name for n in graph.buffers] == ["mean", "var"]


def test_outer_values_become_operands_of_regions() -> None:
    branches = {
        "then_branch": region([node("Add", ["x", "h"], ["t"])], ["t"]),
        "else_branch": region([node("Identity", ["h"], ["e"])], ["e"]),
    }
    graph = from_onnx(
        model(
            [node("Tanh", ["x"], ["h"]), node("ReduceMax", ["x"], ["m"], keepdims=0), node("Cast", ["m"], ["c"], to=9),
             node("If", ["c"], ["y"], **branches)],
        )
    )  # fmt: skip
    found = graph.nodes["y"]
    # else_branch stands first in the message and uses h first
    assert [graph.nodes[s.node].name for s in found.operands] == ["c", "h", "x"]
    assert found.op.attribute("captures") == 2
    assert all([n.name for n in r.inputs] == ["h", "x"] for r in found.op.regions())


def test_a_loop_runs_and_stacks() -> None:
    body = region(
        [node("Identity", ["go"], ["going"]), node("Add", ["v", "x"], ["next"]), node("Identity", ["next"], ["seen"])],
        ["going", "next", "seen"],
        [("i", 7, ()), ("go", 9, ()), ("v", 1, (3,))],
    )
    body.output[0].type.tensor_type.elem_type = 9
    graph = from_onnx(
        model([node("Loop", ["n", "", "x"], ["last", "all"], body=body)], inputs=[("x", (3,))], outputs=["last", "all"],
              initializers=[("n", np.array(2))])
    )  # fmt: skip
    found = irlib.run(graph, {"x": np.ones(3, np.float32)})
    np.testing.assert_array_equal(found["last"], [3, 3, 3])
    np.testing.assert_array_equal(found["all"], [[2, 2, 2], [3, 3, 3]])


def test_functions_keep_their_identity() -> None:
    function = helper.make_function(
        "d", "f", ["a"], ["c"],
        [node("Gemm", ["a", "a"], ["g"], transB=1), node("Tanh", ["g"], ["c"])],
        [helper.make_opsetid("", 17)],
    )  # fmt: skip
    made = model(
        [node("f", ["x"], ["y"], domain="d")], functions=[function], imports=[helper.make_opsetid("d", 1)],
        inputs=[("x", (2, 4))],
    )  # fmt: skip
    graph = from_onnx(made)
    assert graph.nodes["y"].op == ForeignOp("d", "f", 1)
    x = np.ones((2, 4), np.float32)
    np.testing.assert_allclose(irlib.run(graph, {"x": x})["y"], np.tanh(x @ x.T), rtol=1e-6)


def test_attributes_of_functions_refer_to_those_of_calls() -> None:
    inner = node("Gemm", ["a", "a"], ["c"], transB=1)
    inner.attribute.append(onnx.AttributeProto(name="alpha", ref_attr_name="factor", type=1))
    function = helper.make_function("d", "f", ["a"], ["c"], [inner], [helper.make_opsetid("", 17)], ["factor"])
    made = model(
        [node("f", ["x"], ["y"], domain="d", factor=2.0)], functions=[function],
        imports=[helper.make_opsetid("d", 1)], inputs=[("x", (2, 4))],
    )  # fmt: skip
    found = irlib.run(from_onnx(made), {"x": np.ones((2, 4), np.float32)})
    np.testing.assert_array_equal(found["y"], np.full((2, 2), 8, np.float32))


def test_without_a_rank_the_schema_says_the_type() -> None:
    graph = from_onnx(model([node("Flatten", ["x"], ["y"])], inputs=[("x", None)]))
    assert str(graph.nodes["y"].type) == "float32[...]"
    assert irlib.run(graph, {"x": np.ones((2, 3, 4), np.float32)})["y"].shape == (2, 12)


def test_odd_dim_params_are_renamed() -> None:
    graph = from_onnx(model([node("Tanh", ["x"], ["y"])], inputs=[("x", ("floor(s0/2) + 1", 4))]))
    assert str(graph.nodes["y"].type) == "float32[floor_s0_2_1, 4]"
    assert "floor(s0/2) + 1" in dict(graph.metadata)["onnx.model"]


def test_external_data_is_mapped(tmp_path: Path) -> None:
    w = np.arange(4, dtype=np.float32)
    made = model([node("Add", ["x", "w"], ["y"])], initializers=[("w", w)])
    onnx.save(made, tmp_path / "m.onnx", save_as_external_data=True, location="w.bin", size_threshold=0)
    graph = irlib.from_onnx(tmp_path / "m.onnx")
    np.testing.assert_array_equal(graph.nodes["w"].variable.tensor.array, w)


def test_what_was_read_is_saved_and_loaded(tmp_path: Path) -> None:
    graph = from_onnx(model([node("Gemm", ["x", "w"], ["y"])], initializers=[("w", np.ones((4, 3), np.float32))]))
    irlib.save(graph, tmp_path / "m.pb")
    assert irlib.digest(irlib.load(tmp_path / "m.pb")) == irlib.digest(graph)


def test_nodes_alike_are_read_alike() -> None:
    """Names, docstrings and declared types are each node's own, whatever else they share."""
    nodes = [node("Softmax", ["x" if k == 0 else f"h{k}"], [f"h{k + 1}"], name=f"n{k}", axis=-1) for k in range(4)]
    nodes[2].doc_string = "the third"
    made = model([*nodes, node("Tanh", ["h4"], ["y"])])
    made.graph.value_info.append(helper.make_tensor_value_info("h3", 1, ("batch", 5)))
    report = check(made)
    assert [(f.code, "n2" in f.where) for f in report.errors] == [("IR230", True)]
    del made.graph.value_info[:]
    graph = from_onnx(made)
    assert [graph.nodes[f"h{k}"].op for k in (1, 2, 3, 4)] == [ForeignOp("ai.onnx", "Softmax", 13, (("axis", -1),))] * 4
    assert "the third" in dict(graph.metadata)["onnx.nodes"]
    made.graph.node[1].output[0] = "h1"
    assert "IR112" in {f.code for f in check(made).errors}


def test_what_is_known_of_scales_is_not_taken_from_a_node_alike() -> None:
    nodes = [node("Resize", ["x", "", "t"], ["a"]), node("Resize", ["x", "", "s"], ["b"])]
    made = model(nodes, inputs=[("x", (1, 1, 2, 2)), ("t", (4,))], outputs=["a", "b"],
                 initializers=[("s", np.array([1, 1, 2, 2], np.float32))])  # fmt: skip
    graph = from_onnx(made)
    assert str(graph.nodes["b"].type) == "float32[1, 1, 4, 4]"
    assert str(graph.nodes["a"].type) != str(graph.nodes["b"].type)
