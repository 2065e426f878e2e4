"""The rows of the families: gradients of random sums of their results, against differences of numpy's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.numpy_code.namespace import face
from irlib.converters.numpy_code.outputs import leaves
from tests.converters.numpy_code.namespace import (
    test_linear_algebra,
    test_manipulation,
    test_reduction,
    test_searching,
)
from tests.converters.numpy_code.namespace.judge import Expression, arrays, line

FAMILIES = (test_reduction, test_manipulation, test_searching, test_linear_algebra)
STEP = 2e-4
AT_KINKS = {"amax", "interp"}
"""Their rows stand at NaN and at knots, where differences tell nothing."""

ROWS: list[Expression] = [
    *(row for family in FAMILIES for row in family.ROWS if AT_KINKS.isdisjoint(row.__code__.co_names)),
    lambda np, d: np.interp(d.a, d.g, d.v),
    lambda np, d: np.interp(d.u, d.g, d.w, left=2.0, right=d.o),
    lambda np, d: np.interp(9.0, d.g, d.v) + np.interp(d.z, [1.0, 2.0], d.v[:2])[:4],
    lambda np, d: np.interp(0.3 * d.u, [0.0, 0.31, 0.7], d.v[:3], period=0.9),
    lambda np, d: np.linalg.svd(d.a)[2] ** 2,
]


@pytest.mark.parametrize("expression", ROWS, ids=line)
def test_the_gradient_is_what_differences_show(expression: Expression) -> None:
    given = arrays()
    graph = irlib.trace(lambda given: expression(face, SimpleNamespace(**given)), given)
    feeds = {f"given.{k}": v for k, v in given.items() if f"given.{k}" in graph.by_name}
    base = _results(expression, given)
    names = [n for n, v in feeds.items() if v.dtype == np.float64 and n != "given.z"]
    outputs = [n for n, v in base.items() if v.dtype == np.float64]
    if not names or not outputs:
        return
    rng = np.random.default_rng(1)
    cotangents = {n: np.where(np.isfinite(base[n]), rng.normal(size=base[n].shape), 0.0) for n in outputs}
    _, gradients = irlib.value_and_grad(graph, feeds, of=outputs, wrt=names, cotangents=cotangents)
    for name in names:
        known = np.isfinite(feeds[name])
        direction = np.where(known, rng.normal(size=feeds[name].shape), 0.0)
        shown = _slope(expression, given, name.removeprefix("given."), direction, cotangents)
        if np.isfinite(shown):
            gradient = np.where(known, gradients[name], 0.0)
            size = max(1.0, abs(shown), float(np.max(np.abs(gradient))))
            assert abs(np.sum(gradient * direction) - shown) <= 1e-6 * size, name


def _results(expression: Expression, given: dict[str, Any]) -> dict[str, Any]:
    made = expression(np, SimpleNamespace(**{k: v.copy() for k, v in given.items()}))
    return {n: np.asarray(v) for n, v in leaves(made, "out")}


def _slope(
    expression: Expression, given: dict[str, Any], name: str, direction: Any, cotangents: dict[str, Any]
) -> float:
    """The derivative along `direction`, by central differences of order four."""

    def total(distance: float) -> float:
        results = _results(expression, {**given, name: given[name] + distance * direction})
        return sum(float(np.sum(np.where(np.isfinite(results[n]), results[n], 0.0) * c)) for n, c in cotangents.items())

    with np.errstate(all="ignore"):
        return (8 * (total(STEP) - total(-STEP)) - (total(2 * STEP) - total(-2 * STEP))) / (12 * STEP)
