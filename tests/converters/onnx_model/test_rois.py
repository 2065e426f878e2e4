"""NonMaxSuppression, RoiAlign, MaxRoiPool: what the documentation says, by hand, and their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.onnx_model import from_onnx

onnx = pytest.importorskip("onnx")
helper = onnx.helper

IMAGE = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
BOXES = np.array([[0, 0, 2, 2], [0, 0, 2, 1], [0, 0, 1, 1], [5, 5, 6, 6]], np.float32)[None]
SCORES = np.array([[[0.9, 0.8, 0.7, 0.6], [0.1, 0.2, 0.2, 0.1]]], np.float32)


def f32(*numbers: Any) -> Any:
    return np.array(numbers, np.float32)


def i64(*numbers: Any) -> Any:
    return np.array(numbers, np.int64)


def model_of(op: str, opset: int, operands: tuple[Any, ...], **attributes: Any) -> Any:
    given = {f"x{k}": x for k, x in enumerate(operands) if x is not None}
    names = [f"x{k}" if x is not None else "" for k, x in enumerate(operands)]
    inputs = [
        helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in given.items()
    ]
    node = helper.make_node(op, names, ["y"], **attributes)
    graph = helper.make_graph([node], "g", inputs, [helper.make_empty_tensor_value_info("y")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    return from_onnx(model, strict=False), given


def result_of(op: str, opset: int, *operands: Any, **attributes: Any) -> Any:
    model, given = model_of(op, opset, operands, **attributes)
    return irlib.run(model, given)["y"]


def test_boxes_are_chosen_best_first_within_each_class() -> None:
    found = result_of("NonMaxSuppression", 11, BOXES, SCORES, i64(9), f32(0.2), None)
    assert found.tolist() == [[0, 0, 0], [0, 0, 3], [0, 1, 1], [0, 1, 3]]


def test_an_overlap_of_just_the_threshold_is_kept() -> None:
    found = result_of("NonMaxSuppression", 11, BOXES, SCORES[:, :1], i64(9), f32(0.5), None)
    assert found[:, 2].tolist() == [0, 1, 2, 3]


def test_no_more_boxes_than_asked_for_and_none_unless_asked() -> None:
    assert result_of("NonMaxSuppression", 11, BOXES, SCORES, i64(1), f32(1)).tolist() == [[0, 0, 0], [0, 1, 1]]
    assert result_of("NonMaxSuppression", 11, BOXES, SCORES).shape == (0, 3)


def test_boxes_below_the_score_threshold_are_left_out() -> None:
    found = result_of("NonMaxSuppression", 10, BOXES, SCORES, i64(9), f32(1), f32(0.65))
    assert found.tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 2]]


def test_scores_of_minus_infinity_are_chosen_last_and_once() -> None:
    scores = np.array([[[-np.inf, -np.inf, 1, -np.inf]]], np.float32)
    found = result_of("NonMaxSuppression", 11, BOXES, scores, i64(9), f32(1))
    assert found[:, 2].tolist() == [2, 0, 1, 3]


def test_boxes_may_be_centres_and_sizes() -> None:
    boxes = f32([[1, 1, 2, 2], [1, 0.5, 2, 1], [5.5, 5.5, 1, 1]])
    found = result_of("NonMaxSuppression", 11, boxes, SCORES[:, :1, :3], i64(9), f32(0.4), center_point_box=1)
    assert found[:, 2].tolist() == [0, 2]


def test_a_bin_is_sampled_as_often_as_it_has_pixels() -> None:
    regions = f32([0, 0, 4, 4], [1, 1, 3, 2])
    found = result_of("RoiAlign", 16, IMAGE, regions, i64(0, 0), output_height=1, output_width=1)
    np.testing.assert_allclose(found.reshape(-1), [7.5, 5.5])


def test_without_half_pixels_a_region_has_a_size_of_one_at_least() -> None:
    found = result_of("RoiAlign", 10, IMAGE, f32([1, 1, 1, 1]), i64(0), sampling_ratio=1)
    np.testing.assert_allclose(found.reshape(-1), [1.5 * 4 + 1.5])


def test_samples_off_the_image_count_as_zero() -> None:
    found = result_of("RoiAlign", 16, IMAGE + 1, f32([-9, -9, -5, -5]), i64(0), sampling_ratio=2)
    np.testing.assert_allclose(found.reshape(-1), [0])


def test_pooled_regions_contain_their_edges_and_bins_share_pixels() -> None:
    found = result_of("MaxRoiPool", 22, IMAGE, f32([0, 0, 0, 2, 2]), pooled_shape=[2, 2])
    np.testing.assert_allclose(found[0, 0], [[5, 6], [9, 10]])


def test_a_pooled_region_off_the_image_is_zero() -> None:
    found = result_of("MaxRoiPool", 1, IMAGE + 1, f32([0, 9, 9, 12, 12]), pooled_shape=[1, 1])
    np.testing.assert_allclose(found.reshape(-1), [0])


@pytest.mark.parametrize(
    ("op", "operands", "attributes"),
    [
        ("RoiAlign", (f32([0.3, 0.4, 3.2, 3.7]), i64(0)), {"output_height": 2, "output_width": 3}),
        ("RoiAlign", (f32([0.3, 0.4, 3.2, 3.7]), i64(0)), {"output_height": 2, "sampling_ratio": 2}),
        ("MaxRoiPool", (f32([0, 0, 0, 2, 3]),), {"pooled_shape": [2, 2]}),
    ],
    ids=["adaptive", "fixed", "pool"],
)
def test_derivatives_equal_finite_differences(op: str, operands: tuple[Any, ...], attributes: dict[str, Any]) -> None:
    wide = [x.astype(np.float64) if x.dtype == np.float32 else x for x in (np.sin(IMAGE), *operands)]
    model, given = model_of(op, 22, tuple(wide), **attributes)
    y = irlib.run(model, given)["y"]
    dy = np.cos(np.arange(y.size)).reshape(y.shape)
    _, found = irlib.value_and_grad(model, given, ["y"], ["x0"], {"y": dy})
    step = np.random.default_rng(0).standard_normal(wide[0].shape)
    ahead, behind = (irlib.run(model, given | {"x0": wide[0] + h * step})["y"] for h in (1e-6, -1e-6))
    np.testing.assert_allclose((found["x0"] * step).sum(), (dy * (ahead - behind)).sum() / 2e-6, rtol=1e-6)
