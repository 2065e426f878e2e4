"""Kernels of indexing."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel, new
from irlib.interpreters.numpy_ref.kernels.scattering import nd_places, require_within
from irlib.ops import indexing as ops

Array = np.ndarray[Any, Any]


@kernel(ops.Take)
def _take(op: ops.Take, operands: Operands, results: Results) -> Bound:
    axis = op.axis
    x, indices = operands
    known = indices.ints  # type: ignore[union-attr]
    if known is not None and x.tensor.is_static:  # type: ignore[union-attr]
        # inference has checked the range, and only "raise" makes numpy buffer `out`
        return into(lambda x, indices, out=None: x.take(indices, axis, out, "wrap"))
    return new(lambda x, indices: x.take(indices, axis))


@kernel(ops.TakeAlongAxis)
def _take_along_axis(op: ops.TakeAlongAxis, operands: Operands, results: Results) -> Bound:
    def call(x: Array, indices: Array) -> Array:
        axis = op.axis % x.ndim
        require_within(x, indices, axis)
        inside = tuple(slice(None) if i == axis else slice(e) for i, e in enumerate(indices.shape))
        return np.take_along_axis(x[inside], indices, axis)

    return new(call)


@kernel(ops.GatherNd)
def _gather_nd(op: ops.GatherNd, operands: Operands, results: Results) -> Bound:
    return new(lambda x, indices: x.reshape(-1).take(nd_places(x, indices, op.batch_dims)))
