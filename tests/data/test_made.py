"""Data that is made: what it is drawn from, and that a seed says it all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irlib import data


@pytest.mark.parametrize("made", [data.two_moons, data.gaussian_ring, data.adding_problem])
def test_a_seed_says_what_is_made(made: Any) -> None:
    first, again, other = made(50, seed=3), made(50, seed=3), made(50, seed=4)
    for one, same, different in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one, same)
        assert (one != different).any()


def test_moons_lie_on_their_circles() -> None:
    points, labels = data.two_moons(200, noise=0.0, seed=1)
    centres = np.array([[0.0, 0.0], [1.0, 0.5]])[labels]
    np.testing.assert_allclose(np.linalg.norm(points - centres, axis=1), 1.0, rtol=1e-12)
    assert np.bincount(labels).tolist() == [100, 100]


def test_no_line_parts_the_moons() -> None:
    points, labels = data.two_moons(400, noise=0.0, seed=1)
    design = np.column_stack([points, np.ones(400)])
    plane, *_ = np.linalg.lstsq(design, 2.0 * labels - 1, rcond=None)
    assert 0.7 < np.mean((design @ plane > 0) == labels) < 0.98


def test_components_of_the_ring_have_their_centre_and_spread() -> None:
    points, labels = data.gaussian_ring(8000, spread=0.1, seed=2)
    centres = data.ring_centres()
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 2.0, rtol=1e-12)
    for k in range(8):
        np.testing.assert_allclose(points[labels == k].mean(0), centres[k], atol=0.02)
        np.testing.assert_allclose(points[labels == k].std(0), 0.1, rtol=0.15)


def test_guessing_one_at_the_adding_problem_costs_a_sixth() -> None:
    steps, totals = data.adding_problem(20000, length=10, seed=5)
    assert abs(np.mean((totals - 1) ** 2) - 1 / 6) < 0.01
    marked = steps[..., 1]
    assert marked[:, :5].sum(1).tolist() == [1.0] * 20000
    assert marked[:, 5:].sum(1).tolist() == [1.0] * 20000
