"""Where a plan's values lie: what is written over, what is handed out again, and that nobody sees it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.interpreters.numpy_ref.algorithms import forward
from irlib.interpreters.numpy_ref.memory import LEAST, MOST

SIDE = 256
"""A square of doubles of this side is large enough to be kept and used again."""


def doubled() -> irlib.Graph:
    b = irlib.Builder("doubled")
    x = b.input("x", ("float64", (SIDE, SIDE)))
    b.output("y", x + x)
    return b.build()


def block(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def test_memory_that_the_caller_let_go_is_used_again() -> None:
    assert LEAST <= SIDE * SIDE * 8 < MOST
    f = irlib.compile(doubled())
    x = np.ones((SIDE, SIDE))
    assert len({block(f({"x": x})["y"]) for _ in range(8)}) <= 2


def views_of(y: Any) -> list[Any]:
    return [y, y.T, y[3:5, ::2], y.reshape(-1), memoryview(y), np.frombuffer(y.data, np.uint8)]


@pytest.mark.parametrize("which", range(6))
def test_memory_is_not_used_again_while_anything_looks_into_it(which: int) -> None:
    f = irlib.compile(doubled())
    kept = [views_of(f({"x": np.full((SIDE, SIDE), float(k))})["y"])[which] for k in range(5)]
    copies = [np.array(k) for k in kept]
    for k in range(5, 10):
        f({"x": np.full((SIDE, SIDE), float(k))})
    for held, copy in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(np.asarray(held), copy)


def test_what_a_step_gives_may_be_fed_to_the_next() -> None:
    b = irlib.Builder("walk")
    w = b.parameter("w", np.zeros((SIDE, SIDE)))
    b.output("new_w", w + 1.0, role="update-of", of="w")
    f = irlib.compile(b.build())
    w_now: Any = np.zeros((SIDE, SIDE))
    for k in range(6):
        w_now = f({"w": w_now})["new_w"]
        assert (w_now == k + 1).all()


def test_a_result_is_written_over_an_operand_that_dies_and_over_no_other() -> None:
    b = irlib.Builder("chain")
    x = b.input("x", "float64[500]")
    y = b.tanh(x)
    z = b.exp(y)  # y lives on
    row = b.reshape(z, [1, 500])  # so does z, seen through a view
    u = b.negative(z)
    b.output("out", b.sum(b.square(u) + y) + b.sum(row))
    model = b.build()
    feeds = {"x": np.random.default_rng(0).standard_normal(500)}
    f = irlib.compile(model)
    expected = forward(model, feeds)[model.value_named("out")]
    for _ in range(3):
        np.testing.assert_array_equal(f(feeds)["out"], expected)
    assert f.planned(feeds).cost.bytes <= 4 * 500 * 8


def test_what_shapes_decide_is_known_before_the_run() -> None:
    b = irlib.Builder("mean")
    x = b.input("x", "float32[n, 3]")
    b.output("y", x / b.cast(b.prod(b.shape(x)), dtype="float32"))
    plan = irlib.compile(b.build()).planned({"x": np.ones((2, 3), np.float32)})
    assert len(plan.steps) == 1


def test_a_composite_with_a_kernel_has_the_shape_of_what_is_fed() -> None:
    b = irlib.Builder("soft")
    b.output("y", b.exp(b.log_softmax(b.input("x", "float32[batch, 5]"))))
    plan = irlib.compile(b.build()).planned({"x": np.ones((7, 5), np.float32)})
    assert str(plan.types["y"]) == "float32[7, 5]"


def test_feeds_of_a_known_type_are_still_looked_at_by_name_and_kind() -> None:
    f = irlib.compile(doubled())
    f({"x": np.ones((SIDE, SIDE))})
    with pytest.raises(irlib.IRError, match="expected one of: x"):
        f({"z": np.ones((SIDE, SIDE))})
    with pytest.raises(irlib.IRError, match="float32"):
        f({"x": np.ones((SIDE, SIDE), np.float32)})
    masked = np.ma.masked_array(np.ones((SIDE, SIDE)))
    assert type(f({"x": masked})["y"]) is np.ndarray
