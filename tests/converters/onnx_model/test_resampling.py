"""Resize, GridSample, DFT and their like where ONNX's own suite has no cases: what the documentation says, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.onnx_model import from_onnx

onnx = pytest.importorskip("onnx")
helper = onnx.helper

X = np.array([[1.0, -2.0, 3.0], [-4.0, 5.0, -6.0]], np.float32)
RAMP = np.arange(8, dtype=np.float32)
LINE = np.array([[[0.0, 10.0, 20.0]]], np.float32)
PAIRS = np.stack([X, X[::-1] + 1], -1)
COMPLEX = PAIRS[..., 0] + 1j * PAIRS[..., 1]
HALVED = [0.625, 2.5, 4.5, 6.375]
"""A ramp to half its size, four neighbours each; beyond the ends are copies."""
ALONE = [1.25 / 1.75, 2.5, 4.5, (0.75 * 13 + 0.25 * 5) / 1.75]
"""The same with nothing beyond the ends."""


def f32(*numbers: Any) -> Any:
    return np.array(numbers, np.float32)


def i64(*numbers: Any) -> Any:
    return np.array(numbers, np.int64)


def as_pairs(numbers: Any) -> Any:
    return np.stack([numbers.real, numbers.imag], -1).astype(np.float32)


def along(*places: float) -> Any:
    return f32(*places).reshape(1, -1, 1)


SQUEEZED = {"mode": "linear", "antialias": 1}
CROP = {"mode": "linear", "coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 9.0}
ENDS = {"align_corners": 1}

# op, opset, attributes, operands, result
CASES: tuple[tuple[str, int, dict[str, Any], tuple[Any, ...], Any], ...] = (
    ("Scatter", 9, {"axis": 1}, (X, i64([2], [0]), f32([7], [8])), f32([1, -2, 7], [8, 5, -6])),
    ("ScatterElements", 11, {"axis": -1}, (X, i64([-1], [0]), f32([7], [8])), f32([1, -2, 7], [8, 5, -6])),
    ("ScatterND", 16, {"reduction": "add"}, (X, i64([1], [1]), X), f32([1, -2, 3], [-7, 8, -9])),
    ("ScatterND", 18, {"reduction": "add"}, (X < 0, i64([0]), X[:1] > 0), (X < 0) | (f32([1], [0]) > 0)),
    ("Resize", 10, {}, (X, f32(1, 2)), X.repeat(2, 1)),
    ("Resize", 10, {}, (X, f32(1, 0.7)), X[:, ::2]),
    ("Resize", 10, {"mode": "linear"}, (RAMP, f32(2)), np.minimum(np.arange(16) / 2, 7)),
    ("Resize", 13, {}, (np.arange(10), None, f32(0.7)), i64(0, 2, 3, 4, 6, 7, 9)),
    ("Resize", 13, {}, (X, f32(), f32(), i64(2, 6)), X.repeat(2, 1)),
    ("Resize", 18, SQUEEZED, (RAMP, None, f32(0.5)), f32(*HALVED)),
    ("Resize", 18, SQUEEZED | {"exclude_outside": 1}, (RAMP, None, f32(0.5)), f32(*ALONE)),
    ("Resize", 18, {"keep_aspect_ratio_policy": "not_larger"}, (X, None, None, i64(4, 9)), X.repeat(2, 0).repeat(2, 1)),
    ("Resize", 19, {"axes": [-1], "mode": "linear", "coordinate_transformation_mode": "align_corners"},
     (X, None, None, i64(5)), f32([1, -0.5, -2, 0.5, 3], [-4, 0.5, 5, -0.5, -6])),
    ("Resize", 13, CROP | {"exclude_outside": 1}, (RAMP, f32(0, 2), None, i64(3)), f32(0, 7, 9)),
    ("Resize", 13, CROP, (RAMP, f32(0.5, 1), f32(0.25)), f32(0.75 * 7)),
    ("GridSample", 20, ENDS | {"padding_mode": "reflection"}, (LINE, along(-3.5, -1, 1.25)), f32([[15, 0, 17.5]])),
    ("GridSample", 20, ENDS | {"padding_mode": "border"}, (LINE, along(-3.5, 0.5)), f32([[0, 15]])),
    ("GridSample", 20, ENDS, (LINE, along(1.5, 3)), f32([[10, 0]])),
    ("GridSample", 20, ENDS | {"mode": "nearest"}, (LINE.astype(np.int64), along(0.5, -2)), i64([[20, 0]])),
    ("AffineGrid", 20, ENDS, (f32([[1, 0, 0], [0, 1, 3]]), i64(1, 1, 1, 2)), f32([[[-1, 3], [1, 3]]])),
    ("DFT", 17, {}, (PAIRS,), as_pairs(np.fft.fft(COMPLEX, axis=1))),
    ("DFT", 20, {}, (PAIRS, None, i64(0).reshape(())), as_pairs(np.fft.fft(COMPLEX, axis=0))),
    ("DFT", 20, {"onesided": 1}, (X[..., None], i64(4).reshape(())), as_pairs(np.fft.rfft(X, 4))),
    ("DFT", 20, {"onesided": 1, "inverse": 1}, (PAIRS, None), np.fft.irfft(COMPLEX)[..., None]),
    ("STFT", 17, {}, (RAMP.reshape(1, 8, 1), i64(4).reshape(()), None, i64(4).reshape(())),
     as_pairs(np.fft.rfft(RAMP.reshape(1, 2, 4)))),
    ("TensorScatter", 24, {"mode": "circular", "axis": 1}, (X, f32([7, 8], [9, 10]), i64(2, 0)),
     f32([8, -2, 7], [9, 10, -6])),
)  # fmt: skip


@pytest.mark.parametrize(
    ("op", "opset", "attributes", "operands", "expected"),
    CASES,
    ids=[f"{c[0]}-{c[1]}-{k}" for k, c in enumerate(CASES)],
)
def test_it_is_as_documented(
    op: str, opset: int, attributes: dict[str, Any], operands: tuple[Any, ...], expected: Any
) -> None:
    given = {f"x{k}": x for k, x in enumerate(operands) if x is not None}
    names = [f"x{k}" if x is not None else "" for k, x in enumerate(operands)]
    inputs = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in given.items()
    ]
    node = helper.make_node(op, names, ["y"], **attributes)
    graph = helper.make_graph([node], "g", inputs, [helper.make_empty_tensor_value_info("y")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    found = irlib.run(from_onnx(model, strict=False), given)["y"]
    assert found.shape == expected.shape
    np.testing.assert_allclose(np.asarray(found, np.float64), np.asarray(expected, np.float64), rtol=1e-4, atol=1e-5)
