"""Helpers of cumulative functions."""

# mypy: ignore-errors

import numpy as np


def _cumulative(accumulate, x, axis, first, exclusive, reverse):
    """`accumulate` along `axis`, from the other end or without each own element."""
    y = np.flip(x, axis) if reverse else x
    if exclusive:
        rows = np.moveaxis(y, axis, 0)
        start = np.full((1, *rows.shape[1:]), first, x.dtype)
        y = np.moveaxis(np.concatenate((start, rows))[: len(rows)], 0, axis)
    y = accumulate(y, axis, y.dtype)
    return np.flip(y, axis) if reverse else y


def _linear_recurrence(a, x, axis, reverse):
    """The solution of h[i] = a[i] * h[i - 1] + x[i] along `axis`."""
    y = np.empty_like(x)
    factors, terms, rows = (np.moveaxis(v, axis, 0) for v in (a, x, y))
    state = None
    for i in range(len(rows))[:: -1 if reverse else 1]:
        state = terms[i] if state is None else factors[i] * state + terms[i]
        rows[i] = state
    return y
