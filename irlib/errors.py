"""The one error tree of irlib.

Every error that irlib raises on purpose is an `IRError`. It carries a stable code (documented in `docs/codes.md`), the
place it speaks of, and a remedy where there is one; its text reads ``where: what is wrong, got X, expected Y; remedy``.
Each kind is also the builtin a Python programmer would expect, so ``except ValueError`` keeps working.
"""

from __future__ import annotations

__all__ = [
    "AttributeValueError",
    "BudgetError",
    "DerivativeError",
    "ExecutionError",
    "FeedError",
    "FileError",
    "IRError",
    "IRTypeError",
    "NameConflictError",
    "SafetyError",
    "StructureError",
    "UnknownOpError",
    "UnsupportedError",
]


class IRError(Exception):
    """Any error irlib raises on purpose.

    `code` is stable (``IR203``), `where` names the graph, node or file, `what` says what is wrong and `remedy`, which
    may be empty, what to do about it.
    """

    default_code = "IR000"

    def __init__(self, what: str, *, code: str | None = None, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.code = code or self.default_code
        self.where = where
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{remedy} [{self.code}]"

    def at(self, where: str) -> IRError:
        """The same error with an outer place put before its own; used while an error travels outwards."""
        self.where = f"{where}, {self.where}" if self.where else where
        return self


class StructureError(IRError, ValueError):
    """A graph that is not a graph: dangling edge, cycle, gap in operands, wrong arity."""

    default_code = "IR100"


class NameConflictError(StructureError):
    """A name that is missing, taken or not allowed."""

    default_code = "IR110"


class IRTypeError(IRError, TypeError):
    """An operand whose dtype, rank or shape an op does not accept, or a declared type that inference contradicts."""

    default_code = "IR200"


class AttributeValueError(IRError, ValueError):
    """An attribute that is unknown, missing, of the wrong kind or out of range."""

    default_code = "IR300"


class UnknownOpError(IRError, LookupError):
    """An op, dialect or op version that this reader does not know and that has no body."""

    default_code = "IR310"


class UnsupportedError(IRError, NotImplementedError):
    """Something irlib knows of and cannot do, said before anything is done."""

    default_code = "IR320"


class FileError(IRError, OSError):
    """A file that cannot be read or written as what its name says it is."""

    default_code = "IR500"

    def __init__(self, what: str, *, code: str | None = None, where: str = "", remedy: str = "") -> None:
        IRError.__init__(self, what, code=code, where=where, remedy=remedy)


class SafetyError(FileError):
    """A file that breaks a limit or a safety rule: hostile path, wrong hash, too large, trailing bytes."""

    default_code = "IR510"


class FeedError(IRError, ValueError):
    """A feed of the wrong name, shape or dtype, or one that is missing."""

    default_code = "IR600"


class ExecutionError(IRError, RuntimeError):
    """An op that failed while it ran; the message names the node and its operands' types."""

    default_code = "IR610"


class BudgetError(IRError, RuntimeError):
    """A run that would need more memory, element operations or node executions than it was given."""

    default_code = "IR620"


class DerivativeError(IRError, ValueError):
    """A derivative that does not exist or is not known; never answered with a silent zero."""

    default_code = "IR700"
