"""Kernels of slices, padding and reversal."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel, new, view
from irlib.interpreters.numpy_ref.kernels.shape import as_ints, static_shape
from irlib.op import Operand
from irlib.ops import slicing as ops

Array = np.ndarray[Any, Any]
Index = tuple[Any, ...]
Ints = tuple[int, ...]


def _index(rank: int, starts: Ints, ends: Ints, axes: Ints | None, steps: Ints | None) -> Index:
    """The slices that the bounds are, one for each axis."""
    count = len(starts)
    along = tuple(range(count)) if axes is None else tuple(a + rank if a < 0 else a for a in axes)
    strides = (1,) * count if steps is None else steps
    if not len(ends) == len(along) == len(strides) == count:
        raise ExecutionError(f"got {count} starts, {len(ends)} ends, {len(along)} axes, {len(strides)} steps")
    if len(set(along)) < count or not all(0 <= a < rank for a in along):
        raise ExecutionError(f"axes {list(along)} for rank {rank}, expected distinct axes from 0 to {rank - 1}")
    if 0 in strides:
        raise ExecutionError("a step is 0, expected another")
    made = [slice(None)] * rank
    for axis, start, end, step in zip(along, starts, ends, strides, strict=True):
        made[axis] = slice(start, end, step)
    return (*made, ...)  # the ellipsis keeps a 0-d array an array


def _known_index(rank: int, bounds: tuple[Operand | None, ...]) -> Index | None:
    ints = [None if o is None else o.ints for o in bounds]
    if any(o is not None and i is None for o, i in zip(bounds, ints, strict=True)):
        return None
    starts, ends, axes, steps = (*ints, None, None)[:4]
    assert starts is not None
    assert ends is not None
    return _index(rank, starts, ends, axes, steps)


def _found_index(rank: int, bounds: tuple[Array | None, ...]) -> Index:
    starts, ends, axes, steps = (*[None if o is None else as_ints(o) for o in bounds], None, None)[:4]
    assert starts is not None
    assert ends is not None
    return _index(rank, starts, ends, axes, steps)


@kernel(ops.Slice)
def _slice(op: ops.Slice, operands: Operands, results: Results) -> Bound:
    index = _known_index(operands[0].tensor.rank, operands[1:])  # type: ignore[union-attr,arg-type]
    if index is not None:
        return view(lambda x, *bounds: x[index])
    return view(lambda x, *bounds: x[_found_index(x.ndim, bounds)])


@kernel(ops.SliceUpdate)
def _slice_update(op: ops.SliceUpdate, operands: Operands, results: Results) -> Bound:
    index = _known_index(operands[0].tensor.rank, operands[2:])  # type: ignore[union-attr,arg-type]
    count = len(operands)

    def call(x: Array, update: Array, *bounds: Any) -> Array:
        made = np.empty(x.shape, x.dtype) if len(bounds) == count - 2 else bounds[-1]
        where = index if index is not None else _found_index(x.ndim, bounds[: count - 2])
        np.copyto(made, x)
        target = made[where]
        if target.shape != update.shape:
            raise ExecutionError(
                f"update has shape {list(update.shape)}, expected that of the slice {list(target.shape)}"
            )
        target[...] = update
        return made

    return into(call)


@kernel(ops.Pad)
def _pad(op: ops.Pad, operands: Operands, results: Results) -> Bound:
    x, pads = operands[0].tensor, operands[1].ints  # type: ignore[union-attr]
    axes = operands[3] if len(operands) > 3 else None
    to = static_shape(results[0])
    if to is None or pads is None or not x.is_static or (axes is not None and axes.ints is None):
        return new(lambda x, pads, value=None, axes=None: _padded(op.mode, x, pads, value, axes))
    before, after = _all_pads(x.rank or 0, pads, None if axes is None else axes.ints)
    if op.mode != "constant":
        return new(lambda x, *rest: _repeated(op.mode, x, before, after))
    inner, outer, count = *_overlap(x.shape, before, after), len(operands)

    def call(x: Array, pads: Array, *rest: Any) -> Array:
        made = np.empty(to, x.dtype) if len(rest) == count - 2 else rest[-1]
        made.fill(0 if count < 3 or rest[0] is None else rest[0])
        made[outer] = x[inner]
        return made

    return into(call)


def _all_pads(rank: int, pads: Ints, axes: Ints | None) -> tuple[Ints, Ints]:
    """Pads before and after each axis."""
    along = tuple(range(rank)) if axes is None else tuple(a + rank if a < 0 else a for a in axes)
    if len(pads) != 2 * len(along):
        raise ExecutionError(f"got {len(pads)} pads, expected {2 * len(along)}: before and after for each axis")
    if len(set(along)) < len(along) or not all(0 <= a < rank for a in along):
        raise ExecutionError(f"axes {list(along)} for rank {rank}, expected distinct axes from 0 to {rank - 1}")
    before, after = [0] * rank, [0] * rank
    for i, a in enumerate(along):
        before[a], after[a] = pads[i], pads[i + len(along)]
    return tuple(before), tuple(after)


def _overlap(shape: Any, before: Ints, after: Ints) -> tuple[Index, Index]:
    """Where the elements that stay are in `x`, and where in the result."""
    inner, outer = [], []
    for d, b, a in zip(shape, before, after, strict=True):
        if d + b + a < 0:
            raise ExecutionError(f"pads {b} and {a} take away more than the {d} there are")
        start, stop = max(-b, 0), d - max(-a, 0)
        stop = max(start, stop)  # what is left after more than all was taken away on one side
        inner.append(slice(start, stop))
        outer.append(slice(max(b, 0), max(b, 0) + stop - start))
    return tuple(inner), tuple(outer)


def _padded(mode: str, x: Array, pads: Array, value: Array | None, axes: Array | None) -> Array:
    before, after = _all_pads(x.ndim, as_ints(pads), None if axes is None else as_ints(axes))
    if mode != "constant":
        return _repeated(mode, x, before, after)
    inner, outer = _overlap(x.shape, before, after)
    made = np.empty([d + b + a for d, b, a in zip(x.shape, before, after, strict=True)], x.dtype)
    made.fill(0 if value is None else value)
    made[outer] = x[inner]
    return made


def _repeated(mode: str, x: Array, before: Ints, after: Ints) -> Array:
    """Axis by axis, the elements taken from where a padded range of numbers says."""
    inner, _ = _overlap(x.shape, before, after)
    x = x[inner]
    for axis, (b, a) in enumerate(zip(before, after, strict=True)):
        ends = (max(b, 0), max(a, 0))
        if ends == (0, 0):
            continue
        if x.shape[axis] == 0:
            raise ExecutionError(f"axis {axis} has no elements, expected at least one for mode {mode}")
        x = x.take(np.pad(np.arange(x.shape[axis]), ends, mode), axis)  # type: ignore[call-overload]
    return x.copy() if x.base is not None else x


@kernel(ops.Reverse)
def _reverse(op: ops.Reverse, operands: Operands, results: Results) -> Bound:
    axes = operands[1] if len(operands) > 1 else None
    rank = operands[0].tensor.rank  # type: ignore[union-attr]
    if axes is None or (axes.ints is not None and rank is not None):
        along = range(rank or 0) if axes is None else [a % rank for a in axes.ints or ()] if rank else ()
        index = tuple(slice(None, None, -1) if i in along else slice(None) for i in range(rank or 0))
        return view(lambda x, *axes: x[(*index, ...)])
    return view(lambda x, axes: np.flip(x, as_ints(axes)))
