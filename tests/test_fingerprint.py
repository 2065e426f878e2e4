"""Equality of graphs that hold graphs: by what they state, in a time that sharing and nesting do not multiply."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import BudgetError
from irlib.op import ForeignOp
from irlib.ops.control_flow import Call


def leaf(factor: float) -> irlib.Graph:
    b = irlib.Builder("g")
    b.output("y", b.input("x", "float64[]") * factor)
    return b.build()


def calling(graphs: list[irlib.Graph], factor: float) -> irlib.Graph:
    b = irlib.Builder("g")
    x: Any = b.input("x", "float64[]")
    for g in graphs:
        (x,) = b.emit(Call(g), [x])
    b.output("y", x * factor)
    return b.build()


def lattice(levels: int) -> irlib.Graph:
    """Two graphs a level, each of which calls both of the level below: a few kilobytes, 2 ** levels walks."""
    pair = [leaf(1.0), leaf(2.0)]
    for _ in range(levels):
        pair = [calling(pair, 1.0), calling(pair, 2.0)]
    return calling(pair, 1.0)


def test_exponential_sharing_of_graphs_costs_no_time(tmp_path: Path) -> None:
    graph = lattice(50)
    irlib.save(graph, tmp_path / "g.pb")
    first, second = irlib.load(tmp_path / "g.pb"), irlib.load(tmp_path / "g.pb")
    assert first == second
    assert hash(first) == hash(second)
    assert not irlib.diff(first, second)


def test_graphs_that_nest_deep_are_compared_without_recursion() -> None:
    def chain() -> irlib.Graph:
        graph = leaf(1.0)
        for _ in range(400):
            graph = calling([graph], 1.0)
        return graph

    assert chain() == chain()
    assert chain() != calling([chain()], 1.0)


@pytest.mark.parametrize(("one", "other"), [(1.0, 2.0), (0.0, -0.0)])
def test_what_differs_deep_inside_differs(one: float, other: float) -> None:
    def outer(factor: float) -> irlib.Graph:
        return calling([calling([leaf(factor)], 1.0)], 1.0)

    assert outer(one) == outer(one)
    assert outer(one) != outer(other)
    assert outer(np.float64(one)) == pickle.loads(pickle.dumps(outer(one)))


def test_exponentially_many_calls_are_refused_before_they_run() -> None:
    graph = leaf(1.0)
    for _ in range(60):
        graph = calling([graph, graph], 1.0)
    with pytest.raises(BudgetError, match="node executions"):
        irlib.run(graph, {"x": np.ones(())})


@pytest.mark.parametrize(
    "use",
    [irlib.decompose, lambda g: irlib.run(g, {"x": np.ones(())}), lambda g: irlib.gradient(g, wrt="x")],
    ids=["decompose", "run", "gradient"],
)
def test_exponentially_large_bodies_are_refused_before_they_are_made(use: Any) -> None:
    graph = leaf(1.0)
    for level in range(50):
        op = ForeignOp("a.dialect", f"Op{level}", 1)
        b = irlib.Builder("g")
        (once,) = b.emit(op, [b.input("x", "float64[]")], body=graph)
        (twice,) = b.emit(op, [once], body=graph)
        b.output("y", twice)
        graph = b.build()
    with pytest.raises(BudgetError, match="when composites are replaced"):
        use(graph)
