"""Normalizations: over the batch, a layer, groups, an instance, or to a norm of 1."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import int64s, per_channel
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.methods import Emitter, Value
from irlib.op import normalized_axis
from irlib.types import DTYPES, DType


def _widened(x: Value) -> DType:
    """The dtype statistics are computed in."""
    return DTYPES["float32"] if x.dtype.is_half else x.dtype


def _cast(b: Emitter, x: Value, to: DType) -> Any:
    return x if x.dtype is to else b.cast(x, dtype=to)


@rule("BatchNormalization", 1)
def batch_normalization(b: Emitter, n: OnnxOp, x: Value, scale: Value, bias: Value, mean: Value, var: Value) -> Any:
    rank, wide = rank_of(x), _widened(x)
    of_elements = n.version < 9 and not n["spatial"]  # statistics over the batch alone

    def shaped(v: Value) -> Any:
        v = _cast(b, v, wide)
        return v if of_elements else per_channel(b, v, rank)

    centre, spread, running = mean, var, ()
    x_wide = _cast(b, x, wide)
    if _is_training(n):
        axes = int64s(b, [0] if of_elements else [a for a in range(rank) if a != 1])
        centre = b.mean(x_wide, axes)
        spread = b.mean(b.square(b.subtract(x_wide, shaped(centre))), axes)
        running = _running(b, n, (mean, var), (centre, spread))
    away = b.subtract(x_wide, shaped(centre))
    unit = b.divide(away, b.sqrt(b.add(shaped(spread), n["epsilon"])))
    return (_cast(b, b.add(b.multiply(unit, shaped(scale)), shaped(bias)), x.dtype), *running)


def _is_training(n: OnnxOp) -> bool:
    if n.version >= 14:
        return bool(n["training_mode"])
    return n.outputs > 1 and not (n.version < 7 and n["is_test"])


def _running(b: Emitter, n: OnnxOp, old: tuple[Value, Value], new: tuple[Any, Any]) -> tuple[Any, ...]:
    """The running statistics, and (until opset 13) those of this batch."""
    keep = n["momentum"]
    made = [
        b.add(b.multiply(before, keep), b.multiply(_cast(b, now, before.dtype), 1 - keep))
        for before, now in zip(old, new, strict=True)
    ]
    return (*made, *(_cast(b, now, before.dtype) for before, now in zip(old, new, strict=True)))


@rule("InstanceNormalization", 1)
def instance_normalization(b: Emitter, n: OnnxOp, x: Value, scale: Value, bias: Value) -> Any:
    return b.instance_norm(x, scale, bias, epsilon=n["epsilon"])


@rule("GroupNormalization", 18, until=20)
def group_normalization_of_groups(b: Emitter, n: OnnxOp, x: Value, scale: Value, bias: Value) -> Any:
    """Scale and bias are of each group."""
    rank_of(x)
    count = b.floor_divide(b.take(b.shape(x), b.constant(1, "int64"), axis=0), n["num_groups"])
    scale, bias = (b.repeat(v, count, axis=0) for v in (scale, bias))
    return b.group_norm(x, scale, bias, groups=n["num_groups"], epsilon=n["epsilon"])


@rule("GroupNormalization", 21)
def group_normalization(b: Emitter, n: OnnxOp, x: Value, scale: Value, bias: Value) -> Any:
    return b.group_norm(x, scale, bias, groups=n["num_groups"], epsilon=n["epsilon"])


@rule("LayerNormalization", 17)
def layer_normalization(b: Emitter, n: OnnxOp, x: Value, scale: Value, bias: Value | None) -> Any:
    y = b.layer_norm(x, scale, bias, axis=n["axis"], epsilon=n["epsilon"])
    if n.outputs == 1:
        return y
    rank = rank_of(x)
    axes = int64s(b, range(normalized_axis(n["axis"], rank), rank))
    wide = _cast(b, x, _widened(x))
    mean = b.mean(wide, axes, keepdims=True)
    variance = b.mean(b.square(b.subtract(wide, mean)), axes, keepdims=True)
    inverse = b.reciprocal(b.sqrt(b.add(variance, n["epsilon"])))
    stash = n.dtype("stash_type") or DTYPES["float32"]
    # statistics are never rounded below the precision of x
    kept = x.dtype if x.dtype.bits > stash.bits else stash
    return y, _cast(b, mean, kept), _cast(b, inverse, kept)


@rule("RMSNormalization", 23)
def rms_normalization(b: Emitter, n: OnnxOp, x: Value, scale: Value) -> Any:
    if scale.dtype is x.dtype:
        return b.rms_norm(x, scale, axis=n["axis"], epsilon=n["epsilon"])
    unit = b.rms_norm(x, axis=n["axis"], epsilon=n["epsilon"])
    return b.multiply(_cast(b, unit, scale.dtype), scale)


@rule("LpNormalization", 1)
def lp_normalization(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.lp_normalize(x, axis=n["axis"], p=n["p"])


@rule("MeanVarianceNormalization", 9)
def mean_variance_normalization(b: Emitter, n: OnnxOp, x: Value) -> Any:
    wide, axes = _cast(b, x, _widened(x)), int64s(b, (0, 2, 3) if n["axes"] is None else n["axes"])
    away = b.subtract(wide, b.mean(wide, axes, keepdims=True))
    spread = b.sqrt(b.mean(b.square(away), axes, keepdims=True))
    # what keeps constant data from a division by 0 is the specification's own
    return _cast(b, b.divide(away, b.add(spread, 1e-9)), x.dtype)


@rule("LRN", 1)
def local_response_normalization(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.local_response_norm(x, size=n["size"], alpha=n["alpha"], beta=n["beta"], bias=n["bias"])
