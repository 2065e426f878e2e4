from __future__ import annotations

import os
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
    "polynomial_fit": ["100"],
    "sigmoid_network": ["5"],
    "train_in_onnxruntime": ["1"],
    "universal_approximator": ["2", "1"],
}


def run(name: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES[name]), *QUICK.get(name, [])],
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
