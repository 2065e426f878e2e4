"""MaxPool, AveragePool and the global pools."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import as_int64, dims_of, int64s
from irlib.converters.onnx_model.rules.padding import pads_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.methods import Emitter, Value

_SINCE = {"MaxPool": (10, 10), "AveragePool": (19, 10), "LpPool": (18, 18)}
"""The versions that dilations and ceil_mode came with."""


@rule("MaxPool", 1)
def max_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    pads, attributes = _window(b, n, x)
    y = b.max_pool(x, pads, **attributes)
    if n.outputs == 1:
        return y
    indices = b.max_pool_indices(x, pads, **attributes)
    return y, _column_major(b, x, indices) if n["storage_order"] else indices


def _column_major(b: Emitter, x: Value, indices: Any) -> Any:
    """Row-major indices with the places of each channel counted along its first axis first."""
    axes = range(2, rank_of(x))
    sizes = [dims_of(b, x, [a]) for a in axes]
    within, step, turned = indices, b.prod(dims_of(b, x, axes)), []
    lead = b.multiply(b.floor_divide(indices, step), step)
    for size in reversed(sizes):
        turned.append(b.remainder(within, size))
        within = b.floor_divide(within, size)
    total: Any = turned[0]  # the last axis, which is now the slowest
    for size, place in zip(reversed(sizes[:-1]), turned[1:], strict=True):
        total = b.add(b.multiply(total, size), place)
    return b.add(lead, total)


@rule("AveragePool", 1)
def average_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    pads, attributes = _window(b, n, x)
    include = bool(n["count_include_pad"]) if n.version >= 7 else False
    return b.avg_pool(x, pads, count_include_pad=include, **attributes)


def _window(b: Emitter, n: OnnxOp, x: Value) -> tuple[Any, dict[str, Any]]:
    kernel = n["kernel_shape"]
    ones = (1,) * len(kernel)
    strides = n["strides"] or ones
    dilated_since, ceil_since = _SINCE[n.name]
    dilations = (n["dilations"] or ones) if n.version >= dilated_since else ones
    ceil = n.version >= ceil_since and bool(n["ceil_mode"]) and n["auto_pad"] == "NOTSET"
    pads = pads_of(b, n, x, kernel, strides, dilations)
    return pads, {"window": kernel, "strides": strides, "dilations": dilations, "ceil_mode": ceil}


@rule("GlobalAveragePool", 1)
def global_average_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.mean(x, int64s(b, range(2, rank_of(x))), keepdims=True)


@rule("GlobalMaxPool", 1)
def global_max_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.max(x, int64s(b, range(2, rank_of(x))), keepdims=True)


@rule("LpPool", 1)
def lp_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    pads, attributes = _window(b, n, x)
    return b.lp_pool(x, pads, p=_norm(n), **attributes)


@rule("GlobalLpPool", 1)
def global_lp_pool(b: Emitter, n: OnnxOp, x: Value) -> Any:
    axes, p = int64s(b, range(2, rank_of(x))), _norm(n)
    if p in (1, 2):
        return b.norm(x, axes, p=float(p), keepdims=True)
    wide = b.cast(x, dtype="float32") if x.dtype.is_half else x
    total = b.sum(b.power(b.abs(wide), float(p)), axes, keepdims=True)
    return b.cast(b.power(total, 1 / p), dtype=x.dtype)


def _norm(n: OnnxOp) -> int:
    """The p of a norm, which the first version has as a float."""
    p = n["p"]
    if p != int(p):
        raise n.unsupported(f"the norm of p = {p}")
    return int(p)


@rule("MaxUnpool", 9)
def max_unpool(b: Emitter, n: OnnxOp, x: Value, indices: Value, shape: Value | None) -> Any:
    """Each element put where its index, among all elements of the pooled input, says; zeros elsewhere."""
    rank = rank_of(x)
    kernel = n["kernel_shape"]
    strides, pads = n["strides"] or (1,) * len(kernel), n["pads"] or (0,) * (2 * len(kernel))
    least = [k - s - p - q for k, s, p, q in zip(kernel, strides, pads, pads[len(kernel) :], strict=False)]
    pooled = b.add(b.multiply(dims_of(b, x, range(2, rank)), int64s(b, strides)), int64s(b, least))
    inferred = b.concat(dims_of(b, x, range(2)), pooled, axis=0)
    to = inferred if shape is None else as_int64(b, shape)
    places = b.reshape(indices, [-1])
    if shape is not None:
        places = _relocated(b, places, inferred, to, rank)
    zeros = b.broadcast_to(b.constant(0, x.dtype), b.reshape(b.prod(to), [1]))
    return b.reshape(b.scatter(zeros, places, b.reshape(x, [-1]), axis=0), to)


def _relocated(b: Emitter, places: Any, source: Any, target: Any, rank: int) -> Any:
    """Row-major indices into shape `source` as those of the same places in the larger shape `target`."""
    total, step = b.zeros_like(places), b.constant(1, "int64")
    for axis in reversed(range(rank)):
        at = b.constant(axis, "int64")
        size = b.take(source, at, axis=0)
        total = b.add(total, b.multiply(b.remainder(places, size), step))
        places, step = b.floor_divide(places, size), b.multiply(step, b.take(target, at, axis=0))
    return total
