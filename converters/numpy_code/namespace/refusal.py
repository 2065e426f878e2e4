"""What a trace cannot do, said with file, line, the value's name and the remedy."""

from __future__ import annotations

from irlib.errors import IRError

__all__ = ["TraceError", "TraceIndexError", "refused"]


class TraceError(IRError, TypeError, ValueError):
    """Numpy code that cannot become a graph as it stands, said where it stands."""

    default_code = "IR881"


class TraceIndexError(TraceError, IndexError):
    """An index that is out of bounds, or that no array takes."""

    default_code = "IR885"


def refused(what: str, *, code: str = "IR881", remedy: str = "", kind: type[TraceError] = TraceError) -> TraceError:
    """The error that says `what` at the line of the user's code that is being traced."""
    from irlib.converters.numpy_code.namespace.tape import Tape

    tape = Tape.current()
    at = tape.where()
    made = kind(what, code=code, where=f"{at.file}:{at.line}" if at is not None else "", remedy=remedy)
    if kind is TraceError and tape.is_tracing:
        tape.refusals.append(made)
    return made
