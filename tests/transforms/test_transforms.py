"""Graph to graph: inline, share, prune, fold, specialize. What is computed stays the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import FeedError
from irlib.op import Composite
from irlib.transforms.simplify import prune, share


def primitives_only(g: irlib.Graph) -> bool:
    return not any(isinstance(op, Composite) for op in g.ops)


def with_composites() -> irlib.Graph:
    b = irlib.Builder("composites")
    x = b.input("x", "float64[n, 4]")
    b.output("y", b.mean(b.var(x, [1]), name="m"))
    return b.build()


FEEDS = {"x": np.random.default_rng(0).standard_normal((3, 4))}


def same(a: irlib.Graph, b: irlib.Graph, feeds: dict[str, Any]) -> None:
    expected = irlib.run(a, feeds)
    for name, value in irlib.run(b, feeds).items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-14)


def test_decompose_leaves_primitives_that_compute_the_same() -> None:
    g = with_composites()
    assert not primitives_only(g)
    flat = irlib.decompose(g)
    assert primitives_only(flat)
    assert "m" in flat.by_name
    same(g, flat, FEEDS)


def test_share_and_prune() -> None:
    b = irlib.Builder("shared")
    x = b.input("x", "float64[n, 4]")
    b.negative(x)
    b.output("y", b.tanh(x) * b.tanh(x))
    g = b.build()
    smaller = prune(share(g))
    assert len(g) - len(smaller) == 2
    same(g, smaller, FEEDS)


def test_fold_computes_what_is_known() -> None:
    b = irlib.Builder("folding")
    x = b.input("x", "float64[n, 4]")
    c = b.tanh(b.constant(np.ones(4))) * 2.0
    width = b.take(b.shape_of(x), 1, axis=0)
    b.output("y", b.reshape(x * c, b.concat(b.constant([-1]), b.reshape(width, [1]), axis=0)))
    g = b.build()
    folded = irlib.fold(g)
    assert [str(n.op.name) for n in folded.nodes if n.op] == ["multiply", "reshape"]
    same(g, folded, FEEDS)


def test_specialize_makes_shapes_known() -> None:
    b = irlib.Builder("dynamic")
    x = b.input("x", "float32[...]")
    b.output("y", b.sum(b.reshape(x, b.shape_of(x)), keepdims=True))
    g = b.build()
    fixed = irlib.specialize(g, {"x": "float32[8, 3]"})
    assert str(fixed.value_type(fixed.value_named("y"))) == "float32[1, 1]"
    assert len(fixed) <= len(g)
    same(g, fixed, {"x": np.ones((8, 3), np.float32)})


@pytest.mark.parametrize(("name", "t"), [("q", "float32[1]"), ("x", "float64[1]"), ("x", "float32[2, 2]")])
def test_specialize_refuses_what_contradicts(name: str, t: str) -> None:
    b = irlib.Builder("strict")
    b.output("y", b.tanh(b.input("x", "float32[3, n]")))
    with pytest.raises(FeedError):
        irlib.specialize(b.build(), {name: t})
