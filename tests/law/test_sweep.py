"""Rows of the gradient law about the sweep itself: broadcasting, repeated and unused values, memory."""

from __future__ import annotations

import numpy as np

from irlib import autodiff
from irlib.builder import Builder
from irlib.interpreters.numpy_ref.eager import run_nodes
from tests.law.rows import derivatives, same


def test_broadcast_is_undone_to_the_exact_shapes() -> None:
    x, y = derivatives(lambda b, x, y: b.add(x, y), np.ones((2, 1)), np.ones((1, 3)))
    same(x, [[3.0], [3.0]])
    same(y, [[2.0, 2.0, 2.0]])


def test_scalar_times_vector_keeps_rank_zero() -> None:
    x, y = derivatives(lambda b, x, y: b.multiply(x, y), np.array(2.0), np.array([1.0, 2.0]))
    same(x, np.array(3.0))
    same(y, [2.0, 2.0])


def test_unused_input_has_zeros_of_its_shape_and_dtype() -> None:
    x, y = derivatives(lambda b, x, y: b.negative(x), np.array(1.0), np.ones((2, 3), np.float32))
    same(x, np.array(-1.0))
    assert (y.dtype, y.shape) == (np.float32, (2, 3))
    same(y, np.zeros((2, 3), np.float32))


def test_unused_result_counts_as_zero() -> None:
    x = derivatives(lambda b, x: b.split(x, count=2)[0], np.array([1.0, 2.0]))[0]
    same(x, [1.0, 0.0])


def test_value_used_twice_by_one_node_is_counted_twice() -> None:
    same(derivatives(lambda b, x: b.add(x, x), np.array([1.0]))[0], [2.0])


def test_value_used_by_several_nodes_is_counted_for_each() -> None:
    same(derivatives(lambda b, x: x * x + x, np.array(3.0))[0], 7.0)


def test_accumulation_is_the_same_bit_for_bit_each_time() -> None:
    def many(b, x):  # type: ignore[no-untyped-def]
        total = x
        for k in range(20):
            total = total + b.sin(x * (0.1 + k)) * x
        return total

    x = np.random.default_rng(0).random(50)
    first, second = derivatives(many, x)[0], derivatives(many, x)[0]
    assert first.tobytes() == second.tobytes()


def test_cotangents_and_operands_are_never_written_to() -> None:
    b = Builder()
    x = b.input("x", "float64[3]")
    b.output("y", b.add(x, x))
    gradient = autodiff.gradient(b.build(), of=["y"], wrt=["x"], cotangents=True)
    fed = {"x": np.arange(3.0), "d_y": np.ones(3)}
    arrays = [fed[str(n.name)] for n in gradient.inputs]
    (dx,) = run_nodes(gradient, arrays)
    assert not any(np.shares_memory(dx, a) for a in arrays)
    same(fed["x"], np.arange(3.0))
    same(fed["d_y"], np.ones(3))
