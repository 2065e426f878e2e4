"""Numpy as the judge of graphs that its code became: values, dtypes and shapes, and gradients by differences."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np

import irlib
from tests.converters.numpy_code.corpus_case import Case, copied, leaves

__all__ = ["check_gradients", "check_values", "named_arguments"]

STEP = 2e-4
TOLERANCE = 1e-6


def named_arguments(case: Case) -> dict[str, Any]:
    """The arguments of a case by the names of the parameters, as given: not those that are left to defaults."""
    return dict(inspect.signature(case.function).bind(*case.arguments()).arguments)


def feeds_of(case: Case) -> dict[str, Any]:
    """The arrays among the arguments, by the names of inputs."""
    return {
        name: value
        for argument, tree in named_arguments(case).items()
        for name, value in leaves(tree, argument)
        if isinstance(value, np.ndarray)
    }


def results_of(case: Case, arguments: dict[str, Any]) -> dict[str, Any]:
    """What numpy makes of the arguments, by the names of outputs; what is no number is left out."""
    made = case.function(**copied(arguments))
    return {
        n: np.asarray(v)
        for n, v in leaves(made, "out")
        if isinstance(v, np.ndarray | np.generic | int | float | complex)
    }


def check_values(case: Case, graph: irlib.Graph) -> None:
    """The outputs of the graph are numpy's: names, dtypes, shapes, and numbers to rounding."""
    feeds = {n: v for n, v in feeds_of(case).items() if n in graph.by_name}
    got, expected = irlib.run(graph, feeds), results_of(case, named_arguments(case))
    assert sorted(got) == sorted(expected)
    for name, value in expected.items():
        assert (got[name].dtype, got[name].shape) == (value.dtype, value.shape), name
        scale = np.max(np.abs(value[np.isfinite(value)]), initial=0) if value.dtype.kind in "fc" else 0
        eps = 1e-5 if value.dtype in (np.float32, np.complex64) else 1e-10
        np.testing.assert_allclose(got[name], value, rtol=eps, atol=eps * scale, err_msg=name)


def check_gradients(case: Case, graph: irlib.Graph) -> None:
    """The gradients of random sums of the outputs are those that differences of numpy's own results show."""
    rng = np.random.default_rng(7)
    arguments = named_arguments(case)
    before = results_of(case, arguments)
    floats = {n: v for n, v in before.items() if v.dtype.kind == "f"}
    wrt = [n for n, v in feeds_of(case).items() if v.dtype == np.float64 and n.partition(".")[0] not in case.fixed]
    wrt = [n for n in wrt if n in graph.by_name]
    if not floats or not wrt:
        return
    cotangents = {n: rng.normal(size=v.shape).astype(v.dtype) for n, v in floats.items()}
    feeds = {n: v for n, v in feeds_of(case).items() if n in graph.by_name}
    _, gradients = irlib.value_and_grad(graph, feeds, of=list(floats), wrt=wrt, cotangents=cotangents)
    for name in wrt:
        for direction in _directions(rng, feeds[name].shape):
            shown = _slope(case, arguments, name, direction, cotangents)
            got = float(np.sum(gradients[name] * direction))
            size = max(1.0, abs(shown), float(np.max(np.abs(gradients[name]), initial=0)))
            assert abs(got - shown) <= TOLERANCE * size, f"{name}: gradient {got!r}, differences {shown!r}"


def _directions(rng: np.random.Generator, shape: tuple[int, ...]) -> Iterator[Any]:
    for _ in range(2):
        yield rng.normal(size=shape)


def _slope(case: Case, arguments: dict[str, Any], name: str, direction: Any, cotangents: dict[str, Any]) -> float:
    """The derivative along `direction` of one leaf, by central differences of order four."""

    def total(distance: float) -> float:
        moved = _moved(arguments, name, distance * direction)
        results = results_of(case, moved)
        return float(sum(np.sum(c * results[n], dtype=np.float64) for n, c in cotangents.items()))

    near = total(STEP) - total(-STEP)
    far = total(2 * STEP) - total(-2 * STEP)
    return (8 * near - far) / (12 * STEP)


def _moved(arguments: dict[str, Any], name: str, change: Any) -> dict[str, Any]:
    made: Any = copied(arguments)
    at, *path = name.split(".")
    if not path:
        made[at] = made[at] + change
        return made  # type: ignore[no-any-return]
    place = made[at] = _lists(made[at])
    for key in path[:-1]:
        place = place[int(key) if isinstance(place, list) else key]
    last: Any = int(path[-1]) if isinstance(place, list) else path[-1]
    place[last] = place[last] + change
    return made  # type: ignore[no-any-return]


def _lists(tree: Any) -> Any:
    """Tuples as lists, which can be changed."""
    if isinstance(tree, dict):
        return {k: _lists(v) for k, v in tree.items()}
    return [_lists(v) for v in tree] if isinstance(tree, list | tuple) else tree
