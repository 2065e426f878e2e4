"""What reading source may cost, and the meter that holds it to that."""

from __future__ import annotations

import time
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

from irlib.converters.numpy_code.read.refusal import SourceError

__all__ = ["DEFAULT", "Limits", "Meter"]

_LOOK = 256  # steps between two looks at the clock


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that reading one function may take; a larger one is refused with the limit's name."""

    source: int = 1 << 18
    """Bytes of source."""
    depth: int = 400
    """Levels of the syntax tree."""
    steps: int = 1_000_000
    """Statements and expressions that are read, again in each turn of a loop."""
    calls: int = 300
    """Calls of the source's functions that are open at once."""
    elements: int = 3_000_000
    """Elements of all lists, tuples, dicts and sets made."""
    container: int = 1_000_000
    """Elements of one of them."""
    bits: int = 4096
    """Bits of an integer."""
    text: int = 1 << 16
    """Characters of a string."""
    nodes: int = 150_000
    """Nodes of the graph."""
    seconds: float = 3.0
    """Processor time."""


DEFAULT = Limits()


class Meter:
    """Counts what has been used of `limits`."""

    __slots__ = ("_ends", "_next", "elements", "limits", "steps")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps = 0
        self.elements = 0
        self._next = _LOOK
        self._ends = time.thread_time() + limits.seconds

    def step(self, nodes: int) -> bool:
        """Count a step. Raises: SourceError when a limit is reached. Returns whether it also looked at the clock."""
        self.steps += 1
        if self.steps < self._next:
            return False
        self.look(nodes)
        return True

    def look(self, nodes: int) -> None:
        """Hold steps, nodes and time against their limits. Raises: SourceError."""
        limits = self.limits
        self._next = self.steps + _LOOK
        if self.steps > limits.steps:
            raise over("steps", limits.steps)
        if nodes > limits.nodes:
            raise over("nodes", limits.nodes)
        if time.thread_time() > self._ends:
            raise over("seconds", limits.seconds)

    def room(self, count: int) -> None:
        """Count `count` elements about to be made. Raises: SourceError."""
        if count > self.limits.container:
            raise over("container", self.limits.container)
        self.elements += count
        self.step(0)
        if self.elements > self.limits.elements:
            raise over("elements", self.limits.elements)

    def sized(self, value: Sized) -> None:
        """Count the elements of a container just made."""
        self.room(len(value))

    def bits(self, count: float) -> None:
        """Raises: SourceError for an integer of more than the allowed bits."""
        if count > self.limits.bits:
            raise over("bits", self.limits.bits)

    def text(self, length: int) -> None:
        """Raises: SourceError for a string of more than the allowed characters."""
        if length > self.limits.text:
            raise over("text", self.limits.text)

    def spread(self, values: Any) -> None:
        """Count what nested lists, tuples and dicts come to when they are written out, shared ones each time.

        A list that holds another twice, thirty levels deep, is small as it stands and a billion numbers as an array.
        """
        stack = [values]
        while stack:
            value = stack.pop()
            if isinstance(value, list | tuple | set | frozenset):
                self.room(len(value))
                stack.extend(value)
            elif isinstance(value, dict):
                self.room(len(value))
                stack.extend(value.values())


def over(limit: str, most: float) -> SourceError:
    """The refusal of what goes over a limit."""
    return SourceError(
        f"reading this takes more than the limit of {limit}, {most:,}",
        code="IR893",
        remedy=f"make it smaller, or raise it with limits={{'{limit}': ..}}",
    )
