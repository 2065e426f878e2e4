"""The small functions that emitted modules carry along, copied as text.

They are real code. They import numpy only, raise builtins only and call each other
only, so that a copy of them stands on its own.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["Helper", "closure", "helper_names"]


class Helper(NamedTuple):
    """A helper function: its source, and the helpers it calls."""

    source: str
    calls: tuple[str, ...]


@cache
def _table() -> dict[str, Helper]:
    """Every helper by name, in the order of files and lines."""
    found: dict[str, ast.stmt] = {}
    texts: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "helpers").glob("*.py")):
        if path.name == "__init__.py":
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            name = _name(node)
            if name is not None:
                found[name] = node
                texts[name] = ast.get_source_segment(text, node) or ""
    return {name: Helper(texts[name], _called(node, set(found) - {name})) for name, node in found.items()}


def _called(node: ast.stmt, names: set[str]) -> tuple[str, ...]:
    """Which of `names` it mentions."""
    return tuple(sorted({n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & names))


def _name(node: ast.stmt) -> str | None:
    if isinstance(node, ast.FunctionDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def helper_names() -> frozenset[str]:
    """The names that helpers have."""
    return frozenset(_table())


def closure(names: set[str]) -> list[str]:
    """The sources of these helpers and of all they call, in the order in which they are kept."""
    table = _table()
    wanted: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in wanted:
            wanted.add(name)
            stack.extend(table[name].calls)
    return [helper.source for name, helper in table.items() if name in wanted]
