"""BatchNormalization, in inference and training."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import int64s, per_channel
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.methods import Emitter, Value


@rule("BatchNormalization", 1)
def batch_normalization(b: Emitter, n: OnnxOp, x: Value, scale: Value, bias: Value, mean: Value, var: Value) -> Any:
    rank = rank_of(x)
    if n.version < 9 and not n["spatial"]:
        raise n.unsupported("statistics of each element (spatial = 0)")
    training = bool(n["training_mode"]) if n.version >= 14 else n.version < 7 and not n["is_test"] and n.outputs > 1
    running: tuple[Any, ...] = ()
    if training:
        axes = int64s(b, [a for a in range(rank) if a != 1])
        now = b.mean(x, axes)
        now_var = b.mean(b.square(b.subtract(x, per_channel(b, now, rank))), axes)
        keep = n["momentum"]
        running = tuple(
            b.add(b.multiply(old, keep), b.multiply(b.cast(new, dtype=old.dtype), 1 - keep))
            for old, new in ((mean, now), (var, now_var))
        )
        mean, var = now, now_var
    shaped = [
        per_channel(b, v if v.dtype is x.dtype else b.cast(v, dtype=x.dtype), rank) for v in (scale, bias, mean, var)
    ]
    centred = b.subtract(x, shaped[2])
    y = b.add(b.multiply(b.divide(centred, b.sqrt(b.add(shaped[3], n["epsilon"]))), shaped[0]), shaped[1])
    return (y, *running)
