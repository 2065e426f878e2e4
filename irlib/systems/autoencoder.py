"""The variational autoencoder, plain and with an inverse autoregressive flow.

Source: Kingma and Welling 2014; Kingma and others 2016.
"""

from __future__ import annotations

from math import log, pi
from typing import Any

import irlib.ops  # noqa: F401  a builder's methods
from irlib import nn
from irlib.builder import Builder
from irlib.graph import Graph

__all__ = ["decoder", "variational_autoencoder"]


def variational_autoencoder(
    features: int = 64,
    latent: int = 8,
    hidden: int = 128,
    *,
    flows: int = 0,
    flow_hidden: int = 64,
    dtype: str = "float32",
    seed: int = 0,
) -> Graph:
    """A model of binary vectors `x`: the probability of each element, given `latent` normal numbers.

    The encoder gives mean and variance of the latent numbers; noise drawn with the input `key` is scaled and moved by
    them (the re-parametrization), so that the derivative passes. With `flows` the numbers go through so many steps of
    an inverse autoregressive flow. The loss is the negative of the mean of the `bound` of each example in nats: the
    logarithm of its probability is at least that much.
    """
    b = Builder("variational_autoencoder" if not flows else "inverse_autoregressive_flow")
    x, key = b.input("x", f"{dtype}[n, {features}]"), b.input("key", "uint32[2]")
    relu = nn.he_normal()
    h = b.relu(nn.linear(b, x, hidden, name="encoder", weight_init=relu, seed=seed))
    mean = nn.linear(b, h, latent, name="mean", seed=seed)
    log_variance = nn.linear(b, h, latent, name="log_variance", seed=seed)
    noise = b.random_normal(key, b.shape(mean), dtype=dtype, name="noise")
    z = b.add(mean, b.exp(log_variance * 0.5) * noise, name="z0")
    if flows:
        context = b.relu(nn.linear(b, h, flow_hidden, name="context", weight_init=relu, seed=seed))
        z, excess = _flowed(b, z, noise, log_variance, context, flows, flow_hidden, seed)
    else:
        excess = b.sum(b.gaussian_kl(mean, b.exp(log_variance), reduction="none"), [1], name="divergence")
    b.output("z", z)
    logits = _decoded(b, z, features, hidden, seed)
    b.output("logits", logits)
    likelihood = b.negative(b.sum(b.binary_cross_entropy_with_logits(logits, x, reduction="none"), [1]))
    bound = b.subtract(likelihood, excess, name="bound")
    b.output("bound", bound)
    b.output("loss", b.negative(b.mean(bound)), role="loss")
    return b.build()


def decoder(features: int = 64, latent: int = 8, hidden: int = 128, *, dtype: str = "float32", seed: int = 0) -> Graph:
    """That part of `variational_autoencoder` which makes vectors of latent numbers: the probabilities `p` of `z`."""
    b = Builder("decoder")
    z = b.input("z", f"{dtype}[n, {latent}]")
    b.output("p", b.sigmoid(_decoded(b, z, features, hidden, seed)))
    return b.build()


def _decoded(b: Builder, z: Any, features: int, hidden: int, seed: int) -> Any:
    d = b.relu(nn.linear(b, z, hidden, name="decoder", weight_init=nn.he_normal(), seed=seed))
    return nn.linear(b, d, features, name="logits", seed=seed)


def _flowed(
    b: Builder, z: Any, noise: Any, log_variance: Any, context: Any, flows: int, hidden: int, seed: int
) -> tuple[Any, Any]:
    """The latent numbers behind the flow, and log q(z | x) - log p(z) of each example."""
    density = b.square(noise) + log_variance + log(2 * pi)
    total = b.sum(density, [1]) * -0.5
    for k in range(flows):
        z, determinant = nn.inverse_autoregressive_flow(
            b, z, [hidden], context=context, reverse=k % 2 == 1, name=f"flow{k}", seed=seed
        )
        total = total - determinant
    prior = b.sum(b.square(z) + log(2 * pi), [1]) * -0.5
    return z, b.subtract(total, prior, name="divergence")
