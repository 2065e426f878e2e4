"""Kernels of pools: running maxima over the window's elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.interpreters.numpy_ref.kernels.window import Shape, window_counts, window_places
from irlib.ops import pooling as ops


@kernel(ops.MaxPool)
def max_pool(op: ops.MaxPool, operands: Operands, results: Results) -> Bound:
    """The running maximum over the window's elements."""
    # ml_dtypes has no fast maximum; float32 holds these dtypes exactly
    x0 = operands[0]
    assert x0 is not None
    half = x0.dtype.numpy if x0.dtype.is_half else None

    def largest(x: Any, padded: Any, pads: Any, counts: Shape, out: Any) -> Any:
        for k, (_, at) in enumerate(window_places(op, counts)):
            if k == 0:
                out[...] = padded[at]
            else:
                np.maximum(out, padded[at], out=out)
        return out

    return _pool(op, operands, largest, half)


@kernel(ops.MaxPoolIndices)
def max_pool_indices(op: ops.MaxPoolIndices, operands: Operands, results: Results) -> Bound:
    """The place of the running maximum; the first wins."""

    def first(x: Any, padded: Any, pads: Any, counts: Shape, out: Any) -> Any:
        index = _padded(np.arange(x.size).reshape(x.shape), pads, -1)
        best = np.full(out.shape, _least(padded.dtype), padded.dtype)
        out.fill(-1)
        floats = padded.dtype.kind == "f"
        for _, at in window_places(op, counts):
            found, here = padded[at], index[at]
            better = (found > best) | (out < 0)
            if floats:
                better |= np.isnan(found) & ~np.isnan(best)
            better &= here >= 0
            np.copyto(best, found, where=better)
            np.copyto(out, here, where=better)
        if out.size and out.min() < 0:
            raise ValueError("a window lies in the padding alone, expected an element of the input in each")
        return out

    x0 = operands[0]
    assert x0 is not None
    return _pool(op, operands, first, None, np.dtype(np.int64))


def _pool(op: Any, operands: Operands, reduce: Callable[..., Any], half: Any, dtype: Any = None) -> Bound:
    """A kernel that pads and hands on: `half` is the dtype to round to, `dtype` the result's where it is another."""
    arity, count = len(operands), len(op.window)

    def call(x: Any, *rest: Any) -> Any:
        out = rest[arity - 1] if len(rest) > arity - 1 else None
        pads = (0,) * (2 * count) if arity == 1 else tuple(rest[0].tolist())
        sizes = x.shape[x.ndim - count :]
        begins, ends = ops.split_pads(pads, count)
        ends = ops.covered_ends(op, sizes, begins, ends)
        wide = x.astype(np.float32) if half is not None or x.dtype.kind == "V" else x
        padded = _padded(wide, (begins, ends), _least(wide.dtype))
        counts = window_counts(op, padded.shape[x.ndim - count :])
        shape = (*x.shape[: x.ndim - count], *counts)
        target = out if out is not None and half is None else np.empty(shape, dtype or wide.dtype)
        made = reduce(wide, padded, (begins, ends), counts, target)
        if half is None:
            return made
        if out is None:
            return made.astype(half)
        out[...] = made
        return out

    return into(call)


def _least(dtype: Any) -> Any:
    """What no element is smaller than."""
    return -np.inf if dtype.kind in "fV" else np.iinfo(dtype).min


def _padded(x: Any, pads: tuple[Shape, Shape], value: Any) -> Any:
    """`x` with `value` around its last axes; a negative pad crops."""
    begins, ends = pads
    if not any(begins) and not any(ends):
        return x
    lead = x.ndim - len(begins)
    crop = [slice(max(-b, 0), n - max(-e, 0)) for n, b, e in zip(x.shape[lead:], begins, ends, strict=True)]
    width = [(0, 0)] * lead + [(max(b, 0), max(e, 0)) for b, e in zip(begins, ends, strict=True)]
    return np.pad(x[(Ellipsis, *crop)], width, constant_values=value)
