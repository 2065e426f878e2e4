"""A line of text and how far it has been read; every complaint names the line and the column."""

from __future__ import annotations

import re
from functools import cache
from typing import NoReturn

from irlib.errors import FileError
from irlib.notation.words import unquoted

__all__ = ["Line"]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"[ \t]*({pattern})")


class Line:
    """One line being read from the left."""

    __slots__ = ("number", "position", "text")

    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number
        self.position = 0

    def take(self, pattern: str) -> str | None:
        """What `pattern` matches here, spaces before it skipped; None where it does not match."""
        found = _compiled(pattern).match(self.text, self.position)
        if found is None:
            return None
        self.position = found.end()
        return found.group(1)

    def need(self, pattern: str, what: str) -> str:
        """As `take`. Raises: FileError saying that `what` is expected here."""
        found = self.take(pattern)
        if found is None:
            self.fail(f"got {self.rest()!r}, expected {what}")
        return found

    def need_name(self, pattern: str, what: str) -> str:
        """A name that may be quoted. Raises: FileError."""
        token = self.need(pattern, what)
        try:
            return unquoted(token)
        except ValueError:
            self.fail(f"{token[:40]!r} is not a quoted string")

    def need_int(self, what: str) -> int:
        """A number below 2**63. Raises: FileError."""
        return int(self.need(r"[0-9]{1,18}(?![0-9])", what))

    def end(self) -> None:
        """Raises: FileError when anything but spaces is left."""
        if self.rest():
            self.fail(f"got {self.rest()!r}, expected the end of the line")

    def rest(self) -> str:
        """The beginning of what is left, for a message."""
        left = self.text[self.position : self.position + 200].strip(" \t")
        return left if len(left) <= 40 else f"{left[:37]}..."

    @property
    def where(self) -> str:
        return f"line {self.number}, column {self.position + 1}"

    def fail(self, what: str, *, code: str = "IR530", remedy: str = "") -> NoReturn:
        """Raises: FileError at this place."""
        raise FileError(what, code=code, where=self.where, remedy=remedy)
