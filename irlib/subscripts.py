"""What `x[key]` of a value under construction is: slices, single elements and new axes, as numpy has them."""

from __future__ import annotations

import operator
from typing import Any

from irlib.errors import IRTypeError

__all__ = ["subscript"]

FAR = 2**63 - 1
"""Beyond the end of any axis."""


def subscript(b: Any, x: Any, key: Any) -> Any:
    """`x[key]` on emitter `b`: ints, slices of ints, None and an Ellipsis, and at one place an array of indices.

    Raises: IRTypeError for another key, or an Ellipsis where the rank of `x` is not known.
    """
    entries = _written_out(x, key if isinstance(key, tuple) else (key,))
    starts, ends, steps, axes = [], [], [], []
    picks: list[tuple[int, Any]] = []
    axis = 0
    for entry in entries:
        if entry is None:
            continue
        if isinstance(entry, slice):
            if entry != slice(None):
                step = 1 if entry.step is None else _int(entry.step)
                starts.append((FAR if step < 0 else 0) if entry.start is None else _int(entry.start))
                ends.append((-FAR if step < 0 else FAR) if entry.stop is None else _int(entry.stop))
                steps.append(step)
                axes.append(axis)
        else:
            picks.append((axis, _indices(entry)))
        axis += 1
    if x.rank is not None and axis > x.rank:
        raise IRTypeError(f"a key for {axis} axes of a value of rank {x.rank}")
    if sum(not isinstance(i, int) for _, i in picks) > 1:
        raise IRTypeError("arrays of indices at several places of a key", remedy="use gather_nd")
    if axes:
        x = b.slice(x, starts, ends, axes, steps)
    for axis, index in reversed(picks):
        x = b.take(x, index, axis=axis)
    return _with_new_axes(b, x, entries, picks)


def _with_new_axes(b: Any, x: Any, entries: tuple[Any, ...], picks: list[tuple[int, Any]]) -> Any:
    """`x`, an axis of dim 1 where the key has None."""
    if all(entry is not None for entry in entries):
        return x
    left = dict(picks)
    new, at, axis = [], 0, 0
    for entry in entries:
        if entry is None:
            new.append(at)
            at += 1
            continue
        index = left.get(axis)
        at += 1 if index is None else _rank(index)
        axis += 1
    return b.unsqueeze(x, new)


def _written_out(x: Any, key: tuple[Any, ...]) -> tuple[Any, ...]:
    """The entries of a key, slices in the place of an Ellipsis."""
    dots = [i for i, entry in enumerate(key) if entry is Ellipsis]
    if not dots:
        return key
    if x.rank is None or len(dots) > 1:
        raise IRTypeError("an Ellipsis in a key", remedy="give it once, of a value whose rank is known")
    rest = x.rank - sum(entry is not None for entry in key) + 1
    return (*key[: dots[0]], *[slice(None)] * rest, *key[dots[0] + 1 :])


def _int(bound: Any) -> int:
    try:
        return operator.index(bound)
    except TypeError as error:
        raise IRTypeError(f"a slice with {type(bound).__name__}", remedy="use b.slice, which takes values") from error


def _indices(entry: Any) -> Any:
    """One entry of a key that is no slice: an int, or integers in an array or value."""
    if isinstance(entry, bool) or getattr(getattr(entry, "dtype", None), "name", "") == "bool":
        raise IRTypeError("a mask as a key", remedy="use boolean_mask or where")
    try:
        return operator.index(entry)
    except TypeError:
        if hasattr(entry, "dtype") or isinstance(entry, list):
            return entry
    raise IRTypeError(f"a key of {type(entry).__name__}", remedy="use ints, slices, None, .. or an array of integers")


def _rank(index: Any) -> int:
    if isinstance(index, int):
        return 0
    if isinstance(index, list):
        return 1
    rank = index.rank if hasattr(index, "rank") else index.ndim
    if rank is None:
        raise IRTypeError("a new axis behind indices of unknown rank", remedy="use b.unsqueeze")
    return int(rank)
