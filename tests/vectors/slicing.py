"""Vectors of slices, padding and reversal."""

import sys
from typing import Any

import numpy as np

from irlib.ops import slicing as ops
from tests.vectors.shape import BF16, EMPTY, SCALAR, TEXT, X, i64
from tests.vectors.vector import v

FAR, NEAR = np.iinfo(np.int64).max, np.iinfo(np.int64).min
SLICES: Any = (
    (X, (i64(1), i64(3)), X[1:3]),
    (X, (i64(0, 1), i64(FAR, -1)), X[:, 1:-1]),
    (X, (i64(1), i64(4), i64(-1), i64(2)), X[..., 1:4:2]),
    (X, (i64(-1), i64(NEAR), i64(2), i64(-1)), X[..., ::-1]),
    (X, (i64(-1), i64(0), i64(2), i64(-2)), X[..., -1:0:-2]),
    (X, (i64(3, 10), i64(-100, NEAR), i64(2, 1), i64(-3, -1)), X[:, 10::-1, 3::-3]),
    (X, (i64(2), i64(1), i64(1)), X[:, 2:1]),
    (X, (i64(-100), i64(100), i64(2)), X),
    (X, (i64(), i64()), X),
    (X, (i64(1), i64(2), None, i64(1)), X[1:2]),
    (SCALAR, (i64(), i64()), SCALAR),
    (EMPTY, (i64(0), i64(5), i64(1)), EMPTY),
    (BF16, (i64(1), i64(3), i64(1)), BF16[:, 1:3]),
    (TEXT, (i64(1), i64(2)), TEXT[1:2]),
)
PADS: Any = (
    (X, (i64(1, 0, 2, 0, 3, 1),), lambda x: np.pad(x, [(1, 0), (0, 3), (2, 1)])),
    (X, (i64(1, -1, -2, 0, 1, 1),), lambda x: np.pad(x[:, 1:, 2:], [(1, 0), (0, 1), (0, 1)])),
    (
        X,
        (i64(2, -1), np.float64(3.5), i64(-1)),
        lambda x: np.pad(x[..., :-1], [(0, 0), (0, 0), (2, 0)], constant_values=3.5),
    ),
    (X, (i64(1, 0, 0, 2), None, i64(2, 0)), lambda x: np.pad(x, [(0, 2), (0, 0), (1, 0)])),
    (SCALAR, (i64(),), lambda x: x),
    (EMPTY, (i64(0, 1, 0, 0, 1, 0),), lambda x: np.zeros((2, 2, 3))),
    (BF16, (i64(1, 1), None, i64(0)), lambda x: np.pad(x, [(1, 1), (0, 0), (0, 0)])),
    (TEXT, (i64(0, 1), np.array("z", object), i64(0)), lambda x: np.pad(x, [(0, 1), (0, 0)], constant_values="z")),
    (np.array([True]), (i64(1, 1),), lambda x: np.array([False, True, False])),
)
REPEATS: Any = (
    (X, (i64(1, 2, 3, 0, 1, 2),), lambda x, m: np.pad(x, [(1, 0), (2, 1), (3, 2)], mode=m)),
    (X, (i64(7, -1), None, i64(-1)), lambda x, m: np.pad(x[..., :-1], [(0, 0), (0, 0), (7, 0)], mode=m)),
    (X, (i64(-1, 9), None, i64(1)), lambda x, m: np.pad(x[:, 1:], [(0, 0), (0, 9), (0, 0)], mode=m)),
    (BF16, (i64(1, 1), None, i64(0)), lambda x, m: np.pad(x, [(1, 1), (0, 0), (0, 0)], mode=m)),
)


def updated(x: Any, update: Any, *bounds: Any) -> Any:
    index = [slice(None)] * x.ndim
    starts, ends, axes, steps = (*bounds, None, None)[:4]
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        step = 1 if steps is None else int(steps[i])
        index[i if axes is None else axes[i]] = slice(int(start), int(end), step)
    y = x.copy()
    y[tuple(index)] = update
    return y


def rolled(shift: Any, axis: Any) -> Any:
    return lambda x, s: np.roll(x, shift, axis)


assert sys.maxsize == FAR

VECTORS = [
    *[
        v(ops.Slice(), x, *bounds, expected=made, static=static, name=f"slice:{x.dtype}:{i}:{static}")
        for i, (x, bounds, made) in enumerate(SLICES)
        for static in ((), (1, 2, 3, 4))
    ],
    *[
        v(
            ops.SliceUpdate(),
            x,
            (made * 2 + 1 if made.dtype != object else made),
            *bounds,
            expected=updated,
            static=static,
            name=f"slice_update:{x.dtype}:{i}:{static}",
        )
        for i, (x, bounds, made) in enumerate(SLICES)
        for static in ((), (2, 3, 4, 5))
    ],
    *[
        v(ops.Pad(), x, *rest, expected=made(x), static=static, name=f"pad:{x.dtype}:{i}:{static}")
        for i, (x, rest, made) in enumerate(PADS)
        for static in ((), (1, 3))
    ],
    *[
        v(ops.Pad(mode), x, *rest, expected=made(x, mode), static=static, name=f"pad:{mode}:{x.dtype}:{i}:{static}")
        for mode in ("reflect", "edge", "wrap")
        for i, (x, rest, made) in enumerate(REPEATS)
        for static in ((), (1, 3))
    ],
    *[
        v(ops.Reverse(), x, *axes, expected=made, static=static)
        for x, axes, made in (
            (X, (), X[::-1, ::-1, ::-1]),
            (X, (i64(0, -1),), X[::-1, :, ::-1]),
            (X, (np.int64(1),), X[:, ::-1]),
            (X, (i64(),), X),
            (SCALAR, (), SCALAR),
            (EMPTY, (i64(1),), EMPTY),
            (BF16, (i64(2),), BF16[..., ::-1]),
        )
        for static in ((), (1,))
    ],
    *[
        v(
            ops.Roll(axis),
            x,
            np.int64(shift),
            expected=rolled(shift, axis),
            static=static,
            name=f"roll:{axis}:{shift}:{static}",
        )
        for x, axis, shift in ((X, 1, 1), (X, -1, -6), (X, None, 5), (X, 0, 0), (EMPTY, 1, 2))
        for static in ((), (1,))
    ],
]
