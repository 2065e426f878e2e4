"""How a view reads its part of an array, and how that part is written back: the steps of a view's path.

Each step has `read`, which makes the part from the whole, and `write`, which makes the whole from itself and a new
part. Bounds and indices are what they were when the view was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from irlib.converters.numpy_code.namespace.refusal import refused

__all__ = ["FAR", "BroadcastTo", "Diagonal", "Imag", "Pick", "ReadOnly", "RealPart", "Reshape", "Slices",
           "SquareDiagonal", "Squeeze", "Step", "Transpose", "Unsqueeze"]  # fmt: skip

FAR = 2**31 - 1
"""A bound that means as far as there is."""


class Step(Protocol):
    """One step of a view's path."""

    def read(self, b: Any, whole: Any) -> Any:
        """The part of `whole` that the view shows."""

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        """`whole` with `part` in the place of what the view shows."""


@dataclass(frozen=True, slots=True)
class Slices:
    """``start:end:step`` along some axes, each an int64 vector; no steps where all are 1."""

    starts: Any
    ends: Any
    axes: Any
    steps: Any

    @staticmethod
    def of(b: Any, axes: Sequence[int], starts: Sequence[Any], ends: Sequence[Any], steps: Sequence[int]) -> Slices:
        """From ints, or scalar values for starts and ends."""
        every = None if all(s == 1 for s in steps) else b.lift(list(steps))
        return Slices(b.lift(list(starts)), b.lift(list(ends)), b.lift(list(axes)), every)

    def read(self, b: Any, whole: Any) -> Any:
        return b.slice(whole, self.starts, self.ends, self.axes, self.steps)

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        return b.slice_update(whole, part, self.starts, self.ends, self.axes, self.steps)


@dataclass(frozen=True, slots=True)
class Pick:
    """The slice at `index`, an int or a value, along `axis`, which is gone then."""

    axis: int
    index: Any

    def read(self, b: Any, whole: Any) -> Any:
        return b.take(whole, self.index, axis=self.axis)

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        new = b.unsqueeze(part, [self.axis])
        if isinstance(self.index, int) and isinstance(whole.shape[self.axis], int):
            end = FAR if self.index == -1 else self.index + 1
            return b.slice_update(whole, new, [self.index], [end], [self.axis])
        at = [self.index] if isinstance(self.index, int) else b.reshape(self.index, [1])
        return b.scatter(whole, at, new, axis=self.axis)  # which fails where the index is out of bounds


@dataclass(frozen=True, slots=True)
class Squeeze:
    """Without `axes`, whose dims are 1."""

    axes: tuple[int, ...]

    def read(self, b: Any, whole: Any) -> Any:
        return b.squeeze(whole, list(self.axes))

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        return b.unsqueeze(part, list(self.axes))


@dataclass(frozen=True, slots=True)
class Unsqueeze:
    """With `axes` of dim 1 put in."""

    axes: tuple[int, ...]

    def read(self, b: Any, whole: Any) -> Any:
        return b.unsqueeze(whole, list(self.axes))

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        return b.squeeze(part, list(self.axes))


@dataclass(frozen=True, slots=True)
class Reshape:
    """The same elements in another shape, a value or a list of ints."""

    shape: Any

    def read(self, b: Any, whole: Any) -> Any:
        return b.reshape(whole, self.shape)

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        return b.reshape(part, b.shape(whole))


@dataclass(frozen=True, slots=True)
class Transpose:
    """The axes in the order `perm`."""

    perm: tuple[int, ...]

    def read(self, b: Any, whole: Any) -> Any:
        return b.transpose(whole, perm=self.perm)

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        return b.transpose(part, perm=tuple(sorted(range(len(self.perm)), key=self.perm.__getitem__)))


@dataclass(frozen=True, slots=True)
class RealPart:
    """The real parts of complex elements."""

    def read(self, b: Any, whole: Any) -> Any:
        return b.real(whole)

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        return b.complex(part, b.imag(whole))


@dataclass(frozen=True, slots=True)
class Imag:
    """The imaginary parts of complex elements."""

    def read(self, b: Any, whole: Any) -> Any:
        return b.imag(whole)

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        return b.complex(b.real(whole), part)


class ReadOnly:
    """A view that numpy lets nobody write through."""

    __slots__ = ()

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        raise refused("assignment destination is read-only", code="IR882", remedy="write into a .copy() of it")


@dataclass(frozen=True, slots=True)
class Diagonal(ReadOnly):
    """The `offset`-th diagonals of the matrices of the last two axes."""

    offset: int

    def read(self, b: Any, whole: Any) -> Any:
        return b.diagonal(whole, self.offset)


@dataclass(frozen=True, slots=True)
class SquareDiagonal:
    """The diagonals of the matrices of `n` rows and columns of the last two axes, as einsum gives them: writable."""

    n: int

    def read(self, b: Any, whole: Any) -> Any:
        return b.diagonal(whole, 0)

    def write(self, b: Any, whole: Any, part: Any) -> Any:
        return b.where(b.constant(np.eye(self.n, dtype=bool)), b.unsqueeze(part, [-1]), whole)


@dataclass(frozen=True, slots=True)
class BroadcastTo(ReadOnly):
    """Repeated to `shape`, a value or a list of ints."""

    shape: Any

    def read(self, b: Any, whole: Any) -> Any:
        return b.broadcast_to(whole, self.shape)
