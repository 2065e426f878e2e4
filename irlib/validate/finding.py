"""What a check found: coded findings with a place, gathered in a report that never raises by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from irlib.errors import (
    AttributeValueError,
    FileError,
    IRError,
    IRTypeError,
    NameConflictError,
    SafetyError,
    StructureError,
    UnknownOpError,
    UnsupportedError,
)

__all__ = ["Finding", "Report", "Severity"]

Severity: TypeAlias = Literal["error", "warning", "note"]

# the longest prefix of a code that is here says which error a finding becomes
_ERRORS: dict[str, type[IRError]] = {
    "IR1": StructureError,
    "IR11": NameConflictError,
    "IR2": IRTypeError,
    "IR3": AttributeValueError,
    "IR31": UnknownOpError,
    "IR32": UnsupportedError,
    "IR4": StructureError,
    "IR5": FileError,
    "IR51": SafetyError,
    "IR52": SafetyError,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has to say: a stable `code`, how bad it is, where, what, and what to do about it.

    `where` is a path a reader can follow, outermost first: ``graph 'mlp', node %h (tanh), operand 0``. `remedy` may be
    empty.
    """

    code: str
    severity: Severity
    where: str
    what: str
    remedy: str = ""

    @classmethod
    def of(cls, error: IRError, where: str = "") -> Finding:
        """The finding that `error` reports, its place put behind `where`."""
        place = ", ".join(part for part in (where, error.where) if part)
        return cls(error.code, "error", place, error.what, error.remedy)

    def at(self, where: str) -> Finding:
        """The same finding with an outer place put before its own."""
        return Finding(
            self.code, self.severity, f"{where}, {self.where}" if self.where else where, self.what, self.remedy
        )

    @property
    def error(self) -> IRError:
        """The finding as the error of its kind, to be raised."""
        kind = _ERRORS.get(self.code[:4]) or _ERRORS.get(self.code[:3]) or IRError
        return kind(self.what, code=self.code, where=self.where, remedy=self.remedy)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.severity} {self.code} {place}{self.what}{remedy}"


@dataclass(frozen=True, slots=True)
class Report:
    """All that a check of `subject` (a file or a graph) found. `ok` when none of it is an error."""

    findings: tuple[Finding, ...] = ()
    subject: str = ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def ok(self) -> bool:
        return not self.errors

    def joined(self, findings: Iterable[Finding]) -> Report:
        """The report with `findings` added."""
        return Report((*self.findings, *findings), self.subject)

    def raise_errors(self) -> None:
        """Raises: the first error as an `IRError` of its kind, with a note that counts the others."""
        errors = self.errors
        if not errors:
            return
        error = errors[0].error
        if self.subject:
            error.at(self.subject)
        for other in errors[1:10]:
            error.add_note(str(other))
        if len(errors) > 10:
            error.add_note(f"and {len(errors) - 10} more errors")
        raise error

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __str__(self) -> str:
        return "\n".join(map(str, self.findings))
