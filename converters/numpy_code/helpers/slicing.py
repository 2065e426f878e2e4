"""Helpers of slices and padding."""

# mypy: ignore-errors

import numpy as np


def _slices(rank, starts, ends, axes=None, steps=None):
    """The index that these bounds are."""
    index = [slice(None)] * rank
    axes = range(len(starts)) if axes is None else axes
    steps = (1,) * len(starts) if steps is None else steps
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        index[axis] = slice(start, end, step)
    return (*index, ...)


def _slice_update(x, update, index):
    """A copy of `x` with `update` in the place that `index` names."""
    y = x.copy()
    if y[index].shape != np.shape(update):
        raise ValueError(
            f"update has shape {np.shape(update)}, expected {y[index].shape}"
        )
    y[index] = update
    return y


def _pad(x, pads, value=0, axes=None, mode="constant"):
    """`x` with elements before and behind; a negative pad takes away."""
    axes = range(x.ndim) if axes is None else [a % x.ndim for a in axes]
    before, after = [0] * x.ndim, [0] * x.ndim
    for i, axis in enumerate(axes):
        before[axis], after[axis] = pads[i], pads[i + len(axes)]
    crop, place, size = [], [], []
    for d, b, a in zip(x.shape, before, after, strict=True):
        if d + b + a < 0:
            raise ValueError(f"pads {b} and {a} take away more than the {d} there are")
        start = max(-b, 0)
        stop = max(start, d - max(-a, 0))
        crop.append(slice(start, stop))
        place.append(slice(max(b, 0), max(b, 0) + stop - start))
        size.append(d + b + a)
    if mode == "constant":
        y = np.empty(size, x.dtype)
        y.fill(value)
        y[tuple(place)] = x[tuple(crop)]
        return y
    y = x[tuple(crop)]
    for axis, ends in enumerate(zip(before, after, strict=True)):
        places = np.arange(y.shape[axis])
        y = y.take(np.pad(places, [max(e, 0) for e in ends], mode), axis)
    return y
