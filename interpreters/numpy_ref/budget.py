"""What a run may cost: bytes held at once, element operations, node executions."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from irlib.errors import BudgetError
from irlib.types import TensorType, Type

__all__ = ["DEFAULT", "Budget", "is_metered", "metered", "require_room", "spend"]


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


class _Meter(threading.local):
    """What the run of this thread may cost and has cost: a loop's regions count with the run they are in."""

    budget: Budget | None = None
    elements: int = 0
    nodes: int = 0


_METER = _Meter()


@contextmanager
def metered(budget: Budget) -> Iterator[None]:
    """Count against `budget` inside, unless a run around this one is counted already."""
    if _METER.budget is not None:
        yield
        return
    _METER.budget, _METER.elements, _METER.nodes = budget, 0, 0
    try:
        yield
    finally:
        _METER.budget = None


def is_metered() -> bool:
    """Whether a run of this thread is being counted: what runs now is part of it."""
    return _METER.budget is not None


def spend(cost: Budget) -> None:
    """Count a plan that is about to run. Raises: BudgetError when it is more than is left."""
    limit = _METER.budget
    if limit is None:
        return
    _METER.elements += cost.elements
    _METER.nodes += cost.nodes
    if _METER.elements > limit.elements or _METER.nodes > limit.nodes:
        raise BudgetError(
            f"the run has reached {_METER.nodes} node executions on {_METER.elements} elements, "
            f"expected at most {limit.nodes} on {limit.elements}",
            code="IR620",
            remedy="raise the budget",
        )


def require_room(types: tuple[Type, ...]) -> None:
    """Raises: BudgetError when values of these types, where they are known, have more bytes than the run may hold."""
    limit = (_METER.budget or DEFAULT).bytes
    for t in types:
        size = t.size if isinstance(t, TensorType) else None
        if isinstance(size, int) and isinstance(t, TensorType) and size * max(1, t.dtype.bits // 8) > limit:
            raise BudgetError(
                f"a result of {t} needs more than {limit} bytes", code="IR620", remedy="raise the budget's bytes"
            )
