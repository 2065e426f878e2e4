"""What a loop goes through, as arrays that a `scan` takes apart: ranges, rows of arrays, zip and enumerate of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from irlib.converters.numpy_code.read.carry import cell_of
from irlib.converters.numpy_code.read.machine import Machine
from irlib.converters.numpy_code.read.objects import Span, Stream

__all__ = ["Slices", "sliced"]


@dataclass(eq=False, slots=True)
class Slices:
    """Arrays of one length, and what makes the item of a turn of their slices."""

    arrays: list[Any]
    item: Callable[[list[Any]], Any]
    length: int | None
    """None where only a run knows it."""


def sliced(m: Machine, value: Any) -> Slices | None:
    """A value that is gone through as arrays; None where it is something else."""
    if isinstance(value, range):
        made = m.domain.functions["arange"](value.start, value.stop, value.step)
        return Slices([made], lambda items: m.domain.weak(items[0]), len(value))
    if isinstance(value, Span):
        made = m.domain.functions["arange"](*value.bounds)
        return Slices([made], lambda items: m.domain.weak(items[0]), None)
    if m.domain.is_array(value) and value.ndim:
        size = value.shape[0]
        return Slices([value], lambda items: _row(m, value, items[0]), size if isinstance(size, int) else None)
    if isinstance(value, Stream) and value.parts is not None and not value.started:
        return _together(m, value)
    return None


def _row(m: Machine, array: Any, row: Any) -> Any:
    """A row: a view in numpy, so a write into it or into the array is not read here."""
    cell = cell_of(m, row)
    if cell is not None:
        m.domain.relate([cell, m.domain.cell(array)])
    return row


def _together(m: Machine, stream: Stream) -> Slices | None:
    assert stream.parts is not None
    kind, values, start = stream.parts
    parts = [sliced(m, value) for value in values]
    if any(part is None for part in parts) or not parts:
        return None
    found = [part for part in parts if part is not None]
    lengths = {part.length for part in found}
    if len(lengths) > 1 and None in lengths:
        return None
    length = None if None in lengths else min(n for n in lengths if n is not None)
    if length is None and len({str(part.arrays[0].shape[0]) for part in found}) > 1:
        return None
    bounds: list[tuple[int, int]] = []
    arrays: list[Any] = []
    for part in found:
        bounds.append((len(arrays), len(arrays) + len(part.arrays)))
        arrays.extend(a if length is None or part.length == length else a[:length] for a in part.arrays)
    if kind == "enumerate":
        numbers = m.domain.functions["arange"](arrays[0].shape[0])
        first = found[0].item
        return Slices([numbers, *arrays], lambda items: (m.domain.weak(items[0]) + start, first(items[1:])), length)
    return Slices(
        arrays, lambda items: tuple(p.item(items[i:j]) for p, (i, j) in zip(found, bounds, strict=True)), length
    )
