"""Each finding has a network built to have it; a sound network has none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import nn
from irlib.cli import main
from irlib.doctor import diagnose
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
        network(0, last=nn.zeros()),
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


@pytest.mark.parametrize("scale", [np.full(8, 1000.0), np.array([1e-3, *[1.0] * 7])])
def test_inputs_out_of_scale_are_found(scale: Any) -> None:
    assert "IR907" in codes(network(), {**BATCH, "x": BATCH["x"] * scale})


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
