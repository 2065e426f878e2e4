"""Helpers of convolution: windows as a view, then one product."""

# mypy: ignore-errors

import numpy as np


def _windows(x, window, strides, dilations):
    """The windows over the last axes of `x`, as further axes: a view."""
    lead, k = x.ndim - len(window), len(window)
    spans = [d * (w - 1) + 1 for w, d in zip(window, dilations, strict=True)]
    view = np.lib.stride_tricks.sliding_window_view(
        x, spans, tuple(range(lead, x.ndim))
    )
    steps = [slice(None, None, s) for s in strides]
    inner = [slice(None, None, d) for d in dilations]
    return view[(*(slice(None),) * lead, *steps, *inner)] if k else x


def _overlap_add(y, sizes, window, strides, dilations):
    """Windows added where they came from."""
    k = len(window)
    places = y.shape[y.ndim - 2 * k : y.ndim - k]
    x = np.zeros((*y.shape[: y.ndim - 2 * k], *sizes), y.dtype)
    for offset in np.ndindex(*window):
        at = [
            slice(o * d, o * d + s * (n - 1) + 1, s)
            for o, d, s, n in zip(offset, dilations, strides, places, strict=True)
        ]
        x[(..., *at)] += y[(..., *offset)]
    return x


def _framed(x, begins, ends):
    """`x` with zeros around its last axes; a negative pad crops."""
    lead = x.ndim - len(begins)
    sizes = zip(x.shape[lead:], begins, ends, strict=True)
    crop = [slice(max(-b, 0), n - max(-e, 0)) for n, b, e in sizes]
    width = [(max(b, 0), max(e, 0)) for b, e in zip(begins, ends, strict=True)]
    return np.pad(x[(..., *crop)], [(0, 0)] * lead + width)


def _depthwise(x, w, places, strides, dilations):
    """Each channel alone: `x`, shifted, times one number for each place of a window."""
    c, k = x.shape[1], len(places)
    factors = w.reshape(c, w.shape[0] // c, *w.shape[2:])
    y = None
    for offset in np.ndindex(*w.shape[2:]):
        at = [
            slice(o * d, o * d + s * (n - 1) + 1, s)
            for o, d, s, n in zip(offset, dilations, strides, places, strict=True)
        ]
        factor = factors[(..., *offset)].reshape(c, w.shape[0] // c, *(1,) * k)
        term = x[(slice(None), slice(None), None, *at)] * factor
        y = term if y is None else y + term
    return y.reshape(x.shape[0], w.shape[0], *places)


def _convolution(x, w, pads, strides, dilations, groups):
    """Cross-correlation of `x` [n, c, ..] with the kernels `w` [m, c / groups, ..]."""
    k = len(strides)
    n, m = x.shape[0], w.shape[0]
    x = _framed(x, pads[:k], pads[k:])
    windows = _windows(x, w.shape[2:], strides, dilations)
    places = windows.shape[2 : 2 + k]
    size = int(np.prod(w.shape[1:]))
    alone = groups == x.shape[1] and m <= 2 * groups and 1 < size <= 64
    if alone and n * m * int(np.prod(places)) > n * m:
        return _depthwise(x, w, places, strides, dilations)
    rows = np.moveaxis(windows, 1, 1 + k)
    rows = rows.reshape(n, int(np.prod(places)), groups, size)
    kernels = w.reshape(groups, m // groups, size)
    y = np.matmul(rows.transpose(0, 2, 1, 3), kernels.transpose(0, 2, 1))
    return y.transpose(0, 1, 3, 2).reshape(n, m, *places)


def _convolution_transpose(y, w, pads, sizes, strides, dilations, groups):
    """The adjoint of `_convolution` with respect to its input."""
    k = len(strides)
    n, m = y.shape[:2]
    places, window = y.shape[2:], w.shape[2:]
    begins, ends = pads[:k], pads[k:]
    rows = zip(places, window, strides, dilations, strict=True)
    whole = [(o - 1) * s + d * (v - 1) + 1 for o, v, s, d in rows]
    if sizes is None:
        sizes = [f - b - e for f, b, e in zip(whole, begins, ends, strict=True)]
    rows = zip(sizes, begins, ends, strict=True)
    full = [max(f, i + b + e) for f, (i, b, e) in zip(whole, rows, strict=True)]
    left = w.reshape(groups, m // groups, int(np.prod(w.shape[1:])))
    right = y.reshape(n, groups, m // groups, int(np.prod(places)))
    spread = np.matmul(left.transpose(0, 2, 1), right)
    spread = spread.reshape(n, w.shape[1] * groups, *window, *places)
    windows = np.moveaxis(spread, range(2, 2 + k), range(2 + k, 2 + 2 * k))
    x = _overlap_add(windows, full, window, strides, dilations)
    crop = [slice(max(b, 0), max(b + i, 0)) for b, i in zip(begins, sizes, strict=True)]
    x = x[(..., *crop)]
    front = [max(-b, 0) for b in begins]
    behind = zip(sizes, x.shape[2:], front, strict=True)
    return _framed(x, front, [i - have - f for i, have, f in behind])


def _pool_frame(x, pads, window, strides, dilations, ceil):
    """Begins and ends of the frame under which every window is whole."""
    k = len(window)
    begins, ends = list(pads[:k]), list(pads[k:])
    for i, size in enumerate(x.shape[x.ndim - k :] if ceil else ()):
        room = size + begins[i] + ends[i] - dilations[i] * (window[i] - 1) - 1
        count = -(-room // strides[i]) + 1
        if (count - 1) * strides[i] >= size + begins[i]:
            count -= 1
        if count > room // strides[i] + 1:
            ends[i] = max(ends[i], (count - 1) * strides[i] - room + ends[i])
    return begins, ends


def _pool_windows(x, pads, window, strides, dilations, ceil, fill):
    """The windows of a pool, each flat, with `fill` around `x`."""
    k = len(window)
    begins, ends = _pool_frame(x, pads, window, strides, dilations, ceil)
    inside = _framed(np.ones(x.shape, bool), begins, ends)
    padded = np.where(inside, _framed(x, begins, ends), fill)
    windows = _windows(padded, window, strides, dilations)
    return windows.reshape(*windows.shape[: windows.ndim - k], -1)


def _max_pool(x, pads, window, strides, dilations, ceil):
    """The largest element of each window over the last axes."""
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    fill = x.dtype.type(least)
    return _pool_windows(x, pads, window, strides, dilations, ceil, fill).max(-1)


def _max_pool_indices(x, pads, window, strides, dilations, ceil):
    """Where `_max_pool` finds them, the first in row-major order."""
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    fill = x.dtype.type(least)
    values = _pool_windows(x, pads, window, strides, dilations, ceil, fill)
    numbers = np.arange(x.size).reshape(x.shape)
    index = _pool_windows(numbers, pads, window, strides, dilations, ceil, -1)
    largest = values.max(-1, keepdims=True)
    same = (values == largest) | (np.isnan(values) & np.isnan(largest))
    best = np.argmax(same & (index >= 0), -1)[..., None]
    return np.take_along_axis(index, best, -1)[..., 0]
