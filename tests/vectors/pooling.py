"""Vectors of pools, against loops."""

from itertools import product
from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import pooling as ops
from tests.vectors.vector import v
from tests.vectors.window import apart, normal


def pooled(op: Any, reduce: Any) -> Any:
    """Each window's elements and their flat indices, with how many padding elements it covers, handed to `reduce`."""

    def expected(x: Any, pads: Any = None) -> Any:
        count = len(op.window)
        sizes = x.shape[-count:]
        given = [0] * (2 * count) if pads is None else list(pads)
        counts = []
        for n, b, e, (w, s, d) in zip(sizes, given[:count], given[count:], op.rows, strict=True):
            room = n + b + e - d * (w - 1) - 1
            o = room // s + 1
            if op.ceil_mode and room % s and o * s < n + b:
                o += 1
            counts.append(o)
        lead = x.shape[:-count]
        made = np.empty((*lead, *counts), object)
        flat = np.arange(x.size).reshape(x.shape)
        for at in product(*map(range, lead)):
            for o in product(*map(range, counts)):
                values, where, padding = [], [], 0
                for k in product(*map(range, op.window)):
                    place = [a * s + c * d - b for a, c, b, (_, s, d) in zip(o, k, given, op.rows, strict=False)]
                    if all(0 <= p < n for p, n in zip(place, sizes, strict=True)):
                        values.append(x[(*at, *place)])
                        where.append(flat[(*at, *place)])
                    elif all(p < n + e for p, n, e in zip(place, sizes, given[count:], strict=True)):
                        padding += 1
                made[(*at, *o)] = reduce(values, where, padding)
        return made.astype(np.int64 if isinstance(op, ops.MaxPoolIndices) else x.dtype)

    return expected


def largest(values: Any, where: Any, padding: int) -> Any:
    return np.max(np.array(values))


def first(values: Any, where: Any, padding: int) -> Any:
    return where[int(np.argmax(np.array(values)))]


def mean(op: ops.AvgPool) -> Any:
    return lambda values, where, padding: (
        np.sum(np.array(values, np.float64)) / (len(values) + padding * op.count_include_pad)
    )


def norm(op: ops.LpPool) -> Any:
    return lambda values, where, padding: np.sum(np.abs(values) ** op.p) ** (1 / op.p)


_POOLS: list[tuple[Any, Any, dict[str, Any]]] = [
    (apart(2, 3, 7), None, {"window": (3,)}),
    (apart(2, 2, 6, 6), None, {"window": (2, 2), "strides": (2, 2)}),
    (apart(1, 2, 7, 6), [1, 1, 1, 1], {"window": (3, 3), "strides": (2, 2)}),
    (apart(1, 2, 7, 6), [1, 0, 0, 1], {"window": (3, 2), "strides": (3, 2), "ceil_mode": True}),
    (apart(1, 1, 6, 6), [0, 0, 1, 1], {"window": (2, 2), "strides": (3, 3), "ceil_mode": True}),
    (apart(1, 1, 6, 6), None, {"window": (3, 2), "dilations": (2, 3)}),
]

VECTORS = [
    *[
        v(
            ops.MaxPool(**a),
            x,
            *([] if p is None else [np.array(p)]),
            expected=pooled(ops.MaxPool(**a), largest),
            static=(1,) if p and k else (),
            name=f"max_pool:{x.shape}{p}{a}{k}",
        )
        for x, p, a in _POOLS
        for k in (False, True)
    ],
    *[
        v(
            ops.MaxPoolIndices(**a),
            x,
            *([] if p is None else [np.array(p)]),
            expected=pooled(ops.MaxPoolIndices(**a), first),
            name=f"max_pool_indices:{x.shape}{p}{a}",
        )
        for x, p, a in _POOLS
    ],
    *[
        v(
            op,
            x,
            *([] if p is None else [np.array(p)]),
            expected=pooled(op, mean(op)),
            static=() if p is None else (1,),
            name=f"{op}:{x.shape}{p}",
        )
        for x, p, a in _POOLS
        for op in (ops.AvgPool(**a), ops.AvgPool(**a, count_include_pad=True))
    ],
    *[
        v(
            op,
            x,
            *([] if p is None else [np.array(p)]),
            expected=pooled(op, norm(op)),
            static=() if p is None else (1,),
            name=f"{op}:{x.shape}{p}",
        )
        for x, p, a in _POOLS[1:3]
        for op in (ops.LpPool(**a), ops.LpPool(**a, p=3))
    ],
    v(
        ops.MaxPool(window=(2,)),
        np.array([1.0, np.nan, 2.0, -np.inf, -np.inf]),
        expected=np.array([np.nan, np.nan, 2.0, -np.inf]),
        name="max_pool:nan_and_inf",
        wrt=(),
    ),
    v(
        ops.MaxPoolIndices(window=(2,), strides=(2,)),
        np.array([-np.inf, -np.inf, 3.0, 3.0, np.nan, np.nan]),
        np.array([1, 1]),
        expected=np.array([0, 2, 4, 5]),
        name="max_pool_indices:first_wins",
    ),
    v(
        ops.MaxPoolIndices(window=(2,), strides=(2,)),
        np.array([-np.inf, -np.inf, 3.0, 3.0, np.nan, np.nan]),
        expected=np.array([0, 2, 4]),
        name="max_pool_indices:first_wins_unpadded",
    ),
    v(ops.MaxPool(window=(2,)), np.array([3, -7, 2], np.int8), np.array([1, 0]), expected=np.array([3, 3, 2], np.int8)),
    v(ops.MaxPool(window=(2,)), normal(5, dtype=np.float16), expected=pooled(ops.MaxPool(window=(2,)), largest)),
    v(
        ops.MaxPool(window=(2,)),
        normal(5, dtype=ml_dtypes.bfloat16),
        expected=pooled(ops.MaxPool(window=(2,)), largest),
    ),
    v(
        ops.AvgPool(window=(3,)),
        normal(1, 9, dtype=np.float16),
        expected=pooled(ops.AvgPool(window=(3,)), mean(ops.AvgPool(window=(3,)))),
        rtol=2e-3,
    ),
    v(
        ops.AdaptiveAvgPool(output_size=(2, 3)),
        normal(2, 3, 5, 6),
        expected=lambda x: np.stack(
            [np.stack([x[..., i : i + 3, j : j + 2].mean((-1, -2)) for j in (0, 2, 4)], -1) for i in (0, 2)], -2
        ),
    ),
]
