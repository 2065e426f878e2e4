"""Vectors of statistics over axes."""

import math
from typing import Any

import numpy as np
import scipy.special

from irlib.ops import statistics as ops
from tests.vectors.reduction import AXES, BF16, HALF, SMALL, X, by
from tests.vectors.shape import EMPTY, SCALAR, i64
from tests.vectors.vector import v


def each(make: Any, f: Any, xs: Any, axes: Any = AXES, **kw: Any) -> Any:
    return [
        v(make(keep), x, *a, expected=by(f, keep), static=static, name=f"{make(keep)}:{x.dtype}:{i}:{a}:{static}", **kw)
        for i, x in enumerate(xs)
        for a in axes
        for keep in (False, True)
        for static in (((),) if not a else ((), (1,)))
    ]


def norm(p: Any) -> Any:
    def expected(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
        size = np.abs(x)
        if p == math.inf:
            return size.max(axis=axis, keepdims=keepdims)
        return (size**p).sum(axis=axis, keepdims=keepdims) ** (1 / p)

    return expected


def logsumexp(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    if axis == ():
        return x + 0.0
    return scipy.special.logsumexp(x, axis=axis, keepdims=keepdims)


FULL = ((), (i64(0),), (i64(1, 0),))
ROUGH = {"rtol": 1e-2, "atol": 1e-2, "wrt": ()}

VECTORS = [
    *each(lambda k: ops.Mean(keepdims=k), np.mean, [X]),
    *each(lambda k: ops.Mean(keepdims=k), np.mean, [X + 1j * X], FULL),
    *each(lambda k: ops.Mean(keepdims=k), np.mean, [HALF, BF16], SMALL, **ROUGH),
    v(
        ops.Mean(),
        np.full(5000, 60000.0, np.float16),
        expected=np.array(60000, np.float16),
        wrt=(),
        name="mean:float16 of a sum over its range",
    ),
    v(ops.Mean(), EMPTY, i64(0), expected=np.zeros((0, 3))),
    v(ops.Mean(), EMPTY, i64(1), expected=np.full((2, 3), np.nan), wrt=()),
    v(ops.Mean(), SCALAR, expected=SCALAR),
    *each(ops.Var, np.var, [X], atol=1e-15),
    *each(lambda k: ops.Var(k, 1.0), lambda x, **kw: np.var(x, ddof=1, **kw), [X], FULL),
    *each(ops.Std, np.std, [X], FULL),
    *each(ops.Var, np.var, [HALF, BF16], SMALL, **ROUGH),
    *each(ops.Std, np.std, [HALF, BF16], SMALL, **ROUGH),
    *[w for p in (1.0, 2.0, math.inf) for w in each(lambda k, p=p: ops.Norm(p, k), norm(p), [X])],
    *[
        w
        for p in (1.0, 2.0, math.inf)
        for w in each(lambda k, p=p: ops.Norm(p, k), norm(p), [HALF, BF16], SMALL, **ROUGH)
    ],
    *[w for p in (1.0, 2.0) for w in each(lambda k, p=p: ops.Norm(p, k), norm(p), [X + 0.5j], FULL)],
    *each(ops.Logsumexp, logsumexp, [X]),
    *each(ops.Logsumexp, logsumexp, [X + 0.5j * X], FULL),
    *each(ops.Logsumexp, logsumexp, [HALF, BF16], SMALL, **ROUGH),
    v(ops.Logsumexp(), np.array([1000.0, 1000.0]), expected=np.array(1000 + math.log(2))),
    v(
        ops.Logsumexp(),
        np.array([[-np.inf, -np.inf], [np.inf, 0.0]]),
        i64(1),
        expected=np.array([-np.inf, np.inf]),
        wrt=(),
    ),
]
