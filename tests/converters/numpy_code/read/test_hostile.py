"""Hostile sources: each is refused, does nothing, and takes little time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from tests.converters.numpy_code.hostile.sources import LARGE, SOURCES

ROOT = Path(__file__).parents[4]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each source is read in a fork")


def judged(folder: Path, limits: dict[str, float], *names: str) -> list[dict[str, Any]]:
    (folder / "canary.py").write_text("open('imported', 'w')\n")
    paths = os.pathsep.join([str(ROOT), str(folder), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "tests.converters.numpy_code.hostile.judge", json.dumps(limits), *names],
        cwd=folder, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == (len(names) or len(SOURCES) + len(LARGE))
    assert sorted(p.name for p in folder.iterdir() if p.name != "__pycache__") == ["canary.py"]
    return rows


def bad(rows: list[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
    return [
        row
        for row in rows
        if not row["end"].startswith("refused: ") or row["seen"] or row["seconds"] > seconds or row["bytes"] > 500e6
    ]


def test_there_are_enough_hostile_sources() -> None:
    assert len(SOURCES) + len(LARGE) >= 80


def test_every_hostile_source_is_refused_without_a_side_effect(tmp_path: Path) -> None:
    assert bad(judged(tmp_path, {"seconds": 0.1, "steps": 5_000}), 2.0) == []


@pytest.mark.slow
def test_every_hostile_source_is_refused_in_under_five_seconds_by_the_default_limits(tmp_path: Path) -> None:
    assert bad(judged(tmp_path, {}), 5.0) == []


def test_a_refusal_has_file_line_reason_and_code(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("import numpy as np\n\n\ndef f(x):\n    y = x + 1\n    return y.tofile('a')\n")
    with pytest.raises(irlib.IRError) as refusal:
        irlib.from_numpy(path, "f", np.zeros(3))
    assert str(refusal.value) == "net.py:6, in 'f': arrays have no attribute 'tofile' here [IR894]"


def test_a_shape_is_inferred_and_never_allocated() -> None:
    source = "import numpy as np\ndef f(x):\n    return np.zeros((2 ** 40, 3))[:2] + x\n"
    graph = irlib.from_numpy(source, "f", np.ones(3))
    assert str(graph.outputs[0].name) == "out"
    assert [graph.value_type(graph.output_value(o)) for o in graph.outputs] == [irlib.spec("float64[2, 3]")]
