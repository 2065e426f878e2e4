"""What every generator does: write its file, or say whether it is what would be written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

__all__ = ["ROOT", "command"]

ROOT = Path(__file__).parent.parent


def command(target: Path, made: Callable[[], str], arguments: list[str]) -> int:
    """Write `target`, or with --check compare it; returns the exit status."""
    text = made()
    if "--check" not in arguments:
        target.write_text(text, encoding="utf-8", newline="\n")
        return 0
    fresh = target.exists() and target.read_text(encoding="utf-8") == text
    sys.stdout.write(f"{target.relative_to(ROOT)} is {'fresh' if fresh else 'stale'}\n")
    return 0 if fresh else 1
