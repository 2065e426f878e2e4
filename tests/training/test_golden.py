"""Optimizers, schedules and clipping against torch: 20 steps each (made by `tools/torch_optimizers.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import training

with np.load(Path(__file__).with_name("optimizers.npz")) as _file:
    GOLDEN = dict(_file)
NAMES = ("w1", "c1", "w2", "c2")

OPTIMIZERS = {
    "sgd": training.sgd(0.1),
    "sgd_decay": training.sgd(0.1, weight_decay=0.05),
    "momentum": training.momentum(0.05),
    "nesterov": training.nesterov(0.05, momentum=0.8, weight_decay=0.01),
    "rmsprop": training.rmsprop(0.01),
    "rmsprop_centered": training.rmsprop(0.01, alpha=0.9, centered=True, momentum=0.5, weight_decay=0.01),
    "adagrad": training.adagrad(0.1),
    "adagrad_decay": training.adagrad(0.1, rate_decay=0.1, initial=0.01, weight_decay=0.01),
    "adam": training.adam(0.01),
    "adam_decay": training.adam(0.02, beta1=0.8, beta2=0.95, epsilon=1e-6, weight_decay=0.01),
    "adamw": training.adamw(0.01),
    "adamw_decay": training.adamw(0.02, weight_decay=0.1),
}
SCHEDULES = {
    "constant": training.constant(0.1),
    "step_decay": training.step_decay(0.1, 6, 0.5),
    "exponential": training.exponential(0.1, 0.9),
    "cosine": training.cosine(0.1, 15, 0.01),
    "warm_up": training.warm_up(0.1, 7),
    "warm_up_cosine": training.warm_up(training.cosine(0.1, 15, 0.001), 5, start=0.1),
    "one_cycle": training.one_cycle(0.2, 21),
    "reduce_on_plateau": training.reduce_on_plateau(0.1, factor=0.5, patience=1, cooldown=1),
    "reduce_on_plateau_of_means": training.reduce_on_plateau(0.1, every=3, factor=0.5, patience=0, threshold=0.2),
}
CLIPPING: dict[str, dict[str, float]] = {
    "clip_value": {"clip_value": 0.05},
    "clip_norm": {"clip_norm": 0.3},
    "clip_norm_wide": {"clip_norm": 1e3},
}


def model(dtype: str = "float64") -> irlib.Graph:
    b = irlib.Builder("net")
    x, t = b.input("x", f"{dtype}[n, 3]"), b.input("t", f"{dtype}[n, 2]")
    p = {name: b.parameter(name, GOLDEN[name].astype(dtype)) for name in NAMES}
    y = b.tanh(x @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]
    b.output("loss", b.mse_loss(y, t), role="loss")
    return b.build()


def trained(step: irlib.Graph) -> Any:
    """The parameters after steps 1, 5, 10 and 20, flat: those that the file has."""
    run, history = irlib.compile(step), []
    values: dict[str, Any] = {}
    dtype = step.nodes["w1"].type.dtype.numpy
    for k in range(20):
        feeds = {"x": GOLDEN["x"][k].astype(dtype), "t": GOLDEN["t"][k].astype(dtype)}
        values = training.updates(step, run({**feeds, **values}))
        history.append(np.concatenate([values[name].ravel() for name in NAMES]))
    return np.array(history)[[0, 4, 9, 19]]


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_an_optimizer_is_torchs(case: str) -> None:
    made = trained(irlib.training_step(model(), loss="loss", optimizer=OPTIMIZERS[case]))
    np.testing.assert_allclose(made, GOLDEN[f"optimizer.{case}"], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", OPTIMIZERS)
def test_an_optimizer_trains_float32_parameters_in_it(case: str) -> None:
    step = irlib.training_step(model("float32"), optimizer=OPTIMIZERS[case])
    assert {str(n.type.dtype) for n in step.buffers} <= {"float32", "int64"}
    np.testing.assert_allclose(trained(step), GOLDEN[f"optimizer.{case}"], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("case", SCHEDULES)
def test_a_schedule_is_torchs(case: str) -> None:
    made = trained(irlib.training_step(model(), optimizer=training.sgd(SCHEDULES[case])))
    np.testing.assert_allclose(made, GOLDEN[f"schedule.{case}"], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", [c for c in SCHEDULES if not c.startswith("reduce")])
def test_the_rates_of_a_schedule_are_torchs(case: str) -> None:
    b = irlib.Builder("rate")
    b.output("rate", SCHEDULES[case].rate(b, b.input("done", "float64[]"), {}))
    run = irlib.compile(b.build())
    made = [run({"done": np.array(float(k))})["rate"] for k in range(20)]
    np.testing.assert_allclose(made, GOLDEN[f"rates.{case}"], rtol=1e-12)


def test_the_vectors_of_plateaus_have_reductions() -> None:
    for case in ("reduce_on_plateau", "reduce_on_plateau_of_means"):
        assert len(set(GOLDEN[f"rates.{case}"])) >= 3


@pytest.mark.parametrize("case", CLIPPING)
def test_clipping_is_torchs(case: str) -> None:
    made = trained(irlib.training_step(model(), optimizer=training.momentum(0.05), **CLIPPING[case]))
    np.testing.assert_allclose(made, GOLDEN[f"clip.{case}"], rtol=1e-10, atol=1e-10)
