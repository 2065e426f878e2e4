"""Whole systems: each is valid, has a gradient, and learns; and what is said of each is so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import irlib
from irlib import data, systems, training
from irlib.errors import AttributeValueError

CLASSIFIERS: dict[str, Callable[..., irlib.Graph]] = {
    "logistic": systems.logistic_regression,
    "mlp": systems.mlp,
    "cnn": partial(systems.cnn, channels=(4, 8)),
    "residual": partial(systems.residual_network, channels=(4, 8)),
    "residual, pre-activation": partial(systems.residual_network, channels=(4, 8), pre_activation=True),
    "attention": partial(systems.attention_classifier, blocks=1, size=16),
    **{kind: partial(systems.recurrent_classifier, kind, hidden=16) for kind in ("rnn", "gru", "lstm")},
}
IMAGES, LABELS = data.digits()
DIGITS: dict[str, Any] = {"x": IMAGES[:224].astype("float32") / 16, "t": LABELS[:224].astype("int64")}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_learns_digits_in_a_few_epochs(name: str) -> None:
    made = irlib.train(CLASSIFIERS[name](seed=1), DIGITS, optimizer=training.adam(1e-2), epochs=5, seed=1)
    losses = [line["loss"] for line in made.history]
    assert losses[-1] < 0.8 * losses[0]
    outputs = irlib.run(made.model, DIGITS)
    assert np.mean(outputs["scores"].argmax(1) == DIGITS["t"]) > 0.4  # chance is 0.1


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_goes_through_a_file_with_its_gradient(name: str, tmp_path: Path) -> None:
    model = CLASSIFIERS[name](shape=(4, 4), dtype="float64", classes=3)
    gradient = irlib.gradient(model, of="loss")
    rng = np.random.default_rng(2)
    feeds = {"x": rng.standard_normal((5, 4, 4)), "t": rng.integers(0, 3, 5)}
    for graph in (model, gradient):
        irlib.save(graph, tmp_path / "model.pb")
        assert irlib.check(tmp_path / "model.pb").ok
        loaded = irlib.load(tmp_path / "model.pb")
        for at, value in irlib.run(graph, feeds).items():
            np.testing.assert_array_equal(irlib.run(loaded, feeds)[at], value)
    assert {o.of for o in gradient.outputs if o.role is irlib.OutputRole.GRADIENT} == {n.name for n in model.parameters}


def test_a_residual_network_goes_by_running_statistics_when_it_does_not_train() -> None:
    made = irlib.train(systems.residual_network(channels=(4, 8)), DIGITS, optimizer=training.adam(1e-2), epochs=4)
    still = training.with_values(
        systems.residual_network(channels=(4, 8), training=False), training.values_of(made.model)
    )
    alone = irlib.run(still, {"x": DIGITS["x"][:1], "t": DIGITS["t"][:1]})["scores"]
    together = irlib.run(still, DIGITS)["scores"]
    np.testing.assert_allclose(alone[0], together[0], rtol=1e-4, atol=1e-4)
    assert np.mean(together.argmax(1) == DIGITS["t"]) > 0.4


def test_a_polynomial_is_horner_s() -> None:
    model = training.with_values(systems.polynomial(3), {"c": np.array([1.0, -2.0, 0.5, 3.0])})
    x = np.linspace(-2, 2, 7)
    found = irlib.run(model, {"x": x, "t": np.zeros(7)})["y"]
    np.testing.assert_allclose(found, np.polynomial.polynomial.polyval(x, [1.0, -2.0, 0.5, 3.0]), rtol=1e-13)


@pytest.mark.slow
def test_networks_of_equal_size_are_parted_by_depth() -> None:
    # the tent map three times over; examples/deep_and_shallow.py is the whole experiment
    def target(x: Any) -> Any:
        y = (x + 1) / 2
        for _ in range(3):
            y = 1 - np.abs(1 - 2 * y)
        return 2 * y - 1

    x = np.random.default_rng(1).uniform(-1, 1, (2000, 1)).astype("float32")
    errors, sizes = [], []
    for hidden in ([27, 27], [12] * 6):
        model = systems.mlp_regression(1, hidden, activation="relu", seed=1)
        sizes.append(sum(a.size for a in training.values_of(model).values()))
        rule = training.adam(training.one_cycle(5e-3, 60 * 32))
        made = irlib.train(
            model, {"x": x, "t": target(x)}, optimizer=rule, epochs=60, batch_size=64, clip_norm=1.0, seed=1
        )
        errors.append(made.history[-1]["loss"])
    assert abs(sizes[0] / sizes[1] - 1) < 0.03
    assert errors[1] < 0.5 * errors[0]


def test_moons_are_parted_by_a_network_and_not_by_a_line() -> None:
    points, labels = data.two_moons(400, seed=1)
    feeds = {"x": points.astype("float32"), "t": labels}
    found = {}
    for name, model in (
        ("line", systems.logistic_regression((2,), 2)),
        ("network", systems.mlp((2,), 2, (16, 16))),
    ):
        made = irlib.train(model, feeds, optimizer=training.adam(2e-2), epochs=30)
        found[name] = np.mean(irlib.run(made.model, feeds)["scores"].argmax(1) == labels)
    assert found["line"] < 0.93
    assert found["network"] > 0.98


VAE: dict[str, Any] = {"features": 6, "latent": 3, "hidden": 8, "dtype": "float64", "seed": 4}
X = (np.random.default_rng(0).random((1, 6)) < 0.5).astype("float64")
KEY = np.array([5, 6], "uint32")


def drawn(shape: tuple[int, ...]) -> Any:
    b = irlib.Builder("noise")
    b.output("y", b.random_normal(b.input("key", "uint32[2]"), b.constant(list(shape)), dtype="float64"))
    return irlib.run(b.build(), {"key": KEY})["y"]


@pytest.mark.parametrize("flows", [1, 2, 3])
def test_the_bound_of_a_flow_is_that_of_the_density_its_jacobian_gives(flows: int) -> None:
    model = systems.variational_autoencoder(flows=flows, flow_hidden=5, **VAE)
    rng = np.random.default_rng(7)
    values = {n: 0.5 * rng.standard_normal(a.shape) for n, a in training.values_of(model).items()}
    feeds = {"x": X, "key": KEY, **values}
    outputs = irlib.run(model, feeds)
    noise, z, logits = drawn((1, 3)), outputs["z"], outputs["logits"]
    jacobian = irlib.jacobian(model, feeds, of="z", wrt=["noise"])["noise"].reshape(3, 3)
    log_q = stats.norm.logpdf(noise).sum() - np.linalg.slogdet(jacobian)[1]
    log_p = stats.norm.logpdf(z).sum() - np.logaddexp(0, np.where(X == 1, -logits, logits)).sum()
    np.testing.assert_allclose(outputs["bound"], [log_p - log_q], rtol=1e-12)
    np.testing.assert_allclose(outputs["loss"], -outputs["bound"][0], rtol=1e-15)


def test_the_bound_is_below_the_probability_that_sampling_finds() -> None:
    model = systems.variational_autoencoder(**VAE)
    rng = np.random.default_rng(9)
    values = {n: 0.4 * rng.standard_normal(a.shape) for n, a in training.values_of(model).items()}
    run = irlib.compile(model)
    keys = rng.integers(0, 2**32, (400, 2), dtype=np.uint32)
    bound = np.mean([run({"x": X, "key": key, **values})["bound"][0] for key in keys])
    own = {n: a for n, a in values.items() if n.startswith(("decoder", "logits"))}
    decoder = training.with_values(systems.decoder(6, 3, 8, dtype="float64"), own)
    p = irlib.run(decoder, {"z": rng.standard_normal((100_000, 3))})["p"]
    evidence = np.log(np.mean(np.prod(np.where(X == 1, p, 1 - p), axis=1)))
    assert evidence - 3.0 < bound < evidence


@pytest.mark.parametrize("flows", [0, 2])
def test_an_autoencoder_learns(flows: int) -> None:
    x = (IMAGES[:512].reshape(-1, 64) > 7).astype("float32")
    model = systems.variational_autoencoder(hidden=32, flows=flows, flow_hidden=16)
    made = irlib.train(model, {"x": x}, optimizer=training.adam(5e-3), epochs=8)
    assert made.history[-1]["loss"] < 0.75 * made.history[0]["loss"]


def test_adversaries_share_their_parameters_and_train_their_own() -> None:
    made = systems.generative_adversarial_network(latent=4, hidden=8, batch=16)
    names = [{str(n.name) for n in model.parameters} for model in made[:2]]
    assert names[0] == names[1]
    assert {str(n.name) for n in made.sampler.parameters} == {n for n in names[0] if n.startswith("generator.")}
    own = sorted(n for n in names[0] if n.startswith("discriminator."))
    step = irlib.training_step(made.discriminator, wrt=own)
    updated = {str(o.of) for o in step.outputs if o.role is irlib.OutputRole.UPDATE}
    vectors = {f"discriminator.{k}.norm.u" for k in (1, 2, 3)}
    assert {n for n in updated if not n.startswith("optimizer.")} == {*own, *vectors}
    assert not [o for o in made.generator.outputs if o.role is irlib.OutputRole.UPDATE]


def test_the_discriminator_is_as_steep_as_its_scale_at_most() -> None:
    made = systems.generative_adversarial_network(features=2, latent=4, hidden=16, batch=4, scale=3.0)
    run = irlib.compile(made.discriminator)
    values: dict[str, Any] = {}
    feeds = {"x": np.zeros((1, 2), "float32"), "key": KEY}
    for _ in range(100):  # the vectors of the norms turn to where they belong
        values = training.updates(made.discriminator, run({**feeds, **values}))
    rng = np.random.default_rng(1)
    x = rng.standard_normal((64, 2)).astype("float32")
    # of the loss of one true example, softplus(-score), the slope is below that of the score
    for row in x:
        _, found = irlib.value_and_grad(
            made.discriminator, {"x": row[None], "key": KEY, **values}, of="loss", wrt=["x"]
        )
        assert np.linalg.norm(found["x"]) <= 3.0 * 1.01


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(AttributeValueError, match="kind is 'tree', expected one of rnn, gru, lstm"):
        systems.recurrent_classifier("tree")
    for name in ("rectify", "input", "__class__", "no op"):
        with pytest.raises(AttributeValueError, match=f"activation is '{name}', expected the name of an op"):
            systems.mlp_regression(activation=name)
