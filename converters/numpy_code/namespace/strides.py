"""How the elements of an array would lie in numpy's memory: what tells a view from a copy.

A layout is the strides in elements where the shape is static and they are known, `C` where the array is contiguous in
row-major order whatever its shape, and None where nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

__all__ = ["C", "Layout", "is_contiguous", "reshaped", "strides_of"]

C: Final = "C"
Layout: TypeAlias = str | tuple[int, ...] | None


def is_static(shape: Sequence[Any]) -> bool:
    return all(isinstance(d, int) for d in shape)


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of a row-major array."""
    made, step = [], 1
    for d in reversed(shape):
        made.append(step)
        step *= max(d, 1)
    return tuple(reversed(made))


def strides_of(layout: Layout, shape: Sequence[Any]) -> tuple[int, ...] | None:
    """The strides in elements, where they are known numbers."""
    if layout == C and is_static(shape):
        return contiguous_strides(shape)
    return layout if isinstance(layout, tuple) else None


def is_contiguous(layout: Layout, shape: Sequence[Any]) -> bool | None:
    """Whether the elements lie in row-major order without gaps; None where that is not known."""
    if layout == C:
        return True
    if not isinstance(layout, tuple) or not is_static(shape):
        return None
    if 0 in shape:
        return True
    step = 1
    for d, stride in zip(reversed(shape), reversed(layout), strict=True):
        if d != 1:
            if stride != step:
                return False
            step *= d
    return True


def reshaped(layout: Layout, old: Sequence[Any], new: Sequence[Any]) -> Layout | bool:
    """The layout of a view of another shape; False where numpy must copy; None where it is not known."""
    if is_contiguous(layout, old):
        return C
    strides = strides_of(layout, old)
    if strides is None or not is_static(new):
        return None
    return _without_copy(strides, old, new)


def _without_copy(strides: tuple[int, ...], old: Sequence[int], new: Sequence[int]) -> tuple[int, ...] | bool:
    """The strides of a reshaped view, where each group of old axes that must be merged lies evenly in memory."""
    pairs = [(d, s) for d, s in zip(old, strides, strict=True) if d != 1]
    made: list[int] = []
    at = 0
    wanted = [d for d in new if d != 1]
    k = 0
    while k < len(wanted) and at < len(pairs):
        first_old, first_new = at, k
        size_old, size_new = pairs[at][0], wanted[k]
        at, k = at + 1, k + 1
        while size_old != size_new:
            if size_new < size_old:
                size_new *= wanted[k]
                k += 1
            else:
                size_old *= pairs[at][0]
                at += 1
        for (_, stride), (d, inner) in zip(pairs[first_old : at - 1], pairs[first_old + 1 : at], strict=True):
            if stride != d * inner:
                return False
        step = pairs[at - 1][1]
        group = []
        for d in reversed(wanted[first_new:k]):
            group.append(step)
            step *= d
        made += reversed(group)
    found = iter(made)
    following = [next(found) if d != 1 else None for d in new]
    step = 1
    for i in range(len(new) - 1, -1, -1):
        if following[i] is None:
            following[i] = step
        step = following[i] * max(new[i], 1)  # type: ignore[operator]
    return tuple(s for s in following if s is not None)


def of_elementwise(shape: Sequence[int], operands: Sequence[tuple[Sequence[int], Sequence[int]]]) -> tuple[int, ...]:
    """The strides of what numpy makes of operands, given as (shape, strides), element by element.

    It lays its axes in the order of theirs: by the sizes of their strides, the first operands deciding, row-major where
    they disagree or say nothing.
    """
    rank = len(shape)
    columns: list[list[int]] = []
    for own, steps in operands:
        padded = [0] * (rank - len(own)) + [abs(s) if d != 1 else 0 for d, s in zip(own, steps, strict=True)]
        columns.append(padded[::-1])  # the last axis first
    order: list[int] = []
    for axis in range(rank):
        place = len(order)
        for at in range(len(order) - 1, -1, -1):
            swaps = _is_inner(columns, axis, order[at])
            if swaps is None:
                continue
            if not swaps:
                break
            place = at
        order.insert(place, axis)
    made = [0] * rank
    step = 1
    for axis in order:
        at = rank - 1 - axis
        made[at] = step
        step *= max(shape[at], 1)
    return tuple(made)


def _is_inner(columns: Sequence[Sequence[int]], axis: int, other: int) -> bool | None:
    """Whether `axis` steps less far than `other`, which comes first in row-major order; None where nothing tells."""
    found: bool | None = None
    for strides in columns:
        mine, theirs = strides[axis], strides[other]
        if mine and theirs:
            if theirs <= mine:
                found = False
            elif found is None:
                found = True
    return found
