from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

import irlib
from irlib.cli import main
from irlib.cli.demonstration import backpropagation, story
from irlib.cli.demonstration.systems import SYSTEMS, accuracy
from irlib.errors import ExecutionError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--out", str(path)]) == 0
    return path


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_file_of_the_demonstration_is_valid(folder: Path, name: str) -> None:
    for kind in ("", ".gradient", ".step", ".trained"):
        assert irlib.check(folder / f"{name}{kind}.pb").ok


@pytest.mark.parametrize(("name", "least"), [("logistic", 0.95), ("network", 0.97)])
def test_digits_are_recognized(folder: Path, name: str, least: float) -> None:
    assert accuracy(irlib.load(folder / f"{name}.trained.pb"), SYSTEMS[name]().test) >= least


def test_the_polynomial_is_that_of_least_squares(folder: Path) -> None:
    system, model = SYSTEMS["polynomial"](), irlib.load(folder / "polynomial.trained.pb")
    best = np.polynomial.polynomial.polyfit(system.test["x"], system.test["t"], 3)
    found = [float(model.nodes[f"p{k}"].variable.tensor.array) for k in range(4)]
    np.testing.assert_allclose(found, best, atol=1e-9)


def test_the_four_equations_hold_for_random_weights() -> None:
    system = SYSTEMS["network"]()
    feeds = {name: values[:7] for name, values in system.training.items()}
    compared = backpropagation.compare(system.model, feeds)
    assert [c.equation for c in compared] == ["BP1", "BP2", "BP3", "BP4"]
    assert max(c.difference for c in compared) < 1e-13


def test_the_demonstration_fails_when_an_equation_does_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [backpropagation.Comparison("BP1", "error", 0.1)]
    monkeypatch.setattr(story, "compare", lambda model, feeds: wrong)
    with pytest.raises(ExecutionError, match="BP1 differs by"):
        story.demonstrate(tmp_path, quick=True)


def test_what_the_demonstration_proposes_can_be_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--quick"]) == 0
    commands = re.findall(r"^  irlib (.*)$", capsys.readouterr().out, re.MULTILINE)
    assert len(commands) >= 5
    for text in commands:
        words = [str(p) for w in shlex.split(text) for p in (sorted(Path().glob(w)) if "*" in w else [w])]
        assert main(words) == (1 if words[0] == "diff" else 0), text
    assert "Traceback" not in capsys.readouterr().err
