"""What a row of the gradient law is tested with: a function of arrays, its value, and its derivatives at a point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import irlib.interpreters.numpy_ref.kernels  # noqa: F401  registers the kernels
from irlib import autodiff
from irlib.builder import Builder
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.eager import run_nodes
from irlib.types import TensorType, type_of

__all__ = ["INF", "NAN", "derivatives", "same", "slope", "value"]

INF, NAN = float("inf"), float("nan")
Body = Callable[..., Any]
"""Takes a builder and the values of the inputs, returns the result."""


def _graph(body: Body, arrays: list[Any], *, symbolic: bool = False) -> Graph:
    b = Builder("row")
    values = []
    for k, a in enumerate(arrays):
        t = type_of(a)
        assert isinstance(t, TensorType)
        values.append(b.input(f"x{k}", t.with_shape((None,) * a.ndim) if symbolic else t))
    b.output("y", body(b, *values))
    return b.build()


def _run(graph: Graph, arrays: list[Any]) -> list[Any]:
    with np.errstate(all="ignore"):
        return list(run_nodes(graph, arrays))


def value(body: Body, *xs: Any) -> Any:
    """The result at these operands."""
    arrays = [np.asarray(x) for x in xs]
    return _run(_graph(body, arrays), arrays)[0]


def derivatives(body: Body, *xs: Any, cotangent: Any = None, open_dims: bool = True) -> list[Any]:
    """The cotangent of each float operand, given that of the result (ones, where none is given).

    Made twice, with the dims of the operands known and (`open_dims`) not known: both must be the same, bit for bit.
    """
    arrays = [np.asarray(x) for x in xs]
    made = []
    for symbolic in (False, open_dims):
        graph = _graph(body, arrays, symbolic=symbolic)
        wrt = [str(n.name) for n in graph.inputs if autodiff.carries_cotangent(n.type)]
        y = _run(graph, arrays)[0]
        given = np.ones_like(y) if cotangent is None else np.asarray(cotangent, y.dtype)
        gradient = autodiff.gradient(graph, of=["y"], wrt=wrt, cotangents=True)
        feeds = {**{f"x{k}": a for k, a in enumerate(arrays)}, "d_y": given}
        made.append(_run(gradient, [feeds[str(n.name)] for n in gradient.inputs]))
    floats = [a for a in arrays if a.dtype.kind in "fcV"]
    for known, unknown, a in zip(*made, floats, strict=True):
        assert (known.dtype, known.shape) == (unknown.dtype, unknown.shape) == (a.dtype, a.shape)
        np.testing.assert_array_equal(known.astype(np.complex128), unknown.astype(np.complex128))
    return made[0]


def slope(body: Body, *xs: Any) -> list[float]:
    """The derivatives of a scalar function of scalars, as numbers."""
    return [float(d) for d in derivatives(body, *[np.asarray(x, np.float64) for x in xs])]


def same(actual: Any, expected: Any) -> None:
    """Equal element by element, NaN to NaN; a zero may have either sign."""
    np.testing.assert_array_equal(np.asarray(actual), np.asarray(expected))
