"""Layers of neural networks: linear, embedding, attention, dropout."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

from irlib.errors import IRTypeError
from irlib.inference import require_rank
from irlib.methods import Emitter, Value
from irlib.op import Composite, Operand, register
from irlib.ops.widened import Widened
from irlib.shapes import broadcast_shapes, join_dims, require_dtype, same_dtype
from irlib.types import TensorType

__all__ = ["Attention", "Embedding", "Linear"]


@register
@dataclass(frozen=True)
class Linear(Composite):
    """Product of `x` and `w`, plus `bias`.

    Type: x: T[.., k], w: T[k, n], bias: T[n] -> T[.., n]; the bias may be absent.
    Source: x @ w + bias.
    """

    name = "linear"
    smoothness = "smooth"

    def decompose(self, b: Emitter, x: Any, w: Any, bias: Any = None) -> Any:
        y = b.matmul(x, w)
        return y if bias is None else y + bias


@register
@dataclass(frozen=True)
class Embedding(Composite):
    """The rows of `table` that `indices` name.

    Type: table: T[n, ..], indices: int32[k..] or int64[k..] -> T[k.., ..].
    (C1) the derivative of a row that is named several times is the sum of theirs.
    Source: `take` along axis 0.
    """

    name = "embedding"
    smoothness = "linear"

    def decompose(self, b: Emitter, table: Any, indices: Any) -> Any:
        return b.take(table, indices, axis=0)


@register
@dataclass(frozen=True)
class Dropout(Composite):
    """`x` with elements replaced by 0, each with probability `rate`, and the others divided by 1 - rate.

    Type: x: T[..], key: uint32[2], rate: T[] -> T[..], bool[..]: y, and which elements were kept; T is a float dtype.
    (C1) equal keys give equal results. With a rate of 1 the result is 0, and so is its derivative.
    Source: ONNX Dropout-22, training_mode=1.
    """

    name = "dropout"
    smoothness = "other"
    results = ("y", "mask")

    def decompose(self, b: Emitter, x: Any, key: Any, rate: Any) -> Any:
        kept = 1 - rate
        mask = b.bernoulli(key, b.broadcast_to(b.stop_gradient(kept), b.shape(x)))
        return b.where(mask, x * b.safe_divide(1, kept), 0), mask


@register
@dataclass(frozen=True)
class Attention(Widened):
    """Scaled dot product attention: the softmax of query times key, times value.

    Type: query: T[.., l, d], key: T[.., s, d], value: T[.., s, e], mask: bool or T, broadcasting to [.., l, s] ->
    T[.., l, e]; T is a float dtype.
    (C1) scores are multiplied by `scale`; where that is absent, by 1 / sqrt(d).
    (C2) where a bool mask is False, the score is -inf; a float mask is added. `causal`: also where s > l.
    (C3) a query all of whose scores are -inf gives zeros, with derivative 0.
    (C4) half floats are computed in float32.
    Source: ONNX Attention-23; torch.nn.functional.scaled_dot_product_attention.
    """

    causal: bool = False
    scale: float | None = None
    name = "attention"

    def infer(self, query: Operand, key: Operand, value: Operand, mask: Operand | None = None) -> TensorType:
        require_dtype(query, ("float",), "query")
        same_dtype(query, key, value)
        if mask is not None and mask.dtype.kind != "bool":
            same_dtype(query, mask)
        if query.shape is None or key.shape is None or value.shape is None:
            return query.tensor.with_shape(None)
        for what, operand in (("query", query), ("key", key), ("value", value)):
            if len(operand.shape or ()) < 2:
                raise IRTypeError(f"{what} is {operand.type}, expected rank 2 or more", code="IR207")
        join_dims(query.shape[-1], key.shape[-1], "last dim of query and key")
        join_dims(key.shape[-2], value.shape[-2], "second last dim of key and value")
        lead = broadcast_shapes([query.shape[:-2], key.shape[:-2], value.shape[:-2]])
        assert lead is not None
        return query.tensor.with_shape((*lead, query.shape[-2], value.shape[-1]))

    def body(self, b: Emitter, query: Any, key: Any, value: Any, mask: Any = None) -> Any:
        rank = require_rank(key.operand, "key")
        turned = b.transpose(key, perm=(*range(rank - 2), rank - 1, rank - 2))
        scores = b.matmul(self._scaled(b, query), turned)
        if mask is not None:
            scores = b.where(mask, scores, float("-inf")) if mask.dtype.kind == "bool" else scores + mask
        if self.causal:
            rows, columns = _positions(b, query), _positions(b, key)
            scores = b.where(columns <= b.unsqueeze(rows, [1]), scores, float("-inf"))
        return b.matmul(b.softmax(scores), value)

    def _scaled(self, b: Emitter, query: Any) -> Any:
        if self.scale is not None:
            return query * self.scale
        depth = query.shape[-1] if query.shape is not None else None
        if isinstance(depth, int):
            return query * (1 / sqrt(depth) if depth else 1.0)
        size = b.cast(b.take(b.shape(query), b.constant(-1, "int64"), axis=0), dtype=query.dtype)
        return query / b.sqrt(size)


def _positions(b: Emitter, x: Any) -> Value:
    """0, 1, .. along the second last axis."""
    return b.iota(b.take(b.shape(x), b.constant(-2, "int64"), axis=0))
