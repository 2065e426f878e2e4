"""Three small sets of real measurements, and others that are made, for the demo, the documents and the tests.

Each loader returns fresh arrays that the caller may write to. Sources and licences are in `irlib/data/README.md`.
"""

from __future__ import annotations

from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from irlib.data.made import Labelled, Sequences, adding_problem, gaussian_ring, ring_centres, two_moons

__all__ = [
    "Digits",
    "Iris",
    "Labelled",
    "Nuclei",
    "Sequences",
    "adding_problem",
    "digits",
    "gaussian_ring",
    "iris",
    "nuclei",
    "ring_centres",
    "two_moons",
]


class Digits(NamedTuple):
    """Handwritten digits: `images`, uint8[1797, 8, 8], and `labels`, uint8[1797]."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


class Iris(NamedTuple):
    """Iris flowers: `measurements`, float64[150, 4], and `species`, uint8[150]."""

    measurements: NDArray[np.float64]
    species: NDArray[np.uint8]


class Nuclei(NamedTuple):
    """Cell nuclei: `radius`, float64[569], and `area`, float64[569]."""

    radius: NDArray[np.float64]
    area: NDArray[np.float64]


def digits() -> Digits:
    """Handwritten digits of 13 writers, 1797 images of 8 x 8 cells.

    A pixel counts the inked points of a 4 x 4 cell of the scanned bitmap: 0 (blank) to 16 (all inked), so divide by 16
    for values from 0 to 1. A label is the digit, 0 to 9; each occurs 174 to 183 times, and the order is that of the
    source, in which the digits are mixed.

    Source: test set of UCI optdigits, Alpaydin and Kaynak (1998), CC BY 4.0.

    >>> images, labels = digits()
    >>> images.shape, labels[:10].tolist()
    ((1797, 8, 8), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    """
    columns = _read("digits.npz")
    return Digits(columns["images"], columns["labels"])


def iris() -> Iris:
    """Fisher's iris flowers: 50 plants of each of three species, four lengths of each plant.

    The columns are sepal length, sepal width, petal length and petal width, in centimetres to one decimal. A species is
    0 (setosa), 1 (versicolor) or 2 (virginica); the rows are sorted by it, so shuffle before you split.

    Source: Fisher (1936), CC BY 4.0.

    >>> measurements, species = iris()
    >>> measurements[0].tolist(), int(species[0])
    ([5.1, 3.5, 1.4, 0.2], 0)
    """
    columns = _read("iris.npz")
    return Iris(columns["measurements"], columns["species"])


def nuclei() -> Nuclei:
    """Mean radius and mean area of the cell nuclei in 569 microscope images: a curve to fit a polynomial to.

    The radius is the mean distance from the centre to points on the outline, the area that inside the outline; the
    source names no unit, but it is one for both. A circle would give area = pi * radius**2; of these nuclei a cubic in
    the radius explains 99.8 % of the variance of the area, a straight line 97.5 %.

    Source: two columns of UCI Breast Cancer Wisconsin (Diagnostic), Wolberg, Mangasarian, Street and Street (1993),
    CC BY 4.0.

    >>> radius, area = nuclei()
    >>> float(radius[0]), float(area[0])
    (17.99, 1001.0)
    """
    columns = _read("nuclei.npz")
    return Nuclei(columns["radius"], columns["area"])


def _read(name: str) -> dict[str, NDArray[Any]]:
    with resources.files(__name__).joinpath(name).open("rb") as file, np.load(file, allow_pickle=False) as columns:
        return dict(columns)
