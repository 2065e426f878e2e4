"""Kernels of control flow: they run regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.errors import BudgetError, ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.interpreters.numpy_ref.region import owned, runner
from irlib.ops import control_flow as ops
from irlib.tensor import Array
from irlib.types import TensorType, Type


@kernel(ops.Call)
def _(op: ops.Call, operands: Operands, results: Results) -> Bound:
    run = runner(op.graph, operands)
    return new(lambda *values: owned(run(*values), values))


@kernel(ops.Cond)
def _(op: ops.Cond, operands: Operands, results: Results) -> Bound:
    then, other = (runner(branch, operands[1:]) for branch in (op.then_branch, op.else_branch))

    def cond(pred: Array, *values: Any) -> tuple[Any, ...]:
        return owned((then if pred else other)(*values), values)

    return new(cond)


class _Stack:
    """The values of one per-step output, put where they go as they come."""

    def __init__(self, t: Type, axis: int, length: int, *, reverse: bool) -> None:
        self.type = t
        self.axis = axis
        self.reverse = reverse
        self.length = length
        self.array: Array | None = None

    def put(self, step: int, value: Array) -> None:
        if self.array is None:
            self.array = np.empty((self.length, *value.shape), value.dtype)
        elif value.shape != self.array.shape[1:]:
            raise _ragged(self.array.shape[1:], value.shape)
        self.array[self.length - 1 - step if self.reverse else step] = value

    def made(self) -> Array:
        if self.array is None:
            return _empty(self.type)
        return self.array if self.axis == 0 else np.ascontiguousarray(np.moveaxis(self.array, 0, self.axis))


def _ragged(first: Sequence[int], other: Sequence[int]) -> ExecutionError:
    return ExecutionError(
        f"values to stack have shapes {list(first)} and {list(other)}, expected one shape in all steps", code="IR611"
    )


def _empty(t: Type) -> Array:
    """The stack of no steps."""
    assert isinstance(t, TensorType)
    if t.shape is None:
        raise ExecutionError("the loop made no step, and the rank of what it stacks is not known", code="IR611")
    return np.zeros([d if isinstance(d, int) else 0 for d in t.shape], t.dtype.numpy)


@kernel(ops.Scan)
def _(op: ops.Scan, operands: Operands, results: Results) -> Bound:
    first, last = op.carries, op.carries + op.scanned
    run = runner(op.body, operands[last:], last)
    axes_in, reverse_in = op.axes_in, op.reverse_in
    outputs = list(zip(results[first:], op.axes_out, op.reverse_out, strict=True))

    def scan(*values: Any) -> tuple[Any, ...]:
        carried = values[:first]
        invariants = values[last:]
        # the axis first, in the order of the steps: a step is then one index
        slices = [
            (np.moveaxis(x, axis, 0) if axis else x)[:: -1 if reverse else 1]
            for x, axis, reverse in zip(values[first:last], axes_in, reverse_in, strict=True)
        ]
        length = len(slices[0])
        if any(len(s) != length for s in slices):
            raise ExecutionError(
                f"scanned operands have lengths {[len(s) for s in slices]}, expected equal", code="IR611"
            )
        stacks = [_Stack(t, axis, length, reverse=reverse) for t, axis, reverse in outputs]
        for step in range(length):
            made = run(*carried, *[s[step, ...] for s in slices], *invariants)
            carried = made[:first]
            for stack, value in zip(stacks, made[first:], strict=True):
                stack.put(step, value)
        return (*owned(tuple(carried), values), *[s.made() for s in stacks])

    return new(scan)


@kernel(ops.WhileLoop)
def _(op: ops.WhileLoop, operands: Operands, results: Results) -> Bound:
    count, limit = op.carries, op.max_trips
    run = runner(op.body, operands[2 + count :], 1 + count)
    types = results[count:]

    def while_loop(trip_count: Any = None, start: Any = None, *values: Any) -> tuple[Any, ...]:
        trips = limit + 1 if trip_count is None else int(trip_count)
        going_on = True if start is None else bool(start)
        carried, invariants = values[:count], values[count:]
        stacks: list[list[Array]] = [[] for _ in types]
        step = 0
        while going_on and step < trips:
            if step >= limit:
                raise BudgetError(
                    f"the loop has not ended after {limit} steps", code="IR622", remedy="raise its max_trips"
                )
            made = run(np.array(step, np.int64), *carried, *invariants)
            going_on = bool(made[0])
            carried = made[1 : 1 + count]
            for stack, value in zip(stacks, made[1 + count :], strict=True):
                if stack and value.shape != stack[0].shape:
                    raise _ragged(stack[0].shape, value.shape)
                stack.append(value)
            step += 1
        stacked = [np.stack(s) if s else _empty(t) for s, t in zip(stacks, types, strict=True)]
        return (*owned(tuple(carried), values), *stacked)

    return new(while_loop)
