"""The names that the user's source gives to values, put on the nodes that make them."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache
from typing import NamedTuple

from irlib.builder import Builder, GraphValue
from irlib.converters.numpy_code.namespace.tape import Tape, source_files

__all__ = ["name_nodes"]


class _Line(NamedTuple):
    """What a line of source belongs to: the function, by where it begins, and a statement that assigns a name."""

    function: int
    statement: int
    name: str


_NO_LINE = _Line(0, 0, "")


def name_nodes(tape: Tape) -> None:
    """Name the last node of each statement ``name = ..`` or ``name += ..`` that was traced.

    A name that is taken gets a number: `z`, ``z_1``. Nodes of regions keep their numbers.
    """
    b, files = tape.b, source_files()
    assert isinstance(b, Builder)
    # a statement goes on until another one of its function has made a node: between come those of what it calls
    going_on: dict[tuple[str, int], tuple[_Line, int]] = {}
    for node, at in b._locations.items():
        if b._kind[node] < 0:
            continue
        line = _lines(files.get(at.file, "")).get(at.line, _NO_LINE)
        place = (at.file, line.function)
        before = going_on.get(place)
        if before is not None and before[0].statement != line.statement:
            _name(tape, b, *before)
        going_on[place] = (line, node)
    for before in going_on.values():
        _name(tape, b, *before)


def _name(tape: Tape, b: Builder, line: _Line, node: int) -> None:
    if line.name:
        tape.name_value(GraphValue(b, b._first[node]), line.name)


@lru_cache(maxsize=64)
def _lines(path: str) -> dict[int, _Line]:
    """What the lines of a source file belong to."""
    try:
        tree = ast.parse("".join(linecache.getlines(path)) if path else "")
    except (SyntaxError, ValueError, RecursionError):
        return {}
    made: dict[int, _Line] = {}
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, function = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node.lineno
        if isinstance(node, ast.stmt):
            simple = not any(
                isinstance(part, list) and part and isinstance(part[0], ast.stmt) for part in vars(node).values()
            )
            last = (node.end_lineno or node.lineno) if simple else node.lineno
            for line in range(node.lineno, last + 1):
                crowded = line in made and simple and made[line].statement == line
                made[line] = _Line(function, node.lineno, "" if crowded else _assigned(node))
        waiting += [(child, function) for child in ast.iter_child_nodes(node)]
    return made


_SEVERAL = (ast.Tuple, ast.List, ast.Dict, ast.ListComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.IfExp)
"""Expressions that make more, or other things, than the one value that their last node is."""


def _assigned(node: ast.stmt) -> str:
    """The name that a statement assigns one value to; "" for others."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        target = node.target
    else:
        return ""
    return target.id if isinstance(target, ast.Name) and not isinstance(node.value, _SEVERAL) else ""
