"""Helpers of shapes."""

# mypy: ignore-errors

import numpy as np


def _ints(vector):
    """An integer vector or scalar as a tuple."""
    return tuple(np.reshape(vector, -1).tolist())


def _sum_to(x, shape):
    """The sum of `x` over the axes that were broadcast from `shape`."""
    lead = x.ndim - len(shape)
    rest = [i for i in range(lead, x.ndim) if shape[i - lead] == 1 != x.shape[i]]
    return np.add.reduce(x, (*range(lead), *rest), x.dtype, keepdims=True).reshape(
        shape
    )


def _reshape(x, shape):
    """`x` in another shape, of which one dim may be -1 where none is 0."""
    if (-1 in shape and 0 in shape) or min(shape, default=0) < -1:
        raise ValueError(
            f"shape {list(shape)}, expected dims >= 0, or -1 once and no 0"
        )
    return x.reshape(shape)


def _split(x, sizes, axis):
    """`x` cut along `axis` into parts of these sizes."""
    if sum(sizes) != x.shape[axis] or min(sizes, default=0) < 0:
        raise ValueError(
            f"sizes {list(sizes)}, expected sizes that sum to {x.shape[axis]}"
        )
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis))


def _even(count, parts):
    """`count` divided into equal parts, the last one smaller."""
    each = -(-count // parts)
    return (each,) * (parts - 1) + (count - each * (parts - 1),)
