"""Kernels of sequences. A sequence is a list; lists and the arrays in them are never changed once made."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.interpreters.numpy_ref.region import owned, runner
from irlib.ops import sequence as ops
from irlib.tensor import Array


def kept(x: Any) -> Any:
    """A copy of what comes out of the arrays of a run, which are written to again, or goes into them."""
    return x.copy() if isinstance(x, np.ndarray) else x


def place(s: list[Any], i: Any, *, end: int = 0) -> int:
    """The index `i` into `s` (with `end` 1: into the gaps of `s`) from the front."""
    at, count = int(i), len(s)
    if not -count <= at < count + end:
        raise ExecutionError(
            f"index {at} is out of range for a sequence of {count}, expected {-count} <= index < {count + end}",
            code="IR610",
        )
    return at + count if at < 0 else at


@kernel(ops.SequenceConstruct)
def _(op: ops.SequenceConstruct, operands: Operands, results: Results) -> Bound:
    return new(lambda *xs: [kept(x) for x in xs])


@kernel(ops.SequenceEmpty)
def _(op: ops.SequenceEmpty, operands: Operands, results: Results) -> Bound:
    return new(list)


@kernel(ops.SequenceAt)
def _(op: ops.SequenceAt, operands: Operands, results: Results) -> Bound:
    return new(lambda s, i: kept(s[place(s, i)]))


@kernel(ops.SequenceReplace)
def _(op: ops.SequenceReplace, operands: Operands, results: Results) -> Bound:
    def replace(s: list[Any], x: Any, i: Any) -> list[Any]:
        at = place(s, i)
        return [*s[:at], kept(x), *s[at + 1 :]]

    return new(replace)


@kernel(ops.SequenceInsert)
def _(op: ops.SequenceInsert, operands: Operands, results: Results) -> Bound:
    def insert(s: list[Any], x: Any, i: Any = None) -> list[Any]:
        at = len(s) if i is None else place(s, i, end=1)
        return [*s[:at], kept(x), *s[at:]]

    return new(insert)


@kernel(ops.SequenceErase)
def _(op: ops.SequenceErase, operands: Operands, results: Results) -> Bound:
    def erase(s: list[Any], i: Any = -1) -> list[Any]:
        at = place(s, i)
        return [*s[:at], *s[at + 1 :]]

    return new(erase)


@kernel(ops.SequenceLength)
def _(op: ops.SequenceLength, operands: Operands, results: Results) -> Bound:
    return new(lambda s: np.array(len(s), np.int64))


@kernel(ops.SequenceSizes)
def _(op: ops.SequenceSizes, operands: Operands, results: Results) -> Bound:
    axis = op.axis
    return new(lambda s: np.array([x.shape[axis] for x in s], np.int64))


@kernel(ops.ConcatFromSequence)
def _(op: ops.ConcatFromSequence, operands: Operands, results: Results) -> Bound:
    axis, join = op.axis, np.stack if op.new_axis else np.concatenate

    def concat(s: list[Array]) -> Array:
        if not s:
            raise ExecutionError("the sequence is empty, expected at least one element", code="IR610")
        return join(s, axis=axis)

    return new(concat)


@kernel(ops.SplitToSequence)
def _(op: ops.SplitToSequence, operands: Operands, results: Results) -> Bound:
    axis = op.axis

    def cut(x: Array, ends: Any) -> list[Array]:
        return [part.copy() for part in np.split(x, ends, axis)]

    def split(x: Array, split: Array | None = None) -> list[Array]:
        count = x.shape[axis]
        if split is None:
            if not count:
                return []
            parts = cut(x, range(1, count))
            return parts if op.keepdims else [np.squeeze(p, axis) for p in parts]
        if split.ndim == 0:
            length = int(split)
            if length <= 0:
                raise ExecutionError(f"split is {length}, expected at least 1", code="IR610")
            return cut(x, range(length, count, length)) if count else []
        if np.any(split < 0) or int(np.sum(split)) != count:
            raise ExecutionError(f"split is {split.tolist()}, expected lengths that add up to {count}", code="IR610")
        return cut(x, np.cumsum(split)[:-1]) if len(split) else []

    return new(split)


@kernel(ops.SequenceMap)
def _(op: ops.SequenceMap, operands: Operands, results: Results) -> Bound:
    run, count, width = runner(op.body), op.sequences, len(op.body.outputs)

    def over(*values: Any) -> tuple[list[Any], ...]:
        sequences, others = values[:count], values[count:]
        if len({len(s) for s in sequences}) > 1:
            raise ExecutionError(f"sequences of lengths {[len(s) for s in sequences]}, expected equal", code="IR610")
        made: tuple[list[Any], ...] = tuple([] for _ in range(width))
        for elements in zip(*sequences, strict=True):
            for into, value in zip(made, owned(run(*elements, *others), others), strict=True):
                into.append(value)
        return made

    return new(over)


@kernel(ops.SequenceSum)
def _(op: ops.SequenceSum, operands: Operands, results: Results) -> Bound:
    def total(s: list[Array]) -> Array:
        if not s:
            raise ExecutionError("the sequence is empty, expected at least one element", code="IR610")
        wide = np.float32 if s[0].dtype.itemsize == 2 and s[0].dtype.kind in "fV" else s[0].dtype
        summed = s[0].astype(wide)
        for x in s[1:]:
            if x.shape != summed.shape:
                raise ExecutionError(f"elements have shapes {s[0].shape} and {x.shape}, expected equal", code="IR610")
            np.add(summed, x.astype(wide, copy=False), out=summed)
        return summed.astype(s[0].dtype, copy=False)

    return new(total)
