"""Statements laid out as the formatter lays them out, so that emitted modules need no formatting."""

from __future__ import annotations

from itertools import pairwise

__all__ = ["WIDTH", "assignment", "fits", "unpacking"]

WIDTH = 88
_OPEN, _CLOSE = "([{", ")]}"


def fits(line: str, indent: int = 4) -> bool:
    """Whether it is short enough for one line."""
    return indent + len(line) <= WIDTH


def assignment(target: str, text: str, indent: int = 4) -> list[str]:
    """``target = text``; a long one is split at the brackets it ends with, one element to a line where it must be."""
    head = f"{target} = " if target else ""
    return _split(head + text, indent, "")


def unpacking(targets: list[str], source: str, indent: int = 4) -> list[str]:
    """``a, b = source``."""
    if len(targets) == 1:
        return _split(f"({targets[0]},) = {source}", indent, "")
    line = f"{', '.join(targets)} = {source}"
    pad = " " * indent
    if fits(line, indent):
        return [pad + line]
    # a source that must be split itself splits first; the targets follow where they alone are too long
    left, split = f"{', '.join(targets)} = ", _last_group(source)
    if split is not None and fits(left + source[: split[0] + 1], indent):
        return _split(left + source, indent, "")
    return [f"{pad}(", *(f"{pad}    {t}," for t in targets), *_split(f") = {source}", indent, "")]


def _split(text: str, indent: int, tail: str) -> list[str]:
    pad = " " * indent
    group = None if fits(text + tail, indent) else _last_group(text)
    if group is None:
        return [f"{pad}{text}{tail}"]
    start, elements = group
    is_call = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_)]")
    inside = ", ".join(elements)
    if is_call and fits(inside, indent + 4):
        body = [f"{pad}    {inside}"]
    else:
        body = [line for element in elements for line in _split(element, indent + 4, ",")]
    return [pad + text[: start + 1], *body, f"{pad}{text[-1]}{tail}"]


def _last_group(text: str) -> tuple[int, list[str]] | None:
    """Where the bracket opens that the text ends with, and the elements in it; None where it ends with none."""
    if not text or text[-1] not in _CLOSE:
        return None
    depth, stack, quote = 0, [], False
    commas: list[list[int]] = []
    for at, char in enumerate(text):
        if char == '"':
            quote = not quote
        if quote:
            continue
        if char in _OPEN:
            stack.append(at)
            commas.append([])
            depth += 1
        elif char == "," and commas:
            commas[-1].append(at)
        elif char in _CLOSE:
            start, found = stack.pop(), commas.pop()
            depth -= 1
            if at == len(text) - 1:
                edges = [start, *found, at]
                parts = [text[a + 1 : b].strip() for a, b in pairwise(edges)]
                return (start, [p for p in parts if p]) if any(parts) else None
    return None
