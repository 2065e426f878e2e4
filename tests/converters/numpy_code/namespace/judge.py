"""Numpy as the judge of the namespace: one expression on numpy's arrays, on ours at once, and on ours in a trace."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

import irlib
from irlib.converters.numpy_code.namespace import face, strides
from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.outputs import leaves

__all__ = ["Expression", "arrays", "check", "check_refused", "line", "same"]

Expression = Callable[[Any, Any], Any]
"""Of the namespace (numpy's or ours) and the arrays."""


def arrays() -> dict[str, Any]:
    """The arrays that expressions are about, by one letter or two."""
    g = np.random.default_rng(20)
    a = g.normal(size=(3, 4))
    holes = a.copy()
    holes[[0, 2, 2], [1, 0, 3]] = np.nan
    square = g.normal(size=(3, 3))
    return {
        "a": a,
        "b": g.normal(size=(4, 3)),
        "u": g.uniform(0.1, 0.9, size=(3, 4)),
        "v": g.normal(size=5),
        "w": g.normal(size=5),
        "t": g.normal(size=(2, 3, 4)),
        "i": g.integers(-5, 9, size=(3, 4)),
        "n": g.integers(0, 5, size=6),
        "k": np.array([2, 0, 1]),
        "h": np.array([[1, 2], [0, 2], [1, 0]], np.uint8),
        "m": g.normal(size=(3, 4)) > 0,
        "p": np.array([True, False, True, True, False]),
        "c": g.normal(size=(3, 3)) + 1j * g.normal(size=(3, 3)),
        "f": g.normal(size=(3, 4)).astype(np.float32),
        "e": holes,
        "s": square,
        "d": square @ square.T + 2 * np.eye(3),
        "o": np.array(0.7),
        "z": np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.5]),
        "g": np.array([-1.0, 0.1, 0.8, 2.0, 2.5]),
    }


def check(expression: Expression) -> None:
    """Ours is numpy's in value, dtype, shape, and in being an array or a scalar: at once, and when traced and run."""
    given = arrays()
    expected = expression(np, SimpleNamespace(**_copies(given)))
    at_once = expression(face, SimpleNamespace(**{k: lift(v) for k, v in _copies(given).items()}))
    _compare(at_once, expected)
    by_columns = {k: np.array(v, order="F") for k, v in given.items()}
    try:
        laid = expression(face, SimpleNamespace(**{k: lift(v) for k, v in by_columns.items()}))
    except irlib.IRError:
        laid = None  # what only contiguous arrays have
    if laid is not None:
        _compare(laid, expression(np, SimpleNamespace(**by_columns)))
    seen: list[Any] = []

    def traced(given: dict[str, Any]) -> Any:
        result = expression(face, SimpleNamespace(**given))
        seen.append(result)
        return result

    graph = irlib.trace(traced, given)
    feeds = {f"given.{k}": v for k, v in given.items() if f"given.{k}" in graph.by_name}
    outputs = irlib.run(graph, feeds)
    names = [name for name, _ in leaves(seen[0], "out")]
    shown = leaves(expected, "out")
    assert names == [name for name, _ in shown]
    for (name, ours), (_, value) in zip(leaves(seen[0], "out"), shown, strict=True):
        same(outputs[name], np.asarray(value), f"{name} in a trace")
        if isinstance(ours, Array):
            assert ours.is_scalar is not isinstance(value, np.ndarray), f"{name} in a trace: array or scalar"


def check_refused(expression: Expression) -> None:
    """Where numpy raises, ours does: an error of the same kind, or one of ours."""
    given = arrays()
    try:
        expression(np, SimpleNamespace(**_copies(given)))
    except Exception as error:  # noqa: BLE001  what numpy raises is what is asked
        kind = type(error)
    else:
        raise AssertionError("numpy does not refuse it")
    try:
        expression(face, SimpleNamespace(**{k: lift(v) for k, v in given.items()}))
    except (kind, irlib.IRError):
        return
    raise AssertionError(f"numpy raises {kind.__name__}, ours does not")


def lies_so(ours: Any, its: Any) -> bool:
    """Whether numpy's array lies in memory as ours claims to: what tells views from copies goes by that."""
    claimed = strides.strides_of(ours.layout, ours.shape)
    if claimed is None or 0 in its.shape:
        return True
    return all(d == 1 or s == step * its.itemsize for d, s, step in zip(its.shape, its.strides, claimed, strict=True))


def line(expression: Any) -> str:
    """A test's name: where its row stands."""
    return f"line-{expression.__code__.co_firstlineno}"


def _copies(given: dict[str, Any]) -> dict[str, Any]:
    return {k: v.copy() for k, v in given.items()}


def _compare(ours: Any, expected: Any) -> None:
    mine, its = leaves(ours, "out"), leaves(expected, "out")
    assert [n for n, _ in mine] == [n for n, _ in its]
    for (name, x), (_, y) in zip(mine, its, strict=True):
        if isinstance(x, Array):
            same(np.asarray(x.concrete()), np.asarray(y), name)
            assert x.is_scalar is not isinstance(y, np.ndarray), f"{name}: array or scalar"
            assert lies_so(x, np.asarray(y)), f"{name}: a layout of {x.layout} is claimed"
        else:
            same(np.asarray(x), np.asarray(y), name)


def same(got: Any, expected: Any, name: str) -> None:
    assert (got.dtype, got.shape) == (expected.dtype, expected.shape), name
    rough = expected.dtype in (np.float16, np.float32, np.complex64)
    np.testing.assert_allclose(
        got, expected, rtol=2e-5 if rough else 1e-10, atol=1e-5 if rough else 1e-12, err_msg=name
    )
