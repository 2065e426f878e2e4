"""The optimizers of ai.onnx.preview.training: each is one step for several tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import StructureError
from irlib.methods import Emitter, Value

_DIALECT = "ai.onnx.preview.training"


def _groups(operands: tuple[Value, ...], count: int) -> list[tuple[Value, ...]]:
    """The operands of each tensor, of which there are `count`: all first ones come first."""
    if len(operands) % count:
        raise StructureError(f"got {len(operands)} tensors, expected a multiple of {count}", code="IR104")
    each = len(operands) // count
    return [operands[k::each] for k in range(each)]


def _stepped(operands: tuple[Value, ...], count: int, step: Callable[..., tuple[Any, ...]]) -> tuple[Any, ...]:
    """The results of `step` on each tensor: all first ones first."""
    made = [step(*group) for group in _groups(operands, count)]
    return tuple(v for part in zip(*made, strict=True) for v in part)


def _scalar(b: Emitter, v: Value) -> Any:
    return v if v.rank == 0 else b.reshape(v, [])


def _regularized(b: Emitter, n: OnnxOp, x: Value, g: Value) -> Any:
    return b.add(b.multiply(x, n["norm_coefficient"]), g) if n["norm_coefficient"] else g


@rule("Adagrad", 1, dialect=_DIALECT)
def adagrad(b: Emitter, n: OnnxOp, rate: Value, count: Value, *operands: Value) -> Any:
    rate = _scalar(b, rate)
    times = b.cast(_scalar(b, count), dtype=rate.dtype)
    now = b.divide(rate, b.add(b.multiply(times, n["decay_factor"]), 1))

    def step(x: Value, g: Value, h: Value) -> tuple[Any, ...]:
        g = _regularized(b, n, x, g)
        squares = b.add(h, b.square(g))
        moved = b.divide(b.multiply(g, b.cast(now, dtype=x.dtype)), b.add(b.sqrt(squares), n["epsilon"]))
        return b.subtract(x, moved), squares

    return _stepped(operands, 3, step)


@rule("Momentum", 1, dialect=_DIALECT)
def momentum(b: Emitter, n: OnnxOp, rate: Value, count: Value, *operands: Value) -> Any:
    rate = _scalar(b, rate)
    first = b.less_equal(_scalar(b, count), 0)

    def step(x: Value, g: Value, v: Value) -> tuple[Any, ...]:
        g = _regularized(b, n, x, g)
        factor = b.where(first, b.constant(1, x.dtype), b.constant(n["beta"], x.dtype))
        after = b.add(b.multiply(v, n["alpha"]), b.multiply(g, factor))
        way = b.add(g, b.multiply(after, n["alpha"])) if n["mode"] == "nesterov" else after
        return b.subtract(x, b.multiply(way, b.cast(rate, dtype=x.dtype))), after

    return _stepped(operands, 3, step)


@rule("Adam", 1, dialect=_DIALECT)
def adam(b: Emitter, n: OnnxOp, rate: Value, count: Value, *operands: Value) -> Any:
    rate, count = _scalar(b, rate), _scalar(b, count)
    alpha, beta = n["alpha"], n["beta"]
    started = b.greater(count, 0)
    # before the first step the correction would be a division by 0
    times = b.cast(b.where(started, count, 1), dtype=rate.dtype)
    powers = [b.subtract(1, b.power(b.constant(base, rate.dtype), times)) for base in (alpha, beta)]
    now = b.where(started, b.divide(b.multiply(rate, b.sqrt(powers[1])), powers[0]), rate)

    def step(x: Value, g: Value, v: Value, h: Value) -> tuple[Any, ...]:
        g = _regularized(b, n, x, g)
        v = b.add(b.multiply(v, alpha), b.multiply(g, 1 - alpha))
        h = b.add(b.multiply(h, beta), b.multiply(b.square(g), 1 - beta))
        moved = b.divide(b.multiply(v, b.cast(now, dtype=x.dtype)), b.add(b.sqrt(h), n["epsilon"]))
        x = b.subtract(x, moved)
        return b.multiply(x, 1 - n["norm_coefficient_post"]) if n["norm_coefficient_post"] else x, v, h

    return _stepped(operands, 4, step)
