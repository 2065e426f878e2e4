"""What picks elements by what they are or where they stand: TopK, OneHot, Compress, ReverseSequence, Trilu."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.operands import as_int64, as_scalar, dims_of, element, int64s
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value


@rule("TopK", 1, until=9)
def top_k_attribute(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return tuple(b.top_k(x, b.constant(n["k"], "int64"), axis=n["axis"]))


@rule("TopK", 10)
def top_k(b: Emitter, n: OnnxOp, x: Value, k: Value) -> Any:
    largest, ordered = (bool(n["largest"]), bool(n["sorted"])) if n.version >= 11 else (True, True)
    return tuple(b.top_k(x, as_scalar(b, as_int64(b, k)), axis=n["axis"], largest=largest, sorted=ordered))


@rule("OneHot", 9)
def one_hot(b: Emitter, n: OnnxOp, indices: Value, depth: Value, values: Value) -> Any:
    depth = as_scalar(b, b.cast(depth, dtype="int64"))
    return b.one_hot(
        b.cast(indices, dtype="int64"), depth, element(b, values, 1), element(b, values, 0), axis=n["axis"]
    )


@rule("Compress", 9)
def compress(b: Emitter, n: OnnxOp, x: Value, condition: Value) -> Any:
    return b.compress(x, condition, axis=n["axis"])


@rule("Unique", 11)
def unique(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return tuple(b.unique(x, axis=n["axis"], sorted=bool(n["sorted"])))


@rule("ReverseSequence", 10)
def reverse_sequence(b: Emitter, n: OnnxOp, x: Value, lengths: Value) -> Any:
    """The first elements of each sequence, as many as its length says, in reverse order."""
    batch, time = n["batch_axis"], n["time_axis"]
    if {batch, time} != {0, 1}:
        raise AttributeValueError(f"batch_axis {batch} and time_axis {time}, expected 0 and 1", code="IR303")
    swapped = (1, 0, *range(2, rank_of(x)))
    rows = x if batch == 0 else b.transpose(x, perm=swapped)
    steps, ends = b.iota(element(b, b.shape(x), time)), b.unsqueeze(as_int64(b, lengths), int64s(b, [1]))
    source = b.where(b.less(steps, ends), b.subtract(b.subtract(ends, 1), steps), steps)
    turned = b.gather_nd(rows, b.unsqueeze(source, int64s(b, [2])), batch_dims=1)
    return turned if batch == 0 else b.transpose(turned, perm=swapped)


@rule("Trilu", 14)
def trilu(b: Emitter, n: OnnxOp, x: Value, k: Value | None) -> Any:
    k = k if k is None else as_scalar(b, k)
    part = b.triu if n["upper"] else b.tril
    if x.dtype.kind != "string":
        return part(x, k)
    return b.where(part(b.broadcast_to(b.constant(np.array(True)), b.shape(x)), k), x, b.constant(""))


@rule("NonZero", 9)
def nonzero(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """Of strings and complex numbers, whose zeros are the empty string and 0."""
    return b.nonzero(b.not_equal(x, b.constant("") if x.dtype.kind == "string" else 0))


@rule("EyeLike", 9)
def eye_like(b: Emitter, n: OnnxOp, x: Value) -> Any:
    rows, columns = (element(b, dims_of(b, x, (0, 1)), k) for k in (0, 1))
    return b.eye(rows, columns, b.constant(n["k"], "int64"), dtype=n.dtype("dtype") or x.dtype)
