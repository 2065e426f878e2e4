"""Checkpoints: all that a training needs to go on, in one file that is replaced at once."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from irlib.errors import FileError
from irlib.serde.durable import Replacement

__all__ = ["Progress", "read", "write"]

FORMAT = 1


@dataclass
class Progress:
    """Where a training is: the next batch, the values of all parameters and buffers, and what it has seen."""

    epoch: int = 1
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    """Of the batches of this epoch so far, each times its rows."""
    values: dict[str, Any] = field(default_factory=dict)
    best: dict[str, Any] = field(default_factory=dict)
    """The values after the best epoch, where training may stop early."""
    history: list[dict[str, Any]] = field(default_factory=list)


def write(path: Path, progress: Progress, fingerprint: str) -> None:
    """Replace the checkpoint at `path`; a reader, or a run after a crash, finds the old one or the new one whole."""
    told = {
        "format": FORMAT, "fingerprint": fingerprint, "epoch": progress.epoch, "batch": progress.batch,
        "step": progress.step, "loss_sum": progress.loss_sum.hex(), "history": progress.history,
    }  # fmt: skip
    arrays = {f"value/{k}": a for k, a in progress.values.items()} | {f"best/{k}": a for k, a in progress.best.items()}
    # text as bytes: the names of arrays and the record are data
    arrays["progress"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    made = io.BytesIO()
    np.savez(made, allow_pickle=False, **arrays)
    with Replacement(path) as replacement:
        replacement.write([made.getbuffer()])
        replacement.commit()


def read(path: Path, fingerprint: str, like: Mapping[str, Any]) -> Progress:
    """The progress saved at `path`; `like` has the dtypes of the values.

    Raises: FileError when it is damaged, or of a training with another model, optimizer, data or seed.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        told = json.loads(arrays.pop("progress").tobytes())
        if told["format"] != FORMAT:
            raise FileError(f"checkpoint of format {told['format']}, expected {FORMAT}", code="IR503", where=str(path))
        found = Progress(
            told["epoch"], told["batch"], told["step"], float.fromhex(told["loss_sum"]), history=told["history"]
        )
        for name, array in arrays.items():
            part, _, variable = name.partition("/")
            target = found.values if part == "value" else found.best
            # kinds that numpy has no name for come back as raw bytes
            target[variable] = array.view(like[variable]) if array.dtype.kind == "V" else array
    except (OSError, ValueError, KeyError, TypeError, EOFError, AttributeError, BadZipFile) as error:
        if isinstance(error, FileError | FileNotFoundError):
            raise
        raise FileError(f"it is no checkpoint: {error}", code="IR501", where=str(path)) from error
    if told["fingerprint"] != fingerprint:
        raise FileError(
            "the checkpoint is of a training with another model, optimizer, data, batch size or seed",
            code="IR519", where=str(path), remedy="train as before, or to another checkpoint",
        )  # fmt: skip
    return found
