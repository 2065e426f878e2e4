"""Vectors of windows, against numpy's sliding_window_view and loops."""

from itertools import product
from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import window as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(23)


def normal(*shape: int, dtype: Any = np.float64) -> Any:
    return RNG.standard_normal(shape).astype(dtype)


def apart(*shape: int) -> Any:
    """Elements no two of which are close, and none close to 0: no difference step meets a kink."""
    size = int(np.prod(shape))
    return ((RNG.permutation(size) - size // 2 + 0.5) * 0.2).reshape(shape)


def windows(op: Any) -> Any:
    def expected(x: Any) -> Any:
        count = len(op.window)
        spans = tuple((w - 1) * d + 1 for w, _, d in op.rows)
        made = np.lib.stride_tricks.sliding_window_view(x, spans, tuple(range(-count, 0)))
        steps = [slice(None, None, s) for _, s, _ in op.rows]
        inner = [slice(None, None, d) for _, _, d in op.rows]
        at: tuple[Any, ...] = (..., *steps, *inner)
        return made[at].copy()

    return expected


def added(op: Any) -> Any:
    def expected(y: Any, shape: Any) -> Any:
        count = len(op.window)
        x = np.zeros((*y.shape[: -2 * count], *shape))
        for o in product(*map(range, y.shape[-2 * count : -count])):
            for k in product(*map(range, op.window)):
                at = tuple(a * s + c * d for a, c, (_, s, d) in zip(o, k, op.rows, strict=True))
                x[(..., *at)] += y[(..., *o, *k)].astype(np.float64)
        return x.astype(y.dtype)

    return expected


_WINDOWS: list[tuple[Any, dict[str, Any]]] = [
    (normal(7), {"window": (3,)}),
    (normal(2, 7), {"window": (3,), "strides": (2,), "dilations": (2,)}),
    (normal(2, 3, 5, 6), {"window": (2, 3)}),
    (normal(2, 5, 6), {"window": (2, 3), "strides": (2, 1), "dilations": (1, 2)}),
    (normal(2, 0, 6), {"window": (3,)}),
    (normal(5, 6, dtype=np.float16), {"window": (5, 3)}),
    (normal(5, 6, dtype=ml_dtypes.bfloat16), {"window": (5, 3)}),
    (np.arange(6, dtype=np.int8), {"window": (2,)}),
]

VECTORS = [
    *[v(ops.SlidingWindow(**a), x, expected=windows(ops.SlidingWindow(**a))) for x, a in _WINDOWS],
    *[
        v(
            ops.OverlapAdd(**a),
            windows(ops.OverlapAdd(**a))(x),
            np.array(x.shape[-len(a["window"]) :]),
            expected=added(ops.OverlapAdd(**a)),
            static=static,
            rtol=1e-2 if x.dtype.itemsize < 4 else 1e-12,
            name=f"overlap_add:{x.dtype}{x.shape}{a}{static}",
        )
        for x, a in _WINDOWS
        for static in ((), (1,))
    ],
    *(
        v(
            ops.ReduceWindow(window=(3, 2), strides=(2, 1), reduction=name),
            apart(2, 5, 4),
            expected=lambda x, f=f: f(windows(ops.SlidingWindow(window=(3, 2), strides=(2, 1)))(x), axis=(-2, -1)),
        )
        for name, f in (("sum", np.sum), ("prod", np.prod), ("max", np.max), ("min", np.min))
    ),
    v(
        ops.ReduceWindow(window=(2,), reduction="max"),
        np.array([-3.0, 1.0, -2.0]),
        np.array([1, 1]),
        expected=np.array([-3.0, 1.0, 1.0, -2.0]),
        name="reduce_window:padding_does_not_count",
    ),
    v(
        ops.ReduceWindow(window=(2,), dilations=(2,), reduction="min"),
        np.array([3, -7, 2, 9], np.int8),
        np.array([1, 0]),
        expected=np.array([-7, 2, -7], np.int8),
    ),
]
