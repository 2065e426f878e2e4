"""The data sets: what the loaders promise, and that the arrays are the ones that were published."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from numpy.typing import NDArray

from irlib import data


def fingerprint(array: NDArray[np.generic]) -> str:
    """The first half of the SHA-256 of the values in little-endian order, whatever machine this is."""
    little = array.astype(array.dtype.newbyteorder("<"))
    return hashlib.sha256(little.tobytes()).hexdigest()[:32]


@pytest.mark.parametrize(
    ("name", "field", "dtype", "shape", "digest"),
    [
        ("digits", "images", "uint8", (1797, 8, 8), "8f26b2bd9d135c256808f68f14fdabdd"),
        ("digits", "labels", "uint8", (1797,), "8ba4f891220f5e4c9c819638d1602d74"),
        ("iris", "measurements", "float64", (150, 4), "012f498fe9c8b3b34212c3c5d98e1f03"),
        ("iris", "species", "uint8", (150,), "7ba64c221a0a07e8a91f5c36d9f04656"),
        ("nuclei", "radius", "float64", (569,), "5d24e9b0334640738e21962917261b66"),
        ("nuclei", "area", "float64", (569,), "9b7f743a86b416522198e0c050a0aab7"),
    ],
)
def test_array_is_the_published_one(name: str, field: str, dtype: str, shape: tuple[int, ...], digest: str) -> None:
    array = getattr(getattr(data, name)(), field)
    assert (array.dtype, array.shape, fingerprint(array)) == (np.dtype(dtype), shape, digest)


def test_digits_use_the_range_that_is_documented() -> None:
    images, labels = data.digits()
    assert (int(images.min()), int(images.max())) == (0, 16)
    counts = np.bincount(labels)
    assert (counts.size, int(counts.min()), int(counts.max())) == (10, 174, 183)


def test_iris_has_fifty_plants_of_each_species() -> None:
    assert np.bincount(data.iris().species).tolist() == [50, 50, 50]


def test_iris_is_fishers_own_and_not_the_altered_copy() -> None:
    measurements = data.iris().measurements
    assert measurements[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert measurements[37].tolist() == [4.9, 3.6, 1.4, 0.1]


def test_cubic_explains_nuclei_as_well_as_documented() -> None:
    radius, area = data.nuclei()
    unexplained = [
        np.var(area - np.polyval(np.polyfit(radius, area, degree), radius)) / np.var(area) for degree in (1, 3)
    ]
    assert np.round(unexplained, 3).tolist() == [0.025, 0.002]


def test_each_call_returns_arrays_of_its_own() -> None:
    first = data.nuclei().radius
    first[:] = 0.0
    assert data.nuclei().radius.min() > 0.0
