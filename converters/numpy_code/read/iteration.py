"""What can be gone through, and how."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from irlib.converters.numpy_code.read.machine import Machine
from irlib.converters.numpy_code.read.objects import Span, Stream
from irlib.converters.numpy_code.read.refusal import SourceError, refused

__all__ = ["REVERSIBLE", "SETS", "SIZED", "VIEWS", "collected", "is_open", "iterator", "ordered", "stream"]

VIEWS: tuple[Any, ...] = (KeysView, ValuesView, ItemsView)
SETS: Any = (set, frozenset, *VIEWS)
SIZED: Any = (list, tuple, dict, set, frozenset, str, range, *VIEWS)
REVERSIBLE: Any = (list, tuple, range, str, dict, *VIEWS)
_LIVE: tuple[Any, ...] = (list, tuple, str, range, dict, *VIEWS)


def iterator(m: Machine, value: Any) -> Iterator[Any]:
    """The items of a value, as they are when it comes to them. Raises: SourceError for what has none."""
    if isinstance(value, _LIVE):
        return iter(value)
    if isinstance(value, Stream):
        return _advanced(m, value)
    if isinstance(value, set | frozenset):
        return iter(ordered(value))
    if m.domain.is_array(value) or m.domain.is_flat(value):
        return iter(value)
    if isinstance(value, Span):
        raise _unknown_turns()
    if m.domain.is_dim(value):
        raise TypeError("an int is not iterable")
    raise refused(f"a loop over {described(value)} is not read", remedy="loop over a list, a range or an array")


def _unknown_turns() -> SourceError:
    return refused(
        "the number of turns of this loop is not known", code="IR897",
        remedy="give the argument a shape of numbers, name it in static=, or use irlib.scan",
    )  # fmt: skip


def _advanced(m: Machine, value: Stream) -> Iterator[Any]:
    value.started = True
    if is_open(m, value):
        raise _unknown_turns()
    while True:
        if value.arm is not m.arm:
            raise refused(
                "an iterator made outside of a branch on a traced value is advanced in it", remedy="make a list of it"
            )
        try:
            item = next(value.source)
        except StopIteration:
            return
        yield item


def ordered(values: set[Any] | frozenset[Any]) -> list[Any]:
    """The elements of a set in an order that is the same in every run."""
    return sorted(values, key=lambda v: (type(v).__name__, v if isinstance(v, int | float | str) else str(v)))


def stream(m: Machine, source: Iterator[Any], parts: tuple[str, tuple[Any, ...], int] | None = None) -> Stream:
    """An iterator as a value of the source."""
    return Stream(source, m.arm, parts)


def collected(m: Machine, value: Any) -> list[Any]:
    """The items of a value as a new list, each counted."""
    if isinstance(value, list | tuple | range | str | dict | set | frozenset):
        m.meter.room(len(value))
        return list(iterator(m, value))
    items = []
    for item in iterator(m, value):
        m.meter.room(1)
        m.meter.step(m.domain.nodes)
        items.append(item)
        if len(items) > m.limits.container:
            m.meter.room(len(items))
    return items


def is_open(m: Machine, iterable: Any) -> bool:
    """Whether only a run knows how many items there are."""
    if isinstance(iterable, Stream):
        return iterable.parts is not None and any(is_open(m, part) for part in iterable.parts[1])
    return isinstance(iterable, Span) or (
        m.domain.is_array(iterable) and iterable.ndim > 0 and not isinstance(iterable.shape[0], int)
    )


def described(value: Any) -> str:
    """How messages call a value of this kind."""
    name = type(value).__name__
    return {"NoneType": "None", "Function": "a function", "Instance": "an object", "Class": "a class"}.get(
        name, f"a {name}"
    )
