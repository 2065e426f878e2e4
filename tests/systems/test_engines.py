"""Systems and their gradients elsewhere, as numpy code and as ONNX in onnxruntime, against the reference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import systems
from irlib.types import TensorType
from tests.converters.onnx_model.engines import same_in_both

SHAPE = (4, 4)
BUILD: dict[str, Callable[[], irlib.Graph]] = {
    "logistic": partial(systems.logistic_regression, SHAPE),
    "mlp": partial(systems.mlp, SHAPE, hidden=(8, 4)),
    "cnn": partial(systems.cnn, SHAPE, channels=(2, 3)),
    "residual": partial(systems.residual_network, SHAPE, channels=(2, 3)),
    "residual, inference": partial(systems.residual_network, SHAPE, channels=(2, 3), training=False),
    **{kind: partial(systems.recurrent_classifier, kind, SHAPE, hidden=5) for kind in ("rnn", "gru", "lstm")},
    "attention": partial(systems.attention_classifier, SHAPE, size=8, blocks=1, num_heads=2),
    "polynomial": partial(systems.polynomial, dtype="float32"),
    "regression": partial(systems.mlp_regression, 2, [5, 4, 3]),
    "autoencoder": partial(systems.variational_autoencoder, 6, 3, 8),
    "flow": partial(systems.variational_autoencoder, 6, 3, 8, flows=2, flow_hidden=5),
    "discriminator": lambda: systems.generative_adversarial_network(hidden=8, batch=5).discriminator,
    "generator": lambda: systems.generative_adversarial_network(hidden=8, batch=5).generator,
}


def feeds_of(model: irlib.Graph) -> dict[str, Any]:
    rng, feeds = np.random.default_rng(3), {}
    for node in model.inputs:
        t = node.type
        assert isinstance(t, TensorType)
        shape = [d if isinstance(d, int) else 5 for d in t.shape or ()]
        drawn = {"int64": rng.integers(0, 10, shape), "uint32": np.array([3, 4])}
        feeds[str(node.name)] = drawn.get(t.dtype.name, rng.random(shape)).astype(t.dtype.numpy)
    return feeds


@pytest.mark.parametrize("name", BUILD)
def test_a_system_and_its_gradient_are_the_same_elsewhere(name: str) -> None:
    model = BUILD[name]()
    feeds = feeds_of(model)
    for graph in (model, irlib.gradient(model, of="loss")):
        used = {k: v for k, v in feeds.items() if k in graph.by_name}
        same_in_both(graph, used, tolerance=2e-5)
        found, expected = irlib.compile(graph, "numpy")(used), irlib.run(graph, used)
        assert set(found) == set(expected)
        for at, value in expected.items():
            np.testing.assert_allclose(found[at], value, rtol=2e-5, atol=2e-5, err_msg=at)
