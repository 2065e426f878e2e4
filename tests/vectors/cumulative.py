"""Vectors of cumulative functions."""

from typing import Any

import numpy as np

from irlib.ops import cumulative as ops
from tests.vectors.reduction import BF16, HALF, INTS, ZEROS, X
from tests.vectors.shape import EMPTY
from tests.vectors.vector import v

FLAGS = [(exclusive, reverse) for exclusive in (False, True) for reverse in (False, True)]


def by(f: Any, first: Any, exclusive: Any = False, reverse: Any = False) -> Any:
    """Element by element, by the definition."""

    def expected(x: Any, axis: Any) -> Any:
        half = x.dtype.name in ("float16", "bfloat16")
        rows = np.moveaxis(x.astype(np.float64) if half else x, int(axis), 0)
        rows = rows[::-1] if reverse else rows
        y = np.empty_like(rows)
        state = None
        for i, row in enumerate(rows):
            before = state
            state = row if state is None else f(state, row)
            y[i] = (first if before is None else before) if exclusive else state
        y = y[::-1] if reverse else y
        return np.moveaxis(y, 0, int(axis)).astype(x.dtype)

    return expected


def recurrence(reverse: Any) -> Any:
    def expected(a: Any, x: Any, axis: Any) -> Any:
        factors, terms = np.moveaxis(a, int(axis), 0), np.moveaxis(x, int(axis), 0)
        y, state = np.empty_like(terms), np.zeros_like(terms[0]) if len(terms) else None
        for i in range(len(terms))[:: -1 if reverse else 1]:
            state = factors[i] * state + terms[i]
            y[i] = state
        return np.moveaxis(y, 0, int(axis))

    return expected


def each(op: Any, f: Any, first: Any, xs: Any, flags: Any = FLAGS, axes: Any = (0, -1), **kw: Any) -> Any:
    return [
        v(op(*flag), x, np.int64(axis), expected=by(f, first, *(flag if len(flag) == 2 else (False, *flag))),
          static=static, name=f"{op(*flag)}:{x.dtype}:{i}:{axis}:{static}", **kw)
        for i, x in enumerate(xs)
        for flag in flags
        for axis in axes
        for static in ((), (1,))
    ]  # fmt: skip


ROUGH = {"rtol": 2e-2, "atol": 1e-2, "wrt": ()}
NAN = np.array([1.0, np.nan, 3.0])
TIES = np.array([[1.0, 3.0, 3.0, 2.0], [2.0, 2.0, 1.0, 5.0]])

VECTORS = [
    *each(ops.CumulativeSum, np.add, 0, [X, INTS, EMPTY, X + 1j]),
    *each(ops.CumulativeSum, np.add, 0, [HALF, BF16], **ROUGH),
    v(
        ops.CumulativeSum(),
        np.ones(4096, np.float16),
        np.int64(0),
        expected=np.arange(1, 4097).astype(np.float16),
        wrt=(),
    ),
    *each(ops.CumulativeProd, np.multiply, 1, [X, INTS, EMPTY, ZEROS, np.zeros((2, 3)), X + 0.5j]),
    *each(ops.CumulativeProd, np.multiply, 1, [HALF, BF16], **ROUGH),
    *[
        w
        for op, f in ((ops.CumulativeMax, np.maximum), (ops.CumulativeMin, np.minimum))
        for w in [
            *each(op, f, 0, [X, INTS, EMPTY], [(False,), (True,)]),
            *each(op, f, 0, [HALF, BF16, TIES], [(False,), (True,)], wrt=()),
            *each(op, f, 0, [NAN], [(False,), (True,)], (0,), wrt=()),
        ]
    ],
    *[
        v(
            ops.LinearRecurrence(reverse),
            a,
            x,
            np.int64(axis),
            expected=recurrence(reverse),
            static=static,
            name=f"linear_recurrence:{reverse}:{axis}:{static}:{x.dtype}:{x.shape}",
        )
        for a, x in ((ZEROS, X), (X + 0.5j, ZEROS + 1j), (EMPTY, EMPTY))
        for reverse in (False, True)
        for axis in (0, 1, -1)
        for static in ((), (2,))
    ],
]
