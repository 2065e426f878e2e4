"""Kernels of joining and splitting."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel, new
from irlib.interpreters.numpy_ref.kernels.shape import as_ints, is_known
from irlib.ops import joining as ops

Array = np.ndarray[Any, Any]


@kernel(ops.Concat)
def _concat(op: ops.Concat, operands: Operands, results: Results) -> Bound:
    axis, count, join = op.axis, len(operands), np.concatenate

    def call(*arrays: Array) -> Array:
        if len(arrays) == count:
            return join(arrays, axis)
        return join(arrays[:count], axis, arrays[count])

    return into(call)


@kernel(ops.Split)
def _split(op: ops.Split, operands: Operands, results: Results) -> Bound:
    axis, count = op.axis, len(results)
    rank = operands[0].tensor.rank  # type: ignore[union-attr]
    lead = (slice(None),) * (axis % rank if rank else 0)
    shapes = [t.shape for t in results]  # type: ignore[union-attr]
    dims = [None if s is None else s[axis] for s in shapes]
    if all(isinstance(d, int) for d in dims) and (len(operands) == 1 or is_known(operands[1])):
        parts = _slices(lead, dims)
        return new(lambda x, sizes=None: tuple([x[p].copy() for p in parts]))

    def call(x: Array, sizes: Array | None = None) -> tuple[Array, ...]:
        found = _even(x.shape[axis], count) if sizes is None else as_ints(sizes)
        if len(found) != count or sum(found) != x.shape[axis] or min(found, default=0) < 0:
            raise ExecutionError(f"sizes {list(found)} for dim {x.shape[axis]}, expected {count} that sum to it")
        return tuple([x[p].copy() for p in _slices(lead, found)])

    return new(call)


def _even(dim: int, count: int) -> tuple[int, ...]:
    part = -(-dim // count)
    return (part,) * (count - 1) + (dim - part * (count - 1),)


def _slices(lead: tuple[slice, ...], sizes: Any) -> list[tuple[slice, ...]]:
    return [(*lead, slice(a, b)) for a, b in pairwise(accumulate(sizes, initial=0))]
