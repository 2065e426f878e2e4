"""Vectors of indexing."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import indexing as ops
from tests.vectors.shape import BF16, EMPTY, TEXT, X, i64
from tests.vectors.vector import v

SQUARE = np.arange(12.0).reshape(3, 4) - 5
TWICE = np.array([[0, -1], [1, 0]])


def along(x: Any, indices: Any, axis: Any) -> Any:
    """By the definition, element by element."""
    y = np.empty(indices.shape, x.dtype)
    for at in np.ndindex(*indices.shape):
        place = list(at)
        place[axis] = indices[at]
        y[at] = x[tuple(place)]
    return y


def nd(x: Any, indices: Any, batch: Any) -> Any:
    k = indices.shape[-1]
    y = np.empty(indices.shape[:-1] + x.shape[batch + k :], x.dtype)
    for at in np.ndindex(*indices.shape[:-1]):
        y[at] = x[(*at[:batch], *indices[at])]
    return y


ALONG = (
    (SQUARE, TWICE, 0),
    (SQUARE, np.array([[0, -1, 0, 3, 2]]), 1),
    (X, np.array([[[0, 1, -1, 0, 3]]] * 2), -1),
    (SQUARE, TWICE.astype(np.int32), -1),
    (SQUARE, np.zeros((0, 2), np.int64), 0),
    (BF16, np.zeros((2, 5, 1), np.int64), 1),
    (TEXT, np.array([[1, -1]]), 0),
    (SQUARE[0], i64(0, 0, 3), 0),
)
ND = (
    (SQUARE, np.array([[0, 1], [2, -1], [0, 1]]), 0),
    (SQUARE, np.array([[0], [-1]]), 0),
    (X, np.array([[[0, 1]], [[-1, 2]]]), 0),
    (X, np.array([[1], [2]]), 1),
    (X, np.array([[[1, 0], [0, 0]], [[2, 3], [2, 3]]], np.int32), 1),
    (X, np.zeros((2, 0), np.int64), 0),
    (X, np.array([[[0], [1], [-1]], [[3], [3], [2]]]), 2),
    (TEXT, np.array([[0, 1]]), 0),
    (SQUARE, np.zeros((0, 2), np.int64), 0),
    (SQUARE, i64(1, 2), 0),
    (BF16, np.array([[1, 1, 1]]), 0),
)
TAKES = (
    (X, i64(0, -1, 0), 2),
    (X, TWICE, 0),
    (X, np.int64(-1), 1),
    (X, np.array([1, 1], np.int32), -2),
    (X, i64(), 0),
    (EMPTY, i64(0), 0),
    (BF16, i64(2, 0), 1),
    (TEXT, i64(1), 0),
    (X[0, 0], np.int64(2), 0),
    (X * 1j, i64(0, 0), 0),
    (np.ones(3, ml_dtypes.float8_e4m3fn), i64(0), 0),
    (SQUARE > 0, i64(0, 2), 0),
)

VECTORS = [
    *[
        v(ops.Take(axis), x, at, expected=np.take(x, at, axis), static=static, name=f"take:{i}:{static}")
        for i, (x, at, axis) in enumerate(TAKES)
        for static in ((), (1,))
    ],
    *[
        v(
            ops.TakeAlongAxis(axis),
            x,
            at,
            expected=along(x, at, axis),
            static=static,
            name=f"take_along_axis:{i}:{static}",
        )
        for i, (x, at, axis) in enumerate(ALONG)
        for static in ((), (1,))
    ],
    *[
        v(ops.GatherNd(batch), x, at, expected=nd(x, at, batch), static=static, name=f"gather_nd:{i}:{static}")
        for i, (x, at, batch) in enumerate(ND)
        for static in ((), (1,))
    ],
]
