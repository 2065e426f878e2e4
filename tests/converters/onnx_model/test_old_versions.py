"""Versions of ops that ONNX's own suite has no cases of: what their documentation says, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.onnx_model import from_onnx

onnx = pytest.importorskip("onnx")
helper = onnx.helper

X = np.array([[1.0, -2.0, 3.0], [-4.0, 5.0, -6.0]], np.float32)
IMAGE = np.arange(16, dtype=np.float32).reshape(1, 4, 2, 2)
NONE = np.zeros(0, np.int64)
BIG = (1, 1, 4, 4)
SLOPES = np.arange(1, 5, dtype=np.float32)


def f32(*numbers: Any) -> Any:
    return np.array(numbers, np.float32)


def i64(*numbers: Any) -> Any:
    return np.array(numbers, np.int64)


# op, opset, attributes, operands, results
CASES: tuple[tuple[str, int, dict[str, Any], tuple[Any, ...], tuple[Any, ...]], ...] = (
    ("Add", 1, {"axis": 0, "broadcast": 1}, (X, f32(10, 20)), (X + f32([10], [20]),)),
    ("Add", 6, {"broadcast": 1}, (X, f32(1, 2, 3)), (X + f32(1, 2, 3),)),
    ("Sub", 6, {"axis": -2, "broadcast": 1}, (X, f32(10, 20)), (X - f32([10], [20]),)),
    ("Mul", 1, {"broadcast": 1}, (X, f32(2)), (X * 2,)),
    ("Div", 6, {"axis": 0, "broadcast": 1}, (i64([7, -7], [7, -7]), i64(2, -2)), (i64([3, -3], [-3, 3]),)),
    ("Div", 14, {}, (i64(-7, 7, -7, 7), i64(2, -2, -2, 2)), (i64(-3, -3, 3, 3),)),
    ("Pow", 1, {"axis": 0, "broadcast": 1}, (X, f32(2, 3)), (X ** f32([2], [3]),)),
    ("Pow", 12, {}, (i64(2, 3), f32(3, 2)), (i64(8, 9),)),
    ("Pow", 15, {}, (f32(2, 3), i64(3, -1)), (f32(8, 1 / 3),)),
    ("Greater", 1, {"axis": 0, "broadcast": 1}, (X, f32(0, 1)), (f32([0], [1]) < X,)),
    ("Equal", 1, {"axis": 1, "broadcast": 1}, (i64([1, 2], [3, 2]), i64(1, 2)), (np.array([[1, 1], [0, 1]], bool),)),
    ("And", 1, {"axis": 0, "broadcast": 1}, (X > 0, f32(1, 0) > 0), ((X > 0) & (f32([1], [0]) > 0),)),
    ("PRelu", 6, {}, (-IMAGE, SLOPES), (-IMAGE * SLOPES.reshape(4, 1, 1),)),
    ("PRelu", 1, {}, (X, f32(0.5)), (np.where(X < 0, X / 2, X),)),
    ("Exp", 1, {"consumed_inputs": [0]}, (X,), (np.exp(X),)),
    ("Relu", 1, {"consumed_inputs": [0]}, (X,), (np.maximum(X, 0),)),
    ("Elu", 1, {"alpha": 2.0}, (X,), (np.where(X > 0, X, 2 * np.expm1(X)),)),
    ("HardSigmoid", 1, {}, (X,), (np.clip(0.2 * X + 0.5, 0, 1),)),
    ("Selu", 1, {}, (X,), (np.where(X > 0, 1.0507 * X, 1.0507 * 1.6732 * np.expm1(X)),)),
    ("Max", 1, {}, (X, -X, X * 0), (np.abs(X),)),
    ("Min", 6, {}, (X,), (X,)),
    ("Sum", 1, {}, (X, X, X), (3 * X,)),
    ("Mean", 8, {}, (X, f32(1, 2, 3)), ((X + f32(1, 2, 3)) / 2,)),
    ("Clip", 1, {"min": -1.0}, (X,), (np.maximum(X, -1),)),
    ("Clip", 6, {"max": 2.0}, (X,), (np.minimum(X, 2),)),
    ("Clip", 13, {}, (X, f32(3).reshape(()), f32(1).reshape(())), (X * 0 + 1,)),
    ("Softmax", 1, {"axis": 1}, (np.zeros((2, 2, 3), np.float32),), (np.full((2, 2, 3), 1 / 6),)),
    ("LogSoftmax", 11, {"axis": -2}, (np.zeros((2, 2, 3), np.float32),), (np.full((2, 2, 3), -np.log(6)),)),
    ("Hardmax", 1, {"axis": 0}, (X,), (X == 5,)),
    ("ReduceSum", 1, {"axes": [1], "keepdims": 0}, (X,), (X.sum(1),)),
    ("ReduceSum", 11, {"axes": [-2]}, (X,), (X.sum(0, keepdims=True),)),
    ("ReduceSum", 13, {"noop_with_empty_axes": 1}, (X, NONE), (X,)),
    ("ReduceMean", 1, {}, (X,), (X.mean(keepdims=True),)),
    ("ReduceL2", 1, {"axes": [0], "keepdims": 0}, (X,), (np.sqrt((X**2).sum(0)),)),
    ("ReduceL1", 18, {"noop_with_empty_axes": 1}, (X,), (np.abs(X),)),
    ("ReduceMax", 12, {"axes": [0]}, (np.array([[1, -2], [-3, 4]], np.int8),), (np.array([[1, 4]], np.int8),)),
    ("ReduceMax", 20, {"keepdims": 0}, (np.zeros((0, 2), np.float32), i64(0)), (f32(-np.inf, -np.inf),)),
    ("ReduceMin", 18, {"keepdims": 0}, (np.zeros((0, 2), np.int32), i64(0)), (np.full(2, 2**31 - 1, np.int32),)),
    ("ReduceLogSumExp", 1, {"axes": [1], "keepdims": 0}, (X,), (np.log(np.exp(X).sum(1)),)),
    ("ReduceLogSumExp", 18, {"noop_with_empty_axes": 1}, (X,), (X,)),
    ("ReduceProd", 1, {"axes": [0]}, (X,), (X.prod(0, keepdims=True),)),
    ("ReduceSumSquare", 1, {"axes": [1]}, (X,), ((X**2).sum(1, keepdims=True),)),
    ("ReduceLogSum", 11, {"axes": [1], "keepdims": 0}, (np.abs(X),), (np.log(np.abs(X).sum(1)),)),
    ("ArgMax", 1, {"axis": 1, "keepdims": 0}, (X,), (i64(2, 1),)),
    ("ArgMin", 11, {"axis": -1}, (X,), (i64([1], [2]),)),
    ("ArgMax", 12, {"select_last_index": 1, "keepdims": 0}, (X * 0,), (i64(1, 1, 1),)),
    ("Split", 1, {"axis": 1, "split": [1, 2]}, (X,), (X[:, :1], X[:, 1:])),
    ("Split", 1, {"axis": 1}, (X, f32(1, 2)), (X[:, :1], X[:, 1:])),
    ("Split", 2, {}, (X,), (X[:1], X[1:])),
    ("Split", 11, {"axis": -1, "split": [2, 1]}, (X,), (X[:, :2], X[:, 2:])),
    ("Split", 13, {"axis": 1}, (X, i64(1, 2)), (X[:, :1], X[:, 1:])),
    ("Split", 18, {"axis": 1, "num_outputs": 2}, (X,), (X[:, :2], X[:, 2:])),
    ("Pad", 1, {"paddings": [0, 1, 0, 2], "value": 7.0}, (X,), (np.pad(X, ((0, 0), (1, 2)), constant_values=7),)),
    ("Pad", 2, {"pads": [0, -1, 1, 0], "mode": "edge"}, (X,), (np.pad(X[:, 1:], ((0, 1), (0, 0)), mode="edge"),)),
    ("Tile", 1, {}, (X, f32(2).reshape(()), f32(1).reshape(())), (np.tile(X, (1, 2)),)),
    ("Tile", 6, {}, (X, i64(2, 1)), (np.tile(X, (2, 1)),)),
    ("Concat", 1, {}, (X, X), (np.concatenate([X, X], 1),)),
    ("DepthToSpace", 1, {"blocksize": 2}, (IMAGE,), (IMAGE.reshape(2, 2, 2, 2).transpose(2, 0, 3, 1).reshape(BIG),)),
    ("Gemm", 1, {"broadcast": 1, "transB": 1, "alpha": 2.0}, (X, X, f32(1, 2)), (2 * X @ X.T + f32(1, 2),)),
    ("Gemm", 11, {"transA": 1, "beta": 0.5}, (X, X), (X.T @ X,)),
    ("TopK", 1, {"k": 2}, (X,), (f32([3, 1], [5, -4]), i64([2, 0], [1, 0]))),
    ("TopK", 10, {"axis": 0}, (X, i64(1)), (f32([1, 5, 3]), i64([0, 1, 0]))),
    ("Compress", 9, {"axis": 1}, (X, np.array([True, False, True])), (X[:, ::2],)),
    ("OneHot", 9, {"axis": 0}, (f32(0, -1), f32(3), f32(5, 7)), (f32([7, 5], [5, 5], [5, 7]),)),
    ("EyeLike", 9, {"k": 1, "dtype": 7}, (X,), (np.eye(2, 3, 1, np.int64),)),
    ("Upsample", 7, {"scales": [1.0, 2.0]}, (X,), (X.repeat(2, 1),)),
    ("Upsample", 1, {"height_scale": 1.0, "width_scale": 2.0}, (IMAGE,), (IMAGE.repeat(2, 3),)),
    ("Upsample", 9, {"mode": "linear"}, (f32([0, 1]), f32(1, 2)), (f32([0, 0.5, 1, 1]),)),
    ("CumSum", 11, {"reverse": 1, "exclusive": 1}, (f32(1, 2, 3), i64(0)), (f32(5, 3, 0),)),
    ("CenterCropPad", 18, {"axes": [1]}, (X, i64(2)), (X[:, :2],)),
    ("CenterCropPad", 18, {}, (np.array(["a"], object), i64(2)), (np.array(["a", ""], object),)),
    ("Trilu", 14, {"upper": 0}, (np.array([["a", "b"]], object),), (np.array([["a", ""]], object),)),
    ("NonZero", 13, {}, (np.array(["", "b"], object),), (i64([1]),)),
    ("Det", 22, {}, (f32([1, 2], [3, 4]).astype(np.float16),), (np.float16(-2),)),
    ("BitCast", 26, {"to": 9}, (np.array([0, 1], np.uint8),), (np.array([False, True]),)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("op", "opset", "attributes", "operands", "results"), CASES, ids=[f"{c[0]}-{c[1]}-{k}" for k, c in enumerate(CASES)]
)
def test_an_old_version_is_as_documented(
    op: str, opset: int, attributes: dict[str, Any], operands: tuple[Any, ...], results: tuple[Any, ...]
) -> None:
    names, made = [f"x{k}" for k in range(len(operands))], [f"y{k}" for k in range(len(results))]
    kinds = [helper.np_dtype_to_tensor_dtype(x.dtype) for x in operands]
    graph = helper.make_graph(
        [helper.make_node(op, names, made, **attributes)],
        "g",
        [helper.make_tensor_value_info(n, k, x.shape) for n, k, x in zip(names, kinds, operands, strict=True)],
        [helper.make_empty_tensor_value_info(n) for n in made],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    found = irlib.run(from_onnx(model, strict=False), dict(zip(names, operands, strict=True)))
    for name, expected in zip(made, results, strict=True):
        assert found[name].shape == expected.shape
        if expected.dtype == object:
            assert found[name].tolist() == expected.tolist()
        else:
            actual, expected = (np.asarray(v, np.float64) for v in (found[name], expected))
            np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-6)


def scan_8(**attributes: Any) -> Any:
    """A running sum over [2, 3] with lengths, of Scan-8."""
    body = helper.make_graph(
        [helper.make_node("Add", ["sum", "x"], ["new"]), helper.make_node("Identity", ["new"], ["seen"])],
        "body",
        [helper.make_tensor_value_info("sum", 1, ()), helper.make_tensor_value_info("x", 1, ())],
        [helper.make_tensor_value_info("new", 1, ()), helper.make_tensor_value_info("seen", 1, ())],
    )
    node = helper.make_node("Scan", ["n", "start", "x"], ["y", "seen"], body=body, num_scan_inputs=1, **attributes)
    graph = helper.make_graph(
        [node],
        "g",
        [
            helper.make_tensor_value_info("n", 7, (2,)),
            helper.make_tensor_value_info("start", 1, (2,)),
            helper.make_tensor_value_info("x", 1, (2, 3)),
        ],
        [helper.make_tensor_value_info("y", 1, (2,)), helper.make_tensor_value_info("seen", 1, (2, 3))],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 8)], ir_version=4)


SCANNED = {"n": i64(2, 3), "start": f32(10, 20), "x": f32([1, 2, 3], [4, 5, 6])}


def test_scan_8_takes_as_many_steps_for_each_element_of_the_batch_as_its_length_says() -> None:
    found = irlib.run(from_onnx(scan_8()), SCANNED)
    assert found["y"].tolist() == [13, 35]
    assert found["seen"][0, :2].tolist() == [11, 13]
    assert found["seen"][1].tolist() == [24, 29, 35]


def test_scan_8_in_reverse_begins_with_the_last_element_of_each_sequence() -> None:
    model = scan_8(directions=[1])
    found = irlib.run(from_onnx(model), SCANNED)
    assert found["seen"].tolist() == [[12, 13, 0], [26, 31, 35]]
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for name, expected in zip(("y", "seen"), session.run(None, SCANNED), strict=True):
        np.testing.assert_array_equal(found[name], expected)
