"""NonMaxSuppression."""

from __future__ import annotations

from typing import Any, cast

from irlib import regions
from irlib.builder import Builder
from irlib.converters.onnx_model.rules.operands import as_scalar, element
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import IRTypeError
from irlib.methods import Emitter, Value


@rule("NonMaxSuppression", 10)
def non_max_suppression(
    b: Emitter, n: OnnxOp, boxes: Value, scores: Value, most: Value | None, overlap: Value | None, least: Value | None
) -> Any:
    """Of each class of each image the best box that is left, again and again, and what overlaps it is left out.

    All classes of all images go together, a step for each box that is chosen: no table of all pairs of boxes.
    """
    if boxes.rank not in (None, 3) or scores.rank not in (None, 3):
        raise IRTypeError(f"got {boxes.type} and {scores.type}, expected rank 3", code="IR207")
    limit = b.constant(0, "int64") if most is None else as_scalar(b, most)
    limit = b.maximum(b.minimum(limit, element(b, b.shape(scores), 2)), 0)
    allowed = b.constant(0.0, boxes.dtype) if overlap is None else as_scalar(b, overlap)
    low, high = _corners(b, boxes, centred=bool(n["center_point_box"]))
    area = b.prod(b.subtract(high, low), [3])
    left = b.broadcast_to(b.constant(True), b.shape(scores))
    if least is not None:  # one at the threshold is out, as onnxruntime has it
        left = b.greater(scores, as_scalar(b, least))
    chosen = b.constant(-1, "int64")
    numbers = b.iota(element(b, b.shape(scores), 2))

    def step(inner: Any, left: Any, step_number: Any) -> Any:
        best = inner.argmax(inner.where(left, scores, float("-inf")), axis=2, keepdims=True)
        # a box whose score is -inf is left as well as any: the first that is left, not the first of all
        first = inner.argmax(inner.cast(left, dtype="int32"), axis=2, keepdims=True)
        best = inner.where(inner.take_along_axis(left, best, axis=2), best, first)
        there = inner.take_along_axis(left, best, axis=2)
        where = inner.unsqueeze(best, [3])
        a, c = (_at(inner, corner, where) for corner in (low, high))
        sides = inner.relu(inner.subtract(inner.minimum(high, c), inner.maximum(low, a)))
        shared = inner.prod(sides, [3])
        own = inner.take_along_axis(inner.broadcast_to(area, inner.shape(scores)), best, axis=2)
        union = inner.subtract(inner.add(area, own), shared)
        covered = inner.greater(inner.safe_divide(shared, union), allowed)
        gone = inner.logical_or(covered, inner.equal(numbers, best))
        return inner.logical_and(left, inner.logical_not(gone)), inner.squeeze(inner.where(there, best, chosen), [2])

    _, found = regions.scan(cast(Builder, b), step, left, b.iota(limit))
    ordered = b.transpose(found, perm=(1, 2, 0))
    places = b.nonzero(b.greater_equal(ordered, 0))
    picked = b.gather_nd(ordered, b.transpose(places, perm=(1, 0)))
    return b.concat(b.transpose(b.slice(places, [0], [2], [0]), perm=(1, 0)), b.unsqueeze(picked, [1]), axis=1)


def _corners(b: Emitter, boxes: Value, *, centred: bool) -> tuple[Any, Any]:
    """The least and the largest coordinates of each box, with an axis for the classes put in."""
    first, second = b.split(b.unsqueeze(boxes, [1]), b.constant([2, 2], "int64"), axis=3)
    if centred:
        half = b.multiply(second, 0.5)
        return b.subtract(first, half), b.add(first, half)
    return b.minimum(first, second), b.maximum(first, second)


def _at(b: Emitter, corner: Any, where: Any) -> Any:
    """The corner of the box chosen for each class."""
    shape = b.concat(b.slice(b.shape(where), [0], [2]), b.slice(b.shape(corner), [2], [4]), axis=0)
    spread = b.broadcast_to(corner, shape)
    index = b.broadcast_to(where, b.concat(b.slice(b.shape(where), [0], [3]), b.constant([2], "int64"), axis=0))
    return b.take_along_axis(spread, index, axis=2)
