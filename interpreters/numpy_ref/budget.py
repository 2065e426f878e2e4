"""What a run may cost: bytes held at once, element operations, node executions."""

from __future__ import annotations

import os
from dataclasses import dataclass

__all__ = ["DEFAULT", "Budget"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one run, or what a plan was found to need."""

    bytes: int
    elements: int = 2**50
    nodes: int = 2**40


def _memory() -> int:
    """The machine's memory in bytes; 8 GiB where it cannot be asked."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 8 << 30


DEFAULT = Budget(bytes=_memory() * 3 // 4)
"""Three quarters of the machine's memory, and more element operations than a day has time for."""
