"""Layers of single elements and vectors: linear, embedding, dropout, masking, skip connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irlib.builder import Builder
from irlib.nn.initializers import Fans, Normal, XavierUniform, Zeros
from irlib.nn.parameters import Initial, fresh_name, parameter, static_dim
from irlib.synonyms import also_called

__all__ = ["dropout", "embedding", "linear", "masked", "normalized_tanh", "skip"]


def linear(
    b: Builder,
    x: Any,
    out_features: int,
    *,
    name: str | None = None,
    bias: bool = True,
    weight_init: Initial = XavierUniform(),  # noqa: B008  frozen
    bias_init: Initial = Zeros(),  # noqa: B008
    seed: int = 0,
) -> Any:
    """X @ weight + bias over the last axis, ``weight: [in_features, out_features]``: fully connected."""
    name = fresh_name(b, name, "linear")
    size = static_dim(x, -1, name)
    fans = Fans(size, out_features)
    w = parameter(b, f"{name}.weight", (size, out_features), fans, weight_init, x, seed)
    c = parameter(b, f"{name}.bias", (out_features,), fans, bias_init, x, seed) if bias else None
    return b.linear(x, w, c, name=name)


def embedding(
    b: Builder,
    indices: Any,
    num_embeddings: int,
    embedding_dim: int,
    *,
    name: str | None = None,
    dtype: str = "float32",
    weight_init: Initial = Normal(),  # noqa: B008
    seed: int = 0,
) -> Any:
    """The rows of ``weight: [num_embeddings, embedding_dim]`` that `indices` name."""
    name = fresh_name(b, name, "embedding")
    like = b.constant(0.0, dtype)
    fans = Fans(1, embedding_dim)
    table = parameter(b, f"{name}.weight", (num_embeddings, embedding_dim), fans, weight_init, like, seed)
    return b.embedding(table, indices, name=name)


@also_called(p="rate")
def dropout(b: Builder, x: Any, rate: float, key: Any, *, training: bool = True, name: str | None = None) -> Any:
    """`x` with elements set to 0, each with probability `rate`, and the others divided by 1 - rate.

    `key` (uint32[2], an input, or made by `b.random_split`) says which: the same key the same elements, everywhere.
    Without `training` it is `x`.
    """
    if not training or rate == 0:
        return x
    y, _ = b.dropout(x, key, b.constant(rate, x.dtype), name=fresh_name(b, name, "dropout"))
    return y


def normalized_tanh(b: Builder, x: Any, *, axis: int = -1, name: str | None = None) -> Any:
    """tanh(x) divided by its length along `axis`: h -> tanh(h) / ||tanh(h)||; 0 where that is 0."""
    return b.lp_normalize(b.tanh(x), axis=axis, name=fresh_name(b, name, "normalized_tanh"))


def masked(b: Builder, x: Any, mask: Any, value: float = 0.0) -> Any:
    """`x` where `mask` (bool, broadcasting) holds, else `value`."""
    return b.where(mask, x, value)


def skip(b: Builder, x: Any, f: Callable[[Builder, Any], Any]) -> Any:
    """X + f(b, x): what `f` makes is added to what it is given."""
    return x + f(b, x)
