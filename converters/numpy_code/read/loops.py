"""Loops as loops of the graph: the turn is read once, in a region, and what it changes is carried.

A `while` on a traced value becomes a `while_loop`. A `for` becomes a `scan` where that is asked for, or where the
number of turns is not known; what cannot be read so is unrolled.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from irlib.converters.numpy_code.read import branches
from irlib.converters.numpy_code.read.carry import Carried, More, is_numeric, weakened, weakness
from irlib.converters.numpy_code.read.machine import FOREIGN, Machine, Raised, Steps
from irlib.converters.numpy_code.read.objects import Grower, Scope
from irlib.converters.numpy_code.read.refusal import refused
from irlib.converters.numpy_code.read.slices import Slices
from irlib.errors import IRError

__all__ = ["lowered_for", "lowered_while"]


def lowered_while(
    m: Machine, node: ast.While, scope: Scope, turn: Callable[[], Steps], tested: Callable[..., Steps]
) -> Steps:
    """The loop as `while_loop` of the graph. `turn` reads the body once and says how it is left, `tested` a test."""
    if node.orelse:
        raise refused("else of a while on a traced value is not read", remedy="test the condition after the loop")
    carried = Carried(m, scope)
    frame, naming = m.frames[-1], m.domain.naming
    start = len(frame.exits)

    def test(flag: Any) -> Steps:
        return m.domain.both(flag, (yield tested(m, node.test, scope)))

    def step() -> Steps:
        """A turn; whether the loop goes on after it."""
        left = yield turn()
        going: Any = left is None
        exits = frame.exits[start:]
        if any(leaves.kind != "break" for leaves in (*exits, *([] if left is None else [left]))):
            remedy = "assign, break and return after it"
            raise refused("return in a loop on a traced value is not read", remedy=remedy)
        for exit_ in exits:
            going = m.domain.both(going, m.domain.opposite(exit_.condition)) if going is not False else False
        branches.rejoin(m, "break", start, left, scope)
        del frame.exits[start:]
        return going

    def holds(values: list[Any]) -> Any:
        carried.begin(values[1:])
        return m.callback(test)(values[0])

    def body(values: list[Any]) -> list[Any]:
        carried.begin(values[1:])
        going = m.callback(step)()
        if carried.take_in() | carried.see_shared():
            raise More
        return [going, *carried.values()]

    m.domain.naming = False
    yield test(True)
    yield step()
    carried.take_in()
    while True:
        carried.before.restore(m)
        carried.see_shared(first=True)
        m.at(node)
        try:
            results = m.domain.control["while_loop"](holds, body, [True, *carried.values()])
            break
        except More:
            continue
    carried.before.restore(m)
    m.domain.naming = naming
    carried.end(results[1:], getattr(node, "lineno", 0))
    return None


def lowered_for(m: Machine, node: ast.For, scope: Scope, slices: Slices, turn: Callable[[Any], Steps]) -> bool:
    """The loop as `scan` of the graph; whether it could be read so. Else nothing has happened.

    `turn` reads the body for an item and says how it is left.
    """
    carried, frame = Carried(m, scope), m.frames[-1]
    depth, start, naming, arm, unchecked = len(m.frames), len(frame.exits), m.domain.naming, m.arm, len(m.unchecked)
    growing, last = _Growing(m, node, carried), _Last(m)

    def body(carry: list[Any], items: list[Any]) -> tuple[list[Any], list[Any]]:
        count = len(carried.slots)
        carried.begin(carry[:count])
        growing.begin()
        left = m.callback(turn)(slices.item(items))
        if left is not None or len(frame.exits) > start:
            raise refused("a loop that is left early is not read as scan")
        made = growing.end()
        if carried.take_in() | carried.see_shared() | last.see(carried):
            raise More
        return [*carried.values(), *last.values()], made

    def first_turn() -> None:
        growing.begin()
        m.callback(turn)(slices.item([array[0] for array in slices.arrays]))
        growing.end()
        carried.take_in()
        del frame.exits[start:]

    m.domain.naming = False
    try:
        first_turn()
        while True:
            carried.before.restore(m)
            carried.see_shared(first=True)
            try:
                init = [*carried.values(), *last.blanks()]
                results, stacked = m.domain.control["scan"](body, init, slices.arrays)
                break
            except More:
                continue
    except (IRError, Raised, *FOREIGN) as error:
        carried.before.restore(m)
        del m.frames[depth:], frame.exits[start:], m.unchecked[unchecked:]
        m.arm = arm
        if isinstance(error, IRError) and (error.code == "IR893" or slices.length is None):
            raise
        return False
    finally:
        m.domain.naming = naming
    m.at(node)
    carried.before.restore(m)
    count = len(carried.slots)
    carried.fresh = [place for place in carried.fresh if slices.length is None or place not in last.places]
    carried.end(results[:count], getattr(node, "lineno", 0))
    if slices.length is not None:
        last.end(results[count:])
    growing.finish(stacked, slices.length)
    return True


class _Last:
    """Variables that only turns bind: behind the loop those of the last turn. No turn sees those of another."""

    def __init__(self, m: Machine) -> None:
        self.m = m
        self.places: list[tuple[Scope, str]] = []
        self.kinds: list[Any] = []
        self.types: list[Any] = []

    def see(self, carried: Carried) -> bool:
        """Add what a turn has newly bound; whether there was anything."""
        new = [place for place in carried.fresh if place not in self.places]
        added = False
        for scope, name in new:
            value = scope.variables.get(name)
            blank = (
                self.m.domain.blank(value)
                if is_numeric(self.m, value) and not isinstance(value, list | tuple)
                else None
            )
            if blank is not None:
                self.places.append((scope, name))
                self.kinds.append(weakness(self.m, value))
                self.types.append(blank)
                added = True
        return added

    def blanks(self) -> list[Any]:
        return [self.m.domain.blank(t) for t in self.types]

    def values(self) -> list[Any]:
        return [scope.variables[name] for scope, name in self.places]

    def end(self, values: list[Any]) -> None:
        for (scope, name), value, weak in zip(self.places, values, self.kinds, strict=True):
            scope.variables[name] = weakened(self.m, value, weak)
            if self.m.domain.is_array(value):
                self.m.domain.named(value, name)


class _Growing:
    """Lists to which every turn appends the same number of arrays, and which it does not look at otherwise."""

    def __init__(self, m: Machine, node: ast.For, carried: Carried) -> None:
        self.m = m
        lists: dict[int, list[tuple[Scope, str]]] = {}
        for thing, contents in carried.before.kept.values():
            if isinstance(thing, Scope):
                for name, value in contents.items():
                    if type(value) is list:
                        lists.setdefault(id(value), []).append((thing, name))
        inside = {id(v) for thing, c in carried.before.kept.values() if not isinstance(thing, Scope) for v in _items(c)}
        appended = _appended(node)
        self.places = [
            places[0]
            for key, places in lists.items()
            if len(places) == 1 and key not in inside and places[0][1] in appended
        ]
        self.lists = [scope.variables[name] for scope, name in self.places]
        self.kinds: list[Any] = []

    def begin(self) -> None:
        for scope, name in self.places:
            scope.variables[name] = Grower([])

    def end(self) -> list[Any]:
        """What the turn appended, by list; the lists are put back."""
        made = []
        for (scope, name), old in zip(self.places, self.lists, strict=True):
            grower = scope.variables[name]
            if not isinstance(grower, Grower) or not all(is_numeric(self.m, v) for v in grower.items):
                raise refused(f"{name!r} is not only appended to")
            made.append(grower.items)
            scope.variables[name] = old
        self.kinds = [weakness(self.m, items) for items in made]
        return made

    def finish(self, stacked: list[Any], length: Any) -> None:
        """Append what the turns did, in their order."""
        for items, columns, kinds in zip(self.lists, stacked, self.kinds, strict=True):
            if columns and length is None:
                raise refused(
                    "a list grows in a loop whose number of turns is not known", code="IR897",
                    remedy="write into an array, as in y[i] = v",
                )  # fmt: skip
            for t in range(length if columns else 0):
                self.m.meter.room(len(columns))
                items.extend(weakened(self.m, column[t], kind) for column, kind in zip(columns, kinds, strict=True))


def _items(contents: Any) -> list[Any]:
    if isinstance(contents, dict):
        return list(contents.values())
    return contents if isinstance(contents, list) else []


def _appended(node: ast.For) -> set[str]:
    """The names of variables on which a loop calls append."""
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Call(func=ast.Attribute(attr="append", value=ast.Name(id=name))):
                found.add(name)
            case _:
                pass
    return found
