"""Each finding has a network built to have it; a sound network has none."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import data, nn, systems, training
from irlib.cli import main
from irlib.doctor import diagnose
from irlib.doctor.picture import bars
from irlib.errors import DerivativeError

RNG = np.random.default_rng(0)
BATCH = {"x": RNG.standard_normal((64, 8)), "t": RNG.integers(0, 3, 64)}


def network(
    depth: int = 2, activation: str = "tanh", init: Any = None, bias: float = 0.0, last: Any = None
) -> irlib.Graph:
    """A classifier of 8 features into 3 classes with so many hidden layers of 16."""
    b = irlib.Builder("net")
    h, t = b.input("x", "float64[n, 8]"), b.input("t", "int64[n]")
    init = nn.xavier_uniform() if init is None else init
    for k in range(depth):
        made = nn.linear(b, h, 16, name=f"layer{k}", weight_init=init, bias_init=nn.constant(bias))
        h = getattr(b, activation)(made, name=f"h{k}")
    scores = nn.linear(b, h, 3, name="scores", weight_init=nn.xavier_uniform() if last is None else last)
    b.output("loss", b.cross_entropy(scores, t), role="loss")
    return b.build()


def codes(model: irlib.Graph, feeds: Any = None) -> set[str]:
    return {finding.code for finding in diagnose(model, BATCH if feeds is None else feeds).findings}


@pytest.mark.parametrize(
    "model",
    [
        network(), network(0), network(8), network(8, "relu", nn.he_normal()), network(1, "sigmoid"),
        network(0, last=nn.zeros()), network(4, "gelu", nn.he_normal()), network(4, "leaky_relu", nn.he_normal()),
    ],
)  # fmt: skip
def test_a_sound_network_has_no_findings(model: irlib.Graph) -> None:
    assert codes(model) == set()


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (network(8, "sigmoid"), "IR901"),
        (network(10, "tanh", nn.normal(0.05)), "IR901"),
        (network(8, "relu", nn.normal(2.0)), "IR902"),
        (network(1, "tanh", nn.normal(5.0)), "IR903"),
        (network(1, "sigmoid", nn.normal(20.0)), "IR903"),
        (network(1, "relu", bias=-100.0), "IR904"),
        (network(2, "tanh", nn.constant(0.1), last=nn.constant(0.1)), "IR905"),
        (network(2, "tanh", nn.zeros(), last=nn.zeros()), "IR905"),
        (network(1, "tanh", last=nn.zeros()), "IR906"),
    ],
)
def test_a_network_built_to_ail_is_found_out(model: irlib.Graph, code: str) -> None:
    assert code in codes(model)


def test_a_parameter_without_a_path_to_the_loss_gets_no_gradient() -> None:
    b = irlib.Builder("unused")
    w, spare = b.parameter("w", np.ones(3)), b.parameter("spare", np.ones(3))
    b.output("loss", b.sum(w * b.input("x", "float64[3]")), role="loss")
    b.output("aside", spare * 2.0)
    found = diagnose(b.build(), {"x": np.array([0.5, 1.0, -1.0])}).findings
    assert [f.code for f in found] == ["IR906"]
    assert "'spare'" in str(found[0])


def test_every_activation_is_measured_whether_its_author_named_it_or_not() -> None:
    b = irlib.Builder("bends")
    h, t = b.input("x", "float64[n, 8]"), b.input("t", "int64[n]")
    for k, op in enumerate(("gelu", "silu", "softsign", "elu")):
        h = getattr(b, op)(nn.linear(b, h, 8, name=f"layer{k}"))
    b.output("loss", b.cross_entropy(nn.linear(b, h, 3, name="scores"), t), role="loss")
    made = diagnose(b.build(), BATCH)
    assert [a.op for a in made.activations] == ["gelu", "silu", "softsign", "elu"]
    assert all(a.scale > 0 and a.gradient > 0 for a in made.activations)


def sequences(kind: str, init: Any = None, steps: int = 8, scale: float = 1.0, **options: Any) -> set[str]:
    b = irlib.Builder(kind)
    x, t = b.input("x", "float64[n, steps, 8]"), b.input("t", "int64[n]")
    given = {} if init is None else {"recurrent_init": init}
    _, last, *_ = getattr(nn, kind)(b, x, 16, batch_first=True, **given, **options)
    b.output("loss", b.cross_entropy(nn.linear(b, b.squeeze(last, [0]), 3, name="scores"), t), role="loss")
    rng = np.random.default_rng(0)
    return codes(b.build(), {"x": rng.standard_normal((16, steps, 8)) * scale, "t": rng.integers(0, 3, 16)})


@pytest.mark.parametrize(("kind", "steps"), [("rnn", 8), ("gru", 8), ("lstm", 8), ("lstm", 28)])
def test_a_sound_recurrence_has_no_findings(kind: str, steps: int) -> None:
    assert sequences(kind, steps=steps) == set()


SYSTEMS: dict[str, Callable[..., irlib.Graph]] = {
    "logistic": systems.logistic_regression,
    "mlp": systems.mlp,
    "cnn": systems.cnn,
    "residual": systems.residual_network,
    "attention": systems.attention_classifier,
    **{kind: partial(systems.recurrent_classifier, kind) for kind in ("rnn", "gru", "lstm")},
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_systems_that_learn_digits_have_no_findings_before_or_after(name: str) -> None:
    images, labels = data.digits()
    rows = {"x": (images[:264] / np.float32(16)).astype("float32"), "t": labels[:264].astype("int64")}
    batch = {k: a[-64:] for k, a in rows.items()}
    model = SYSTEMS[name](seed=1)
    assert codes(model, batch) == set()
    made = irlib.train(model, {k: a[:200] for k, a in rows.items()}, optimizer=training.adamw(4e-3), epochs=1)
    assert codes(made.model, batch) == set()


def test_gradients_that_vanish_or_explode_over_the_steps_of_a_sequence_are_found() -> None:
    assert sequences("rnn", nn.normal(0.02)) == {"IR901"}
    assert sequences("rnn", nn.normal(2.0), steps=12, scale=1e-12) == {"IR902"}


def test_units_of_a_convolution_that_begin_alike_are_found() -> None:
    def convolved(init: Any) -> irlib.Graph:
        b = irlib.Builder("images")
        x, t = b.input("x", "float64[n, 1, 6, 6]"), b.input("t", "int64[n]")
        h = b.relu(nn.conv2d(b, x, 4, 3, weight_init=init))
        b.output("loss", b.cross_entropy(nn.linear(b, b.mean(h, [2, 3]), 3, weight_init=init), t), role="loss")
        return b.build()

    images = {"x": RNG.standard_normal((16, 1, 6, 6)), "t": RNG.integers(0, 3, 16)}
    assert "IR905" in codes(convolved(nn.constant(0.1)), images)
    assert codes(convolved(nn.he_normal()), images) == set()


def test_of_few_examples_no_unit_is_called_dead() -> None:
    few = {name: a[:2] for name, a in BATCH.items()}
    assert "IR904" not in codes(network(1, "relu", nn.he_normal(), bias=-1.5), few)


@pytest.mark.parametrize(("optimizer", "rate"), [("sgd", 0.1), ("adam", 1e-3), (training.sgd(0.5), 0.5)])
def test_updates_are_those_of_the_optimizer(optimizer: Any, rate: float) -> None:
    rule = training.OPTIMIZERS[optimizer](rate) if isinstance(optimizer, str) else optimizer
    model = network(1)
    made = {w.name: w for w in diagnose(model, BATCH, optimizer=rule).weights}
    step = irlib.training_step(model, optimizer=rule)
    after = training.updates(step, irlib.run(step, BATCH))
    for name, w in made.items():
        before = model.nodes[name].variable.tensor.array
        assert w.update == pytest.approx(float(np.sqrt(np.mean((after[name] - before) ** 2))))
        assert w.ratio == (pytest.approx(w.update / w.scale) if w.scale else float("inf"))


@pytest.mark.parametrize("scale", [np.full(8, 1000.0), np.array([1e-3, *[1.0] * 7]), np.array([1e3, *[1.0] * 7])])
def test_inputs_out_of_scale_are_found(scale: Any) -> None:
    assert "IR907" in codes(network(), {**BATCH, "x": BATCH["x"] * scale})


def test_pixels_at_the_rim_are_no_unscaled_input() -> None:
    images, labels = data.digits()
    x = images.reshape(-1, 64) / 16
    b = irlib.Builder("digits")
    scores = nn.linear(b, b.input("x", "float64[n, 64]"), 10)
    b.output("loss", b.cross_entropy(scores, b.input("t", "int64[n]")), role="loss")
    assert codes(b.build(), {"x": x, "t": labels.astype("int64")}) == set()


def test_what_a_mask_puts_in_and_a_softmax_takes_out_is_sound() -> None:
    b = irlib.Builder("masked")
    x, t = b.input("x", "float64[n, 8]"), b.input("t", "int64[n]")
    scores = nn.linear(b, x, 4, name="scores")
    mask = b.constant(np.array([True, True, True, False]))
    attention = b.softmax(b.where(mask, scores, b.constant(-np.inf)))
    b.output("loss", b.cross_entropy(nn.linear(b, attention, 3, name="last"), t), role="loss")
    assert codes(b.build()) == set()


def test_a_derivative_that_is_not_finite_is_traced_to_its_place() -> None:
    b = irlib.Builder("root")
    w = b.parameter("w", np.array([0.0, 1.0]))
    b.output("loss", b.sum(b.sqrt(b.square(w, name="squares")) * b.input("x", "float64[2]")), role="loss")
    made = diagnose(b.build(), {"x": np.array([0.5, 1.0])})
    assert np.isfinite(made.loss)
    assert [f.code for f in made.findings] == ["IR908"]
    assert "%squares" in str(made.findings[0])


def test_the_source_of_a_nan_is_named() -> None:
    b = irlib.Builder("logs")
    x = b.input("x", "float64[n]")
    b.output("loss", b.mean(b.log(x * b.parameter("w", np.array(1.0)), name="logarithm")), role="loss")
    made = diagnose(b.build(), {"x": np.array([1.0, -1.0])})
    assert [f.code for f in made.findings] == ["IR908"]
    assert "%logarithm" in str(made.findings[0])


def test_figures_are_those_of_the_passes() -> None:
    model = network(1)
    made = diagnose(model, BATCH)
    values, gradients = irlib.value_and_grad(model, BATCH)
    assert made.loss == pytest.approx(float(values["loss"]))
    for w in made.weights:
        assert w.gradient == pytest.approx(np.sqrt(np.mean(gradients[w.name] ** 2)))
    assert [a.name for a in made.activations] == ["%h0"]


def test_a_model_without_a_loss_is_an_error() -> None:
    b = irlib.Builder("map")
    b.output("y", b.input("x", "float64[3]") * b.parameter("w", np.ones(3)))
    with pytest.raises(DerivativeError, match="0 losses"):
        diagnose(b.build(), {"x": np.ones(3)})


def test_the_command_tells_figures_and_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    irlib.save(network(8, "sigmoid"), tmp_path / "net.pb")
    np.savez(tmp_path / "batch.npz", x=BATCH["x"], t=BATCH["t"])
    asked = ["doctor", str(tmp_path / "net.pb"), "--data", str(tmp_path / "batch.npz")]
    assert main(asked) == 1
    told = capsys.readouterr().out
    assert "%h0 (sigmoid)" in told
    assert "warning IR901 graph 'net': vanishing gradients" in told
    assert main([*asked, "--json"]) == 1
    read = json.loads(capsys.readouterr().out)
    assert read["findings"][0]["code"] == "IR901"
    assert len(read["activations"]) == 8
    irlib.save(network(), tmp_path / "sound.pb")
    assert main(["doctor", str(tmp_path / "sound.pb"), "--data", str(tmp_path / "batch.npz")]) == 0
    assert "nothing found" in capsys.readouterr().out


def test_the_picture_has_a_bar_for_each_figure_and_marks_what_was_found(tmp_path: Path) -> None:
    irlib.save(network(8, "sigmoid"), tmp_path / "net.pb")
    np.savez(tmp_path / "batch.npz", x=BATCH["x"], t=BATCH["t"])
    asked = ["doctor", str(tmp_path / "net.pb"), "--data", str(tmp_path / "batch.npz")]
    assert main([*asked, "--picture", str(tmp_path / "layers.svg"), "--optimizer", "sgd", "--lr", "0.5"]) == 1
    root = ET.parse(tmp_path / "layers.svg").getroot()
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    drawn = [r for r in root.findall(".//{*}rect") if r.get("height") == "8"]
    # 8 activations of two figures; 18 parameters of three, of which a bias of zeros has no scale and no ratio
    assert len(drawn) == 8 * 2 + 9 * 3 + 9
    for r in drawn:
        assert 0 <= float(r.get("x", "-1")) <= float(r.get("x", "-1")) + float(r.get("width", "-1")) <= width
        assert 0 <= float(r.get("y", "-1")) <= height
    words = ["".join(t.itertext()) for t in root.findall(".//{*}text")]
    assert any("IR901" in w and "vanishing" in w for w in words)
    assert "%h0 (sigmoid)" in words


def test_a_diagnosis_of_what_is_not_finite_has_a_picture_too() -> None:
    b = irlib.Builder("bad <&>")
    b.output("loss", b.sum(b.log(b.parameter("w", np.array([-1.0])))), role="loss")
    made = diagnose(b.build(), {})
    assert "IR908" in bars(made, "bad <&>")
    ET.fromstring(bars(made, "bad <&>"))
