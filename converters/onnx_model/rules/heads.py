"""The heads of attention: taken apart, put together, and shared by groups."""

from __future__ import annotations

from math import sqrt
from typing import Any

from irlib.converters.onnx_model.rules.operands import dims_of
from irlib.converters.onnx_model.rules.rule import rank_of, shape_of_rank
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, Value

__all__ = ["grouped", "inverse_root", "joined_heads", "split_heads"]


def split_heads(b: Emitter, x: Value, heads: int | None) -> Any:
    """[batch, steps, heads * size] as [batch, heads, steps, size]; what is so already stays."""
    rank = rank_of(x)
    if rank == 4:
        return x
    if rank != 3:
        raise IRTypeError(f"got {x.type}, expected rank 3 or 4", code="IR207")
    if not heads:
        raise AttributeValueError("the number of heads, which an operand of rank 3 needs, is not given", code="IR302")
    parts = b.reshape(x, b.concat(dims_of(b, x, [0, 1]), b.constant([heads, -1], "int64"), axis=0))
    return b.transpose(parts, perm=(0, 2, 1, 3))


def joined_heads(b: Emitter, y: Any) -> Any:
    """The inverse of `split_heads`."""
    turned = b.transpose(y, perm=(0, 2, 1, 3))
    return b.reshape(turned, b.concat(dims_of(b, turned, [0, 1]), b.constant([-1], "int64"), axis=0))


def grouped(b: Emitter, query: Value, key: Value, value: Value) -> tuple[Any, Any]:
    """Keys and values, each head as often as there are heads of the query for it."""
    of_query, of_key = shape_of_rank(query, "the query")[1], shape_of_rank(key, "the key")[1]
    if of_query == of_key:
        return key, value
    times = b.floor_divide(b.reshape(dims_of(b, query, [1]), []), b.reshape(dims_of(b, key, [1]), []))
    return b.repeat(key, times, axis=1), b.repeat(value, times, axis=1)


def inverse_root(b: Emitter, x: Any) -> Any:
    """One divided by the square root of the last dim."""
    size = shape_of_rank(x, "the query")[-1]
    if isinstance(size, int):
        return 1 / sqrt(size) if size else 1.0
    return b.reciprocal(b.sqrt(b.cast(b.reshape(dims_of(b, x, [-1]), []), dtype=x.dtype)))
