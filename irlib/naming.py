"""What may be a name, and the names of what an output is."""

from __future__ import annotations

from irlib.errors import NameConflictError, StructureError
from irlib.graph import OutputRole

__all__ = ["MAX_NAME", "as_output_role", "check_name", "check_text"]

MAX_NAME = 4096


def check_name(name: str, where: str) -> None:
    """Raises: NameConflictError unless `name` is 1 to 4096 bytes of text without control characters."""
    if 0 < len(name) <= MAX_NAME and name.isascii() and name.isprintable():
        return
    try:
        length = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        length = 0  # half of a surrogate pair alone: no file can hold it
    if not 0 < length <= MAX_NAME or any(ord(c) < 32 or ord(c) == 127 for c in name):
        raise NameConflictError(
            f"{name[:40]!r} is not a name", code="IR111", where=where,
            remedy=f"use 1 to {MAX_NAME} bytes of UTF-8 without control characters",
        )  # fmt: skip


def check_text(what: str, words: str) -> None:
    """Raises: NameConflictError for text that is not Unicode: half of a surrogate pair, which no file can hold."""
    if not words.isascii() and any(0xD800 <= ord(c) < 0xE000 for c in words):
        raise NameConflictError(f"{what} {words[:40]!r} is not Unicode text", code="IR111", remedy="choose another")


def as_output_role(role: OutputRole | str) -> OutputRole:
    """An output role from its name, as in ``gradient-of``. Raises: StructureError when there is none."""
    if isinstance(role, OutputRole):
        return role
    found = {str(r): r for r in OutputRole}.get(role)
    if found is None:
        raise StructureError(
            f"unknown output role {role!r}", code="IR401", remedy=f"use {', '.join(map(str, OutputRole))}"
        )
    return found
