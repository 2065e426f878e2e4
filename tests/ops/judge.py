"""How derivatives are judged: complex step for smooth ops, adjoint identity for linear ones, differences for others.

Nothing here knows a derivative rule: the judge sees the forward function and the cotangents that came out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = ["TOLERANCE", "directional", "judged"]

TOLERANCE = {"smooth": 1e-12, "linear": 1e-13, "other": 1e-8}

Function = Callable[[list[Any]], list[Any]]
"""From the float operands (float64, complex128 under the complex step) to the float results."""


Pullback = Callable[[list[Any], list[Any]], list[Any]]
"""From operands and the results' cotangents to the operands' cotangents."""


def judged(kind: str, f: Function, xs: list[Any], vjp: Pullback, seed: int = 0) -> float:
    """The relative error of `vjp(xs, cotangents)` against the derivative of `f` in a random direction."""
    rng = np.random.default_rng(seed)
    us = [_random_like(rng, x) for x in xs]
    ys = f(xs)
    cs = [_random_like(rng, np.asarray(y)) for y in ys]
    gs = vjp(xs, cs)
    for g, x in zip(gs, xs, strict=True):
        assert (g.shape, g.dtype) == (x.shape, x.dtype), f"cotangent {g.dtype}{g.shape}, operand {x.dtype}{x.shape}"
    backward = sum(_inner(g, u) for g, u in zip(gs, us, strict=True))
    forward = sum(_inner(c, d) for c, d in zip(cs, directional(kind, f, xs, us), strict=True))
    scale = sum(float(np.sum(np.abs(g * u))) for g, u in zip(gs, us, strict=True))
    return abs(backward - forward) / max(scale, abs(forward), 1e-300)


def directional(kind: str, f: Function, xs: Sequence[Any], us: Sequence[Any]) -> list[Any]:
    """The derivative of `f` at `xs` in the direction `us`."""
    if kind == "smooth" and not any(np.iscomplexobj(x) for x in xs):
        h = 1e-200
        return [np.imag(y) / h for y in f([x + 1j * h * u for x, u in zip(xs, us, strict=True)])]
    if kind == "linear":
        # linear in all differentiated operands together (or affine): an exact difference at step 1
        moved = f([x + u for x, u in zip(xs, us, strict=True)])
        return [np.asarray(a) - np.asarray(b) for a, b in zip(moved, f(list(xs)), strict=True)]
    return _richardson(f, xs, us)


def _richardson(f: Function, xs: Sequence[Any], us: Sequence[Any]) -> list[Any]:
    """Central differences at steps h, h/2, h/4, .. extrapolated to h = 0."""
    steps = [2e-2 / 2**k for k in range(5)]
    table = []
    for h in steps:
        plus = f([x + h * u for x, u in zip(xs, us, strict=True)])
        minus = f([x - h * u for x, u in zip(xs, us, strict=True)])
        table.append([(np.asarray(a) - np.asarray(b)) / (2 * h) for a, b in zip(plus, minus, strict=True)])
    order = 4.0
    while len(table) > 1:
        table = [
            [(order * fine - coarse) / (order - 1) for coarse, fine in zip(a, b, strict=True)]
            for a, b in pairwise(table)
        ]
        order *= 4
    return table[0]


def _random_like(rng: np.random.Generator, x: Any) -> Any:
    u = rng.standard_normal(np.shape(x))
    if np.iscomplexobj(x):
        u = u + 1j * rng.standard_normal(np.shape(x))
    return np.asarray(u, dtype=x.dtype)


def _inner(a: Any, b: Any) -> float:
    """The real inner product: complex numbers are pairs of reals."""
    return float(np.sum(np.real(np.conj(a) * b)))
