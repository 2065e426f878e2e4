"""Classifiers, from a linear map to attention. Each takes `x` and labels `t`, and gives ``scores`` and the loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import irlib.ops  # noqa: F401  a builder's methods
from irlib import nn
from irlib.builder import Builder
from irlib.errors import AttributeValueError
from irlib.graph import Graph

__all__ = ["attention_classifier", "cnn", "logistic_regression", "mlp", "recurrent_classifier", "residual_network"]

Shape = tuple[int, ...]

RECURRENT: dict[str, Callable[..., Any]] = {"rnn": nn.rnn, "gru": nn.gru, "lstm": nn.lstm}


def logistic_regression(
    shape: Shape = (8, 8), classes: int = 10, *, dtype: str = "float32", seed: int = 0, name: str = "logistic"
) -> Graph:
    """The softmax of a linear map of all elements."""
    return _classifier(name, shape, dtype, lambda b, x: nn.linear(b, _flat(b, x), classes, name="scores", seed=seed))


def mlp(
    shape: Shape = (8, 8),
    classes: int = 10,
    hidden: Sequence[int] = (128, 64),
    *,
    dtype: str = "float32",
    seed: int = 0,
    name: str = "mlp",
) -> Graph:
    """Layers of rectifiers, and a linear map of the last of them."""

    def scores(b: Builder, x: Any) -> Any:
        h = _flat(b, x)
        for k, size in enumerate(hidden, start=1):
            h = b.relu(nn.linear(b, h, size, name=f"layer{k}", weight_init=nn.he_normal(), seed=seed))
        return nn.linear(b, h, classes, name="scores", seed=seed)

    return _classifier(name, shape, dtype, scores)


def cnn(
    shape: Shape = (8, 8),
    classes: int = 10,
    channels: Sequence[int] = (16, 32),
    *,
    dtype: str = "float32",
    seed: int = 0,
    name: str = "cnn",
) -> Graph:
    """3 by 3 convolutions with rectifiers, each pooled by 2; a linear map of what is left of an image."""

    def scores(b: Builder, x: Any) -> Any:
        h = b.unsqueeze(x, [1])
        for k, size in enumerate(channels, start=1):
            made = nn.conv2d(b, h, size, 3, padding="same", name=f"conv{k}", weight_init=nn.he_normal(), seed=seed)
            h = nn.max_pool2d(b, b.relu(made), 2, name=f"pool{k}")
        return nn.linear(b, _flat(b, h), classes, name="scores", seed=seed)

    return _classifier(name, shape, dtype, scores)


def residual_network(
    shape: Shape = (8, 8),
    classes: int = 10,
    channels: Sequence[int] = (16, 32),
    *,
    pre_activation: bool = False,
    training: bool = True,
    dtype: str = "float32",
    seed: int = 0,
    name: str = "residual",
) -> Graph:
    """A convolution, residual blocks that halve an image each but the first, and the mean over what is left of it.

    With `training` the batch norms go by the statistics of the batch and update those running; without it by these.
    """

    def scores(b: Builder, x: Any) -> Any:
        h = nn.conv2d(b, b.unsqueeze(x, [1]), channels[0], 3, padding=1, name="conv", seed=seed)
        for k, size in enumerate(channels):
            h = nn.residual_block(
                b, h, size, stride=1 if k == 0 else 2, pre_activation=pre_activation, training=training,
                name=f"block{k + 1}", seed=seed,
            )  # fmt: skip
        return nn.linear(b, nn.global_avg_pool(b, h, name="pool"), classes, name="scores", seed=seed)

    return _classifier(name, shape, dtype, scores)


def recurrent_classifier(
    kind: str = "gru",
    shape: Shape = (8, 8),
    classes: int = 10,
    hidden: int = 64,
    *,
    dtype: str = "float32",
    seed: int = 0,
) -> Graph:
    """A row is a step of an rnn, gru or lstm; its last state tells the class."""
    if kind not in RECURRENT:
        raise AttributeValueError(f"kind is {kind!r}, expected one of {', '.join(RECURRENT)}", code="IR302")
    layer = RECURRENT[kind]

    def scores(b: Builder, x: Any) -> Any:
        _, last, *_ = layer(b, x, hidden, batch_first=True, name=kind, seed=seed)
        return nn.linear(b, b.squeeze(last, [0]), classes, name="scores", seed=seed)

    return _classifier(kind, shape, dtype, scores)


def attention_classifier(
    shape: Shape = (8, 8),
    classes: int = 10,
    size: int = 32,
    *,
    blocks: int = 2,
    num_heads: int = 4,
    dtype: str = "float32",
    seed: int = 0,
    name: str = "attention",
) -> Graph:
    """Rows attend to rows, in encoder blocks; where a row is, is learned."""

    def scores(b: Builder, x: Any) -> Any:
        place = nn.normal(0.1).draw((shape[0], size), nn.Fans(1, 1), "place", seed)
        h = nn.linear(b, x, size, name="rows", seed=seed)
        h = h + b.parameter("place", place.astype(h.dtype.numpy))
        for k in range(1, blocks + 1):
            h = nn.encoder_block(
                b, h, num_heads=num_heads, hidden_size=2 * size, norm_first=True, name=f"block{k}", seed=seed
            )
        return nn.linear(b, _flat(b, h), classes, name="scores", seed=seed)

    return _classifier(name, shape, dtype, scores)


def _flat(b: Builder, x: Any) -> Any:
    """One vector for each example."""
    return x if x.rank == 2 else b.reshape(x, [-1, prod(x.shape[1:])])


def _classifier(name: str, shape: Shape, dtype: str, scores: Callable[[Builder, Any], Any]) -> Graph:
    b = Builder(name)
    x, t = b.input("x", f"{dtype}[n, {', '.join(map(str, shape))}]"), b.input("t", "int64[n]")
    made = scores(b, x)
    b.output("scores", made)
    b.output("loss", b.cross_entropy(made, t, name="cross_entropy"), role="loss")
    return b.build()
