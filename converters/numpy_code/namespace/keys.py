"""Keys: what is between the brackets, by entries, the Ellipsis written out."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import TraceIndexError, refused

__all__ = ["IndexArray", "Key", "width"]


class IndexArray:
    """An array of a key: integers for one axis, or the mask of one or several."""

    __slots__ = ("array", "is_mask")

    def __init__(self, array: Array) -> None:
        self.array = array
        self.is_mask = array.dtype.kind == "b"


class Key:
    """A key by entries: ints and scalar values, slices, None for a new axis, and arrays; an Ellipsis written out."""

    def __init__(self, key: Any, rank: int) -> None:
        items = key if isinstance(key, tuple) else (key,)
        self.has_ellipsis = False
        self.copies = False
        """Whether a 0-d array is among the integers: numpy copies then."""
        entries = [self._entry(item) for item in items]
        taken = sum(width(e) for e in entries)
        if taken > rank:
            raise refused(
                f"too many indices for an array: it is {rank}-dimensional, but {taken} were indexed",
                code="IR885",
                kind=TraceIndexError,
            )
        if not self.has_ellipsis:
            entries.append(Ellipsis)
        at = entries.index(Ellipsis)
        # an Ellipsis stands between arrays even where it is for no axis
        self.separator = at if self.has_ellipsis else None
        filling = [slice(None)] * (rank - taken)
        self.entries = entries[:at] + filling + entries[at + 1 :]
        self.separates_nothing = self.has_ellipsis and not filling
        self.is_advanced = any(isinstance(e, IndexArray) for e in entries)

    def _entry(self, item: Any) -> Any:
        if item is None or isinstance(item, slice):
            return item
        if item is Ellipsis:
            if self.has_ellipsis:
                raise refused("an index can only have a single ellipsis ('...')", code="IR885", kind=TraceIndexError)
            self.has_ellipsis = True
            return item
        if isinstance(item, bool | np.bool_):
            return IndexArray(lift(np.bool_(item)))
        if isinstance(item, int | np.integer):
            return int(item)
        if isinstance(item, str | float | np.floating | complex) or (
            not isinstance(item, Handle | np.ndarray | list | tuple | range) and not hasattr(item, "__index__")
        ):
            raise refused(
                f"got a {type(item).__name__} as an index, expected integers, slices (`:`), ellipsis (`...`), "
                "numpy.newaxis (`None`) and integer or boolean arrays",
                code="IR885",
                kind=TraceIndexError,
            )
        if not isinstance(item, Handle | np.ndarray | list | tuple | range):
            return operator.index(item)
        return self._array_entry(item)

    def _array_entry(self, item: Any) -> Any:
        if isinstance(item, list | tuple | range) and not len(item):
            item = np.zeros(0, np.int64)
        array = lift(item)
        if array.dtype.kind not in "iub":
            raise refused(
                f"arrays used as indices must be of integer (or boolean) type, got {array.dtype}",
                code="IR885",
                kind=TraceIndexError,
            )
        if array.dtype.kind == "b" or array.ndim:
            return IndexArray(array)
        self.copies = self.copies or not array.is_scalar
        known = array.concrete()
        return int(known) if known is not None else cast(array.value, np.int64)


def width(entry: Any) -> int:
    if entry is None or entry is Ellipsis:
        return 0
    return entry.array.ndim if isinstance(entry, IndexArray) and entry.is_mask else 1
