"""What a loop of the graph hands from turn to turn.

It is found by reading: a turn is read, and what differs from before is added, until nothing new does. So variables,
elements of lists and dicts, attributes, and arrays that are written into in place are all carried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.converters.numpy_code.read.machine import Machine
from irlib.converters.numpy_code.read.objects import Class, Instance, Poison, Scope
from irlib.converters.numpy_code.read.refusal import refused
from irlib.converters.numpy_code.read.state import State

__all__ = ["Carried", "More", "Slot", "cell_of", "is_numeric", "weakened", "weakness"]

_KNOWN = (int, float, complex)
_DEEP = 8


@dataclass(eq=False, slots=True)
class Slot:
    """A place whose value is handed from turn to turn: the element `key` of a thing, or the value of a cell.

    `weak`: it holds a number of Python, and goes on to count as one; of a list or tuple, of each item.
    """

    thing: Any
    key: Any
    weak: Any

    @property
    def name(self) -> str:
        """How messages and the graph call it."""
        return self.key if isinstance(self.key, str) else "state"

    def read(self, m: Machine) -> Any:
        holder = _holder(self.thing)
        return m.domain.array_of(self.thing) if holder is None else holder[self.key]

    def write(self, m: Machine, value: Any) -> None:
        holder = _holder(self.thing)
        if holder is None:
            m.domain.move_in(self.thing, value)
        else:
            holder[self.key] = weakened(m, value, self.weak)


def is_numeric(m: Machine, value: Any, depth: int = 0) -> bool:
    """Whether a value is an array or number, or a list or tuple of such."""
    if isinstance(value, list | tuple) and depth < _DEEP:
        return all(is_numeric(m, item, depth + 1) for item in value)
    return isinstance(value, _KNOWN) or m.domain.is_array(value) or m.domain.is_dim(value)


def cell_of(m: Machine, value: Any) -> Any:
    """The cell of an array; None where nothing can be written into."""
    return m.domain.cell(value) if m.domain.is_array(value) else None


def weakness(m: Machine, value: Any) -> Any:
    """Whether a value is a number of Python; of a list or tuple, of each item."""
    return [weakness(m, v) for v in value] if isinstance(value, list | tuple) else not m.domain.is_array(value)


def weakened(m: Machine, value: Any, weak: Any) -> Any:
    """A value whose scalars count as numbers of Python where `weak` says so."""
    if isinstance(value, list | tuple):
        return type(value)(weakened(m, v, w) for v, w in zip(value, weak, strict=True))
    return m.domain.weak(value) if weak else value


def _items(contents: Any) -> list[Any]:
    return list(contents.values()) if isinstance(contents, dict) else list(contents)


class More(Exception):  # noqa: N818  it is caught at once and is no error
    """A turn changes more than is carried."""


def _holder(thing: Any) -> Any:
    """The dict or list behind a thing; None for a cell."""
    match thing:
        case Scope():
            return thing.variables
        case Instance() | Class():
            return thing.attributes
        case list() | dict():
            return thing
        case _:
            return None


class Carried:
    """The places that a loop changes, and the state before it."""

    def __init__(self, m: Machine, scope: Scope) -> None:
        self.m = m
        self.before = State.of(m, scope)
        self.slots: list[Slot] = []
        self.fresh: list[tuple[Scope, str]] = []
        """Variables that only a turn binds."""
        self.shared: dict[int, tuple[Any, set[int]]] = {}
        """Cells that several slots, or a slot and something from before, are at the end of a turn, and the slots."""

    def see_shared(self, *, first: bool = False) -> bool:
        """Note which slots now share memory, with each other or with what was there before; whether that is new.

        `first`: before the loop, where all that a slot holds was there before.
        """
        found = False
        by_cell: dict[int, tuple[Any, set[int], set[int]]] = {}
        for i, slot in enumerate(self.slots):
            for direct in self._cells(slot):
                for cell in (direct, *self.m.domain.related(direct)):
                    _, slots, held = by_cell.setdefault(id(cell), (cell, set(), set()))
                    slots.add(i)
                    if cell is direct:
                        held.add(i)
        references = self.references() if first else {}
        for key, (cell, slots, held) in by_cell.items():
            is_old = key in self.before.kept and _holder(self.slots[min(slots)].thing) is not None
            if first and is_old:  # what the slots hold was there before; others may know it, if the loop takes no turn
                is_old = references.get(key, 0) > len(held)
            if len(slots) > 1 or is_old:
                old = cell if is_old else None
                place = key if is_old else min(slots)
                before = self.shared.get(place, (old, set()))[1]
                if not slots <= before:
                    found = True
                    self.shared[place] = (old, slots | before)
        return found

    def _cells(self, slot: Slot) -> list[Any]:
        """The cells that a slot is, or holds."""
        if _holder(slot.thing) is None:
            return [slot.thing]
        found, stack = [], [slot.read(self.m)]
        while stack:
            value = stack.pop()
            if isinstance(value, list | tuple):
                stack.extend(value)
            elif (cell := cell_of(self.m, value)) is not None:
                found.append(cell)
        return found

    def references(self) -> dict[int, int]:
        """How often variables, elements and attributes refer to an array of each cell."""
        m = self.m
        found: dict[int, int] = {}
        for thing, contents in self.before.kept.values():
            stack = _items(contents) if _holder(thing) is not None else []
            while stack:
                value = stack.pop()
                if isinstance(value, tuple):
                    stack.extend(value)
                elif m.domain.is_array(value):
                    cell = m.domain.cell(value)
                    found[id(cell)] = found.get(id(cell), 0) + 1
        return found

    def take_in(self) -> bool:
        """Add what differs now from before and is not carried; whether there was any."""
        count = len(self.slots)
        known = {(id(s.thing), s.key) for s in self.slots}
        m = self.m
        for key, (thing, old) in self.before.kept.items():
            if m.domain.is_array(thing):
                continue
            new = self.before.contents_now(m, key)
            if isinstance(thing, set):
                if new != old:
                    raise self._refusal("a set changes")
            elif _holder(thing) is None:
                if m.domain.is_unknown(thing):
                    raise self._refusal("an array that may be another one is written into")
                if not m.domain.same_held(old, new) and (id(thing), None) not in known:
                    self.slots.append(Slot(thing, None, weak=False))
            else:
                self._differences(thing, old, new, known)
        return len(self.slots) > count

    def _differences(self, thing: Any, old: Any, new: Any, known: set[tuple[int, Any]]) -> None:
        if isinstance(thing, list):
            if len(old) != len(new):
                raise self._refusal("a list grows or shrinks")
            old, new = dict(enumerate(old)), dict(enumerate(new))
        for key, value in new.items():
            if key in old and (old[key] is value or (id(thing), key) in known):
                continue
            if key not in old:
                if not isinstance(thing, Scope):
                    raise self._refusal(f"the element {key!r} is added")
                if (thing, key) not in self.fresh:
                    self.fresh.append((thing, key))
                continue
            if not (is_numeric(self.m, old[key]) and is_numeric(self.m, value)):
                if type(old[key]) is type(value) and isinstance(value, str | bool) and old[key] == value:
                    continue
                raise self._refusal(f"{key!r} changes and is no array or number")
            self.slots.append(Slot(thing, key, weak=weakness(self.m, old[key])))

    def _refusal(self, what: str) -> Exception:
        return refused(
            f"{what} in a loop whose number of turns depends on a traced value", code="IR897",
            remedy="loop a fixed number of times and break, or keep the values in arrays",
        )  # fmt: skip

    def begin(self, values: list[Any]) -> None:
        """The state at the start of a turn that is handed these values."""
        self.before.restore(self.m)
        for slot, value in zip(self.slots, values, strict=True):
            slot.write(self.m, value)
        for old, slots in self.shared.values():
            cells = [c for i in slots for c in self._cells(self.slots[i])] + ([] if old is None else [old])
            if len({id(c) for c in cells}) > 1:
                self.m.domain.relate(cells)

    def values(self) -> list[Any]:
        return [slot.read(self.m) for slot in self.slots]

    def end(self, values: list[Any], line: int) -> None:
        """The state behind the loop."""
        self.begin(values)
        for slot, value in zip(self.slots, values, strict=True):
            if isinstance(slot.key, str) and self.m.domain.is_array(value):
                self.m.domain.named(value, slot.key)
        self.forget(line)

    def forget(self, line: int) -> None:
        """What a turn alone binds has no value behind the loop, which may take none."""
        for scope, name in self.fresh:
            scope.variables[name] = Poison(f"is assigned in a loop alone that may take no turn (line {line})")
