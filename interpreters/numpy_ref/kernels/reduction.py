"""Kernels of reductions: the ufunc's own reduce, its axes bound; half floats accumulate in float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel, new
from irlib.interpreters.numpy_ref.kernels.shape import as_ints
from irlib.ops import reduction as ops

Array = np.ndarray[Any, Any]
Reduce = Callable[..., Any]


def _bound(reduce: Reduce, operands: Operands, *, keepdims: bool) -> Bound:
    """`reduce(x, axis, dtype, out, keepdims)` with its axes bound where they are known."""
    x, axes = operands[0], operands[1] if len(operands) > 1 else None
    dtype = x.tensor.dtype  # type: ignore[union-attr]
    to = dtype.numpy
    known = None if axes is None else axes.ints
    if axes is not None and known is None:
        wide = np.dtype(np.float32) if dtype.is_half else to
        return new(lambda x, axes: np.asarray(reduce(x, as_ints(axes), wide, None, keepdims)).astype(to, copy=False))
    axis = known if known is None or len(known) != 1 else known[0]
    if dtype.is_half:
        return into(_half(reduce, axis, to, len(operands), keepdims=keepdims))
    if axes is None:
        return into(lambda x, out=None: reduce(x, axis, to, out, keepdims))
    return into(lambda x, axes, out=None: reduce(x, axis, to, out, keepdims))


def _half(reduce: Reduce, axis: Any, to: Any, count: int, *, keepdims: bool) -> Callable[..., Array]:
    """The reduction in float32, cast once; given `out`, numpy would round the accumulator to it between buffers."""

    def call(*arrays: Array) -> Array:
        made = np.asarray(reduce(arrays[0], axis, np.float32, None, keepdims))
        if len(arrays) == count:
            return made.astype(to)
        arrays[count][...] = made
        return arrays[count]

    return call


@kernel(ops.Sum)
def _sum(op: ops.Sum, operands: Operands, results: Results) -> Bound:
    return _bound(np.add.reduce, operands, keepdims=op.keepdims)


@kernel(ops.Prod)
def _prod(op: ops.Prod, operands: Operands, results: Results) -> Bound:
    return _bound(np.multiply.reduce, operands, keepdims=op.keepdims)


@kernel(ops.Max, ops.Min)
def _extremum(op: ops.Max | ops.Min, operands: Operands, results: Results) -> Bound:
    return _bound(np.maximum.reduce if isinstance(op, ops.Max) else np.minimum.reduce, operands, keepdims=op.keepdims)


@kernel(ops.Any, ops.All)
def _truth(op: ops.Any | ops.All, operands: Operands, results: Results) -> Bound:
    reduce = np.logical_or.reduce if isinstance(op, ops.Any) else np.logical_and.reduce
    return _bound(reduce, operands, keepdims=op.keepdims)


@kernel(ops.Argmax, ops.Argmin)
def _place(op: ops.Argmax | ops.Argmin, operands: Operands, results: Results) -> Bound:
    pick = np.argmax if isinstance(op, ops.Argmax) else np.argmin
    axis, keepdims = op.axis, op.keepdims
    small = operands[0].tensor.dtype.numpy.isbuiltin == 2  # type: ignore[union-attr]

    def call(x: Array) -> Array:
        if small:
            x = x.astype(np.float32)
        if not op.select_last:
            return np.asarray(pick(x, axis, keepdims=keepdims))
        found = np.asarray(pick(np.flip(x, axis), axis, keepdims=keepdims))
        return np.asarray((x.size if axis is None else x.shape[axis]) - 1 - found)

    return new(call)
