"""Average pools whose sizes are known only when they run, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import IRTypeError

X = np.random.default_rng(0).standard_normal((2, 3, 7, 6))


def pool(declared: str, op: str = "avg_pool", pads: Any = None, **options: Any) -> irlib.Graph:
    b = irlib.Builder("pool")
    y = getattr(b, op)(b.input("x", declared), pads, window=(3, 2), strides=(2, 1), **options)
    b.output("y", y)
    b.output("loss", b.sum(b.square(y)), role="loss")
    return b.build()


@pytest.mark.parametrize("op", ["avg_pool", "lp_pool"])
@pytest.mark.parametrize("pads", [None, [1, 0, 1, 1], [1, 1, 0, 0]])
@pytest.mark.parametrize("include", [False, True])
def test_pools_of_open_dims_give_what_pools_of_known_dims_give(op: str, pads: Any, include: bool) -> None:
    options = {"count_include_pad": include} if op == "avg_pool" else {}
    made = pool("float64[n, c, height, width]", op, pads, **options)
    known = pool("float64[2, 3, 7, 6]", op, pads, **options)
    assert "?" not in str(made.value_type(made.value_named("y"))), "a dim is lost"
    found, grads = irlib.value_and_grad(made, {"x": X}, of="loss", wrt="x")
    expected, expected_grads = irlib.value_and_grad(known, {"x": X}, of="loss", wrt="x")
    np.testing.assert_allclose(found["y"], expected["y"], rtol=1e-13)
    np.testing.assert_allclose(grads["x"], expected_grads["x"], rtol=1e-12)


def test_a_pool_that_looks_at_sizes_waits_for_them() -> None:
    made = pool("float64[n, c, height, width]", ceil_mode=True)
    np.testing.assert_array_equal(
        irlib.run(made, {"x": X})["y"], irlib.run(pool("float64[2, 3, 7, 6]", ceil_mode=True), {"x": X})["y"]
    )


@pytest.mark.parametrize("op", ["avg_pool", "lp_pool", "max_pool"])
def test_pads_that_are_not_two_for_each_axis_are_refused(op: str) -> None:
    with pytest.raises(IRTypeError, match=r"pads has 3 elements, expected 4: begins, then ends.*\[IR207\]"):
        pool("float64[2, 3, 7, 6]", op, [1, 1, 1])
