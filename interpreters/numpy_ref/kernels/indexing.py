"""Kernels of indexing."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel, new
from irlib.interpreters.numpy_ref.kernels.scattering import nd_places, places_along
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
    places = places_along(op.axis)

    def call(x: Array, indices: Array, out: Array | None = None) -> Array:
        # the places are inside x: "wrap" is said because only "raise" makes numpy buffer `out`
        return x.reshape(-1).take(places(x, indices), None, out, "wrap")

    return into(call)


@kernel(ops.GatherNd)
def _gather_nd(op: ops.GatherNd, operands: Operands, results: Results) -> Bound:
    return new(lambda x, indices: x.reshape(-1).take(nd_places(x, indices, op.batch_dims)))
