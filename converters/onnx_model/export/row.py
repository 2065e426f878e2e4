"""The table of export rows. What one row of `direct` says needs none here.

``@emits("sum")`` is a function ``(e, site, *operands)`` that appends ONNX ops with ``e.op("ReduceSum", x, keepdims=0)``
and returns the result or results. ``@lowers("sum_to")`` is a function ``(b, site, *operands)`` that says the op in
other ops of irlib, on a builder, for operands of these types. Absent operands are None. A row that returns None leaves
a composite to its body. ``raise site.unsupported("why")`` is for what ONNX cannot say.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

__all__ = ["ROWS", "Row", "emits", "find_export", "lowers"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Row:
    """How one op is written."""

    write: Callable[..., Any]
    operands: int
    """How many operands the function names; absent ones are filled up with None. -1: it takes any number."""
    lowers: bool
    fills: bool = False
    """Whether it is told, after the site, the number that all elements of each operand are, None where not known."""
    first: bool = False
    """Whether it goes before the rows of `direct`, for nodes that have no name from a model."""


ROWS: dict[str, Row] = {}


def emits(*names: str, first: bool = False) -> Callable[[_Function], _Function]:
    """Enter the decorated function as the row of ops `names`, in ops of ONNX."""
    return _entering(names, lowered=False, fills=False, first=first)


def lowers(*names: str, fills: bool = False) -> Callable[[_Function], _Function]:
    """Enter the decorated function as the row of ops `names`, in other ops of irlib."""
    return _entering(names, lowered=True, fills=fills)


def _entering(
    names: tuple[str, ...], *, lowered: bool, fills: bool, first: bool = False
) -> Callable[[_Function], _Function]:
    def enter(function: _Function) -> _Function:
        for name in names:
            if name in ROWS:
                raise ValueError(f"{name} has two rows")
            ROWS[name] = Row(function, _operands(function, 3 if fills else 2), lowered, fills, first)
        return function

    return enter


def _operands(function: Callable[..., Any], before: int) -> int:
    parameters = list(inspect.signature(function).parameters.values())[before:]
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return -1
    return len(parameters)


@cache
def _loaded() -> None:
    package = import_module("irlib.converters.onnx_model.export")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")


def find_export(name: str) -> Row | None:
    """The row of an op of irlib's, or None."""
    _loaded()
    return ROWS.get(name)
