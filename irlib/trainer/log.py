"""The log of a training: a line of JSON for each epoch, written as soon as it is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

__all__ = ["Tell", "logging"]


class Tell(Protocol):
    """Called with what is known of an epoch that is done."""

    def __call__(self, line: Mapping[str, Any]) -> None: ...


@contextmanager
def logging(path: str | Path | None) -> Iterator[Tell]:
    """A function that writes a line of JSON to a new file; nothing is written where there is no path."""
    if path is None:
        yield lambda line: None
        return
    with Path(path).open("w", encoding="utf-8") as file:
        yield lambda line: _write(file, line)


def _write(file: TextIO, line: Mapping[str, Any]) -> None:
    file.write(json.dumps(line) + "\n")
    file.flush()
