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
from irlib.converters.numpy_code.read.machine import FOREIGN, Exit, Leave, Machine, Raised, Steps
from irlib.converters.numpy_code.read.objects import Grower, Scope
from irlib.converters.numpy_code.read.refusal import refused
from irlib.converters.numpy_code.read.slices import Slices
from irlib.converters.numpy_code.read.state import State
from irlib.errors import IRError

__all__ = ["lowered_for", "lowered_while"]


def lowered_while(
    m: Machine, node: ast.While, scope: Scope, turn: Callable[[], Steps], tested: Callable[..., Steps]
) -> Steps:
    """The loop as `while_loop` of the graph, and how it is left.

    `turn` reads the body and says how it is left, `tested` reads the truth of a test.
    """
    if node.orelse:
        raise refused("else of a while on a traced value is not read", remedy="test the condition after the loop")
    return (yield _While(m, node, scope, turn, tested).read())


class _While:
    """A `while` as it is read. Besides its slots it carries whether it goes on, whether it returns, and what."""

    def __init__(
        self, m: Machine, node: ast.While, scope: Scope, turn: Callable[[], Steps], tested: Callable[..., Steps]
    ) -> None:
        self.m = m
        self.node = node
        self.scope = scope
        self.turn = turn
        self.tested = tested
        self.carried = Carried(m, scope)
        self.frame = m.frames[-1]
        self.start = len(self.frame.exits)
        self.out = _Out()

    def read(self) -> Steps:
        m, carried, out = self.m, self.carried, self.out
        naming, m.domain.naming = m.domain.naming, False
        yield self.test(True)
        _, _, result = yield self.step(0)
        out.take(m, result)
        carried.take_in()
        while True:
            carried.before.restore(m)
            carried.see_shared(first=True)
            m.at(self.node)
            try:
                init = [True, False, out.blank, *carried.values()]
                _, returned, result, *results = m.domain.control["while_loop"](self.holds, self.body, init)
                break
            except More:
                continue
        carried.before.restore(m)
        m.domain.naming = naming
        carried.end(results, getattr(self.node, "lineno", 0))
        if not out.returned:
            return None
        result = weakened(m, result, out.weak)
        if isinstance(self.node.test, ast.Constant) and not out.breaks:
            return Leave("return", result)  # there is no other way out
        self.frame.exits.append(Exit("return", returned, result, State.of(m, self.scope)))
        return None

    def test(self, flag: Any) -> Steps:
        return self.m.domain.both(flag, (yield self.tested(self.m, self.node.test, self.scope)))

    def step(self, result: Any) -> Steps:
        """A turn: whether the loop goes on after it, whether the function returns, and what."""
        m, out = self.m, self.out
        left = yield self.turn()
        exits = self.frame.exits[self.start :]
        del self.frame.exits[self.start :]
        going: Any = left is None
        returned: Any = left is not None and left.kind == "return"
        if returned:
            out.returned, result = True, left.value
        both, opposite = m.domain.both, m.domain.opposite
        for exit_ in reversed(exits):
            merge = branches.resume(m, exit_, None)
            stays = opposite(exit_.condition)
            going = both(going, stays)
            if exit_.kind == "return":
                returned = opposite(both(opposite(returned), stays))
                result = merge.value(exit_.value, result, "the value returned") if out.returned else exit_.value
                out.returned = True
            else:
                returned = both(returned, stays)
        out.breaks |= any(e.kind == "break" for e in exits) or (left is not None and left.kind == "break")
        return going, returned, result

    def holds(self, values: list[Any]) -> Any:
        self.carried.begin(values[3:])
        return self.m.callback(self.test)(values[0])

    def body(self, values: list[Any]) -> list[Any]:
        m, carried, out = self.m, self.carried, self.out
        carried.begin(values[3:])
        before = (out.breaks, out.returned)
        going, returned, result = m.callback(self.step)(weakened(m, values[2], out.weak))
        if carried.take_in() | carried.see_shared() or (out.breaks, out.returned) != before:
            raise More
        return [going, returned, result, *carried.values()]


class _Out:
    """The ways out of a loop: whether there are breaks and returns, and what stands for a value not yet returned."""

    def __init__(self) -> None:
        self.breaks = False
        self.returned = False
        self.weak: Any = True
        self.blank: Any = 0

    def take(self, m: Machine, value: Any) -> None:
        """The value that the first turn read returns: those of others are like it."""
        if not self.returned:
            return
        if not is_numeric(m, value):
            raise refused("what is returned in a loop on a traced value is no array or number", code="IR892")
        self.weak, self.blank = weakness(m, value), _blank(m, value)


def _blank(m: Machine, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_blank(m, item) for item in value)
    made = m.domain.blank(value)
    if made is None:
        raise refused("the shape of what is returned in a loop on a traced value is not known", code="IR892")
    return made


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
