"""Reduce*: over axes that are an attribute in old versions, an operand in new ones; all axes where there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.operands import int64s, length_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import IRTypeError
from irlib.methods import Emitter, Value

Reduction = Callable[[Emitter, Any, Any, bool], Any]
"""What reduces `x` over `axes` (None: all) and keeps dims or not."""


def _mean(b: Emitter, x: Value, axes: Any, keep: bool) -> Any:  # noqa: FBT001
    if x.dtype.is_float:
        return b.mean(x, axes, keepdims=keep)
    return b.cast(b.mean(b.cast(x, dtype="float64"), axes, keepdims=keep), dtype=x.dtype)


# name: what is done to each element before, the reduction, what is done to the result
_REDUCTIONS: dict[str, tuple[Callable[[Emitter, Any], Any], Reduction, Callable[[Emitter, Any], Any]]] = {
    "ReduceSum": (lambda b, x: x, lambda b, x, axes, keep: b.sum(x, axes, keepdims=keep), lambda b, y: y),
    "ReduceMean": (lambda b, x: x, _mean, lambda b, y: y),
    "ReduceMax": (lambda b, x: x, lambda b, x, axes, keep: b.max(x, axes, keepdims=keep), lambda b, y: y),
    "ReduceMin": (lambda b, x: x, lambda b, x, axes, keep: b.min(x, axes, keepdims=keep), lambda b, y: y),
    "ReduceProd": (lambda b, x: x, lambda b, x, axes, keep: b.prod(x, axes, keepdims=keep), lambda b, y: y),
    "ReduceL1": (lambda b, x: b.abs(x), lambda b, x, axes, keep: b.sum(x, axes, keepdims=keep), lambda b, y: y),
    "ReduceL2": (
        lambda b, x: b.square(x),
        lambda b, x, axes, keep: b.sum(x, axes, keepdims=keep),
        lambda b, y: _as_float(b, y, b.sqrt),
    ),
    "ReduceSumSquare": (
        lambda b, x: b.square(x),
        lambda b, x, axes, keep: b.sum(x, axes, keepdims=keep),
        lambda b, y: y,
    ),
    "ReduceLogSum": (
        lambda b, x: x,
        lambda b, x, axes, keep: b.sum(x, axes, keepdims=keep),
        lambda b, y: _as_float(b, y, b.log),
    ),
}


def _as_float(b: Emitter, x: Value, function: Callable[[Any], Any]) -> Any:
    """A function of floats on what may be integers, in double precision, as integers again."""
    return function(x) if x.dtype.is_float else b.cast(function(b.cast(x, dtype="float64")), dtype=x.dtype)


def _log_sum_exp(b: Emitter, x: Value, axes: Any, keep: bool) -> Any:  # noqa: FBT001
    return _as_float(b, x, lambda v: b.logsumexp(v, axes, keepdims=keep))


_REDUCTIONS["ReduceLogSumExp"] = (lambda b, x: x, _log_sum_exp, lambda b, y: y)


def _of_attribute(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return _reduced(b, n, x, int64s(b, n["axes"]))


def _of_operand(b: Emitter, n: OnnxOp, x: Value, axes: Value | None) -> Any:
    count = 0 if axes is None else length_of(axes)
    if count is None:
        raise IRTypeError("whether there are axes is not known", code="IR210")
    if count:
        return _reduced(b, n, x, axes)
    if not n["noop_with_empty_axes"]:
        return _reduced(b, n, x, None)
    before, _, after = _REDUCTIONS[n.name]
    return after(b, before(b, x)) if n.name != "ReduceLogSumExp" else x


def _reduced(b: Emitter, n: OnnxOp, x: Value, axes: Value | None) -> Any:
    before, reduction, after = _REDUCTIONS[n.name]
    if x.dtype.kind == "bool":  # as the maximum and minimum of 0 and 1
        return b.cast(_reduced(b, n, b.cast(x, dtype="uint8"), axes), dtype="bool")
    keep = bool(n["keepdims"])
    if n.name in _OF_NOTHING and x.shape is not None and 0 in x.shape:
        return b.full_like(b.sum(x, axes, keepdims=keep), _OF_NOTHING[n.name](x.dtype.numpy))
    return after(b, reduction(b, before(b, x), axes, keep))


def _least(dtype: Any) -> Any:
    return int(np.iinfo(dtype).min) if dtype.kind in "iu" else float("-inf")


def _greatest(dtype: Any) -> Any:
    return int(np.iinfo(dtype).max) if dtype.kind in "iu" else float("inf")


_OF_NOTHING: dict[str, Callable[[Any], Any]] = {
    "ReduceMax": _least,
    "ReduceMin": _greatest,
    "ReduceLogSumExp": _least,
}
"""What no elements are reduced to where our reductions refuse them, by dtype."""


for _name in _REDUCTIONS:
    _first_with_operand = 13 if _name == "ReduceSum" else 18
    rule(_name, 1, until=_first_with_operand - 1)(_of_attribute)
    rule(_name, _first_with_operand)(_of_operand)


@rule("ArgMax", 1)
@rule("ArgMin", 1)
def arg_extremum(b: Emitter, n: OnnxOp, x: Value) -> Any:
    made = b.argmax if n.name == "ArgMax" else b.argmin
    last = bool(n["select_last_index"]) if n.version >= 12 else False
    return made(x, axis=n["axis"], keepdims=bool(n["keepdims"]), select_last=last)
