"""Vectors of joining and splitting."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import joining as ops
from tests.vectors.shape import BF16, EMPTY, TEXT, X, i64
from tests.vectors.vector import v

Y = -X[:, :2]


def cut(axis: int, *at: int) -> Any:
    return lambda x, *sizes: tuple(np.split(x, at, axis))


VECTORS = [
    v(ops.Concat(1), X, Y, expected=lambda *xs: np.concatenate(xs, 1)),
    v(ops.Concat(-2), X, Y, Y, expected=lambda *xs: np.concatenate(xs, 1)),
    v(ops.Concat(0), X, X, static=(1,), expected=lambda *xs: np.concatenate(xs, 0)),
    v(ops.Concat(2), X, expected=X),
    v(ops.Concat(1), EMPTY, np.ones((2, 1, 3)), expected=np.ones((2, 1, 3))),
    v(ops.Concat(0), BF16, BF16, expected=lambda *xs: np.concatenate(xs, 0)),
    v(ops.Concat(0), TEXT, TEXT, expected=lambda *xs: np.concatenate(xs, 0)),
    v(ops.Concat(0), i64(1), i64(2, 3), static=(0,), expected=i64(1, 2, 3)),
    v(ops.Concat(0), X[0, 0] * 1j, X[0, 0] + 2j, expected=lambda *xs: np.concatenate(xs, 0)),
    *[
        v(
            ops.Split(axis, None if static else len(sizes)),
            x,
            i64(*sizes),
            expected=cut(axis, *np.cumsum(sizes)[:-1]),
            static=static,
        )
        for x, axis, sizes in (
            (X, 2, (1, 3)),
            (X, -1, (0, 2, 2)),
            (X, 0, (2,)),
            (EMPTY, 1, (0, 0)),
            (BF16, 1, (1, 2)),
            (TEXT, 0, (1, 1)),
        )
        for static in ((), (1,))
    ],
    v(ops.Split(2, count=2), X, expected=cut(2, 2)),
    v(ops.Split(1, count=2), X, expected=cut(1, 2)),
    v(ops.Split(1, count=2), X, i64(1, 2), expected=cut(1, 1)),
    *[v(ops.Stack(axis), X, -X, expected=np.stack([X, -X], axis)) for axis in (0, 1, -1)],
    v(ops.Stack(0), np.array(1.0), np.array(2.0), expected=np.array([1.0, 2.0])),
    *[
        v(ops.Tile(), x, i64(*times), expected=np.tile(x, times), static=static)
        for x, times in ((X, (2, 1, 3)), (X, (0, 1, 1)), (X[0, 0], (2,)), (np.array(1.5), ()), (BF16, (1, 2, 1)))
        for static in ((), (1,))
    ],
    *[
        v(ops.Repeat(axis), x, np.int64(times), expected=np.repeat(x, times, axis), static=static)
        for x, axis, times in ((X, 1, 2), (X, -1, 3), (X, 0, 0), (np.array([1, 2], np.int8), 0, 2), (EMPTY, 1, 2))
        for static in ((), (1,))
    ],
    v(
        ops.Concat(0),
        np.ones(2, ml_dtypes.float8_e5m2),
        np.ones(1, ml_dtypes.float8_e5m2),
        expected=np.ones(3, ml_dtypes.float8_e5m2),
    ),
]
