"""What every generator does: write its file, or say whether it is what would be written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["ROOT", "Target", "all_of", "command"]

ROOT = Path(__file__).parent.parent

Target = tuple[Path, Callable[[], str]]
"""A generated file, and what makes its text."""


def command(target: Path, made: Callable[[], str], arguments: list[str]) -> int:
    """Write `target`, or with --check compare it; returns the exit status."""
    text = made()
    if "--check" not in arguments:
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        return 0
    fresh = target.exists() and target.read_text(encoding="utf-8") == text
    sys.stdout.write(f"{target.relative_to(ROOT)} is {'fresh' if fresh else 'stale'}\n")
    return 0 if fresh else 1


def all_of(targets: Sequence[Target], arguments: list[str]) -> int:
    """`command` for each of these files; returns the worst exit status."""
    return max([command(target, made, arguments) for target, made in targets], default=0)
