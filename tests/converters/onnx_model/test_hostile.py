"""What somebody damaged or meant badly is refused with a code, in seconds and little memory, and never a crash."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("onnx")

from tests.converters.onnx_model.mutants import SECONDS, mutants, outcome, sources

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.mark.slow
def test_no_small_file_takes_long_or_much() -> None:
    # in a process of its own, of which the most memory can be asked
    done = subprocess.run(
        [sys.executable, "-m", "tests.converters.onnx_model.bombs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) >= 40
    assert [row for row in rows if row[2] > SECONDS or row[3] > 200] == []


@pytest.mark.parametrize(("stored", "seed"), [(True, 20), pytest.param(False, 21, marks=pytest.mark.slow)])
def test_damaged_models_are_read_or_refused_with_a_code(*, stored: bool, seed: int) -> None:
    models = sources(stored=stored)
    found = {k: why for k, data in enumerate(mutants(models, seed, 500)) if (why := outcome(data))}
    assert found == {}, f"seed {seed}"
