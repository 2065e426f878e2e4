"""Vectors of sorting and searching."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import sorting as ops
from tests.vectors.reduction import BF16, HALF, INTS, X
from tests.vectors.shape import EMPTY, i64
from tests.vectors.vector import v

TIES = np.array([[2.0, 1.0, 2.0, 1.0], [0.0, -0.0, 3.0, 3.0]])
WORDS = np.array(["b", "a", "b", "b", "a", "é"], object)
PAIRS = np.array([["b", "a"], ["a", "é"], ["a", "b"]], object)
NAN = np.array([1.0, np.nan, -np.inf, np.inf, np.nan, 0.0])


def order(x: Any, axis: Any, descending: Any) -> Any:
    """By Python's own stable sort of keys, NaN last."""
    rows = np.moveaxis(x.astype(np.float64), axis, -1)
    y = np.empty(rows.shape, np.int64)
    for at in np.ndindex(*rows.shape[:-1]):
        keys = [(bool(np.isnan(e)), 0.0 if np.isnan(e) else float(e)) for e in rows[at]]
        y[at] = sorted(range(len(keys)), key=keys.__getitem__, reverse=False) if not descending else _descending(keys)
    return np.moveaxis(y, -1, axis)


def _descending(keys: Any) -> Any:
    return sorted(range(len(keys)), key=lambda i: (not keys[i][0], -keys[i][1]))


def best(x: Any, k: Any, axis: Any, largest: Any, ordered: Any) -> Any:
    places = np.take(order(x, axis, largest), np.arange(int(k)), axis)
    places = places if ordered else np.sort(places, axis)
    return np.take_along_axis(x, places, axis), places


XS = [X, INTS, HALF, BF16, EMPTY, TIES, NAN]

VECTORS = [
    *[
        w
        for i, x in enumerate(XS)
        for axis in (0, -1)
        for down in (False, True)
        for wrt in [() if x is TIES or x is NAN or x is HALF or x is BF16 else None]
        for w in (
            v(ops.Argsort(axis, down), x, expected=order(x, axis, down), name=f"argsort:{i}:{axis}:{down}"),
            v(
                ops.Sort(axis, down),
                x,
                expected=np.take_along_axis(x, order(x, axis, down), axis),
                name=f"sort:{i}:{axis}:{down}",
                wrt=wrt,
            ),
        )
    ],
    *[
        v(
            ops.TopK(axis, largest, ordered),
            x,
            np.int64(k),
            expected=lambda x, k, a=axis, g=largest, o=ordered: best(x, k, a, g, o),
            static=static,
            wrt=wrt,
            name=f"top_k:{i}:{axis}:{k}:{largest}:{ordered}:{static}",
        )
        for i, (x, axis, k) in enumerate(
            ((X, -1, 2), (X, 1, 3), (X, 0, 0), (INTS, 0, 2), (BF16, 2, 1), (TIES, 1, 3), (NAN, 0, 4))
        )
        for wrt in [() if x is TIES or x is NAN or x is BF16 else None]
        for largest in (True, False)
        for ordered in (True, False)
        for static in ((), (1,))
    ],
    v(ops.Unique(), np.array([3, 1, 3, 2]), expected=(i64(1, 2, 3), i64(1, 3, 0), i64(2, 0, 2, 1), i64(1, 1, 2))),
    v(
        ops.Unique(sorted=False),
        np.array([[3, 1], [3, 2]]),
        expected=(i64(3, 1, 2), i64(0, 1, 3), i64(0, 1, 0, 2), i64(2, 1, 1)),
    ),
    v(
        ops.Unique(0),
        np.array([[2.0, 0.0], [1.0, 0.0], [2.0, 0.0]]),
        expected=(np.array([[1.0, 0.0], [2.0, 0.0]]), i64(1, 0), i64(1, 0, 1), i64(1, 2)),
        wrt=(),
    ),
    v(ops.Unique(1, sorted=False), X, expected=(X, i64(0, 1, 2), i64(0, 1, 2), i64(1, 1, 1))),
    v(ops.Unique(sorted=False), X, expected=(X.reshape(-1), np.arange(24), np.arange(24), np.ones(24, np.int64))),
    v(
        ops.Unique(),
        np.array([1.0, np.nan, np.nan]),
        expected=(np.array([1.0, np.nan]), i64(0, 1), i64(0, 1, 1), i64(1, 2)),
        wrt=(),
    ),
    v(
        ops.Unique(),
        WORDS,
        expected=(np.array(["a", "b", "é"], object), i64(1, 0, 5), i64(1, 0, 1, 1, 0, 2), i64(2, 3, 1)),
    ),
    v(
        ops.Unique(0, sorted=False),
        PAIRS[[0, 1, 0, 2]],
        expected=(PAIRS, i64(0, 1, 3), i64(0, 1, 0, 2), i64(2, 1, 1)),
    ),
    v(ops.Unique(), np.zeros((0, 2)), expected=(np.zeros(0), i64(), i64(), i64()), wrt=()),
    *[
        v(ops.Nonzero(), x, expected=np.array(np.nonzero(x), np.int64))
        for x in (X > 0, INTS, TIES, X * 1j, np.zeros((0, 2)))
    ],
    v(ops.Nonzero(), np.array([0, 1, np.nan]).astype(ml_dtypes.bfloat16), expected=i64(1, 2)[None]),
    v(ops.Nonzero(), np.array(3), expected=np.zeros((0, 1), np.int64)),
    v(ops.Nonzero(), np.array(0), expected=np.zeros((0, 0), np.int64)),
    *[
        v(
            ops.Searchsorted(side),
            np.array([1.0, 2.0, 2.0, 4.0]).astype(t),
            np.array([[2, 0], [5, 3]]).astype(t),
            expected=np.array([[1 if side == "left" else 3, 0], [4, 3]]),
            name=f"searchsorted:{side}:{t}",
        )
        for side in ("left", "right")
        for t in (np.float64, np.int32, ml_dtypes.bfloat16)
    ],
]
