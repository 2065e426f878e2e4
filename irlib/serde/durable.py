"""Files written so that a reader sees the old or the new, whole, whatever happens to the writer or the machine."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["Replacement", "sync_folder"]


class Replacement:
    """New contents for `path`, in a temporary file beside it until `commit` puts it in place.

    Leaving the context without `commit` removes the temporary file; `path` is as it was.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._temporary = path.with_name(f".{path.name[:200]}.{secrets.token_hex(8)}.tmp")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._temporary.unlink()

    def write(self, parts: Iterable[Any]) -> None:
        """Write `parts` and have them reach the disk."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        with os.fdopen(os.open(self._temporary, flags, 0o666), "wb", buffering=0) as file:
            for part in parts:
                for piece in _pieces(memoryview(part)):
                    written = 0
                    while written < len(piece):  # a disk that fills up takes a part before it refuses
                        written += file.write(piece[written:]) or 0
            os.fsync(file.fileno())

    def commit(self) -> None:
        """Put the new contents in place at once."""
        self._temporary.replace(self.path)
        sync_folder(self.path.parent)


def _pieces(view: memoryview) -> Iterator[memoryview]:
    """Pieces of a size that systems take in one write."""
    raw = view.cast("B") if view.ndim == 1 and view.format != "B" else view
    for start in range(0, len(raw), 2**24):
        yield raw[start : start + 2**24]


def sync_folder(folder: Path) -> None:
    """Have the names in a folder reach the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
