"""Compiled numpy: buffers that nobody sees, blocks, shapes that change, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.numpy_code import blocks, buffered
from irlib.converters.numpy_code.compiled import Program
from irlib.interpreters.numpy_ref import memory
from tests.converters.numpy_code.test_emit import emitted, module_of
from tests.interpreters.test_random_graphs import random_graph


@pytest.mark.parametrize("declared", ["float64[3, 3]", "float64[n, n]"])
@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_give_what_the_interpreter_gives_again_and_again(seed: int, declared: str) -> None:
    model = random_graph(seed, declared)
    rng = np.random.default_rng(seed)
    f = Program(model)
    runs = []
    for _ in range(3):
        feeds = {"x": np.asfortranarray(rng.standard_normal((3, 3)))}
        wanted, made = irlib.run(model, feeds), f(feeds)
        for name, value in wanted.items():
            np.testing.assert_allclose(made[name], value, rtol=1e-12, atol=1e-12)
        runs.append((made, {n: a.copy() for n, a in made.items()}))
    for made, kept in runs:  # a later run has not written to what an earlier one returned
        for name, a in kept.items():
            np.testing.assert_array_equal(made[name], a)


@pytest.mark.parametrize("declared", ["float64[3, 3]", "float64[n, n]"])
@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_emitted_agree_with_the_interpreter(seed: int, declared: str) -> None:
    model = random_graph(seed, declared)
    feeds = {"x": np.random.default_rng(seed).standard_normal((3, 3))}
    wanted = irlib.run(model, feeds)
    gradient = irlib.run(irlib.gradient(model, "loss", ["x", "w"]), feeds)
    for style in ("nodes", "fused"):
        params = {str(n.name): n.variable.tensor.array for n in model.parameters}  # type: ignore[union-attr]
        made = emitted(model, style, feeds)
        for name, value in wanted.items():
            # numpy keeps the order of a transposed operand, in which a sum adds up otherwise
            np.testing.assert_allclose(made[name], value, rtol=1e-14 if style == "nodes" else 1e-12, atol=1e-14)
        names = module_of(irlib.to_numpy(model, style, gradient=["x", "w"], of="loss"))
        _, saved = names["forward"](params, feeds["x"])
        for name, d in names["backward"](params, saved).items():
            np.testing.assert_allclose(d, gradient[f"d_{name}"], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("size", [3, 140])
def test_what_is_held_is_never_written_over_however_it_is_held(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LEAST", 1)
    monkeypatch.setattr(buffered, "LEAST", 1)
    b = irlib.Builder("held")
    x, w = b.input("x", f"float64[{size}, {size}]"), b.parameter("w", np.eye(size) / 2)
    h = b.tanh(x @ w)
    for name, value in {
        "h": h,
        "p": h @ w,
        "r": b.relu(h - 0.1),
        "t": b.transpose(h @ h),
        "w": w - 0.5 * (x @ h),
    }.items():
        b.output(f"y_{name}", value)
    f = Program(b.build())
    rng = np.random.default_rng(size)
    held: list[tuple[Any, Any]] = []
    for k in range(12):
        made = f({"x": rng.standard_normal((size, size))})
        for a in made.values():
            view = (a, a.T, a[1:, ::2], a.reshape(-1)[3:])[k % 4]
            held.append((view, np.array(view)))
        del made, a, view
        if k % 3 == 2:
            del held[::2]
        for view, kept in held:
            np.testing.assert_array_equal(np.asarray(view), kept)
    assert "fresh(" in f.source({"x": np.zeros((size, size))})


def two_products() -> irlib.Graph:
    b = irlib.Builder("products")
    x, w = b.input("x", "float32[batch, 784]"), b.input("w", "float32[784, 128]")
    h = b.tanh(x @ w)
    b.output("y", h)
    b.output("d", b.constant(0.1, "float32") * (b.transpose(x) @ h))
    b.output("s", b.softmax(h))
    return b.build()


@pytest.mark.parametrize("has", [True, False])
def test_products_in_blocks_are_products(has: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "has_small_kernels", lambda: has)
    f = Program(two_products())
    rng = np.random.default_rng(1)
    for batch in (32, 31, 64, 32, 0):
        x, w = rng.standard_normal((batch, 784), np.float32), rng.standard_normal((784, 128), np.float32) / 28
        made = f({"x": x, "w": w})
        h = np.tanh(x.astype(np.float64) @ w)
        np.testing.assert_allclose(made["y"], h, atol=2e-6)
        np.testing.assert_allclose(made["d"], 0.1 * (x.T @ h), atol=2e-5)
        np.testing.assert_allclose(np.sum(made["s"], -1), np.ones(batch), rtol=1e-6)
    assert (".reshape(784, 4, 32)" in f.source({"x": np.zeros((32, 784), np.float32), "w": w})) is has


def test_an_output_that_is_fed_or_constant_or_given_twice_is_a_copy() -> None:
    b = irlib.Builder("copies")
    x = b.input("x", "float64[3]")
    c = b.constant(np.arange(3.0))
    y = x + c
    for name, value in {"x1": x, "c1": c, "y1": y, "y2": y, "t": b.reshape(y, [3, 1]), "s": b.sum(y)}.items():
        b.output(name, value)
    f = Program(b.build())
    feed = np.ones(3)
    made = f({"x": feed})
    arrays = [feed, *made.values(), *f({"x": feed}).values()]
    assert not any(np.shares_memory(a, other) for k, a in enumerate(arrays) for other in arrays[:k])
    assert all(isinstance(a, np.ndarray) for a in made.values())


def test_a_where_of_bools_does_not_write_to_its_condition_or_to_feeds() -> None:
    b = irlib.Builder("masks")
    x, y, v = b.input("x", "bool[4]"), b.input("y", "bool[4]"), b.input("v", "int64[4]")
    b.output("m", b.where(b.equal(v, 1), x, y))
    b.output("n", b.logical_not(b.where(b.greater(v, 1), y, x)))
    feeds = {"x": np.array([True, False] * 2), "y": np.array([False, False, True, True]), "v": np.arange(4)}
    kept = {name: a.copy() for name, a in feeds.items()}
    model = b.build()
    made, wanted = Program(model)(feeds), irlib.run(model, feeds)
    for name, value in wanted.items():
        np.testing.assert_array_equal(made[name], value)
    for name, value in kept.items():
        np.testing.assert_array_equal(feeds[name], value)


def test_feeds_are_checked_as_the_interpreter_checks_them() -> None:
    f = Program(two_products())
    good: dict[str, Any] = {"x": np.zeros((2, 784), np.float32), "w": np.zeros((784, 128), np.float32)}
    f(good)
    for change, code in (
        ({"x": np.zeros((2, 784))}, "IR603"),
        ({"x": np.zeros((2, 783), np.float32)}, "IR603"),
        ({"x": "text"}, "IR603"),
        ({"z": np.zeros(2)}, "IR601"),
    ):
        with pytest.raises(irlib.IRError, match=code):
            f({**good, **change})
    with pytest.raises(irlib.IRError, match="IR602"):
        f({"x": good["x"]})


def test_an_error_of_a_kernel_is_one_of_execution() -> None:
    b = irlib.Builder("division")
    b.output("y", b.floor_divide(b.input("x", "int64[2]"), b.input("n", "int64[2]")))
    with pytest.raises(irlib.IRError, match="IR610"):
        Program(b.build())({"x": np.ones(2, np.int64), "n": np.zeros(2, np.int64)})
