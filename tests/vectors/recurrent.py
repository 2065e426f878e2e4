"""Vectors of recurrent layers; expected results from loops over plain formulas."""

from typing import Any

import numpy as np
from scipy.special import expit

from irlib.ops import recurrent as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(11)
S, N, I, H = 3, 2, 3, 2  # noqa: E741
X = RNG.standard_normal((S, N, I))
LENGTHS = np.array([3, 2])
H0, C0, P = RNG.standard_normal((N, H)), RNG.standard_normal((N, H)), RNG.standard_normal(3 * H)


def weights(gates: int) -> tuple[Any, Any, Any]:
    return (
        RNG.standard_normal((gates * H, I)), RNG.standard_normal((gates * H, H)), RNG.standard_normal(gates * H)
    )  # fmt: skip


def over_time(x: Any, step: Any, states: list[Any], lengths: Any = None, reverse: bool = False) -> tuple[Any, ...]:
    y = np.zeros((len(x), N, H))
    for t in reversed(range(len(x))) if reverse else range(len(x)):
        after = step(x[t], *states)
        alive = np.ones((N, 1), bool) if lengths is None else (t < lengths)[:, None]
        states = [np.where(alive, a, b) for a, b in zip(after, states, strict=True)]
        y[t] = np.where(alive, after[0], 0)
    return (y, *states)


def rnn(x: Any, w: Any, r: Any, b: Any = 0.0, lengths: Any = None, h: Any = None, reverse: bool = False) -> Any:
    h = np.zeros((N, H)) if h is None else h
    return over_time(x, lambda x, h: [np.tanh(x @ w.T + h @ r.T + b)], [h], lengths, reverse)


def gru(x: Any, w: Any, r: Any, b: Any = None, lengths: Any = None, h: Any = None, before: bool = False) -> Any:
    wz, wr, wh = np.split(w, 3)
    rz, rr, rh = np.split(r, 3)
    bxz, bxr, bxh, bhz, bhr, bhh = np.split(np.zeros(6 * H) if b is None else b, 6)

    def step(x: Any, h: Any) -> list[Any]:
        z, reset = expit(x @ wz.T + bxz + h @ rz.T + bhz), expit(x @ wr.T + bxr + h @ rr.T + bhr)
        recalled = reset * (h @ rh.T + bhh) if before else (reset * h) @ rh.T + bhh
        return [(1 - z) * np.tanh(x @ wh.T + bxh + recalled) + z * h]

    return over_time(x, step, [np.zeros((N, H)) if h is None else h], lengths)


def lstm(
    x: Any, w: Any, r: Any, b: Any = None, lengths: Any = None, h: Any = None, c: Any = None, p: Any = None,
    reverse: bool = False,
) -> Any:  # fmt: skip
    b = np.zeros(4 * H) if b is None else b
    pi, po, pf = np.split(np.zeros(3 * H) if p is None else p, 3)

    def step(x: Any, h: Any, c: Any) -> list[Any]:
        i, o, f, n = np.split(x @ w.T + h @ r.T + b, 4, -1)
        after = expit(f + pf * c) * c + expit(i + pi * c) * np.tanh(n)
        return [expit(o + po * after) * np.tanh(after), after]

    zeros = np.zeros((N, H))
    return over_time(x, step, [zeros if h is None else h, zeros if c is None else c], lengths, reverse)


W1, R1, B1 = weights(1)
W3, R3, B3 = weights(3)
B6 = RNG.standard_normal(6 * H)
W4, R4, B4 = weights(4)

VECTORS = [
    v(ops.Rnn(), X, W1, R1, expected=rnn),
    v(ops.Rnn(), X, W1, R1, B1, LENGTHS, H0, expected=rnn),
    v(ops.Rnn(reverse=True), X, W1, R1, B1, LENGTHS, expected=lambda x, w, r, b, n: rnn(x, w, r, b, n, reverse=True)),
    v(ops.Gru(), X, W3, R3, expected=gru),
    v(ops.Gru(), X, W3, R3, B6, LENGTHS, H0, expected=gru),
    v(ops.Gru(linear_before_reset=True), X, W3, R3, B6, expected=lambda x, w, r, b: gru(x, w, r, b, before=True)),
    v(ops.Lstm(), X, W4, R4, expected=lstm),
    v(ops.Lstm(), X, W4, R4, B4, LENGTHS, H0, C0, P, expected=lstm),
    v(ops.Lstm(reverse=True), X, W4, R4, B4, expected=lambda x, w, r, b: lstm(x, w, r, b, reverse=True)),
]
