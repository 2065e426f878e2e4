"""What nobody here wrote: functions of an installed package are traced as they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import optimize

import irlib

X = np.random.default_rng(3).random(5) + 0.5


@pytest.mark.parametrize("f", [optimize.rosen, optimize.rosen_der, optimize.rosen_hess])
def test_functions_of_an_installed_package_are_traced(f: Callable[[Any], Any]) -> None:
    graph = irlib.trace(f, X)
    np.testing.assert_allclose(irlib.run(graph, {"x": X})["out"], f(X), rtol=1e-13)


def test_their_gradient_is_the_one_the_package_has_by_hand() -> None:
    _, grads = irlib.value_and_grad(irlib.trace(optimize.rosen, X), {"x": X}, of="out", wrt=["x"])
    np.testing.assert_allclose(grads["x"], optimize.rosen_der(X), rtol=1e-12)


def test_the_package_has_its_own_numpy_back_afterwards() -> None:
    irlib.trace(optimize.rosen, X)
    assert type(optimize.rosen(X)) is np.float64
