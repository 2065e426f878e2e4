"""Kernels of random numbers: Threefry-2x32 with 20 rounds, on whole arrays of counters."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.ops import random as ops

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA
_WORD = 0xFFFFFFFF
_CHUNK = 1 << 16
"""Blocks made at once: four arrays of them stay in the cache."""


def threefry2x32(key: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """The two words of each block: 20 rounds of counters (low, high), uint32 arrays of one shape, under `key`."""
    first, second = (int(word) for word in key)
    schedule = (first, second, _PARITY ^ first ^ second)
    x = low + np.uint32(first)
    y = high + np.uint32(second)
    turned, spare = np.empty_like(y), np.empty_like(y)
    for group in range(5):
        for distance in _ROTATIONS[group % 2]:
            np.add(x, y, out=x)
            np.left_shift(y, np.uint32(distance), out=turned)
            np.right_shift(y, np.uint32(32 - distance), out=spare)
            np.bitwise_or(turned, spare, out=turned)
            np.bitwise_xor(turned, x, out=y)
        np.add(x, np.uint32(schedule[(group + 1) % 3]), out=x)
        np.add(y, np.uint32((schedule[(group + 2) % 3] + group + 1) & _WORD), out=y)
    return x, y


def random_bits(key: Any, count: int) -> Any:
    """`count` blocks of two words each, uint32[count, 2]."""
    made = np.empty((count, 2), np.uint32)
    for start in range(0, count, _CHUNK):
        blocks = np.arange(start, min(start + _CHUNK, count), dtype=np.uint64)
        low, high = blocks.astype(np.uint32), (blocks >> np.uint64(32)).astype(np.uint32)
        made[start : start + _CHUNK, 0], made[start : start + _CHUNK, 1] = threefry2x32(key, low, high)
    return made


def _bits64(key: Any, count: int) -> Any:
    # words are little end first, whatever the machine is
    return random_bits(key, count).astype("<u4", copy=False).view("<u8").reshape(-1).astype(np.uint64, copy=False)


def _counted(n: Any) -> int:
    if n < 0:
        raise ValueError(f"n is {n}, expected 0 or more")
    return int(n)


@kernel(ops.RandomBits)
def bits(op: ops.RandomBits, operands: Operands, results: Results) -> Bound:
    """As many blocks as the shape needs."""

    def call(key: Any, shape: Any) -> Any:
        dims = tuple(shape.tolist())
        if min(dims, default=0) < 0:
            raise ValueError(f"shape {dims}, expected dims of 0 or more")
        size = prod(dims)
        if op.dtype.bits == 64:
            return _bits64(key, size).reshape(dims)
        return random_bits(key, (size + 1) // 2).reshape(-1)[:size].reshape(dims)

    return new(call)


@kernel(ops.RandomSplit)
def split(op: ops.RandomSplit, operands: Operands, results: Results) -> Bound:
    """One block for each key."""

    def call(key: Any, n: Any) -> Any:
        low = np.arange(_counted(n), dtype=np.uint32)
        return np.stack(threefry2x32(key, low, np.full_like(low, _WORD)), axis=-1)

    return new(call)


@kernel(ops.FoldIn)
def fold_in(op: ops.FoldIn, operands: Operands, results: Results) -> Bound:
    """One block."""

    def call(key: Any, data: Any) -> Any:
        low = np.array([int(data) & _WORD], np.uint32)
        return np.concatenate(threefry2x32(key, low, np.full_like(low, _WORD - 1)))

    return new(call)


@kernel(ops.RandomPermutation)
def permutation(op: ops.RandomPermutation, operands: Operands, results: Results) -> Bound:
    """A stable sort of random bits."""
    return new(lambda key, n: np.argsort(_bits64(key, _counted(n)), kind="stable").astype(np.int64, copy=False))
