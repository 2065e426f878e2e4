"""The generative adversarial network: a generator, and a discriminator whose weights have spectral norm 1.

Source: Goodfellow and others 2014; Miyato and others 2018.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import irlib.ops  # noqa: F401  a builder's methods
from irlib import nn
from irlib.builder import Builder
from irlib.graph import Graph
from irlib.nn.parameters import parameter

__all__ = ["Adversaries", "generative_adversarial_network"]


class Adversaries(NamedTuple):
    """Two models that share their parameters by name, and what they make."""

    discriminator: Graph
    """Its loss: true examples `x` against those the generator makes of the random `key`."""
    generator: Graph
    """Its loss: how little the discriminator takes what it makes of `key` for true."""
    sampler: Graph
    """What the generator makes of noise `z`: the output ``sample``."""


def generative_adversarial_network(
    features: int = 2,
    latent: int = 8,
    hidden: int = 128,
    *,
    batch: int = 256,
    scale: float = 8.0,
    dtype: str = "float32",
    seed: int = 0,
) -> Adversaries:
    """Networks of three layers each; a step of training draws `batch` examples of noise.

    Train the one with respect to the parameters called ``discriminator.*``, the other to ``generator.*``, in turns.
    The discriminator's score is `scale` times a function of Lipschitz constant 1, by spectral normalization with its
    vectors as buffers, which its own step updates.
    """

    def noise(b: Builder) -> Any:
        return b.random_normal(b.input("key", "uint32[2]"), b.constant([batch, latent]), dtype=dtype, name="noise")

    def made(b: Builder, z: Any) -> Any:
        for k in (1, 2):
            layer = nn.linear(b, z, hidden, name=f"generator.{k}", weight_init=nn.he_normal(), seed=seed)
            z = b.relu(layer)
        return nn.linear(b, z, features, name="generator.3", seed=seed)

    def scores(b: Builder, *given: Any, training: bool) -> list[Any]:
        values = list(given)
        for k, size in enumerate((hidden, hidden, 1), start=1):
            at = f"discriminator.{k}"
            shape = (values[0].shape[-1], size)
            fans = nn.Fans(*shape)
            w = parameter(b, f"{at}.weight", shape, fans, nn.he_normal(), values[0], seed)
            w = nn.spectral_norm(b, w, training=training, name=f"{at}.norm", seed=seed)
            c = parameter(b, f"{at}.bias", (size,), fans, nn.zeros(), values[0], seed)
            names = (f"{at}.true", f"{at}.false") if len(given) == 2 else (f"{at}.false",)
            values = [b.linear(v, w, c, name=name) for v, name in zip(values, names, strict=True)]
            values = values if size == 1 else [b.leaky_relu(v, alpha=0.1) for v in values]
        return [v * scale for v in values]

    b = Builder("discriminator")
    true, false = scores(b, b.input("x", f"{dtype}[n, {features}]"), made(b, noise(b)), training=True)
    b.output("loss", b.mean(b.softplus(b.negative(true))) + b.mean(b.softplus(false)), role="loss")
    discriminator = b.build()
    b = Builder("generator")
    (score,) = scores(b, made(b, noise(b)), training=False)
    b.output("loss", b.mean(b.softplus(b.negative(score))), role="loss")
    generator = b.build()
    b = Builder("sampler")
    b.output("sample", made(b, b.input("z", f"{dtype}[n, {latent}]")))
    return Adversaries(discriminator, generator, b.build())
