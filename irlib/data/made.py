"""Data that is made, not measured: seeded, of any size."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Labelled", "Sequences", "adding_problem", "gaussian_ring", "ring_centres", "two_moons"]


class Labelled(NamedTuple):
    """Points of the plane, `points` float64[n, 2], and the `labels` of what they were drawn from, int64[n]."""

    points: NDArray[np.float64]
    labels: NDArray[np.int64]


class Sequences(NamedTuple):
    """Sequences `steps`, float64[n, length, 2], and a number for each, `totals` float64[n]."""

    steps: NDArray[np.float64]
    totals: NDArray[np.float64]


def two_moons(n: int = 400, noise: float = 0.1, seed: int = 0) -> Labelled:
    """Two half circles that reach into each other, with normal noise: no line parts them.

    >>> points, labels = two_moons(6, noise=0.0)
    >>> points.shape, sorted(labels.tolist())
    ((6, 2), [0, 0, 0, 1, 1, 1])
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % 2)
    angle = np.pi * rng.random(n)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.where(labels[:, None] == 0, points, [1.0, 0.5] - points)
    return Labelled(points + noise * rng.standard_normal((n, 2)), labels)


def ring_centres(modes: int = 8, radius: float = 2.0) -> Any:
    """The centres of `gaussian_ring`, float64[modes, 2]."""
    angle = 2 * np.pi * np.arange(modes) / modes
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def gaussian_ring(
    n: int = 256, modes: int = 8, radius: float = 2.0, spread: float = 0.05, seed: int | np.random.Generator = 0
) -> Labelled:
    """A mixture of equally likely normal distributions whose centres stand on a circle: the label is the component.

    >>> points, labels = gaussian_ring(1000)
    >>> bool(np.abs(points - ring_centres()[labels]).max() < 0.3)
    True
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, modes, n)
    return Labelled(ring_centres(modes, radius)[labels] + spread * rng.standard_normal((n, 2)), labels)


def adding_problem(n: int = 1000, length: int = 20, seed: int = 0) -> Sequences:
    """Numbers from 0 to 1 (feature 0), two of them marked by 1 in feature 1: the total is the sum of these two.

    One mark is in the first half, one in the second, so that a network must remember over `length` steps. Guessing 1
    has a mean square error of 1/6. Source: Hochreiter and Schmidhuber 1997.

    >>> steps, totals = adding_problem(4, length=6)
    >>> bool(np.allclose((steps[..., 0] * steps[..., 1]).sum(1), totals)), steps[..., 1].sum(1).tolist()
    (True, [2.0, 2.0, 2.0, 2.0])
    """
    rng = np.random.default_rng(seed)
    steps = np.zeros((n, length, 2))
    steps[..., 0] = rng.random((n, length))
    rows, half = np.arange(n), length // 2
    steps[rows, rng.integers(0, half, n), 1] = 1.0
    steps[rows, rng.integers(half, length, n), 1] = 1.0
    return Sequences(steps, (steps[..., 0] * steps[..., 1]).sum(axis=1))
