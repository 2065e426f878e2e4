"""Helpers of sequences, which are lists, and optionals, which are a value or None."""

# mypy: ignore-errors

import numpy as np


def _place(s, i, end=0):
    """The index `i` into `s` (with `end` 1: into its gaps) from the front."""
    at = int(i)
    if not -len(s) <= at < len(s) + end:
        raise IndexError(f"index {at} is out of range for a sequence of {len(s)}")
    return at + len(s) if at < 0 else at


def _sequence_replace(s, x, i):
    """`s` with `x` in the place of element `i`."""
    at = _place(s, i)
    return [*s[:at], x, *s[at + 1 :]]


def _sequence_insert(s, x, i=None):
    """`s` with `x` put before element `i`, or at its end."""
    at = len(s) if i is None else _place(s, i, 1)
    return [*s[:at], x, *s[at:]]


def _sequence_erase(s, i=-1):
    """`s` without element `i`."""
    at = _place(s, i)
    return [*s[:at], *s[at + 1 :]]


def _sequence_map(body, sequences, others, count):
    """`body` of the elements that stand side by side: one sequence for each result."""
    rows = [body(*elements, *others) for elements in zip(*sequences, strict=True)]
    return tuple([row[k] for row in rows] for k in range(count))


def _split_to_sequence(x, split, axis, keepdims):
    """`x` cut along `axis`: into elements, parts of one length, or given lengths."""
    count = x.shape[axis]
    if split is None:
        parts = np.split(x, range(1, count), axis) if count else []
        return parts if keepdims else [np.squeeze(p, axis) for p in parts]
    if np.ndim(split) == 0:
        if split <= 0:
            raise ValueError(f"split is {split}, expected at least 1")
        return np.split(x, range(int(split), count, int(split)), axis) if count else []
    if np.any(split < 0) or np.sum(split) != count:
        raise ValueError(
            f"split is {split.tolist()}, expected lengths that add up to {count}"
        )
    return np.split(x, np.cumsum(split)[:-1], axis) if len(split) else []


def _sequence_sum(s):
    """The sum of the elements of a sequence."""
    if not s:
        raise ValueError("the sequence is empty, expected at least one element")
    half = s[0].dtype.itemsize == 2 and s[0].dtype.kind in "fV"
    total = np.array(s[0], np.float32 if half else s[0].dtype)
    for x in s[1:]:
        if x.shape != total.shape:
            raise ValueError(f"shapes {s[0].shape} and {x.shape}, expected equal")
        total = np.asarray(total + x.astype(total.dtype))
    return total.astype(s[0].dtype)


def _optional_get(o):
    """The value that an optional holds."""
    if o is None:
        raise ValueError("the optional holds nothing, expected a value")
    return o


def _zeros_like(x):
    """Zeros in the make of `x`: an array, a sequence or an optional."""
    if isinstance(x, list):
        return [_zeros_like(item) for item in x]
    return None if x is None else np.zeros_like(x)


def _cotangent_add(x, y):
    """The sum of two cotangents of one make."""
    if x is None or y is None:
        return y if x is None else x
    if isinstance(x, list):
        return [_cotangent_add(a, c) for a, c in zip(x, y, strict=True)]
    return np.add(x, y)
