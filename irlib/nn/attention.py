"""Attention: scaled dot products, several heads, and the encoder block of a transformer."""

from __future__ import annotations

from typing import Any

from irlib.builder import Builder
from irlib.errors import AttributeValueError
from irlib.nn.basic import dropout, linear
from irlib.nn.initializers import XavierUniform
from irlib.nn.normalization import layer_norm
from irlib.nn.parameters import Initial, activated, fresh_name, static_dim
from irlib.synonyms import also_called

__all__ = ["attention", "encoder_block", "multi_head_attention"]


@also_called(attn_mask="mask", is_causal="causal")
def attention(
    b: Builder,
    query: Any,
    key: Any,
    value: Any,
    *,
    mask: Any = None,
    causal: bool = False,
    scale: float | None = None,
    name: str | None = None,
) -> Any:
    """softmax(query @ key.T * scale) @ value, over the last two axes; see the op `attention` for masks."""
    name = fresh_name(b, name, "attention")
    return b.attention(query, key, value, mask, causal=causal, scale=scale, name=name)


@also_called(attn_mask="mask", is_causal="causal")
def multi_head_attention(
    b: Builder,
    query: Any,
    key: Any = None,
    value: Any = None,
    *,
    num_heads: int,
    mask: Any = None,
    causal: bool = False,
    bias: bool = True,
    name: str | None = None,
    weight_init: Initial = XavierUniform(),  # noqa: B008  frozen
    seed: int = 0,
) -> Any:
    """Attention in `num_heads` parts of the last axis side by side, between linear maps: self attention without a key.

    `query` is [batch, steps, features]; so are `key` (the query where absent) and `value` (the key where absent).
    `mask` broadcasts to [batch, heads, steps of the query, steps of the key].
    """
    name = fresh_name(b, name, "multi_head_attention")
    key = query if key is None else key
    value = key if value is None else value
    size = static_dim(query, -1, name)
    if size % num_heads:
        raise AttributeValueError(f"num_heads is {num_heads}, expected a divisor of {size} features", code="IR302")
    parts = [
        _heads(b, linear(b, x, size, name=f"{name}.{what}", bias=bias, weight_init=weight_init, seed=seed), num_heads)
        for what, x in (("query", query), ("key", key), ("value", value))
    ]
    made = b.transpose(b.attention(parts[0], parts[1], parts[2], mask, causal=causal), perm=(0, 2, 1, 3))
    joined = b.reshape(made, b.shape(query))
    return linear(b, joined, size, name=f"{name}.output", bias=bias, weight_init=weight_init, seed=seed)


def _heads(b: Builder, x: Any, heads: int) -> Any:
    """[batch, steps, features] as [batch, heads, steps, features / heads]."""
    lead = b.take(b.shape(x), [0, 1], axis=0)
    split = b.reshape(x, b.concat(lead, b.constant([heads, x.shape[-1] // heads]), axis=0))
    return b.transpose(split, perm=(0, 2, 1, 3))


@also_called(
    nhead="num_heads", dim_feedforward="hidden_size", dropout="rate", layer_norm_eps="epsilon", is_causal="causal"
)
def encoder_block(
    b: Builder,
    x: Any,
    *,
    num_heads: int,
    hidden_size: int,
    activation: str = "relu",
    norm_first: bool = False,
    mask: Any = None,
    causal: bool = False,
    rate: float = 0.0,
    key: Any = None,
    epsilon: float = 1e-5,
    name: str | None = None,
    seed: int = 0,
) -> Any:
    """Self attention and a network of two layers, each with a skip connection and a layer norm.

    The norm stands behind the sum, with `norm_first` before the part. `activation` is the name of an op; `rate` and
    `key` are those of dropout, behind the attention, within and behind the network.
    Source: Vaswani and others 2017; torch.nn.TransformerEncoderLayer.
    """
    name = fresh_name(b, name, "encoder_block")
    keys: list[Any] = [None] * 3
    if rate:
        rows = b.random_split(key, 3)
        keys = [b.take(rows, b.constant(k, "int64"), axis=0) for k in range(3)]
    size = static_dim(x, -1, name)

    def attend(x: Any) -> Any:
        made = multi_head_attention(
            b, x, num_heads=num_heads, mask=mask, causal=causal, name=f"{name}.attention", seed=seed
        )
        return dropout(b, made, rate, keys[0])

    def feed(x: Any) -> Any:
        hidden = activated(b, activation, linear(b, x, hidden_size, name=f"{name}.linear1", seed=seed))
        hidden = dropout(b, hidden, rate, keys[1])
        return dropout(b, linear(b, hidden, size, name=f"{name}.linear2", seed=seed), rate, keys[2])

    for k, part in enumerate((attend, feed), start=1):
        at = f"{name}.norm{k}"
        if norm_first:
            made = part(layer_norm(b, x, epsilon=epsilon, name=at))
            x = b.add(x, made, name=name if k == 2 else None)
        else:
            x = layer_norm(b, x + part(x), epsilon=epsilon, name=at)
    return x
