"""Statements laid out as the formatter lays them out, so that emitted modules need no formatting.

A line that is too long is split at the brackets of the call or display that it is. What a formatter would have to
choose about (long operators, chains of methods) is never left to it: parts of such an expression become statements.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

__all__ = ["WIDTH", "assignment", "fits", "unpacking"]

WIDTH = 88
_OPEN, _CLOSE = "([{", ")]}"
_OPERATORS = (
    ("else",), ("==", "!=", "<=", ">=", "<", ">", "is"), ("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"),
    ("*", "/", "//", "%", "@"), ("**",),
)  # fmt: skip
_PRIORITY = {sign: k for k, row in enumerate(_OPERATORS) for sign in row}
_SIMPLE = re.compile(r"[A-Za-z_][\w.]*$")
_KEY = re.compile(r"[A-Za-z_]\w*=(?!=)|\"[^\"]*\": ")
Spare = Callable[[], str]


def fits(line: str, indent: int = 4) -> bool:
    """Whether it is short enough for one line."""
    return indent + len(line) <= WIDTH


def assignment(target: str, text: str, indent: int = 4, spare: Spare | None = None) -> list[str]:
    """``target = text`` (or `text` alone, which may begin with ``return``), in as many lines as it takes.

    `spare` gives names for parts that must become statements of their own.
    """
    head = f"{target} = " if target else ""
    if not target and text.startswith("return "):
        head, text = "return ", text[7:]
    if fits(head + text, indent):
        return [" " * indent + head + text]
    return _long(head, text, indent, spare)


def _long(head: str, text: str, indent: int, spare: Spare | None) -> list[str]:
    """A statement that is longer than a line."""
    shape = _Shape(text)
    if shape.operator is not None:
        return _operator(head, text, shape, indent, spare)
    if not shape.groups or shape.groups[-1][1] != len(text) - 1:
        return _wrapped(head, text, indent)
    start = shape.groups[-1][0]
    before = text[:start]
    if before and not _SIMPLE.match(before):
        return _chain(head, text, before, indent, spare)
    return _group(head, text, start, indent, spare)


def _wrapped(head: str, text: str, indent: int) -> list[str]:
    """In parentheses, on a line of its own."""
    pad = " " * indent
    if head and fits(text, indent + 4):
        return [f"{pad}{head}(", f"{pad}    {text}", f"{pad})"]
    return [f"{pad}{head}{text}"]


def _operator(head: str, text: str, shape: _Shape, indent: int, spare: Spare | None) -> list[str]:
    """Operands that have brackets become statements."""
    at, sign = shape.operator or (0, "")
    left, right = text[:at].rstrip(), text[at + len(sign) :].lstrip()
    parts = {"left": left, "right": right}
    lines: list[str] = []
    if spare is None or sign == "else":
        return _wrapped(head, text, indent)
    for side in sorted(parts, key=lambda side: -len(parts[side])):
        operand = parts[side]
        if not any(c in operand for c in _OPEN):
            continue
        bare = operand[1:-1] if _is_parenthesized(operand) else operand
        name = spare()
        lines += assignment(name, bare, indent, spare)
        parts[side] = name
        made = f"{parts['left']} {sign} {parts['right']}" if left else f"{sign}{parts['right']}"
        if fits(head + made, indent):
            return [*lines, " " * indent + head + made]
    made = f"{parts['left']} {sign} {parts['right']}"
    return [*lines, *_wrapped(head, made, indent)]


def _is_parenthesized(text: str) -> bool:
    """Whether it is one expression in parentheses, and no tuple."""
    shape = _Shape(text)
    whole = len(shape.groups) == 1 and shape.groups[0] == (0, len(text) - 1)
    return whole and text[0] == "(" and not shape.commas[0]


def _chain(head: str, text: str, before: str, indent: int, spare: Spare | None) -> list[str]:
    """A method, or an index, of something that is no name: that becomes a statement."""
    dot = before.rfind(".") if before[-1] not in _CLOSE else len(before)
    source = before[:dot]
    if spare is None or not source:
        return [" " * indent + head + text]
    name = head.removesuffix(" = ") if head.endswith(" = ") and "," not in head else spare()
    bare = source[1:-1] if _is_parenthesized(source) else source
    return [
        *assignment(name, bare, indent, spare),
        *assignment(head.removesuffix(" = ") if head.endswith(" = ") else "",
                    ("" if head.endswith(" = ") else head) + name + text[dot:], indent, spare),
    ]  # fmt: skip


def _group(head: str, text: str, start: int, indent: int, spare: Spare | None, tail: str = "") -> list[str]:
    """A call, an index or a display, its elements on lines of their own where one line does not hold them."""
    pad = " " * indent
    shape = _Shape(text)
    elements = shape.elements()
    is_trailer = start > 0
    inside = ", ".join(elements)
    if is_trailer and fits(inside, indent + 4):
        return [f"{pad}{head}{text[: start + 1]}", f"{pad}    {inside}", f"{pad}{text[-1]}{tail}"]
    before: list[str] = []
    body: list[str] = []
    comma = "" if text[start] == "[" and is_trailer and len(elements) == 1 else ","
    for element in elements:
        made, lines = _element(element, indent + 4, indent, spare, comma)
        before += made
        body += lines
    return [*before, f"{pad}{head}{text[: start + 1]}", *body, f"{pad}{text[-1]}{tail}"]


def _element(element: str, indent: int, outside: int, spare: Spare | None, comma: str) -> tuple[list[str], list[str]]:
    """An element on a line of its own, or over several; and statements that must stand before."""
    pad = " " * indent
    if fits(element + comma, indent):
        return [], [f"{pad}{element}{comma}"]
    shape = _Shape(element)
    split = shape.groups and shape.groups[-1][1] == len(element) - 1 and shape.operator is None
    if split:
        start = shape.groups[-1][0]
        before = element[:start]
        key = _KEY.match(before)
        prefix = key.group() if key else ""
        rest = before[len(prefix) :]
        if not rest or _SIMPLE.match(rest):
            return [], _group(prefix, element[len(prefix) :], start - len(prefix), indent, None, comma)
    if spare is None:
        return [], [f"{pad}{element}{comma}"]
    key = _KEY.match(element)
    prefix = key.group() if key else ""
    name = spare()
    return assignment(name, element[len(prefix) :], outside, spare), [f"{pad}{prefix}{name}{comma}"]


class _Shape:
    """Where the outermost brackets of an expression are, and its weakest operator outside of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.groups: list[tuple[int, int]] = []
        self.commas: list[list[int]] = []
        self.operator: tuple[int, str] | None = None
        self._scan()

    def _scan(self) -> None:
        text, depth, at = self.text, 0, 0
        weakest = len(_OPERATORS)
        while at < len(text):
            char = text[at]
            if char == '"':
                at = text.index('"', at + 1)
            elif char in _OPEN:
                if depth == 0:
                    self.groups.append((at, at))
                    self.commas.append([])
                depth += 1
            elif char in _CLOSE:
                depth -= 1
                if depth == 0:
                    self.groups[-1] = (self.groups[-1][0], at)
            elif char == "," and depth == 1:
                self.commas[-1].append(at)
            elif char == " " and depth == 0:
                sign = text[at + 1 :].partition(" ")[0]
                rank = _PRIORITY.get(sign)
                if rank is not None and rank <= weakest:
                    weakest, self.operator = rank, (at + 1, sign)
            at += 1

    def elements(self) -> list[str]:
        """What stands between the commas of the last group."""
        start, end = self.groups[-1]
        edges = [start, *self.commas[-1], end]
        parts = [self.text[a + 1 : b].strip() for a, b in itertools.pairwise(edges)]
        return [p for p in parts if p]


def unpacking(targets: list[str], source: str, indent: int = 4, spare: Spare | None = None) -> list[str]:
    """``a, b = source``."""
    if len(targets) == 1:
        return assignment(f"({targets[0]},)", source, indent, spare)
    line = f"{', '.join(targets)} = {source}"
    pad = " " * indent
    if fits(line, indent):
        return [pad + line]
    left = f"{', '.join(targets)} = "
    shape = _Shape(source)
    if shape.groups and fits(left + source[: shape.groups[-1][0] + 1], indent):
        return assignment(", ".join(targets), source, indent, spare)
    if spare is not None and not fits(f") = {source}", indent):
        name = spare()
        return [*assignment(name, source, indent, spare), *unpacking(targets, name, indent)]
    return [f"{pad}(", *(f"{pad}    {t}," for t in targets), f"{pad}) = {source}"]
