from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import irlib

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = {path.stem: path for path in sorted((ROOT / "examples").glob("*.py"))}
QUICK = {
    "adversarial_ring": ["10"],
    "autoencoder": ["2"],
    "deep_and_shallow": ["2", "1"],
    "digits": ["mlp", "3"],
    "logistic_regression": ["5"],
    "numpy_loss": ["3"],
    "polynomial_fit": ["100"],
    "remember": ["1", "rnn"],
    "sigmoid_network": ["5"],
    "train_in_onnxruntime": ["1"],
    "two_moons": ["3"],
    "universal_approximator": ["2", "1"],
}


def run(name: str, folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES[name]), *(arguments or QUICK.get(name, []))],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_what_it_writes_is_valid(name: str, tmp_path: Path) -> None:
    assert run(name, tmp_path)
    for path in tmp_path.glob("*.pb"):
        assert irlib.check(path).ok, path.name


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_can_be_read_at_a_sitting(name: str) -> None:
    assert len(EXAMPLES[name].read_text(encoding="utf-8").splitlines()) < 80


@pytest.mark.slow
def test_a_flow_makes_the_bound_of_an_autoencoder_better(tmp_path: Path) -> None:
    found = re.search(r"the flow is better by (-?[\d.]+) nats", run("autoencoder", tmp_path, "40"))
    assert found is not None
    assert float(found[1]) > 0.1


@pytest.mark.slow
def test_adversaries_cover_the_ring(tmp_path: Path) -> None:
    found = re.search(r"(\d) of 8 modes covered", run("adversarial_ring", tmp_path, "2000"))
    assert found is not None
    assert int(found[1]) >= 7


def test_a_composite_runs_where_its_class_is_not_known(tmp_path: Path) -> None:
    import numpy as np

    run("custom_composite", tmp_path)
    model = irlib.load(tmp_path / "bumps.pb")  # this process has not registered it
    assert model.nodes["y"].op.dialect == "example"
    x = np.linspace(-2.0, 2.0, 9)
    np.testing.assert_allclose(irlib.run(model, {"x": x})["y"], x * np.exp(-0.5 * x * x), rtol=1e-15)
    _, gradients = irlib.value_and_grad(model, {"x": x}, of="loss", wrt=["x"])
    expected = 2 * x * np.exp(-0.5 * x * x) * (1 - x * x) * np.exp(-0.5 * x * x)
    np.testing.assert_allclose(gradients["x"], expected, rtol=1e-13, atol=1e-15)
