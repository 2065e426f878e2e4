"""What can be changed in place and reached from a scope: kept, put back, and merged with another outcome of it."""

from __future__ import annotations

from typing import Any

from irlib.converters.numpy_code.read.machine import Machine
from irlib.converters.numpy_code.read.objects import (
    BoundMethod,
    Choice,
    Class,
    Function,
    Grower,
    Instance,
    Native,
    Poison,
    Scope,
    Super,
)
from irlib.converters.numpy_code.read.refusal import SourceError, refused

__all__ = ["Merge", "State"]

_KNOWN = (int, float, complex)
_CALLED = (Function, BoundMethod, Native, Choice)


class State:
    """The contents of what was reached, by identity: ``id -> (thing, contents)``."""

    __slots__ = ("kept",)

    def __init__(self, kept: dict[int, tuple[Any, Any]]) -> None:
        self.kept = kept

    @classmethod
    def of(cls, m: Machine, scope: Scope) -> State:
        """The state reached from a scope, and from the frames that are open."""
        kept: dict[int, tuple[Any, Any]] = {}
        stack: list[Any] = [scope, *(frame.scope for frame in m.frames)]
        seen: set[int] = set()
        while stack:
            thing = stack.pop()
            if isinstance(thing, _KNOWN) or thing is None or id(thing) in seen:
                continue
            seen.add(id(thing))
            if m.domain.is_array(thing):
                cell = m.domain.cell(thing)
                if cell is not None:
                    kept[id(cell)] = (cell, m.domain.held(cell))
                kept[id(thing)] = (thing, None)
                continue
            below, keeps = _parts(thing)
            if keeps:
                kept[id(thing)] = (thing, _contents(m, thing))
            stack.extend(below)
            m.meter.room(len(below))
        return cls(kept)

    @classmethod
    def holding(cls, m: Machine, values: list[Any]) -> State:
        """The state of the arrays among some values."""
        cells = [m.domain.cell(v) for v in values if m.domain.is_array(v)]
        return cls({id(cell): (cell, m.domain.held(cell)) for cell in cells if cell is not None})

    def again(self, m: Machine) -> State:
        """The same things with their present contents."""
        return State({key: (thing, _contents(m, thing)) for key, (thing, _) in self.kept.items()})

    def contents_now(self, m: Machine, key: int) -> Any:
        """The present contents of the thing kept under `key`."""
        return _contents(m, self.kept[key][0])

    def restore(self, m: Machine) -> None:
        """Give the things these contents."""
        for thing, contents in self.kept.values():
            _fill(m, thing, contents)

    def merge(self, m: Machine, condition: Any, other: State, line: int, dead: Scope | None) -> Merge:
        """Give the things but `dead` these contents where the condition holds, else those of `other`."""
        merge = Merge(m, condition, line, self, other)
        merge.filling = True
        for key, (thing, contents) in self.kept.items():
            if thing is not dead:
                _fill(m, thing, merge.contents(thing, contents, other.kept[key][1]))
        merge.relate()
        return merge


def _parts(thing: Any) -> tuple[list[Any], bool]:
    """What is below a thing, and whether its contents can be changed."""
    match thing:
        case Scope():
            around = [] if thing.parent is None else [thing.parent]
            return [*thing.variables.values(), *around], True
        case list():
            return list(thing), True
        case dict():
            return list(thing.values()), True
        case set():
            return [], True
        case tuple():
            return list(thing), False
        case Instance():
            return [*thing.attributes.values(), thing.cls], True
        case Class():
            return [*thing.attributes.values(), *thing.bases], True
        case Function():
            return [thing.scope, *thing.defaults, *thing.keyword_defaults.values()], False
        case BoundMethod() | Super():
            return [thing.instance], False
        case Grower():
            return [thing.items], False
        case Choice():
            return [thing.first, thing.second], False
        case _:
            return [], False


def _contents(m: Machine, thing: Any) -> Any:
    match thing:
        case Scope():
            return dict(thing.variables)
        case list():
            return list(thing)
        case dict() | set():
            return thing.copy()
        case Instance() | Class():
            return dict(thing.attributes)
        case _:
            return None if m.domain.is_array(thing) else m.domain.held(thing)


def _fill(m: Machine, thing: Any, contents: Any) -> None:
    match thing:
        case Scope():
            thing.variables = contents.copy()
        case list():
            thing[:] = contents
        case dict() | set():
            if thing != contents if isinstance(thing, set) else not _same(thing, contents):
                thing.clear()
                thing.update(contents)
        case Instance() | Class():
            thing.attributes = contents.copy()
        case _:
            if not m.domain.is_array(thing) and m.domain.held(thing) is not contents:
                m.domain.hold(thing, contents)


def _same(first: dict[Any, Any], second: dict[Any, Any]) -> bool:
    return list(first) == list(second) and all(second[k] is v for k, v in first.items())


class Merge:
    """Values that are one or the other by a traced condition."""

    __slots__ = ("_cells", "_containers", "condition", "filling", "line", "m", "made", "old", "states")

    def __init__(self, m: Machine, condition: Any, line: int, first: State, second: State) -> None:
        self.m = m
        self.condition = condition
        self.line = line
        self.states = (first, second)
        self.old = first.kept.keys()
        """The things that were there before the branches, which others may know under another name."""
        self.made: dict[tuple[int, int], tuple[Any, Any, Any]] = {}
        self.filling = False
        """Whether things are still given their contents; until then nothing is said of memory that is shared."""
        self._cells: dict[int, list[Any]] = {}
        self._containers: dict[int, tuple[int, int]] = {}

    def contents(self, thing: Any, first: Any, second: Any) -> Any:
        """The contents of one thing."""
        match thing:
            case Scope():
                return {
                    name: self._variable(name, first, second)
                    for name in {**first, **second}  # in the order of binding
                }
            case list():
                if len(first) != len(second):
                    raise self._refusal("a list has other lengths")
                return [self.value(a, b, "an element of a list") for a, b in zip(first, second, strict=True)]
            case dict():
                if first.keys() != second.keys():
                    raise self._refusal("a dict has other keys")
                return {k: self.value(v, second[k], f"the element {k!r}") for k, v in first.items()}
            case set():
                if first != second:
                    raise self._refusal("a set has other elements")
                return first
            case Instance() | Class():
                return {name: self._variable(name, first, second) for name in {**first, **second}}
            case _:
                if first is second:
                    return first
                return self.m.domain.choose_held(self.condition, first, second)

    def _variable(self, name: str, first: dict[str, Any], second: dict[str, Any]) -> Any:
        """A variable or attribute: what cannot be merged is an error where it is read, not here."""
        if name not in first or name not in second:
            return Poison(f"is assigned in one branch alone of a condition on a traced value (line {self.line})")
        a, b = first[name], second[name]
        if a is b:
            return a
        if isinstance(a, Poison) or isinstance(b, Poison):
            return a if isinstance(a, Poison) else b
        try:
            made = self.value(a, b, repr(name))
        except SourceError as error:
            return Poison(f"differs between the branches of a condition on a traced value: {error.what}")
        if self.m.domain.is_array(made) and self.m.domain.is_array(a) != self.m.domain.is_dim(a):
            self.m.domain.named(made, name)
        return made

    def value(self, a: Any, b: Any, what: str) -> Any:
        """The value that is `a` where the condition holds, else `b`. Raises: SourceError where there is none."""
        if a is b:
            return a
        known = self.made.get((id(a), id(b)))
        if known is None:
            known = self.made[(id(a), id(b))] = (self._chosen(a, b, what), a, b)
        return known[0]

    def _chosen(self, a: Any, b: Any, what: str) -> Any:
        m = self.m
        if self._numeric(a) and self._numeric(b):
            if isinstance(a, _KNOWN) and isinstance(b, _KNOWN) and type(a) is type(b) and repr(a) == repr(b):
                return a
            made = m.domain.choose(self.condition, self._then(a, 0), self._then(b, 1))
            self._note(made, a, b)
            return made
        if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
            return tuple(self.value(x, y, what) for x, y in zip(a, b, strict=True))
        if isinstance(a, list | dict) and type(a) is type(b):
            if id(a) in self.old or id(b) in self.old:
                raise self._refusal(f"{what} is one or another {type(a).__name__}")
            for side in (a, b):
                if self._containers.setdefault(id(side), (id(a), id(b))) != (id(a), id(b)):
                    raise self._refusal(f"{what} is a {type(a).__name__} that has another name in one branch alone")
            return self.contents(a, a, b)
        if isinstance(a, _CALLED) and isinstance(b, _CALLED):
            return Choice(self.condition, a, b)
        if isinstance(a, str | type | slice) and type(a) is type(b) and a == b:
            return a
        if isinstance(a, Instance) and isinstance(b, Instance) and a.cls is b.cls and not {id(a), id(b)} & self.old:
            return Instance(a.cls, self.contents(a, a.attributes, b.attributes))
        raise self._refusal(f"{what} is {_kind(a)} or {_kind(b)}")

    def _then(self, value: Any, side: int) -> Any:
        """An array as it was at the end of a side, which may have written into it."""
        cell = self.m.domain.cell(value) if self.m.domain.is_array(value) else None
        if id(cell) not in self.old:
            return value
        now = self.m.domain.held(cell)
        self.m.domain.hold(cell, self.states[side].kept[id(cell)][1])
        made = self.m.domain.snapshot(value)
        self.m.domain.hold(cell, now)
        return made

    def _note(self, made: Any, *sides: Any) -> None:
        """`made` stands for arrays that others may know too: a write into one of them is not seen by the others."""
        if not self.m.domain.is_array(made):
            return
        for side in sides:
            cell = self.m.domain.cell(side) if self.m.domain.is_array(side) else None
            if cell is not None:
                related = [c for c in (cell, *self.m.domain.related(cell)) if id(c) in self.old]
                known = self._cells.setdefault(id(cell), related)
                known.append(self.m.domain.cell(made))
        if not self.filling:
            self.relate()

    def relate(self) -> None:
        """Say of which arrays it is not known whether they share memory."""
        self.filling = False
        for cells in self._cells.values():
            if len({id(cell) for cell in cells}) > 1:
                self.m.domain.relate(cells)

    def _numeric(self, value: Any) -> bool:
        return isinstance(value, _KNOWN) or self.m.domain.is_array(value) or self.m.domain.is_dim(value)

    def _refusal(self, what: str) -> SourceError:
        return refused(
            f"{what} depending on a traced value",
            code="IR892",
            remedy="let both branches give arrays of one shape and dtype",
        )


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
