"""Rules of ai.onnx.ml: numbers computed by hand, as onnxruntime has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

import irlib
from irlib.errors import IRError

X = np.array([[1.0, -2.0], [0.25, 0.5]], np.float32)


def results(op: str, x: Any, outputs: int, *, version: int = 3, **attributes: Any) -> list[Any]:
    """The results of one node on `x`."""
    names = [f"y{k}" for k in range(outputs)]
    node = helper.make_node(op, ["x"], names, domain="ai.onnx.ml", **attributes)
    kind = TensorProto.STRING if x.dtype == object else helper.np_dtype_to_tensor_dtype(x.dtype)
    unknown = [helper.make_tensor_value_info(n, TensorProto.UNDEFINED, None) for n in names]
    for info in unknown:
        info.ClearField("type")
    graph = helper.make_graph([node], "g", [helper.make_tensor_value_info("x", kind, x.shape)], unknown)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", version)]
    found = irlib.run(irlib.from_onnx(helper.make_model(graph, opset_imports=opsets)), {"x": x})
    return [found[n] for n in names]


def test_linear_classifier_with_one_score_for_two_classes() -> None:
    label, scores = results(
        "LinearClassifier", X, 2, coefficients=[1.0, 1.0], intercepts=[0.5], classlabels_strings=["no", "yes"],
        post_transform="LOGISTIC",
    )  # fmt: skip
    assert label.tolist() == ["no", "yes"]
    score = np.array([-0.5, 1.25])
    expected = 1 / (1 + np.exp(np.stack([score, -score], 1)))
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


def test_svm_labels_are_votes_and_probabilities_are_coupled() -> None:
    label, scores = results(
        "SVMClassifier", X, 2, support_vectors=[1.0, 0.0, 0.0, 1.0], vectors_per_class=[1, 1], coefficients=[1.0, -1.0],
        rho=[0.0], classlabels_ints=[7, 8], kernel_type="LINEAR", kernel_params=[0.0, 0.0, 0.0],
        prob_a=[-1.0], prob_b=[0.0],
    )  # fmt: skip
    assert label.tolist() == [7, 8]
    first = 1 / (1 + np.exp(-np.array([3.0, -0.25])))
    np.testing.assert_allclose(scores, np.stack([first, 1 - first], 1), rtol=1e-5)


TREE: dict[str, Any] = {
    "nodes_treeids": [0, 0, 0, 1], "nodes_nodeids": [0, 1, 2, 0], "nodes_featureids": [0, 0, 0, 0],
    "nodes_values": [0.5, 0.0, 0.0, 0.0], "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF", "LEAF"],
    "nodes_truenodeids": [1, 0, 0, 0], "nodes_falsenodeids": [2, 0, 0, 0],
    "nodes_missing_value_tracks_true": [1, 0, 0, 0], "target_treeids": [0, 0, 1], "target_nodeids": [1, 2, 0],
    "target_ids": [0, 0, 0], "target_weights": [10.0, 20.0, 1.0], "n_targets": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("how", "expected"), [("SUM", [21.0, 11.0, 11.0]), ("AVERAGE", [10.5, 5.5, 5.5]), ("MIN", [1.0, 1.0, 1.0])]
)
def test_trees_and_where_nan_goes(how: str, expected: list[float]) -> None:
    x = np.array([[1.0], [0.5], [np.nan]], np.float32)
    (y,) = results("TreeEnsembleRegressor", x, 1, aggregate_function=how, **TREE)
    assert y[:, 0].tolist() == expected


def test_a_tree_without_end_is_an_error() -> None:
    around = TREE | {"nodes_modes": ["BRANCH_LEQ", "BRANCH_LT", "LEAF", "LEAF"], "nodes_falsenodeids": [2, 2, 0, 0]}
    with pytest.raises(IRError, match="below itself"):
        results("TreeEnsembleRegressor", X, 1, **around)


def test_label_encoder_takes_the_last_of_equal_keys() -> None:
    x = np.array(["a", "b", "zz"], dtype=object)
    (y,) = results("LabelEncoder", x, 1, version=4, keys_strings=["a", "b", "a"], values_int64s=[1, 2, 3])
    assert y.tolist() == [3, 2, -1]


def test_label_encoder_finds_nan() -> None:
    x = np.array([np.nan, 1.0], np.float32)
    (y,) = results("LabelEncoder", x, 1, version=4, keys_floats=[float("nan")], values_strings=["none"])
    assert y.tolist() == ["none", "_Unused"]


def test_normalizer_leaves_rows_of_zeros() -> None:
    x = np.array([[0.0, 0.0], [3.0, 4.0]], np.float32)
    (y,) = results("Normalizer", x, 1, norm="L2")
    np.testing.assert_allclose(y, [[0.0, 0.0], [0.6, 0.8]])


@pytest.mark.parametrize("labels", [{"classlabels_int64s": [4, 5]}, {"classlabels_strings": ["no", "yes"]}])
def test_a_zip_map_is_a_matrix_here_and_leaves_as_maps(labels: dict[str, Any], tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Softmax", ["x"], ["p"]),
        helper.make_node("ZipMap", ["p"], ["y"], domain="ai.onnx.ml", **labels),
    ]
    key = TensorProto.INT64 if "classlabels_int64s" in labels else TensorProto.STRING
    row = helper.make_map_type_proto(key, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    y = helper.make_value_info("y", helper.make_sequence_type_proto(row))
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", 1, ["n", 2])], [y])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    proto = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    model = irlib.from_onnx(proto)
    found = irlib.run(model, {"x": X})["y"]
    np.testing.assert_allclose(found, np.exp(X) / np.exp(X).sum(1, keepdims=True), rtol=1e-6)
    irlib.save(model, tmp_path / "zip.pb")
    again = irlib.to_onnx(irlib.load(tmp_path / "zip.pb"))
    assert again.graph.output[0].type == y.type
    assert [n.op_type for n in again.graph.node] == ["Softmax", "ZipMap"]
    _, gradients = irlib.value_and_grad(model, {"x": X}, "y", ["x"], [np.eye(2, dtype=np.float32)])
    np.testing.assert_allclose(np.diag(gradients["x"]), np.diag(found) * (1 - np.diag(found)), rtol=1e-5)
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(again.SerializeToString(), providers=["CPUExecutionProvider"])
    (rows,) = session.run(None, {"x": X})
    np.testing.assert_allclose([list(r.values()) for r in rows], found, rtol=1e-6)
