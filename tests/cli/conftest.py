"""A small model on disk, and the command in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import irlib
from irlib.cli import main


class Ran(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """A function that runs `irlib` on its arguments."""

    def run(*arguments: object) -> Ran:
        status = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return run


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """``loss = sum(tanh(x @ w))`` with a named hidden value, as a file."""
    b = irlib.Builder("small")
    x, w = b.input("x", "float32[batch, 4]"), b.parameter("w", np.full((4, 3), 0.25, "float32"))
    h = b.tanh(x @ w, name="h")
    b.output("h", h)
    b.output("loss", b.sum(h), role="loss")
    path = tmp_path / "small.pb"
    irlib.save(b.build(), path)
    return path


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    path = tmp_path / "in.npz"
    np.savez(path, x=np.arange(8, dtype="float32").reshape(2, 4))
    return path
