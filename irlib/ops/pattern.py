"""Regular expressions matched in time linear in the text: RE2's syntax without what needs to go back.

A pattern is parsed into a nondeterministic automaton and run on all states at once, so no pattern and no text can take
exponential time. Not taken, and refused by name: back-references, lookaround, Unicode classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from irlib.errors import AttributeValueError

__all__ = ["Pattern", "compiled"]

MAX_PATTERN = 4096
MAX_STATES = 20_000
MAX_DEPTH = 100
MAX_REPEAT = 1000
_MOST_KEPT = 4096

Ranges = tuple[tuple[int, int], ...]
_TOP = 0x10FFFF


@dataclass(slots=True)
class _State:
    """Where a run may stand: at a set of characters to read next, at a place to check, or at a fork."""

    next: list[int]
    ranges: Ranges | None = None
    check: str = ""


@dataclass(slots=True)
class Pattern:
    """A compiled pattern."""

    states: list[_State]
    start: int
    accept: int
    fold: bool
    _steps: dict[tuple[frozenset[int], str, str], frozenset[int]] = field(default_factory=dict)

    def full_match(self, text: str) -> bool:
        """Whether the pattern matches the whole text."""
        current, before = frozenset({self.start}), ""
        for char in text:
            current = self._step(current, before, char)
            if not current:
                return False
            before = char
        return self.accept in self._closure(current, before, "")

    def _step(self, current: frozenset[int], before: str, char: str) -> frozenset[int]:
        """The states after `char` has been read, which stands behind `before` (empty: at the start)."""
        key = (current, before and ("w" if _is_word(before) else "-"), char)
        found = self._steps.get(key)
        if found is None:
            if len(self._steps) >= _MOST_KEPT:
                self._steps.clear()
            found = self._steps[key] = self._read(self._closure(current, before, char), char)
        return found

    def _read(self, current: frozenset[int], char: str) -> frozenset[int]:
        codes = {ord(c) for c in (char.lower(), char.upper(), char) if len(c) == 1} if self.fold else {ord(char)}
        return frozenset(
            state.next[0]
            for state in (self.states[i] for i in current)
            if state.ranges is not None and any(low <= c <= high for c in codes for low, high in state.ranges)
        )

    def _closure(self, seeds: frozenset[int], before: str, after: str) -> frozenset[int]:
        """All states reached without reading, between these characters; empty at the ends of the text."""
        edge = _is_word(before) != _is_word(after)
        holds = {"": True, "start": not before, "end": not after, "edge": edge, "no edge": not edge}
        seen: set[int] = set()
        waiting = list(seeds)
        while waiting:
            i = waiting.pop()
            if i in seen:
                continue
            seen.add(i)
            state = self.states[i]
            if state.ranges is None and holds[state.check]:
                waiting.extend(state.next)
        return frozenset(seen)


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Pattern:
    """The automaton of `pattern`.

    Raises: AttributeValueError when it is not one, uses what is not taken, or would be too large.
    """
    if len(pattern) > MAX_PATTERN:
        raise AttributeValueError(
            f"a pattern of {len(pattern)} characters, expected at most {MAX_PATTERN}", code="IR302"
        )
    parser = _Parser(pattern)
    tree = parser.parse()
    builder = _Automaton()
    accept = builder.add(_State([]))
    return Pattern(builder.states, builder.build(tree, accept), accept, parser.fold)


class _Automaton:
    """Builds states from the end of the pattern to its start."""

    def __init__(self) -> None:
        self.states: list[_State] = []

    def add(self, state: _State) -> int:
        if len(self.states) >= MAX_STATES:
            raise AttributeValueError(f"the pattern has more than {MAX_STATES} states", code="IR302")
        self.states.append(state)
        return len(self.states) - 1

    def build(self, tree: Any, after: int) -> int:
        """The state from which `tree` leads to `after`."""
        kind, *parts = tree
        match kind:
            case "set":
                return self.add(_State([after], ranges=parts[0]))
            case "check":
                return self.add(_State([after], check=parts[0]))
            case "cat":
                for part in reversed(parts[0]):
                    after = self.build(part, after)
                return after
            case "alt":
                return self.add(_State([self.build(part, after) for part in parts[0]]))
            case _:
                return self._repeat(parts[0], parts[1], parts[2], after)

    def _repeat(self, tree: Any, least: int, most: int | None, after: int) -> int:
        if most is None:
            loop = self.add(_State([after]))
            self.states[loop].next.append(self.build(tree, loop))
            after = loop
        else:
            end = after
            for _ in range(most - least):
                after = self.add(_State([end, self.build(tree, after)]))
        for _ in range(least):
            after = self.build(tree, after)
        return after


_DIGIT: Ranges = ((48, 57),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = ((9, 10), (12, 13), (32, 32))
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: dict[str, Ranges] = {
    "alpha": ((65, 90), (97, 122)), "digit": _DIGIT, "alnum": ((48, 57), (65, 90), (97, 122)), "upper": ((65, 90),),
    "lower": ((97, 122),), "space": ((9, 13), (32, 32)), "word": _WORD, "xdigit": ((48, 57), (65, 70), (97, 102)),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)), "blank": ((9, 9), (32, 32)),
}  # fmt: skip
_PLACES = {"A": "start", "z": "end", "b": "edge", "B": "no edge"}
"""Escapes that read nothing."""

_ESCAPES = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11, "a": 7}


def _negated(ranges: Ranges) -> Ranges:
    made, low = [], 0
    for first, last in sorted(ranges):
        if first > low:
            made.append((low, first - 1))
        low = max(low, last + 1)
    if low <= _TOP:
        made.append((low, _TOP))
    return tuple(made)


class _Parser:
    """Recursive descent, its depth capped."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.fold = self.dot_all = False
        while self.text.startswith(("(?i)", "(?s)"), self.at):
            self.fold |= self.text[self.at + 2] == "i"
            self.dot_all |= self.text[self.at + 2] == "s"
            self.at += 4

    def parse(self) -> Any:
        tree = self._alternatives()
        if self.at < len(self.text):
            raise self._error("an unmatched )")
        return tree

    def _error(self, what: str) -> AttributeValueError:
        return AttributeValueError(
            f"pattern {self.text[:80]!r}: {what} at {self.at}", code="IR302",
            remedy="use RE2's syntax without lookaround and Unicode classes",
        )  # fmt: skip

    def _peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise self._error("an unexpected end")
        self.at += 1
        return char

    def _alternatives(self) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error("groups nested too deep")
        found = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            found.append(self._sequence())
        self.depth -= 1
        return found[0] if len(found) == 1 else ("alt", found)

    def _sequence(self) -> Any:
        items = []
        while self._peek() and self._peek() not in "|)":
            items.append(self._repeated())
        return ("cat", items)

    def _repeated(self) -> Any:
        item = self._atom()
        found = self._quantifier()
        if found is None:
            return item
        if self._peek() == "?":
            self.at += 1  # reluctant: the same texts match as a whole
        if self._quantifier() is not None:
            raise self._error("a repetition repeated")
        return ("repeat", item, *found)

    def _quantifier(self) -> tuple[int, int | None] | None:
        char = self._peek()
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if char and char in simple:
            self.at += 1
            return simple[char]
        end = self.text.find("}", self.at)
        if char != "{" or end < 0:
            return None
        least, comma, most = self.text[self.at + 1 : end].partition(",")
        if not _is_number(least) or (most and not _is_number(most)):
            return None  # a brace that is not a repetition stands for itself
        self.at = end + 1
        low, high = int(least), int(most) if most else None if comma else int(least)
        if low > MAX_REPEAT or (high is not None and not low <= high <= MAX_REPEAT):
            raise self._error(f"a repetition beyond {MAX_REPEAT}, or the wrong way round,")
        return low, high

    def _atom(self) -> Any:
        char = self._take()
        match char:
            case "(":
                return self._group()
            case "[":
                return ("set", self._class())
            case ".":
                return ("set", ((0, _TOP),) if self.dot_all else _negated(((10, 10),)))
            case "^":
                return ("check", "start")
            case "$":
                return ("check", "end")
            case "\\":
                if self._peek() in _PLACES:
                    return ("check", _PLACES[self._take()])
                return ("set", self._escape())
            case "*" | "+" | "?":
                raise self._error("nothing to repeat")
            case _:
                return ("set", ((ord(char), ord(char)),))

    def _group(self) -> Any:
        if self._peek() == "?":
            named = self.text.startswith("?P<", self.at)
            if self.text.startswith("?:", self.at):
                self.at += 2
            elif named and (end := self.text.find(">", self.at)) > 0:
                self.at = end + 1
            else:
                raise self._error("lookaround, or flags inside the pattern,")
        tree = self._alternatives()
        if self._peek() != ")":
            raise self._error("a missing )")
        self.at += 1
        return tree

    def _escape(self) -> Ranges:
        char = self._take()
        if char.lower() in _CLASSES and char.isalpha():
            ranges = _CLASSES[char.lower()]
            return _negated(ranges) if char.isupper() else ranges
        if char in _ESCAPES:
            return ((_ESCAPES[char],) * 2,)
        if char == "x":
            braced = self._peek() == "{"
            end = self.text.find("}", self.at) if braced else self.at + 2
            digits = self.text[self.at + braced : end]
            if end < 0 or not digits or len(digits) > 6 or any(d not in "0123456789abcdefABCDEF" for d in digits):
                raise self._error("a wrong escape \\x")
            self.at = end + braced
            return ((int(digits, 16),) * 2,)
        if char.isalnum():
            raise self._error(f"the escape \\{char}, which is not taken,")
        return ((ord(char),) * 2,)

    def _class(self) -> Ranges:
        negated = self._peek() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        first = True
        while first or self._peek() != "]":
            first = False
            found = self._member()
            if self._peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", "") and len(found) == 1:
                self.at += 1
                last = self._member()
                if len(last) != 1 or last[0][1] < found[0][0]:
                    raise self._error("a range the wrong way round")
                found = ((found[0][0], last[0][1]),)
            ranges.extend(found)
        self.at += 1
        return _negated(tuple(ranges)) if negated else tuple(ranges)

    def _member(self) -> Ranges:
        if self.text.startswith("[:", self.at):
            end = self.text.find(":]", self.at)
            name = self.text[self.at + 2 : end]
            if end < 0 or name not in _POSIX:
                raise self._error("an unknown class of characters")
            self.at = end + 2
            return _POSIX[name]
        char = self._take()
        return self._escape() if char == "\\" else ((ord(char), ord(char)),)


def _is_number(text: str) -> bool:
    return 0 < len(text) <= 6 and all(c in "0123456789" for c in text)
