from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from irlib import serde
from irlib.builder import Builder
from irlib.errors import FileError
from irlib.graph import Graph
from irlib.serde import durable


def model(fill: float) -> Graph:
    b = Builder("model")
    b.output("y", b.parameter("w", np.full(2**19, fill, np.float32)))
    b.output("fill", b.parameter("f", np.full(3, fill)))
    return b.build()


def _value(path: Path) -> float:
    graph = serde.load(path, verify=True)
    values = {float(v.tensor.array[0]) for v in graph.variables if v.tensor is not None}
    assert len(values) == 1, "the weights are those of the model"
    return values.pop()


def test_saving_again_replaces_the_model_and_its_weights(tmp_path: Path) -> None:
    path = tmp_path / "m.pb"
    for fill in (1.0, 2.0, 2.0, 1.0):
        serde.save(model(fill), path)
        assert _value(path) == fill
        assert len(list(tmp_path.iterdir())) == 2


def test_a_model_that_is_mapped_can_be_saved_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "m.pb"
    serde.save(model(1.0), path)
    old = serde.load(path)
    serde.save(old, path)
    serde.save(model(2.0), path)
    assert old == model(1.0)


def test_another_models_weights_are_left_alone(tmp_path: Path) -> None:
    serde.save(model(1.0), tmp_path / "a.pb")
    serde.save(model(1.0), tmp_path / "a.json")
    serde.save(model(2.0), tmp_path / "a.pb")
    assert (_value(tmp_path / "a.pb"), _value(tmp_path / "a.json")) == (2.0, 1.0)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "m.pb").symlink_to("real/n.pb")
    serde.save(model(1.0), tmp_path / "m.pb")
    assert (tmp_path / "m.pb").is_symlink()
    assert _value(tmp_path / "m.pb") == _value(tmp_path / "real" / "n.pb") == 1.0


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    serde.save(model(1.0), tmp_path / "m.pb")
    (tmp_path / "other").touch()
    assert (tmp_path / "m.pb").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_folder_that_is_not_there_is_a_coded_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="IR500"):
        serde.save(model(1.0), tmp_path / "none" / "m.pb")


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
@pytest.mark.parametrize("at", [0, 1])
def test_any_failure_leaves_the_old_file_and_nothing_else(
    step: str, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.pb"
    serde.save(model(1.0), path)
    calls = 0
    real: Any

    def failing(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > at:
            raise OSError(28, "No space left on device")
        return real(*args)

    if step == "write":
        real = durable._pieces
        monkeypatch.setattr(durable, "_pieces", failing)
    elif step == "fsync":
        real = os.fsync
        monkeypatch.setattr(os, "fsync", failing)
    else:
        real = Path.replace
        monkeypatch.setattr(Path, "replace", failing)
    before = set(tmp_path.iterdir())
    with pytest.raises(FileError, match="No space left on device"):
        serde.save(model(2.0), path)
    monkeypatch.undo()
    assert _value(path) == 1.0
    left = set(tmp_path.iterdir()) - before
    assert all(p.name.endswith(".safetensors") for p in left), "no temporary files"
    serde.save(model(3.0), path)
    assert _value(path) == 3.0


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "m.pb"
    serde.save(model(1.0), path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
    try:
        with pytest.raises(FileError, match="IR500"):
            serde.save(model(2.0), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    assert _value(path) == 1.0
    assert len(list(tmp_path.iterdir())) == 2


_SAVER = """
import sys
from irlib import serde
from tests.serde.test_save import model
graphs = [model(float(k)) for k in (1, 2)]
print("ready", flush=True)
while True:
    for graph in graphs:
        serde.save(graph, sys.argv[1])
"""


@pytest.mark.parametrize("points", [6, pytest.param(50, marks=pytest.mark.slow)])
def test_a_kill_at_any_point_leaves_a_whole_model(points: int, tmp_path: Path) -> None:
    """Each time, a process that saves without end is killed; the file is then one of the two models, whole."""
    path = tmp_path / "m.pb"
    serde.save(model(1.0), path)
    rng = random.Random(points)
    for _ in range(points):
        with subprocess.Popen([sys.executable, "-c", _SAVER, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(rng.random() * 0.05)
            process.kill()
        assert _value(path) in (1.0, 2.0)


def test_a_model_saved_while_it_is_loaded_is_loaded_whole(tmp_path: Path) -> None:
    path = tmp_path / "m.pb"
    serde.save(model(1.0), path)
    with subprocess.Popen([sys.executable, "-c", _SAVER, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            for _ in range(40):
                assert _value(path) in (1.0, 2.0)
        finally:
            process.kill()
