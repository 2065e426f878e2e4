"""What a kernel is, and the table of them.

A kernel is bound once per (op, operand types): `@kernel(Sum)` decorates a function that takes the op, what is known of
its operands, and its result types, and returns a `Bound`: a callable and how it is to be called. What can be decided
before the first element is touched is decided there, so that a node costs what numpy costs.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from irlib.op import Op, Operand
from irlib.types import Type

__all__ = ["KERNELS", "Bound", "Style", "into", "kernel", "new", "view"]

Operands: TypeAlias = tuple[Operand | None, ...]
Results: TypeAlias = tuple[Type, ...]


class Style(enum.Enum):
    """How a bound kernel is called; every operand is positional, None where absent."""

    INTO = "into"
    """``call(*operands, out)`` writes the one result into `out`; ``call(*operands)`` makes a new array."""
    NEW = "new"
    """``call(*operands)`` returns a new array (or a tuple of them, or a list for a sequence)."""
    VIEW = "view"
    """``call(*operands)`` returns a view of the first operand: no element moves."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A kernel for one op on operands of given types."""

    call: Callable[..., Any]
    style: Style


def into(call: Callable[..., Any]) -> Bound:
    """A kernel that can write its result into an array it is given as the last positional argument."""
    return Bound(call, Style.INTO)


def new(call: Callable[..., Any]) -> Bound:
    """A kernel that makes its result or results."""
    return Bound(call, Style.NEW)


def view(call: Callable[..., Any]) -> Bound:
    """A kernel whose result is a view of its first operand."""
    return Bound(call, Style.VIEW)


Binder: TypeAlias = Callable[[Any, Operands, Results], Bound]
_Binder = TypeVar("_Binder", bound=Binder)

KERNELS: dict[type[Op], Binder] = {}
"""The kernel of each op class. A composite has one only where it is faster or more exact than its body."""


def kernel(*classes: type[Op]) -> Callable[[_Binder], _Binder]:
    """Enter the decorated binder as the kernel of `classes`."""

    def enter(binder: _Binder) -> _Binder:
        for cls in classes:
            if cls in KERNELS:
                raise ValueError(f"{cls.__name__} has two kernels: {KERNELS[cls]} and {binder}")
            KERNELS[cls] = binder
        return binder

    return enter


def new_table(table: dict[type[Op], Callable[..., Any]]) -> None:
    """Enter ops that are one function each, whatever their operands are: it makes the result or results."""
    for cls, call in table.items():
        bound = new(call)
        kernel(cls)(lambda op, operands, results, bound=bound: bound)
