"""Vectors of values made from sizes."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import creation as ops
from irlib.types import dtype
from tests.vectors.shape import i64
from tests.vectors.vector import v


def at(kind: Any, *numbers: Any) -> Any:
    return tuple(np.array(n, kind) for n in numbers)


VECTORS = [
    *[
        v(ops.Iota(dtype(np.dtype(kind))), np.int64(n), expected=np.arange(n).astype(kind), static=static)
        for kind in (np.int64, np.int8, np.uint16, np.float64, np.float16, ml_dtypes.bfloat16, np.complex64)
        for n in (0, 1, 5)
        for static in ((), (0,))
    ],
    *[
        v(
            ops.Arange(),
            *at(kind, *numbers),
            expected=np.arange(*numbers).astype(kind),
            static=static,
            wrt=wrt,
            judge="other",
            name=f"arange:{np.dtype(kind).name}:{numbers}:{static}",
        )
        for kind, numbers, wrt in (
            (np.int64, (0, 10, 3), None),
            (np.int64, (0, 9, 3), None),
            (np.int32, (5, -2, -2), None),
            (np.int64, (3, 3, 1), None),
            (np.int64, (5, 2, 1), None),
            (np.int16, (-1, 5, 1), None),
            (np.float64, (0.25, 2.0, 0.5), (0, 2)),
            (np.float64, (1.0, -0.3, -0.375), (0, 2)),
            (np.float32, (0.0, 1.0, 0.25), ()),
            (np.float64, (1.0, -0.2, 2.0), (0, 2)),
        )
        for static in ((), (0, 1, 2))
    ],
    *[
        v(
            ops.Linspace(end),
            *at(kind, a, b),
            np.int64(n),
            expected=np.linspace(a, b, n, endpoint=end).astype(kind),
            static=static,
            rtol=rtol,
            atol=1e-15,
            name=f"linspace:{np.dtype(kind).name}:{n}:{end}:{static}",
        )
        for kind, a, b, rtol in (
            (np.float64, 0.5, -2.0, 1e-12),
            (np.float32, 0.0, 1.0, 1e-6),
            (np.complex128, 1j, 2.0, 1e-12),
        )
        for n in (0, 1, 5)
        for end in (True, False)
        for static in ((), (2,))
    ],
    *[
        v(ops.Full(), i64(*shape), value, expected=np.full(shape, value), static=static)
        for shape, value in (
            ((2, 3), np.float64(1.5)),
            ((), np.int8(3)),
            ((0, 2), np.array(True)),
            ((2,), np.array("a", object)),
        )
        for static in ((), (0,))
    ],
    *[
        v(
            ops.Eye(dtype(kind)),
            np.int64(n),
            m,
            k,
            expected=np.eye(n, None if m is None else int(m), 0 if k is None else int(k), dtype=kind),
            static=static,
        )
        for kind, n, m, k in (
            ("float64", 3, None, None),
            ("int32", 2, np.int64(4), np.int64(1)),
            ("bool", 3, np.int64(2), np.int64(-1)),
            ("float32", 0, None, None),
            ("float64", 2, None, np.int64(5)),
        )
        for static in ((), (0, 1, 2))
    ],
]
