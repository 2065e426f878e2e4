"""Functions that are fitted: a polynomial, and networks of any depth and width."""

from __future__ import annotations

from collections.abc import Sequence

import irlib.ops  # noqa: F401  a builder's methods
from irlib import nn
from irlib.builder import Builder
from irlib.graph import Graph
from irlib.nn.parameters import activated

__all__ = ["mlp_regression", "polynomial"]


def mlp_regression(
    features: int = 1,
    hidden: Sequence[int] = (32, 32),
    results: int = 1,
    *,
    activation: str = "tanh",
    weight_init: nn.Initializer | None = None,
    bias_init: nn.Initializer | None = None,
    dtype: str = "float32",
    seed: int = 0,
) -> Graph:
    """A network of ``len(hidden) + 1`` layers from `x` to `y`; its loss is the mean square of y - t.

    Weights of hidden layers begin by `weight_init`, by default Xavier's or for rectifiers He's rule; their biases by
    `bias_init`, by default at 0.
    """
    b = Builder("mlp_regression")
    x, t = b.input("x", f"{dtype}[n, {features}]"), b.input("t", f"{dtype}[n, {results}]")
    drawn = weight_init or (nn.he_normal() if "elu" in activation else nn.xavier_uniform())
    offset = bias_init or nn.zeros()
    for k, size in enumerate(hidden, start=1):
        h = nn.linear(b, x, size, name=f"layer{k}", weight_init=drawn, bias_init=offset, seed=seed)
        x = activated(b, activation, h)
    y = nn.linear(b, x, results, name=f"layer{len(hidden) + 1}", seed=seed)
    b.output("y", y)
    b.output("loss", b.mse_loss(y, t, name="mse_loss"), role="loss")
    return b.build()


def polynomial(degree: int = 3, *, dtype: str = "float64", seed: int = 0) -> Graph:
    """c0 + c1 x + .. + ck x**k of numbers `x`, by Horner's rule; its loss is the mean square of y - t."""
    b = Builder("polynomial")
    x, t = b.input("x", f"{dtype}[n]"), b.input("t", f"{dtype}[n]")
    c = b.parameter("c", nn.normal(0.1).draw((degree + 1,), nn.Fans(1, 1), "c", seed).astype(x.dtype.numpy))
    *lower, y = (b.take(c, b.constant(k, "int64"), axis=0, name=f"c{k}") for k in range(degree + 1))
    for coefficient in reversed(lower):
        y = y * x + coefficient
    b.output("y", y)
    b.output("loss", b.mse_loss(y, t, name="mse_loss"), role="loss")
    return b.build()
