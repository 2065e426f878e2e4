"""Places between elements along one axis: what is there, nearest or as a weighted sum of the neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.methods import Emitter

__all__ = ["NEAREST", "Kernel", "interpolated"]

NEAREST = {
    "round_prefer_floor": lambda b, at: b.ceil(b.subtract(at, 0.5)),
    "round_prefer_ceil": lambda b, at: b.floor(b.add(at, 0.5)),
    "floor": lambda b, at: b.floor(at),
    "ceil": lambda b, at: b.ceil(at),
}
"""The element that a place between two stands for."""


def _linear(b: Emitter, distance: Any) -> Any:
    """The weight of an element at a distance from the place."""
    return b.maximum(b.subtract(1.0, b.abs(distance)), 0.0)


def _cubic(b: Emitter, distance: Any, a: float) -> Any:
    """Keys' cubic convolution (1981), equation 4: two cubics, for distances up to 1 and from 1 to 2."""
    d = b.abs(distance)
    near = b.add(b.multiply(b.subtract(b.multiply(d, a + 2), a + 3), b.multiply(d, d)), 1.0)
    far = b.subtract(b.multiply(b.add(b.multiply(b.subtract(b.multiply(d, a), 5 * a), d), 8 * a), d), 4 * a)
    return b.where(b.less_equal(d, 1.0), near, b.where(b.less(d, 2.0), far, 0.0))


@dataclass(frozen=True, slots=True)
class Kernel:
    """How neighbours count: linear, or cubic with its coefficient."""

    cubic: float | None = None

    @property
    def reach(self) -> int:
        """How far the neighbours are that count."""
        return 1 if self.cubic is None else 2

    def weight(self, b: Emitter, distance: Any) -> Any:
        return _linear(b, distance) if self.cubic is None else _cubic(b, distance, self.cubic)


def interpolated(
    b: Emitter, x: Any, at: Any, size: Any, axis: int, kernel: Kernel, *, squeeze: Any = None, exclude: bool = False
) -> Any:
    """`x` at the places `at` of `axis`, which has `size` elements; beyond its ends are copies of the outermost.

    With `exclude` these do not count. `squeeze`, up to 1, is the factor by which distances are shortened.
    """
    low = b.floor(at)
    reach: Any = kernel.reach
    if squeeze is not None:
        reach = b.cast(b.ceil(b.divide(float(reach), squeeze)), dtype="int64")
    steps = b.subtract(b.iota(b.multiply(b.lift(reach), 2)), b.subtract(b.lift(reach), 1))
    steps = b.cast(steps, dtype=at.dtype)
    distance = b.subtract(steps, b.unsqueeze(b.subtract(at, low), [1]))
    weights = kernel.weight(b, distance if squeeze is None else b.multiply(distance, squeeze))
    places = b.cast(b.add(b.unsqueeze(low, [1]), steps), dtype="int64")
    last = b.subtract(size, 1)
    held = b.clip(places, b.constant(0, "int64"), last)
    if exclude:
        weights = b.where(b.equal(held, places), weights, 0.0)
    if exclude or squeeze is not None:
        weights = b.divide(weights, b.sum(weights, [1], keepdims=True))
    weights = b.cast(weights, dtype=x.dtype)
    behind = x.rank - 1 - axis
    if squeeze is not None:  # as many taps as the scale says: a matrix
        shape = b.concat(b.shape(at), b.reshape(size, [1]), axis=0)
        matrix = b.scatter_along_axis(
            b.broadcast_to(b.constant(0, x.dtype), shape), held, weights, axis=1, reduction="add"
        )
        order = [i for i in range(x.rank) if i != axis] + [axis]
        mixed = b.matmul(b.transpose(x, perm=tuple(order)), b.transpose(matrix, perm=(1, 0)))
        return b.transpose(mixed, perm=tuple(order.index(i) for i in range(x.rank)))
    total: Any = None
    for tap in range(2 * kernel.reach):
        column = b.constant(tap, "int64")
        weight = b.reshape(b.take(weights, column, axis=1), [-1] + [1] * behind)
        term = b.multiply(b.take(x, b.take(held, column, axis=1), axis=axis), weight)
        total = term if total is None else b.add(total, term)
    return total
