"""Helpers of random numbers: Threefry-2x32 with 20 rounds."""

# mypy: ignore-errors

import numpy as np


def _threefry(key, low, high):
    """The two words of each block: counters (low, high) under `key`."""
    words = (int(key[0]), int(key[1]), 0x1BD11BDA ^ int(key[0]) ^ int(key[1]))
    x, y = low + np.uint32(words[0]), high + np.uint32(words[1])
    for group in range(5):
        for distance in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
            x = x + y
            y = ((y << np.uint32(distance)) | (y >> np.uint32(32 - distance))) ^ x
        x = x + np.uint32(words[(group + 1) % 3])
        y = y + np.uint32((words[(group + 2) % 3] + group + 1) & 0xFFFFFFFF)
    return x, y


def _random_words(key, count):
    """`count` blocks of two random words each, uint32[count, 2]."""
    blocks = np.arange(count, dtype=np.uint64)
    low, high = blocks.astype(np.uint32), (blocks >> np.uint64(32)).astype(np.uint32)
    return np.stack(_threefry(key, low, high), -1)


def _random_bits(key, shape, dtype):
    """Random bits, uint32 or uint64, of this shape."""
    size = int(np.prod(shape, dtype=np.int64))
    if np.dtype(dtype).itemsize == 4:
        return _random_words(key, (size + 1) // 2).reshape(-1)[:size].reshape(shape)
    words = _random_words(key, size).astype(np.uint64)
    return (words[:, 0] | words[:, 1] << np.uint64(32)).reshape(shape)


def _random_split(key, n):
    """`n` keys made of one."""
    low = np.arange(n, dtype=np.uint32)
    return np.stack(_threefry(key, low, np.full_like(low, 0xFFFFFFFF)), -1)


def _fold_in(key, data):
    """A key made of one and a number."""
    low = np.array([int(data) & 0xFFFFFFFF], np.uint32)
    return np.concatenate(_threefry(key, low, np.full_like(low, 0xFFFFFFFE)))


def _random_permutation(key, n):
    """The numbers below `n` in random order."""
    return np.argsort(_random_bits(key, (n,), np.uint64), kind="stable")
