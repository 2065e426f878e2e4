"""Layers where a vector does not say it: dropout at random, attention with nothing to attend to."""

from __future__ import annotations

import numpy as np

import irlib
import irlib.interpreters.numpy_ref.kernels  # registers the kernels
from irlib.interpreters.numpy_ref.program import Program


def _dropout() -> irlib.Graph:
    b = irlib.Builder("dropout")
    x, key = b.input("x", "float64[n]"), b.input("key", "uint32[2]")
    y, mask = b.dropout(x, key, 0.25)
    b.output("y", y)
    b.output("mask", mask)
    return b.build()


def test_dropout_keeps_its_share_and_the_mean() -> None:
    x = np.linspace(1.0, 2.0, 10_000)
    made = Program(_dropout())({"x": x, "key": np.array([1, 2], np.uint32)})
    assert abs(made["mask"].mean() - 0.75) < 0.02
    np.testing.assert_allclose(made["y"], np.where(made["mask"], x / 0.75, 0.0), rtol=1e-15)
    again = Program(_dropout())({"x": x, "key": np.array([1, 2], np.uint32)})
    np.testing.assert_array_equal(made["y"], again["y"])


def test_derivative_of_dropout_is_its_mask() -> None:
    model = _dropout()
    x, key = np.ones(100), np.array([5, 6], np.uint32)
    mask = Program(model)({"x": x, "key": key})["mask"]
    gradient = irlib.gradient(model, of="y", wrt=["x"], cotangents=True)
    made = Program(gradient)({"x": x, "key": key, "d_y": np.ones(100)})
    np.testing.assert_allclose(made["d_x"], mask / 0.75, rtol=1e-15)


def test_attention_to_nothing_is_zero_and_so_is_its_derivative() -> None:
    b = irlib.Builder("attention")
    q, k, v = (b.input(name, "float64[2, 3]") for name in "qkv")
    b.output("y", b.attention(q, k, v, b.constant(np.array([[True, True], [False, False]]))))
    model = b.build()
    rng = np.random.default_rng(0)
    feeds = {name: rng.standard_normal((2, 3)) for name in "qkv"}
    assert np.all(Program(model)(feeds)["y"][1] == 0)
    gradient = irlib.gradient(model, of="y", wrt=["q", "k", "v"], cotangents=True)
    made = Program(gradient)({**feeds, "d_y": np.array([[0.0] * 3, [1.0] * 3])})
    assert all(np.all(d == 0) for d in made.values())
