"""Dropout, and what draws random numbers: from a key that the seed attribute makes, so equal models draw equal numbers.

ONNX leaves the numbers to the implementation. A node without a seed draws from a key that its operator's name makes.
A Dropout with a seed drops what ONNX's reference evaluator and its test cases do: where numpy's Mersenne twister,
started by the seed, draws less than the ratio.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.operands import int64s
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import IRTypeError
from irlib.methods import Emitter, Value
from irlib.types import DTYPES, DType

_DRAWN = ("float16", "bfloat16", "float32", "float64")


def _key(b: Emitter, n: OnnxOp) -> Any:
    """The bits of the seed (an integer, or a float in float64) as a key."""
    seed = n["seed"] if n.version >= 7 or n.name != "Dropout" else None
    if seed is None:
        return b.constant(np.array([0, zlib.crc32(n.name.encode())], np.uint32))
    bits = seed % 2**64 if isinstance(seed, int) else int(np.float64(seed).view(np.uint64))
    return b.constant(np.array([bits >> 32, bits & 0xFFFFFFFF], np.uint32))


@rule("Dropout", 1, until=6)
def dropout_attributes(b: Emitter, n: OnnxOp, x: Value) -> Any:
    if n["is_test"]:
        return _everything(b, n, x)
    y, mask = b.dropout(x, _key(b, n), b.constant(n["ratio"], x.dtype))
    return y, b.cast(mask, dtype=x.dtype)


@rule("Dropout", 7, until=10)
def dropout_inference(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return _everything(b, n, x)


@rule("Dropout", 12)
def dropout(b: Emitter, n: OnnxOp, x: Value, ratio: Value | None, training: Value | None) -> Any:
    if training is None or training.known is False:
        return _everything(b, n, x)
    rate = b.constant(0.5, x.dtype) if ratio is None else b.cast(b.reshape(ratio, []), dtype=x.dtype)
    seed = n["seed"]
    twisted = seed is not None and 0 <= seed < 2**32
    y, mask = _twister_dropout(b, x, rate, seed) if twisted else b.dropout(x, _key(b, n), rate)
    if training.known is True:
        return y, mask
    on = b.reshape(training, [])
    return b.where(on, y, x), b.logical_or(mask, b.logical_not(on))


def _twister_dropout(b: Emitter, x: Value, rate: Any, seed: int) -> tuple[Any, Any]:
    drawn = b.mersenne_uniform(b.shape(x), seed=seed)
    mask = b.greater_equal(drawn, b.cast(b.stop_gradient(rate), dtype="float64"))
    return b.where(mask, b.multiply(x, b.safe_divide(1, b.subtract(1, rate))), 0), mask


def _everything(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """`x` as it is, and a mask that keeps all of it."""
    if n.outputs == 1:
        return x
    mask = b.broadcast_to(b.constant(np.array(True)), b.shape(x))
    return x, mask if n.version >= 10 else b.cast(mask, dtype=x.dtype)


def _uniform(b: Emitter, n: OnnxOp, shape: Any, to: DType) -> Any:
    drawn = b.random_uniform(_key(b, n), shape, dtype=to)
    return b.add(b.multiply(drawn, n["high"] - n["low"]), n["low"])


def _normal(b: Emitter, n: OnnxOp, shape: Any, to: DType) -> Any:
    return b.add(b.multiply(b.random_normal(_key(b, n), shape, dtype=to), n["scale"]), n["mean"])


def _drawn(b: Emitter, n: OnnxOp, shape: Any, to: DType) -> Any:
    if to.name not in _DRAWN:
        raise IRTypeError(f"random numbers of {to}, expected one of {', '.join(_DRAWN)}", code="IR204")
    return (_uniform if "Uniform" in n.name else _normal)(b, n, shape, to)


@rule("RandomUniform", 1)
@rule("RandomNormal", 1)
def random_of_shape(b: Emitter, n: OnnxOp) -> Any:
    return _drawn(b, n, int64s(b, n["shape"]), n.dtype("dtype") or DTYPES["float32"])


@rule("RandomUniformLike", 1)
@rule("RandomNormalLike", 1)
def random_like(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return _drawn(b, n, b.shape(x), n.dtype("dtype") or x.dtype)


@rule("Bernoulli", 15)
def bernoulli(b: Emitter, n: OnnxOp, p: Value) -> Any:
    return b.cast(b.bernoulli(_key(b, n), p), dtype=n.dtype("dtype") or p.dtype)


@rule("Multinomial", 7)
def multinomial(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """By the inverse of the distribution: how many classes together are less likely than a uniform number says."""
    wide = b.stop_gradient(b.cast(x, dtype="float32") if x.dtype.is_half else x)
    reached = b.cumulative_sum(b.softmax(wide, axis=1), b.constant(1, "int64"))
    rows = b.take(b.shape(x), b.constant([0], "int64"), axis=0)
    drawn = b.random_uniform(
        _key(b, n), b.concat(rows, int64s(b, [n["sample_size"]]), axis=0), dtype=wide.dtype
    )  # fmt: skip
    passed = b.less_equal(b.unsqueeze(reached, [1]), b.unsqueeze(drawn, [2]))
    chosen = b.sum(b.cast(passed, dtype="int64"), [2])
    # rounding may leave the last sum below 1
    last = b.subtract(b.take(b.shape(x), b.constant(1, "int64"), axis=0), 1)
    return b.cast(b.minimum(chosen, last), dtype=n.dtype("dtype") or DTYPES["int32"])
