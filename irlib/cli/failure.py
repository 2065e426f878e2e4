"""How the command fails: one line on stderr, and an exit status."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass

import click

from irlib.errors import IRError

__all__ = ["ISSUES", "Manner", "print_anything", "report", "silence_output"]

FAILED, MISUSED, BUG, INTERRUPTED = 1, 2, 70, 130
"""Exit statuses; 70 is that of sysexits.h for an internal error."""

ISSUES = "please report it with the command and the file"


@dataclass
class Manner:
    """How errors are told."""

    traceback: bool = False


def report(error: BaseException, manner: Manner) -> int:
    """Say on stderr what went wrong and return the exit status."""
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return INTERRUPTED
    if _is_broken_pipe(error):
        silence_output()
        return FAILED
    if manner.traceback and not isinstance(error, click.ClickException):
        _print_traceback(error)
    if isinstance(error, IRError):
        _say(f"error: {error}", notes_of(error))
        return FAILED
    if isinstance(error, click.UsageError):
        error.show()
        return MISUSED
    if isinstance(error, click.ClickException):
        _say(f"error: {error.format_message()}")
        return error.exit_code
    if isinstance(error, OSError) and error.filename is not None:
        _say(f"error: {os.fsdecode(error.filename)}: {(error.strerror or str(error)).lower()} [IR500]")
        return FAILED
    if isinstance(error, MemoryError):
        _say("error: out of memory; give the run a budget (--budget-bytes) or a smaller model [IR620]")
        return FAILED
    again = "" if manner.traceback else "; irlib --traceback COMMAND shows where"
    _say(f"internal error: {type(error).__name__}: {error}{again}; {ISSUES}", notes_of(error))
    return BUG


def notes_of(error: BaseException) -> list[str]:
    """What was added to the error on its way out."""
    return [str(note) for note in getattr(error, "__notes__", [])]


def print_anything() -> None:
    """Let output that the terminal's encoding cannot hold be escaped; a model's names may hold anything."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def silence_output() -> None:
    """After a broken pipe: nothing is flushed to it when Python ends."""
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _is_broken_pipe(error: BaseException) -> bool:
    return isinstance(error, BrokenPipeError) or (isinstance(error, OSError) and error.errno == errno.EPIPE)


def _say(line: str, notes: list[str] | None = None) -> None:
    for text in (line, *(f"note: {note}" for note in notes or ())):
        click.echo(one_line(text), err=True)


def one_line(text: str) -> str:
    """`text` with everything escaped that would end the line or that a terminal might act on."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _print_traceback(error: BaseException) -> None:
    from traceback import format_exception

    click.echo("".join(format_exception(error)), err=True, nl=False)
