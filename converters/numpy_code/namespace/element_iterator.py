"""`numpy.nditer` over arrays whose shape is known: one element after the other, read or written."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.table import function

__all__ = ["ElementIterator"]

_HARMLESS = frozenset(
    ("multi_index", "c_index", "refs_ok", "zerosize_ok", "buffered", "copy_if_overlap", "common_dtype")
)


@function("nditer")
class ElementIterator:
    """The places of one or several arrays in row-major order; what it gives of an array that is written is a view."""

    def __init__(
        self, op: Any, flags: Any = (), op_flags: Any = None, op_dtypes: Any = None, order: str = "K",
        casting: str = "safe", op_axes: Any = None, itershape: Any = None, buffersize: int = 0,
    ) -> None:  # fmt: skip
        self._several = isinstance(op, tuple | list) and all(o is None or lift(o).ndim for o in op)
        arrays = [lift(o) for o in (op if self._several else [op])]
        if any(f not in _HARMLESS for f in flags or ()) or op_axes is not None or op_dtypes is not None or order == "F":
            raise refused("nditer with these options is not traced", remedy="loop over np.ndindex(x.shape)")
        self.operands = tuple(arrays if len(arrays) == 1 else xp.broadcast_arrays(*arrays))
        sizes = [operator.index(d) for d in self.operands[0].shape]
        self._places = list(np.ndindex(*sizes))
        self._at = 0

    @property
    def finished(self) -> bool:
        """Whether all places have been visited."""
        return self._at >= len(self._places)

    @property
    def multi_index(self) -> tuple[int, ...]:
        """Where it is."""
        return self._places[self._at]

    @property
    def index(self) -> int:
        """How many places are before it."""
        return self._at

    @property
    def itersize(self) -> int:
        """How many places there are."""
        return len(self._places)

    def iternext(self) -> bool:
        """Go on; whether there is a place to be at."""
        self._at += 1
        return not self.finished

    @property
    def value(self) -> Any:
        """What is at the place: a view, or where there are several arrays a tuple of them."""
        views = [self[i] for i in range(len(self.operands))]
        return tuple(views) if self._several else views[0]

    def __getitem__(self, which: int) -> Any:
        return self.operands[which][(*self.multi_index, ...)]

    def __iter__(self) -> Iterator[Any]:
        while not self.finished:
            yield self.value
            self._at += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def close(self) -> None:
        """Nothing is open."""
