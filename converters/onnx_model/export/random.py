"""Random bits: Threefry-2x32 in int64, which every runtime computes in; the twenty rounds are a scan."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.export.row import lowers

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA
_WORD = 2**32
_SPLIT, _FOLD = _WORD - 1, _WORD - 2
"""The second word of the counters of keys."""

_DISTANCES = [_ROTATIONS[group % 2][k] for group in range(5) for k in range(4)]
_NONE = 3
"""Where the schedule has nothing to add."""
_TO_X = [(group + 1) % 3 if k == 3 else _NONE for group in range(5) for k in range(4)]
_TO_Y = [(group + 2) % 3 if k == 3 else _NONE for group in range(5) for k in range(4)]
_COUNTED = [group + 1 if k == 3 else 0 for group in range(5) for k in range(4)]


def _blocks(b: Any, key: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """The two words of each block of counters (low, high), int64 vectors of words, under `key`."""
    from irlib import regions

    words = b.cast(key, dtype="int64")
    first, second = b.take(words, 0, axis=0), b.take(words, 1, axis=0)
    third = b.bitwise_xor(b.bitwise_xor(first, second), _PARITY)
    schedule = b.lift([first, second, third, b.constant(0)])
    to_x = b.take(schedule, b.constant(_TO_X), axis=0)
    to_y = b.take(schedule, b.constant(_TO_Y), axis=0) + b.constant(_COUNTED)
    mask = b.constant(_WORD - 1)

    def turn(r: Any, state: Any, step: Any) -> Any:
        (x, y), (factor, more_x, more_y) = state, step
        x = r.bitwise_and(x + y, mask)
        moved = y * factor
        y = r.bitwise_xor(r.bitwise_and(moved, mask) + r.floor_divide(moved, _WORD), x)
        return (r.bitwise_and(x + more_x, mask), r.bitwise_and(y + more_y, mask)), ()

    start = (b.bitwise_and(low + first, mask), b.bitwise_and(high + second, mask))
    factors = b.constant(np.int64(1) << np.array(_DISTANCES, np.int64))
    (x, y), _ = regions.scan(b, turn, start, (factors, to_x, to_y))
    return x, y


def _of_counters(b: Any, key: Any, count: Any) -> tuple[Any, Any]:
    counters = b.iota(count)
    return _blocks(b, key, b.bitwise_and(counters, _WORD - 1), b.floor_divide(counters, _WORD))


def _pairs(b: Any, x: Any, y: Any) -> Any:
    return b.concat(b.unsqueeze(x, [1]), b.unsqueeze(y, [1]), axis=1)


@lowers("random_bits")
def random_bits(b: Any, site: Any, key: Any, shape: Any) -> Any:
    """A uint64 is its two words put together in int64, which wraps to it."""
    size = b.prod(shape)
    if site.op.dtype.bits == 64:
        x, y = _of_counters(b, key, size)
        made = x + y * _WORD
    else:
        x, y = _of_counters(b, key, b.floor_divide(size + 1, 2))
        made = b.slice(b.reshape(_pairs(b, x, y), [-1]), [0], b.reshape(size, [1]))
    return b.cast(b.reshape(made, shape), dtype=site.op.dtype)


@lowers("random_split")
def random_split(b: Any, site: Any, key: Any, n: Any) -> Any:
    counters = b.iota(n)
    return b.cast(_pairs(b, *_blocks(b, key, counters, b.full_like(counters, _SPLIT))), dtype="uint32")


@lowers("fold_in")
def fold_in(b: Any, site: Any, key: Any, data: Any) -> Any:
    low = b.reshape(b.bitwise_and(data, _WORD - 1), [1])
    x, y = _blocks(b, key, low, b.constant([_FOLD]))
    return b.cast(b.concat(x, y, axis=0), dtype="uint32")


@lowers("random_permutation")
def random_permutation(b: Any, site: Any, key: Any, n: Any) -> Any:
    """Signed numbers in the order of the unsigned ones; of equal ones TopK takes the first."""
    x, y = _of_counters(b, key, n)
    return b.top_k(x + (y - _WORD // 2) * _WORD, n, axis=0, largest=False)[1]
