"""The rows of the families, traced once for arrays of any size: numpy's results, or a refusal that says what it needs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.numpy_code.namespace import face
from irlib.converters.numpy_code.outputs import leaves
from irlib.dims import symbol
from irlib.types import TensorType, dtype_of
from tests.converters.numpy_code.namespace import (
    test_linear_algebra,
    test_manipulation,
    test_reduction,
    test_searching,
)
from tests.converters.numpy_code.namespace.judge import Expression, arrays, line, same

FAMILIES = (test_reduction, test_manipulation, test_searching, test_linear_algebra)
ROWS: list[Expression] = [row for family in FAMILIES for row in family.ROWS]
NEED_SIZES = {
    "unstack", "squeeze", "array_split", "vsplit", "hsplit", "insert", "delete", "convolve", "correlate", "cross", "qr", "svd",
    "vander", "apply_along_axis", "vectorize", "as_strided", "ndenumerate", "poly1d", "polyval", "polyadd", "polyder", "polyfit",
}  # fmt: skip
"""Functions that make as many results as there are elements, or loop over them, or choose by sizes."""


@pytest.mark.parametrize("expression", ROWS, ids=line)
def test_it_traces_for_any_size_or_says_what_it_needs(expression: Expression) -> None:
    given = arrays()
    types = {k: TensorType(dtype_of(v), tuple(symbol(f"{k}{i}") for i in range(v.ndim))) for k, v in given.items()}
    try:
        graph = irlib.trace(lambda given: expression(face, SimpleNamespace(**given)), types)
    except irlib.IRError:
        if NEED_SIZES.isdisjoint(expression.__code__.co_names):
            raise
        return
    outputs = irlib.run(graph, {f"given.{k}": v for k, v in given.items() if f"given.{k}" in graph.by_name})
    expected: Any = leaves(expression(np, SimpleNamespace(**given)), "out")
    assert list(outputs) == [name for name, _ in expected]
    for name, value in expected:
        same(outputs[name], np.asarray(value), name)
