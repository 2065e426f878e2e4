"""Vectors of random numbers, against Threefry written with Python's integers and its published answers."""

from math import prod
from typing import Any

import ml_dtypes
import numpy as np
import scipy.special

from irlib.ops import random as ops
from irlib.types import dtype
from tests.vectors.vector import v

WORD = 2**32 - 1
KEY = np.array([0x13198A2E, 0x03707344], np.uint32)
OTHER = np.array([WORD, 7], np.uint32)


def threefry(key: Any, counter: tuple[int, int]) -> tuple[int, int]:
    """Threefry-2x32 with 20 rounds, one block, as in the paper."""
    schedule = [int(key[0]), int(key[1])]
    schedule.append(0x1BD11BDA ^ schedule[0] ^ schedule[1])
    x, y = (counter[0] + schedule[0]) & WORD, (counter[1] + schedule[1]) & WORD
    for r in range(20):
        distance = (13, 15, 26, 6, 17, 29, 16, 24)[r % 8]
        x = (x + y) & WORD
        y = ((y << distance | y >> (32 - distance)) & WORD) ^ x
        if r % 4 == 3:
            s = r // 4 + 1
            x, y = (x + schedule[s % 3]) & WORD, (y + schedule[(s + 1) % 3] + s) & WORD
    return x, y


def words(key: Any, count: int) -> Any:
    return np.array([w for j in range((count + 1) // 2) for w in threefry(key, (j, 0))][:count], np.uint32)


def wide(key: Any, count: int) -> Any:
    blocks = [threefry(key, (j, 0)) for j in range(count)]
    return np.array([low + (high << 32) for low, high in blocks], np.uint64)


def bits32(key: Any, shape: Any) -> Any:
    return words(key, prod(int(d) for d in shape)).reshape(shape)


def bits64(key: Any, shape: Any) -> Any:
    return wide(key, prod(int(d) for d in shape)).reshape(shape)


def uniform(to: Any, precision: int) -> Any:
    def expected(key: Any, shape: Any) -> Any:
        drawn, size = (bits64(key, shape), 64) if precision == 53 else (bits32(key, shape), 32)
        return ((drawn >> drawn.dtype.type(size - precision)).astype(np.float64) * 2.0**-precision).astype(to)

    return expected


def gaussian(to: Any, precision: int) -> Any:
    def expected(key: Any, shape: Any) -> Any:
        drawn, size = (bits64(key, shape), 64) if precision == 52 else (bits32(key, shape), 32)
        k = (drawn >> drawn.dtype.type(size - precision)).astype(np.float64)
        return (np.sqrt(2) * scipy.special.erfinv((2 * k + 1) / 2.0**precision - 1)).astype(to)

    return expected


SHAPES = [np.array(s, np.int64) for s in ([], [5], [2, 3], [0, 4])]
P = np.array([[0.0, 1.0, 0.5], [0.25, 0.75, 0.999]])

VECTORS = [
    *[
        v(ops.RandomBits(dtype=dtype(t)), KEY, s, expected=f, static=static, name=f"random_bits:{t}:{s}:{static}")
        for t, f in (("uint32", bits32), ("uint64", bits64))
        for s in SHAPES
        for static in ((), (1,))
    ],
    v(
        ops.RandomBits(),
        np.zeros(2, np.uint32),
        np.array([2]),
        expected=np.array([0x6B200159, 0x99BA4EFE], np.uint32),
        name="random_bits:published",
    ),
    v(
        ops.RandomSplit(),
        KEY,
        np.array(3),
        name="random_split",
        expected=np.array([threefry(KEY, (j, WORD)) for j in range(3)], np.uint32),
    ),
    v(ops.FoldIn(), KEY, np.array(9), expected=np.array(threefry(KEY, (9, WORD - 1)), np.uint32), name="fold_in"),
    v(
        ops.FoldIn(),
        OTHER,
        np.array(-1),
        expected=np.array(threefry(OTHER, (WORD, WORD - 1)), np.uint32),
        name="fold_in:negative",
    ),
    v(
        ops.RandomPermutation(),
        KEY,
        np.array(20),
        name="random_permutation",
        expected=np.array(sorted(range(20), key=wide(KEY, 20).tolist().__getitem__)),
    ),
    v(ops.RandomPermutation(), KEY, np.array(0), expected=np.zeros(0, np.int64), name="random_permutation:none"),
    *[
        v(ops.RandomUniform(dtype=dtype(t)), KEY, np.array([3, 4]), expected=uniform(t, p), name=f"random_uniform:{t}")
        for t, p in ((np.float16, 11), (ml_dtypes.bfloat16, 8), (np.float32, 24), (np.float64, 53))
    ],
    *[
        v(
            ops.RandomNormal(dtype=dtype(t)),
            KEY,
            np.array([3, 4]),
            expected=gaussian(t, p),
            rtol=r,
            name=f"random_normal:{t}",
        )
        for t, p, r in (
            (np.float16, 23, 1e-3),
            (ml_dtypes.bfloat16, 23, 1e-2),
            (np.float32, 23, 1e-6),
            (np.float64, 52, 1e-14),
        )
    ],
    v(ops.Bernoulli(), KEY, P, expected=lambda k, p: uniform(np.float64, 53)(k, p.shape) < p, name="bernoulli"),
    v(
        ops.Bernoulli(),
        KEY,
        P.astype(np.float16),
        name="bernoulli:float16",
        expected=lambda k, p: uniform(np.float32, 24)(k, p.shape) < p.astype(np.float32),
    ),
]
