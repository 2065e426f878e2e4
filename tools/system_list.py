"""The systems that the documents show: what they are, in words and in one line of Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from irlib import nn, systems
from irlib.graph import Graph

__all__ = ["SYSTEMS", "System"]


@dataclass(frozen=True)
class System:
    """A system: how it is built, how deep its names are drawn, and what is said of it."""

    title: str
    call: str
    build: Callable[[], Graph]
    about: str
    example: str
    depth: int = 1
    is_small: bool = False
    """Whether its gradient is drawn too."""
    further: tuple[tuple[str, Callable[[], Graph]], ...] = ()
    """Models that belong to it besides, with their names."""


def _adversaries() -> systems.Adversaries:
    return systems.generative_adversarial_network(features=2, latent=8, hidden=64, scale=12.0)


SYSTEMS: dict[str, System] = {
    "logistic_regression": System(
        "Logistic regression",
        "systems.logistic_regression(shape=(8, 8), classes=10)",
        systems.logistic_regression,
        "The softmax of a linear map of the pixels. Its loss has one minimum; what it cannot tell apart is what no "
        "plane between two classes of images can.",
        "digits.py logistic",
        is_small=True,
    ),
    "polynomial": System(
        "Polynomial of the third order",
        "systems.polynomial(degree=3)",
        systems.polynomial,
        "c0 + c1 x + c2 x^2 + c3 x^3 by Horner's rule. It is linear in its parameters, so that gradient descent can be "
        "compared with the closed solution of least squares.",
        "polynomial_fit.py",
        is_small=True,
    ),
    "mlp": System(
        "Network of three layers",
        "systems.mlp(shape=(8, 8), classes=10, hidden=(128, 64))",
        systems.mlp,
        "Two layers of rectifiers and a linear map, weights drawn by He's rule: the fully connected network.",
        "digits.py mlp",
        is_small=True,
    ),
    "deep_network": System(
        "Network of seven layers, against three",
        'systems.mlp_regression(1, [20] * 6, activation="relu")',
        partial(systems.mlp_regression, 1, [20] * 6, activation="relu"),
        "What depth is for. The tent map four times over has sixteen straight pieces: each layer of rectifiers can "
        "fold the line once more and so double the pieces, while units side by side add them one at a time "
        "(Telgarsky 2016). Both networks have as many parameters: `[20] * 6` for seven layers 2161, `[45, 45]` for "
        "three layers 2206.",
        "deep_and_shallow.py",
    ),
    "universal_approximator": System(
        "Universal approximator",
        "systems.mlp_regression(1, [128], weight_init=nn.uniform(-8, 8), bias_init=nn.uniform(-8, 8))",
        partial(systems.mlp_regression, 1, [128], weight_init=nn.uniform(-8, 8), bias_init=nn.uniform(-8, 8)),
        "One hidden layer comes as near as one likes to any continuous function, if it is wide enough (Cybenko 1989, "
        "Hornik 1991). That says nothing of whether training finds the weights: the picture shows what it finds.",
        "universal_approximator.py",
        is_small=True,
    ),
    "cnn": System(
        "Convolutional network",
        "systems.cnn(shape=(8, 8), classes=10, channels=(16, 32))",
        systems.cnn,
        "Convolutions of 3 by 3 with rectifiers, each pooled by two: a feature is looked for everywhere with the same "
        "weights.",
        "digits.py cnn",
    ),
    "residual_network": System(
        "Residual network",
        "systems.residual_network(shape=(8, 8), classes=10, channels=(16, 32))",
        systems.residual_network,
        "Blocks of two convolutions with batch norms, added to what they are given, so that gradients have a way past "
        "them. The running statistics of the norms are buffers; the graph's update-of outputs are their next values. "
        "With `training=False` the norms go by these.",
        "digits.py residual",
    ),
    "gru": System(
        "Gated recurrent network",
        'systems.recurrent_classifier("gru", shape=(8, 8), classes=10, hidden=64)',
        partial(systems.recurrent_classifier, "gru"),
        "A row of pixels is a step of a scan; gates say how much of the state is kept. The last state tells the digit.",
        "digits.py gru",
        is_small=True,
    ),
    "lstm": System(
        "Long short-term memory",
        'systems.recurrent_classifier("lstm", shape=(8, 8), classes=10, hidden=64)',
        partial(systems.recurrent_classifier, "lstm"),
        "As the gated recurrent network, with a cell beside the state that is only added to. Its forget gate begins "
        "open.",
        "digits.py lstm",
    ),
    "attention": System(
        "Attention classifier",
        "systems.attention_classifier(shape=(8, 8), classes=10, size=32)",
        systems.attention_classifier,
        "Rows of pixels attend to each other in two encoder blocks of four heads; where a row stands is learned.",
        "digits.py attention",
    ),
    "variational_autoencoder": System(
        "Variational autoencoder",
        "systems.variational_autoencoder(features=64, latent=8, hidden=128)",
        systems.variational_autoencoder,
        "The encoder gives mean and variance of eight latent numbers; noise, drawn with the key that is an input, is "
        "scaled and moved by them, so that the derivative passes the draw (the re-parametrization). The loss is the "
        "negative of a bound from below on the logarithm of an image's probability.",
        "autoencoder.py",
    ),
    "inverse_autoregressive_flow": System(
        "Inverse autoregressive flow",
        "systems.variational_autoencoder(features=64, latent=8, hidden=128, flows=2)",
        partial(systems.variational_autoencoder, flows=2),
        "The autoencoder whose latent numbers go through steps of a masked autoregressive network: its Jacobian is "
        "triangular, so the determinant is the product of the gates, and the posterior may take shapes that a normal "
        "distribution of independent numbers has not. The bound is better for it.",
        "autoencoder.py",
    ),
    "generative_adversarial_network": System(
        "Generative adversarial network",
        "systems.generative_adversarial_network(features=2, latent=8, hidden=64, scale=12.0).discriminator",
        lambda: _adversaries().discriminator,
        "Two models that share their parameters by name and are trained in turns: the discriminator learns to tell "
        "true points from made ones, the generator to be taken for true. The discriminator's weights are divided by "
        "their largest singular value, found by power iteration whose vectors are buffers.",
        "adversarial_ring.py",
        depth=2,
        further=(("generator", lambda: _adversaries().generator),),
    ),
}
