"""How two tensors differ, in one line; in pieces, so that a large pair needs no third of its size."""

from __future__ import annotations

import numpy as np

from irlib.tensor import Array, Tensor

__all__ = ["value_change"]

_PIECE = 1 << 20


def value_change(a: Tensor | None, b: Tensor | None) -> str | None:
    """What differs between two values; None where they are equal bit for bit."""
    if a is b:
        return None
    if a is None or b is None:
        return "value: given, it was not" if a is None else "value: no longer given"
    if a.dtype is not b.dtype or a.shape != b.shape:
        return f"value: {a.type}, now {b.type}"
    if a.dtype.kind == "string":
        count = int(sum(_encoded(x) != _encoded(y) for x, y in zip(a.array.flat, b.array.flat, strict=True)))
        return f"value: {count} of {a.array.size} strings" if count else None
    left, right = a.array.reshape(-1), b.array.reshape(-1)
    if all(_same_bits(left[i : i + _PIECE], right[i : i + _PIECE]) for i in range(0, len(left), _PIECE)):
        return None
    return f"value: {_how_far(left, right)}{_hashes(a, b)}"


def _encoded(element: str | bytes) -> bytes:
    return element if isinstance(element, bytes) else element.encode("utf-8", "surrogatepass")


def _same_bits(a: Array, b: Array) -> bool:
    return bool(np.array_equal(a.view(np.uint8), b.view(np.uint8)))


def _how_far(a: Array, b: Array) -> str:
    largest = 0.0
    wide = np.complex128 if a.dtype.kind == "c" else np.float64
    for i in range(0, len(a), _PIECE):
        x, y = a[i : i + _PIECE].astype(wide), b[i : i + _PIECE].astype(wide)
        with np.errstate(all="ignore"):
            gap = np.abs(x - y)
        gap[(x == y) | (np.isnan(x) & np.isnan(y))] = 0.0  # equal infinities have no distance
        largest = max(largest, float(np.nanmax(gap, initial=0.0)))
        if np.isnan(gap).any():
            return "NaN on one side"
    return f"max abs difference {largest:.6g}"


def _hashes(a: Tensor, b: Tensor) -> str:
    """Of tensors too large for their lines to show the difference."""
    if a.array.size <= 32:
        return ""
    return f", sha256 {a.fingerprint.hex()[:16]}, now {b.fingerprint.hex()[:16]}"
