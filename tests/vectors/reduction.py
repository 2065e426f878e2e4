"""Vectors of reductions."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import reduction as ops
from tests.vectors.shape import EMPTY, SCALAR, i64
from tests.vectors.vector import v

RNG = np.random.default_rng(5)
X = RNG.standard_normal((2, 3, 4))
ZEROS = np.where(np.arange(24).reshape(2, 3, 4) % 3 == 0, 0.0, X)
HALF = RNG.standard_normal((2, 3, 4)).astype(np.float16)
BF16 = HALF.astype(ml_dtypes.bfloat16)
INTS = np.arange(-5, 7, dtype=np.int8).reshape(3, 4)
NAN = np.array([[1.0, np.nan], [2.0, 3.0]])
AXES = ((), (i64(0),), (i64(1, -1),), (i64(2, 0, 1),), (i64(),), (np.int64(-1),))


def by(f: Any, keepdims: Any = False, wide: Any = None) -> Any:
    """`f` of numpy, half floats in float64 and then rounded once."""

    def expected(x: Any, axes: Any = None) -> Any:
        axis = None if axes is None else tuple(np.atleast_1d(axes).tolist())
        half = x.dtype.name in ("float16", "bfloat16")
        y = np.asarray(f(x.astype(np.float64) if half else x, axis=axis, keepdims=keepdims))
        return y.astype(x.dtype) if half or (x.dtype.kind == "i" and y.dtype != bool) else y

    return expected


def both(op: Any, f: Any, xs: Any, axes: Any = AXES, **kw: Any) -> Any:
    return [
        v(
            op(keepdims=keep),
            x,
            *a,
            expected=by(f, keep),
            static=static,
            name=f"{op.name}:{x.dtype}:{i}:{a}:{keep}:{static}",
            **kw,
        )
        for i, x in enumerate(xs)
        for a in axes
        for keep in (False, True)
        for static in (((),) if not a else ((), (1,)))
    ]


LOOSE = {"rtol": 1e-2}
SMALL = ((), (i64(0),), (i64(1, 0),))

VECTORS = [
    *both(ops.Sum, np.sum, [X]),
    *both(ops.Sum, np.sum, [INTS, EMPTY, X.astype(np.complex128)], SMALL),
    *both(ops.Sum, np.sum, [HALF, BF16], SMALL, rtol=1e-2, atol=1e-2, wrt=()),
    v(ops.Sum(), SCALAR, expected=SCALAR),
    v(ops.Sum(), np.ones((4096, 2), np.float16), i64(0), expected=np.full(2, 4096, np.float16), wrt=()),
    v(ops.Sum(), np.ones(5000, ml_dtypes.bfloat16), expected=np.array(5000, ml_dtypes.bfloat16), wrt=()),
    *both(ops.Prod, np.prod, [X]),
    *both(ops.Prod, np.prod, [ZEROS, np.zeros((2, 2)), INTS], SMALL),
    *both(ops.Prod, np.prod, [EMPTY, X[:1] + 0.5j], SMALL),
    *both(ops.Prod, np.prod, [HALF, BF16], SMALL, rtol=2e-2, wrt=()),
    v(ops.Prod(), SCALAR, expected=SCALAR),
    *both(ops.Max, np.max, [X]),
    *both(ops.Min, np.min, [X]),
    *[
        w
        for op, f in ((ops.Max, np.max), (ops.Min, np.min))
        for w in both(op, f, [INTS, HALF, BF16, NAN], SMALL, wrt=())
    ],
    v(ops.Max(), EMPTY, i64(0), expected=np.zeros((0, 3)), name="max:of no rows"),
    v(ops.Max(), SCALAR, expected=SCALAR),
    *[
        w
        for op, f in ((ops.Any, np.any), (ops.All, np.all))
        for w in both(op, f, [X > 0, np.zeros((2, 0), bool)], ((), (i64(1),), (i64(1, 0),)))
    ],
    *[
        v(op(axis, keepdims), x, expected=np.asarray(f(x.astype(np.float64), axis=axis, keepdims=keepdims)))
        for op, f in ((ops.Argmax, np.argmax), (ops.Argmin, np.argmin))
        for x in (X, INTS, BF16, NAN, np.zeros((2, 2)))
        for axis in (None, 0, -1)
        for keepdims in (False, True)
    ],
    v(ops.Argmax(1, select_last=True), np.array([[1, 2, 2, 0], [3, 1, 3, 1]]), expected=i64(2, 2)),
    v(ops.Argmin(select_last=True), np.array([[1, 0], [0, 4]]), expected=np.array(2)),
]
