"""Vectors of masks, triangles and diagonals."""

from typing import Any

import numpy as np

from irlib.ops import masking as ops
from tests.vectors.shape import BF16, EMPTY, TEXT, X, i64
from tests.vectors.vector import v

SQUARE = np.arange(12.0).reshape(3, 4) - 4.5
MASK = np.arange(6).reshape(2, 3) % 2 == 0


def hot(indices: Any, depth: Any, on: Any, off: Any, axis: Any) -> Any:
    n = int(depth)
    rank = indices.ndim + 1
    y = np.full((*indices.shape, n), off)
    for at in np.ndindex(*indices.shape):
        if -n <= indices[at] < n:
            y[(*at, indices[at])] = on
    return np.moveaxis(y, -1, axis % rank)


VECTORS = [
    *[
        v(
            op(),
            x,
            *([] if k is None else [np.int64(k)]),
            expected=f(x, k or 0),
            static=static,
            name=f"{op.name}:{x.dtype}:{i}:{k}:{static}",
        )
        for op, f in ((ops.Tril, np.tril), (ops.Triu, np.triu))
        for i, x in enumerate((SQUARE, X, np.arange(9).reshape(3, 3), X > 0, EMPTY))
        for k in (None, 0, 1, -2, 9)
        for static in ((), (1,))
    ],
    *[
        v(
            ops.Diagonal(),
            x,
            *([] if k is None else [np.int64(k)]),
            expected=np.diagonal(x, k or 0, -2, -1),
            static=static,
            name=f"diagonal:{x.dtype}:{i}:{k}:{static}",
        )
        for i, x in enumerate((SQUARE, X, SQUARE.T, TEXT, BF16, EMPTY))
        for k in (None, 1, -2, 9)
        for static in ((), (1,))
    ],
    *[
        v(
            ops.Diag(),
            x,
            *([] if k is None else [np.int64(k)]),
            expected=np.diag(x, k or 0),
            static=static,
            name=f"diag:{x.dtype}:{i}:{k}:{static}",
        )
        for i, x in enumerate((SQUARE[0], np.arange(3), SQUARE[0] > 0, np.zeros(0)))
        for k in (None, 1, -2)
        for static in ((), (1,))
    ],
    *[
        v(
            ops.OneHot(axis),
            at,
            np.int64(n),
            on,
            off,
            expected=lambda a, d, x, y, axis=axis: hot(a, d, x, y, axis),
            static=static,
        )
        for at, n, on, off, axis in (
            (i64(0, 2, -1, 5, -9), 3, np.float64(2.5), np.float64(-1.0), -1),
            (np.array([[0, 1], [2, 2]], np.int32), 3, np.int8(1), np.int8(0), 0),
            (np.array([[0, 1], [2, 2]]), 4, np.float64(1), np.float64(0), 1),
            (np.int64(1), 2, np.array(True), np.array(False), 0),
        )
        for static in ((), (1,))
    ],
    v(ops.Compress(1), X, np.array([True, False, True]), expected=X[:, [0, 2]]),
    v(ops.Compress(-1), X, np.array([False, True]), expected=X[..., 1:2]),
    v(ops.Compress(0), X, np.array([False, False]), expected=X[:0]),
    v(ops.Compress(), SQUARE, np.array([False, True, True]), expected=SQUARE.reshape(-1)[1:3]),
    v(ops.Compress(0), TEXT, np.array([False, True]), static=(1,), expected=TEXT[1:]),
    v(ops.BooleanMask(), X, MASK, expected=X[MASK]),
    v(ops.BooleanMask(), X, X > 0, expected=X[X > 0]),
    v(ops.BooleanMask(), X, np.array([True, False]), expected=X[:1]),
    v(ops.BooleanMask(), X, MASK, static=(1,), expected=X[MASK]),
]
