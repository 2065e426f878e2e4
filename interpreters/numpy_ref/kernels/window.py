"""Kernels of windows: a strided view and its adjoint."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel, view
from irlib.ops import window as ops
from irlib.ops.convolution import window_count

Shape = tuple[int, ...]


def window_counts(op: Any, sizes: Shape) -> Shape:
    """How many windows there are along each axis."""
    rows = zip(sizes, op.rows, strict=True)
    return tuple(int(window_count(n, w, 0, 0, s, d)) for n, (w, s, d) in rows)  # type: ignore[arg-type]


def window_places(op: Any, counts: Shape) -> Iterator[tuple[Shape, tuple[Any, ...]]]:
    """Each element of the window, and the elements of the padded axes that it meets."""
    for offset in product(*map(range, op.window)):
        at = [slice(k * d, k * d + s * (o - 1) + 1, s) for k, o, (_, s, d) in zip(offset, counts, op.rows, strict=True)]
        yield offset, (Ellipsis, *at)


@kernel(ops.SlidingWindow)
def sliding_window(op: ops.SlidingWindow, operands: Operands, results: Results) -> Bound:
    """A strided view."""
    count = len(op.window)
    strides = tuple(s for _, s, _ in op.rows)
    dilations = tuple(d for _, _, d in op.rows)

    def call(x: Any) -> Any:
        lead, last = x.strides[: x.ndim - count], x.strides[x.ndim - count :]
        shape = (*x.shape[: x.ndim - count], *window_counts(op, x.shape[x.ndim - count :]), *op.window)
        steps = (*lead, *(a * s for a, s in zip(last, strides, strict=True)))
        inner = tuple(a * d for a, d in zip(last, dilations, strict=True))
        return np.lib.stride_tricks.as_strided(x, shape, (*steps, *inner), writeable=False)

    return view(call)


@kernel(ops.OverlapAdd)
def overlap_add(op: ops.OverlapAdd, operands: Operands, results: Results) -> Bound:
    """Each element of the window added to where it was."""
    count = len(op.window)
    y0 = operands[0]
    assert y0 is not None
    wide = np.dtype(np.float32) if y0.dtype.is_half else y0.dtype.numpy

    def call(y: Any, shape: Any, out: Any = None) -> Any:
        sizes = tuple(shape.tolist())
        counts = window_counts(op, sizes)
        if counts != y.shape[-2 * count : -count]:
            raise ValueError(f"{y.shape[-2 * count : -count]} windows on {sizes} elements, expected {counts}")
        full = (*y.shape[: -2 * count], *sizes)
        total = out if out is not None and out.dtype == wide else np.empty(full, wide)
        total.fill(0)
        for offset, at in window_places(op, counts):
            place = total[at]
            np.add(place, y[(Ellipsis, *offset)], place)
        if out is None:
            return total if total.dtype == y.dtype else total.astype(y.dtype)
        if total is not out:
            out[...] = total
        return out

    return into(call)
