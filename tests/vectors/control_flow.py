"""Vectors of control flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.graph import Graph
from irlib.ops import control_flow as ops
from tests.vectors.vector import v


def region(f: Callable[..., Any], *types: str) -> Graph:
    """The closed graph of `f` on inputs of these types."""
    b = Builder("region")
    made = f(b, *[b.input(f"x{k}", t) for k, t in enumerate(types)])
    for k, value in enumerate(made if isinstance(made, tuple) else (made,)):
        b.output(f"y{k}", value)
    return b.build()


X = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 1.5]])
Y = np.array([[1.5, 0.25, -1.0], [-2.5, 0.125, 3.0]])
W = np.array([0.3, -0.7, 0.9])
YES, NO = np.array(True), np.array(False)

product = region(lambda b, x, y: b.tanh(x * y), "float64[n, m]", "float64[n, m]")
difference = region(lambda b, x, y: x - y * y * y, "float64[?, ?]", "float64[?, ?]")
two = region(lambda b, x, y: (x * y, b.tanh(x)), "float64[?, ?]", "float64[?, ?]")
three = region(lambda b, x, y: (x + y, x * x), "float64[?, ?]", "float64[?, ?]")
first_row = region(lambda b, x: b.multiply(x, x), "float64[...]")
row_sum = region(lambda b, x: b.sum(x, [0], keepdims=True), "float64[?, ?]")
integers = region(lambda b, i, x: (i + 1, x * x), "int64[]", "float64[?]")

# carry h, slice x, invariant w: h' = tanh(h * w + x), stacked h * x
recurrence = region(lambda b, h, x, w: (b.tanh(h * w + x), h * x), "float64[3]", "float64[3]", "float64[3]")
widening = region(lambda b, h, x, w: ((n := b.tanh(h * w + x)), n * x), "float64[?]", "float64[?]", "float64[?]")
no_carry = region(lambda b, x, w: x * w * w, "float64[?]", "float64[3]")
counted = region(lambda b, n, h, x: (n + 1, h * x, h + x, n), "int64[]", "float64[3]", "float64[3]")


def _recurrence(h: Any, x: Any, w: Any) -> tuple[Any, ...]:
    stacked = []
    for row in x:
        stacked.append(h * row)
        h = np.tanh(h * w + row)
    return h, np.stack(stacked)


def _reversed(h: Any, x: Any, w: Any) -> tuple[Any, ...]:
    last, stacked = _recurrence(h, x[::-1], w)
    return last, stacked[::-1]


def _counted(n: Any, h: Any, x: Any) -> tuple[Any, ...]:
    stacked, before = [], n + np.arange(len(x))
    for row in x:
        stacked.append(h + row)
        h = h * row
    return n + len(x), h, np.stack(stacked), before


# step number i, carry h, invariant w
power = region(lambda b, i, h, w: (b.constant(True), b.tanh(h) * w + h, h * w), "int64[]", "float64[?]", "float64[?]")
until = region(lambda b, i, h, w: (b.sum(h * w + h) < 40.0, h * w + h), "int64[]", "float64[?]", "float64[?]")
stacking = region(lambda b, i, w: (b.constant(True), w * w), "int64[]", "float64[3]")
growing = region(lambda b, i, h, w: (b.constant(True), b.concat(h, w, axis=0)), "int64[]", "float64[?]", "float64[3]")


def _power(trips: int) -> Callable[..., Any]:
    def made(n: Any, start: Any, h: Any, w: Any) -> tuple[Any, ...]:
        stacked = np.zeros((trips, 3))
        for k in range(trips):
            stacked[k] = h * w
            h = np.tanh(h) * w + h
        return h, stacked

    return made


def _until(n: Any, start: Any, h: Any, w: Any) -> Any:
    while np.sum(h) < 40.0:
        h = h * w + h
    return h


N = np.int64
UP = np.array([1.5, 2.5, 0.5])

VECTORS = [
    v(ops.Call(product), X, Y, expected=lambda x, y: np.tanh(x * y), name="call"),
    v(ops.Call(two), X, Y, expected=lambda x, y: (x * y, np.tanh(x)), name="call:two results"),
    v(ops.Call(integers), N(4), W, expected=lambda i, x: (i + 1, x * x), name="call:an integer result"),
    v(ops.Cond(product, difference), YES, X, Y, expected=lambda p, x, y: np.tanh(x * y), name="cond:true"),
    v(ops.Cond(product, difference), NO, X, Y, expected=lambda p, x, y: x - y**3, name="cond:false"),
    v(ops.Cond(product, difference), NO, X, Y, expected=lambda p, x, y: x - y**3, name="cond:constant", static=(0,)),
    v(ops.Cond(two, three), NO, X, Y, expected=lambda p, x, y: (x + y, x * x), name="cond:two results"),
    v(ops.Cond(first_row, row_sum), NO, X, expected=lambda p, x: x.sum(0, keepdims=True),
      name="cond:shapes differ"),
    v(ops.Scan(recurrence, 1, 1), W, X, -W, expected=_recurrence, name="scan"),
    v(ops.Scan(widening, 1, 1), W, X, -W, expected=lambda h, x, w: (
        _recurrence(h, x, w)[0], np.stack([_recurrence(h, x[: k + 1], w)[0] * x[k] for k in range(2)])
    ), name="scan:unknown dims"),
    v(ops.Scan(recurrence, 1, 1, input_reverse=(True,), output_reverse=(True,)), W, X, -W, expected=_reversed,
      name="scan:reverse"),
    v(ops.Scan(recurrence, 1, 1, input_axes=(1,), output_axes=(-1,), input_reverse=(True,)), W, X.T.copy(), -W,
      expected=lambda h, x, w: (_reversed(h, x.T, w)[0], _reversed(h, x.T, w)[1][::-1].T), name="scan:axes"),
    v(ops.Scan(no_carry, 0, 1), X, W, expected=lambda x, w: x * w * w, name="scan:no carry"),
    v(ops.Scan(counted, 2, 1), N(3), W, X, expected=_counted, name="scan:an integer carry"),
    v(ops.Scan(recurrence, 1, 1), W, X[:0], -W, expected=(W, np.zeros((0, 3))), name="scan:no steps"),
    v(ops.WhileLoop(power, 1), N(3), None, W, UP, expected=_power(3), name="while_loop:trip count"),
    v(ops.WhileLoop(power, 1), N(3), YES, W, UP, expected=_power(3), name="while_loop:constant count", static=(0, 1)),
    v(ops.WhileLoop(power, 1), N(3), NO, W, UP, expected=(W, np.zeros((0, 3))), name="while_loop:not started"),
    v(ops.WhileLoop(power, 1), N(0), None, W, UP, expected=(W, np.zeros((0, 3))), name="while_loop:no steps"),
    v(ops.WhileLoop(until, 1), None, None, UP, UP, expected=_until, name="while_loop:condition"),
    v(ops.WhileLoop(stacking, 0), N(4), None, W, expected=lambda n, s, w: np.stack([w * w] * 4),
      name="while_loop:no carry"),
    v(ops.WhileLoop(growing, 1), N(2), None, W[:1], UP, expected=np.concatenate([W[:1], UP, UP]), wrt=(),
      name="while_loop:growing carry"),
]  # fmt: skip
