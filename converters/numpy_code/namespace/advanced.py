"""Reading and writing at integer arrays: one array or several, which broadcast together."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.promotion import cast

__all__ = ["Advanced"]


class Advanced:
    """Integer arrays for some axes of `target`, the others whole.

    The axes of the arrays stand where the first indexed axis was if the indices are next to each other (`in_place`),
    else in front.
    """

    def __init__(self, target: Array, indices: list[tuple[int, Any]], *, in_place: bool, mask: Any = None) -> None:
        self.target = target
        self.axes = [axis for axis, _ in indices]
        b = target.tape.b
        self.arrays = [_as_index(b, i) for _, i in indices]
        self.in_place = in_place
        self.mask = mask
        """The one mask that the key is, shaped to broadcast to the target."""
        self._indices = self._joined()

    def _joined(self) -> Any:
        """The one index array, or all of them broadcast together as a last axis."""
        b = self.target.tape.b
        if len(self.arrays) == 1:
            return self.arrays[0]
        shapes = [a.shape for a in self.arrays]
        arrays = self.arrays
        if len(set(shapes)) > 1 or None in shapes or any(d is None for s in shapes for d in s):
            both = reduce(b.add, [b.multiply(a, b.constant(0, "int64")) for a in self.arrays])
            shape = b.shape(both)
            arrays = [b.broadcast_to(a, shape) for a in self.arrays]
        return b.concat(*[b.unsqueeze(a, [-1]) for a in arrays], axis=-1)

    @property
    def _rank(self) -> int:
        """The rank of the index arrays together."""
        return int(self._indices.rank) - (len(self.arrays) > 1)

    def _perm(self) -> tuple[int, ...]:
        """The axes of the target, the indexed ones in front."""
        return (*self.axes, *[i for i in range(self.target.ndim) if i not in self.axes])

    def _to_place(self) -> tuple[int, ...]:
        """From the result's axes with those of the indices in front to where they belong."""
        rest = self.target.ndim - len(self.axes)
        first = self.axes[0] if self.in_place else 0
        n = self._rank
        return (*range(n, n + first), *range(n), *range(n + first, n + rest))

    def read(self) -> Array:
        """What is named, a copy."""
        b = self.target.tape.b
        if self.mask is not None and len(self.axes) == self._mask_rank():
            value = self.target.value
            mask = (
                b.squeeze(self.mask, list(range(len(self.axes), value.rank)))
                if value.rank > len(self.axes)
                else self.mask
            )
            return wrap(b.boolean_mask(value, mask))
        return wrap(self._read(self.target.value))

    def _mask_rank(self) -> int:
        return len(self.axes) if self.axes == list(range(len(self.axes))) else -1

    def _read(self, value: Any) -> Any:
        b = self.target.tape.b
        if len(self.axes) == 1:
            return b.take(value, self._indices, axis=self.axes[0])
        perm = self._perm()
        if perm != tuple(range(len(perm))):
            value = b.transpose(value, perm=perm)
        made = b.gather_nd(value, self._indices)
        place = self._to_place()
        return made if place == tuple(range(len(place))) else b.transpose(made, perm=place)

    def shape_operand(self) -> Any:
        """The shape of what is named, as an int64 vector."""
        b = self.target.tape.b
        shape = b.shape(self.target.value)
        index = b.shape(self._indices)
        if len(self.axes) > 1:
            index = b.slice(index, [0], [-1])
        rest = [i for i in range(self.target.ndim) if i not in self.axes]
        first = self.axes[0] if self.in_place else 0
        parts = [
            b.take(shape, rest[:first]) if first else None,
            index,
            b.take(shape, rest[first:]) if rest[first:] else None,
        ]
        return b.concat(*[p for p in parts if p is not None], axis=0)

    def write(self, new: Any, reduction: str = "set") -> None:
        """Put `new`, of the shape and dtype of what is named, there, or combine it with what is there."""
        target = self.target
        b = target.tape.b
        value = target.value
        if len(self.axes) == 1:
            target.assign(b.scatter(value, self._indices, new, axis=self.axes[0], reduction=reduction))
            return
        perm, place = self._perm(), self._to_place()
        if place != tuple(range(len(place))):
            new = b.transpose(new, perm=tuple(sorted(range(len(place)), key=place.__getitem__)))
        moved = perm != tuple(range(len(perm)))
        if moved:
            value = b.transpose(value, perm=perm)
        value = b.scatter_nd(value, self._indices, new, reduction=reduction)
        if moved:
            value = b.transpose(value, perm=tuple(sorted(range(len(perm)), key=perm.__getitem__)))
        target.assign(value)

    def are_distinct(self) -> bool:
        """Whether no element is named twice, as far as is known."""
        if self.mask is not None:
            return True
        known = self.target.tape.concrete(self._indices)
        if known is None:
            return False
        shape = self.target.value.shape
        rows = known.reshape(-1, len(self.axes)) if len(self.axes) > 1 else known.reshape(-1, 1)
        dims = [shape[a] for a in self.axes]
        if not all(isinstance(d, int) for d in dims):
            return False
        return len(np.unique(rows % np.array(dims), axis=0)) == len(rows)


def _as_index(b: Any, index: Any) -> Any:
    if isinstance(index, int):
        return b.constant(index, "int64")
    return cast(index, np.int64) if index.dtype.name != "int64" else index
