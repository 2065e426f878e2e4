"""Helpers of sorting and searching."""

# mypy: ignore-errors

import numpy as np


def _order(x, axis, descending):
    """The stable order of `x` along `axis`; descending, equal elements keep theirs."""
    if not descending:
        return np.argsort(x, axis, kind="stable")
    found = np.argsort(np.flip(x, axis), axis, kind="stable")
    return x.shape[axis] - 1 - np.flip(found, axis)


def _top_k(x, wide, k, axis, largest, ordered):
    """The `k` largest or smallest elements along `axis`, and their places."""
    if not 0 <= k <= x.shape[axis]:
        raise ValueError(f"k is {k}, expected 0 to {x.shape[axis]}")
    places = np.moveaxis(np.moveaxis(_order(wide, axis, largest), axis, 0)[:k], 0, axis)
    places = places if ordered else np.sort(places, axis)
    return np.take_along_axis(x, places, axis), places


def _arg_last(pick, x, axis, keepdims):
    """`pick` (np.argmax or np.argmin), the last place winning a tie."""
    count = x.size if axis is None else x.shape[axis]
    return count - 1 - pick(np.flip(x, axis), axis, keepdims=keepdims)


def _unique(x, wide, axis, ordered):
    """Distinct elements of `x`: values, first places, inverse, counts."""
    _, first, inverse, counts = np.unique(
        wide, return_index=True, return_inverse=True, return_counts=True, axis=axis
    )
    inverse = inverse.reshape(-1)
    if not ordered:
        order = np.argsort(first, kind="stable")
        place = np.argsort(order)
        first, inverse, counts = first[order], place[inverse], counts[order]
    values = x.reshape(-1).take(first) if axis is None else x.take(first, axis)
    return values, first, inverse, counts


def _places(x):
    """The indices of the elements that are not zero, one row for each axis."""
    if np.ndim(x) == 0:
        return np.zeros((0, int(bool(x))), np.int64)
    return np.array(np.nonzero(x), np.int64)
