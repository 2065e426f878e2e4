"""Scatter, ScatterElements, ScatterND and TensorScatter."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import as_int64, dims_of, element
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value

_REDUCTIONS = {"none": "set", "add": "add", "mul": "multiply", "max": "max", "min": "min"}


def _reduction(n: OnnxOp) -> str:
    """The reduction, which versions before 16 do not have."""
    name = n["reduction"] if n.version >= 16 else "none"
    if name not in _REDUCTIONS:
        raise AttributeValueError(f"reduction {name!r}, expected one of {', '.join(_REDUCTIONS)}", code="IR302")
    return _REDUCTIONS[name]


@rule("Scatter", 9)
@rule("ScatterElements", 11)
def scatter_elements(b: Emitter, n: OnnxOp, x: Value, indices: Value, updates: Value) -> Any:
    reduction = _reduction(n)
    if x.dtype.kind != "bool" or reduction == "set":
        return b.scatter_along_axis(x, indices, updates, axis=n["axis"], reduction=reduction)
    y = b.scatter_along_axis(*_as_bytes(b, x, indices, updates), axis=n["axis"], reduction=_OF_BOOLS[reduction])
    return b.cast(y, dtype="bool")


@rule("ScatterND", 11)
def scatter_nd(b: Emitter, n: OnnxOp, x: Value, indices: Value, updates: Value) -> Any:
    reduction = _reduction(n)
    if x.dtype.kind != "bool" or reduction == "set":
        return b.scatter_nd(x, indices, updates, reduction=reduction)
    y = b.scatter_nd(*_as_bytes(b, x, indices, updates), reduction=_OF_BOOLS[reduction])
    return b.cast(y, dtype="bool")


_OF_BOOLS = {"add": "max", "multiply": "min", "max": "max", "min": "min"}
"""Sums and products of bools are `or` and `and`, which are the extremes."""


def _as_bytes(b: Emitter, x: Value, indices: Value, updates: Value) -> tuple[Any, ...]:
    return b.cast(x, dtype="uint8"), indices, b.cast(updates, dtype="uint8")


@rule("TensorScatter", 24)
def tensor_scatter(b: Emitter, n: OnnxOp, past: Value, update: Value, start: Value | None) -> Any:
    """`update` put into the cache from `start` on, which each element of the batch has its own of."""
    rank = rank_of(past)
    axis = n["axis"] % rank
    if axis == 0:
        raise AttributeValueError("axis is that of the batch, expected another", code="IR302")
    at = b.reshape(b.iota(element(b, b.shape(update), axis)), [-1] + [1] * (rank - 1 - axis))
    if start is not None:
        at = b.add(at, b.reshape(as_int64(b, start), [-1] + [1] * (rank - 1)))
    if n["mode"] == "circular":
        at = b.remainder(at, b.reshape(dims_of(b, past, [axis]), []))
    elif n["mode"] != "linear":
        raise AttributeValueError(f"mode {n['mode']!r}, expected linear or circular", code="IR302")
    return b.scatter_along_axis(past, b.broadcast_to(at, b.shape(update)), update, axis=axis)
