from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import irlib
from irlib import nn
from irlib.trainer.curve import curve
from tests.cli.conftest import Command


@pytest.fixture
def net(tmp_path: Path) -> Path:
    b = irlib.Builder("net")
    x, t, key = b.input("x", "float32[n, 2]"), b.input("t", "int64[n]"), b.input("key", "uint32[2]")
    h = nn.dropout(b, b.tanh(nn.linear(b, x, 8, name="hidden")), 0.1, key)
    b.output("loss", b.cross_entropy(nn.linear(b, h, 2, name="scores"), t), role="loss")
    irlib.save(b.build(), tmp_path / "net.pb")
    return tmp_path / "net.pb"


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    x = np.random.default_rng(0).standard_normal((60, 2)).astype("float32")
    np.savez(tmp_path / "rows.npz", x=x, t=(x[:, 0] > x[:, 1]).astype("int64"))
    return tmp_path / "rows.npz"


def test_a_model_is_trained(command: Command, net: Path, rows: Path, tmp_path: Path) -> None:
    out, log, picture = tmp_path / "trained.pb", tmp_path / "log.jsonl", tmp_path / "loss.svg"
    ran = command(
        "train", net, "--data", rows, "--lr", 0.05, "--epochs", 8, "--batch-size", 10, "--validation", 0.2,
        "--log", log, "--curve", picture, "--step", tmp_path / "step.pb", "-o", out,
    )  # fmt: skip
    assert ran.status == 0, ran.err
    assert "loss 0." in ran.out
    assert "validation loss" in ran.out
    assert irlib.check(out).ok
    assert irlib.check(tmp_path / "step.pb").ok
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert lines[-1]["loss"] < lines[0]["loss"]
    assert ET.parse(picture).getroot().tag.endswith("svg")


def test_a_resumed_training_writes_the_same_file(command: Command, net: Path, rows: Path, tmp_path: Path) -> None:
    whole, parts, saved = tmp_path / "whole.pb", tmp_path / "parts.pb", tmp_path / "run.ckpt"
    assert command("train", net, "--data", rows, "--epochs", 3, "-o", whole).status == 0
    assert command("train", net, "--data", rows, "--epochs", 1, "--checkpoint", saved, "-o", parts).status == 0
    ran = command("train", net, "--data", rows, "--epochs", 3, "--checkpoint", saved, "--resume", "-o", parts)
    assert ran.status == 0, ran.err
    assert parts.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("schedule", ["constant", "step", "exponential", "cosine", "one-cycle", "plateau"])
def test_the_rate_follows_a_schedule(command: Command, net: Path, rows: Path, tmp_path: Path, schedule: str) -> None:
    asked = ("train", net, "--data", rows, "--epochs", 6, "--batch-size", 10, "--lr", 0.1, "-o", tmp_path / "out.pb")
    ran = command(*asked, "--schedule", schedule, "--warm-up", 6, "--optimizer", "sgd", "--log", tmp_path / "log.jsonl")
    assert ran.status == 0, ran.err
    rates = [json.loads(line)["rate"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    last = {"step": 1e-4, "exponential": 1e-3, "cosine": 0.0, "one-cycle": 0.0}.get(schedule, 0.1)
    assert rates[-1] == pytest.approx(last, abs=1e-4)


def test_restarts_become_an_ensemble(command: Command, net: Path, rows: Path, tmp_path: Path) -> None:
    asked = ("train", net, "--data", rows, "--epochs", 2, "--validation", 0.2, "-o", tmp_path / "out.pb")
    ran = command(*asked, "--restarts", 3)
    assert ran.status == 0, ran.err
    assert "of 3 is the best" in ran.out
    assert len(irlib.load(tmp_path / "out.pb").parameters) == 4
    assert command(*asked, "--restarts", 3, "--ensemble").status == 0
    assert len(irlib.load(tmp_path / "out.pb").parameters) == 12
    assert command(*asked, "--ensemble").status == 2


def test_every_engine_can_be_asked_for(command: Command, net: Path, rows: Path, tmp_path: Path) -> None:
    asked = ("train", net, "--data", rows, "--epochs", 1, "-o", tmp_path / "out.pb")
    for engine in ("reference", "numpy"):
        assert command(*asked, "--engine", engine).status == 0
    ran = command(*asked, "--engine", "abacus")
    assert ran.status == 2
    assert "reference" in ran.err


def test_what_does_not_fit_is_said_in_a_line(command: Command, net: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "short.npz", x=np.zeros((4, 2), "float32"))
    ran = command("train", net, "--data", tmp_path / "short.npz", "-o", tmp_path / "out.pb")
    assert ran.status == 1
    assert "no array for input 't' (int64[n])" in ran.err
    assert not (tmp_path / "out.pb").exists()
    ran = command("train", net, "--data", tmp_path / "short.npz", "--resume", "-o", tmp_path / "out.pb")
    assert ran.status == 2
    assert "--checkpoint" in ran.err


def test_numbers_of_other_dtypes_are_cast_when_asked(command: Command, net: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "wide.npz", x=np.ones((8, 2)), t=np.zeros(8, "uint8"))
    asked = ("train", net, "--data", tmp_path / "wide.npz", "--epochs", 1, "-o", tmp_path / "out.pb")
    assert "expected float32[n, 2]" in command(*asked).err
    assert command(*asked, "--cast").status == 0


@pytest.mark.parametrize("losses", [[1.0], [0.5, 0.5], [1e3, 1.0, 1e-4], [-3.0, -4.5], [7.0, float("nan"), 1.0]])
def test_a_curve_is_drawn_of_any_losses(losses: list[float]) -> None:
    history = [{"epoch": k, "loss": y} for k, y in enumerate(losses, start=1)]
    root = ET.fromstring(curve(history, "a < b & c"))
    points = root.findall(".//{*}circle")
    assert len(points) == sum(np.isfinite(losses))
    assert all(0 <= float(p.get("cx", "-1")) <= 640 and 0 <= float(p.get("cy", "-1")) <= 360 for p in points)
