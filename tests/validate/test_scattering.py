"""Scatters that set one place twice are refused where the indices are constants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.validate import check_graph


def codes(method: str, indices: Any, updates: Any, *, constant: bool = True, **attributes: Any) -> list[str]:
    b = irlib.Builder("scatter")
    x = b.input("x", "float64[3, 4]")
    i = b.constant(np.array(indices)) if constant else b.input("i", ("int64", np.shape(indices)))
    b.output("y", getattr(b, method)(x, i, b.input("u", ("float64", updates)), **attributes))
    return [f.code for f in check_graph(b.build()).findings if f.severity == "error"]


@pytest.mark.parametrize(
    ("method", "indices", "updates", "attributes"),
    [
        ("scatter", [0, 2, 0], (3, 4), {"axis": 0}),
        ("scatter", [-1, 2], (2, 4), {"axis": 0}),
        ("scatter_along_axis", [[0, 1], [1, 1]], (2, 2), {"axis": 1}),
        ("scatter_along_axis", [[0, 1], [0, 2]], (2, 2), {"axis": 0}),
        ("scatter_nd", [[0, 1], [0, 1]], (2,), {}),
        ("scatter_nd", [[0, -1], [0, 3]], (2,), {}),
    ],
)
def test_a_place_set_twice_is_an_error(method: str, indices: Any, updates: Any, attributes: dict[str, Any]) -> None:
    assert codes(method, indices, updates, **attributes) == ["IR237"]
    assert codes(method, indices, updates, reduction="add", **attributes) == []
    assert codes(method, indices, updates, constant=False, **attributes) == []


@pytest.mark.parametrize(
    ("method", "indices", "updates", "attributes"),
    [
        ("scatter", [0, 2, 1], (3, 4), {"axis": 0}),
        ("scatter_along_axis", [[0, 1], [1, 0]], (2, 2), {"axis": 1}),
        ("scatter_nd", [[0, 1], [1, 0]], (2,), {}),
    ],
)
def test_places_set_once_are_fine(method: str, indices: Any, updates: Any, attributes: dict[str, Any]) -> None:
    assert codes(method, indices, updates, **attributes) == []
