"""External data of an ONNX model: the one place that opens a file a model names.

A location is a relative path inside the model's folder. It is walked one component at a time from the folder's
descriptor, following no link, and must end at a regular file; offset and length must lie in it. Files are mapped, once.
"""

from __future__ import annotations

import mmap
import os
import stat
from pathlib import Path
from typing import Any

from irlib.errors import FileError, SafetyError

__all__ = ["Folder"]

_MAX_COMPONENTS = 16
_DIGITS = 19


class Folder:
    """The folder a model stands in, and the files in it that have been opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mapped: dict[str, Any] = {}

    def read(self, entries: dict[str, str], expected: int) -> Any:
        """`expected` bytes of the file that `entries` name, as a view of its map.

        Raises: SafetyError for a path or extent that is not allowed; FileError for a file that is not there.
        """
        location = entries.get("location", "")
        offset = _number(entries, "offset", 0)
        length = _number(entries, "length", expected)
        if length != expected:
            raise SafetyError(
                f"external data of {length} bytes, expected {expected}", code="IR514", where=_shown(location)
            )
        view = self._view(location)
        if offset + length > len(view):
            raise SafetyError(
                f"bytes {offset} to {offset + length} of a file of {len(view)}", code="IR514", where=_shown(location)
            )
        return view[offset : offset + length]

    def _view(self, location: str) -> Any:
        found = self._mapped.get(location)
        if found is None:
            found = self._mapped[location] = memoryview(self._map(location))
        return found

    def _map(self, location: str) -> Any:
        parts = _components(location)
        try:
            at = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            for part in parts[:-1]:
                at = _step(at, part, os.O_DIRECTORY)
            at = _step(at, parts[-1], os.O_NONBLOCK)
        except OSError as error:
            raise FileError(
                f"external data cannot be opened: {error.strerror}", code="IR513", where=_shown(location),
                remedy="copy it together with the model; links are not followed",
            ) from error  # fmt: skip
        try:
            about = os.fstat(at)
            if not stat.S_ISREG(about.st_mode):
                raise SafetyError("external data is not a regular file", code="IR512", where=_shown(location))
            return mmap.mmap(at, 0, access=mmap.ACCESS_READ) if about.st_size else b""
        finally:
            os.close(at)


def _step(at: int, part: str, flag: int) -> int:
    try:
        return os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | flag, dir_fd=at)
    finally:
        os.close(at)


def _components(location: str) -> list[str]:
    parts = location.split("/")
    if parts and parts[0] == ".":  # some exporters write ./name
        parts = parts[1:]
    wrong = (
        not parts or len(parts) > _MAX_COMPONENTS or any(p in ("", ".", "..") or "\0" in p or "\\" in p for p in parts)
    )
    if wrong or len(location) > 4096 or Path(location).is_absolute() or ":" in parts[0]:
        raise SafetyError(
            "external data outside the model's folder", code="IR512", where=_shown(location),
            remedy="use a path relative to the model, without ..",
        )  # fmt: skip
    return parts


def _number(entries: dict[str, str], key: str, default: int) -> int:
    text = entries.get(key)
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS:
        raise SafetyError(f"external data with {key} {text[:30]!r}, expected a number", code="IR512")
    return int(text)


def _shown(location: str) -> str:
    return f"external data {location[:80]!r}"
