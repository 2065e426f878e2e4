"""Names that newer numpy warns of: code that has them is still taken."""

from __future__ import annotations

import numpy as np
import pytest

import irlib


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning")
def test_fix_rounds_towards_zero() -> None:
    x = np.array([-1.5, -0.2, 0.7, 2.9])
    graph = irlib.trace(lambda x: np.fix(x) + 0.0, x)
    np.testing.assert_array_equal(irlib.run(graph, {"x": x})["out"], np.fix(x))
