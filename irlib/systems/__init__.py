"""Whole systems, each built by a call: graphs with their loss, ready to be trained, saved, shown and differentiated.

>>> import irlib
>>> from irlib import systems
>>> model = systems.mlp(shape=(64,), classes=10, hidden=(32,))
>>> [str(n.name) for n in model.parameters]
['layer1.weight', 'layer1.bias', 'scores.weight', 'scores.bias']
>>> step = irlib.training_step(model, optimizer="adam")
"""

from __future__ import annotations

from irlib.systems.adversarial import Adversaries, generative_adversarial_network
from irlib.systems.autoencoder import decoder, variational_autoencoder
from irlib.systems.classification import (
    attention_classifier,
    cnn,
    logistic_regression,
    mlp,
    recurrent_classifier,
    residual_network,
)
from irlib.systems.regression import mlp_regression, polynomial

__all__ = [
    "Adversaries",
    "attention_classifier",
    "cnn",
    "decoder",
    "generative_adversarial_network",
    "logistic_regression",
    "mlp",
    "mlp_regression",
    "polynomial",
    "recurrent_classifier",
    "residual_network",
    "variational_autoencoder",
]
