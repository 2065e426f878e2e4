"""Vectors of shapes."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import shape as ops
from tests.vectors.vector import v

X = np.arange(24.0).reshape(2, 3, 4) / 8 - 1
ONES = np.arange(6.0).reshape(1, 2, 1, 3)
EMPTY = np.zeros((2, 0, 3))
SCALAR = np.array(1.5)
BF16 = X.astype(ml_dtypes.bfloat16)
TEXT = np.array([["a", "b"], ["c", "d"]], object)


def i64(*items: int) -> Any:
    return np.array(items, np.int64)


def summed(x: Any, shape: Any) -> Any:
    """By its definition: each element added to the place it was broadcast from."""
    y = np.zeros(tuple(shape), np.float64)
    lead = x.ndim - y.ndim
    for at in np.ndindex(*x.shape):
        y[tuple(min(a, d - 1) for a, d in zip(at[lead:], y.shape, strict=True))] += x[at]
    return y.astype(x.dtype)


VECTORS = [
    *[v(ops.ShapeOf(), x, expected=np.array(x.shape, np.int64)) for x in (X, EMPTY, SCALAR, BF16, TEXT)],
    *[
        v(ops.Reshape(), x, i64(*to), expected=np.reshape(x, to if -1 not in to else made), static=static)
        for x, to, made in (
            (X, (4, 6), ()),
            (X, (-1,), (24,)),
            (X, (2, -1, 2), (2, 6, 2)),
            (SCALAR, (1, 1), ()),
            (SCALAR, (), ()),
            (ONES[0, :1, 0, :1], (), ()),
            (EMPTY, (0, 5), ()),
            (EMPTY, (3, 0), ()),
            (BF16, (3, 8), ()),
            (TEXT, (4,), ()),
            (X.astype(np.complex128), (24,), ()),
        )
        for static in ((), (1,))
    ],
    *[
        v(ops.Transpose(perm), x, expected=np.transpose(x, perm))
        for x, perm in (
            (X, None),
            (X, (0, 1, 2)),
            (X, (2, 0, 1)),
            (SCALAR, None),
            (SCALAR, ()),
            (EMPTY, (1, 2, 0)),
            (BF16, (1, 0, 2)),
            (TEXT, None),
            (X[0, 0], (0,)),
        )
    ],
    *[
        v(ops.BroadcastTo(), x, i64(*to), expected=np.broadcast_to(x, to), static=static)
        for x, to in (
            (X, (2, 3, 4)),
            (X, (5, 2, 3, 4)),
            (ONES, (3, 2, 4, 3)),
            (SCALAR, (2, 2)),
            (SCALAR, ()),
            (SCALAR, (0, 2)),
            (X[:, :1], (2, 3, 4)),
            (BF16[0], (2, 3, 4)),
            (TEXT[:1], (3, 2)),
            (np.array([1], np.int8), (3,)),
        )
        for static in ((), (1,))
    ],
    *[
        v(ops.SumTo(), x, i64(*to), expected=summed, static=static)
        for x, to in (
            (X, (2, 3, 4)),
            (X, (3, 4)),
            (X, (2, 1, 4)),
            (X, (1, 1, 1)),
            (X, (1, 1)),
            (X, ()),
            (X, (1, 4)),
            (X, (3, 1)),
            (SCALAR, ()),
            (EMPTY, (3,)),
            (EMPTY, (2, 1, 3)),
            (EMPTY, (2, 0, 1)),
            (BF16, (3, 1)),
            (ONES, (2, 1, 3)),
            (X.astype(np.float16), (4,)),
            (np.arange(6, dtype=np.int8).reshape(2, 3), (3,)),
        )
        for static in ((), (1,))
    ],
    v(
        ops.SumTo(),
        np.ones((4096, 2), np.float16),
        i64(2),
        expected=np.full(2, 4096, np.float16),
        name="sum_to:float16 accumulates in float32",
        wrt=(),
    ),
    v(
        ops.SumTo(),
        np.full((100, 2), 100, np.int8),
        i64(2),
        expected=np.full(2, 16, np.int8),
        name="sum_to:int8 wraps around",
    ),
    *[
        v(ops.Squeeze(), x, *axes, expected=made, static=static)
        for x, axes, made in (
            (ONES, (i64(0, 2),), ONES[0, :, 0]),
            (ONES, (i64(-2),), ONES[:, :, 0]),
            (ONES, (i64(),), ONES),
            (ONES, (np.int64(0),), ONES[0]),
            (BF16[:1], (i64(0),), BF16[0]),
        )
        for static in ((), (1,))
    ],
    v(ops.Squeeze(), ONES, expected=ONES[0, :, 0]),
    v(ops.Squeeze(), SCALAR, expected=SCALAR),
    *[
        v(ops.Unsqueeze(), x, axes, expected=made, static=static)
        for x, axes, made in (
            (X, i64(0), X[None]),
            (X, i64(1, -1), X[:, None, :, :, None]),
            (X, i64(-1, 0), X[None, ..., None]),
            (X, np.int64(2), X[:, :, None]),
            (SCALAR, i64(0, 1), np.array([[1.5]])),
            (X, i64(), X),
            (TEXT, i64(1), TEXT[:, None]),
            (EMPTY, i64(3), EMPTY[..., None]),
        )
        for static in ((), (1,))
    ],
    *[v(ops.Size(), x, expected=np.array(x.size, np.int64)) for x in (X, EMPTY, SCALAR)],
    *[
        v(ops.Flatten(axis), x, expected=np.reshape(x, to))
        for x, axis, to in (
            (X, 1, (2, 12)),
            (X, 0, (1, 24)),
            (X, 3, (24, 1)),
            (X, -1, (6, 4)),
            (SCALAR, 0, (1, 1)),
            (EMPTY, 1, (2, 0)),
            (EMPTY, 2, (0, 3)),
        )
    ],
    *[
        v(ops.Expand(), x, i64(*to), expected=x * np.ones(to, x.dtype), static=static)
        for x, to in (
            (ONES, (2, 1, 4, 1)),
            (X, (1,)),
            (X[0, 0], (2, 1)),
            (SCALAR, (2, 3)),
            (X, (2, 2, 1, 4)),
            (SCALAR, ()),
        )
        for static in ((), (1,))
    ],
]
