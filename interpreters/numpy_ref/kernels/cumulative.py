"""Kernels of cumulative functions: the ufuncs' own accumulate; half floats accumulate in float32."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.ops import cumulative as ops

Array = np.ndarray[Any, Any]


def _axis(x: Array, axis: Array) -> int:
    found = int(axis.reshape(-1)[0])
    if not -x.ndim <= found < x.ndim:
        raise ExecutionError(f"axis {found} is out of range for rank {x.ndim}, expected {-x.ndim} <= axis < {x.ndim}")
    return found % x.ndim


def _along(axis: int, part: slice) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, part)


_ACCUMULATE = {
    ops.CumulativeSum: np.add.accumulate,
    ops.CumulativeProd: np.multiply.accumulate,
    ops.CumulativeMax: np.maximum.accumulate,
    ops.CumulativeMin: np.minimum.accumulate,
}

_BACK = slice(None, None, -1)


@kernel(*_ACCUMULATE)
def _cumulative(op: Any, operands: Operands, results: Results) -> Bound:
    t = operands[0].tensor.dtype  # type: ignore[union-attr]
    wide = np.dtype(np.float32) if t.is_half else t.numpy
    accumulate = _ACCUMULATE[type(op)]
    first = 1 if isinstance(op, ops.CumulativeProd) else 0
    exclusive = getattr(op, "exclusive", False)

    def call(x: Array, axis: Array) -> Array:
        at = _axis(x, axis)
        turned = x[_along(at, _BACK)] if op.reverse else x
        if exclusive:
            made = np.empty(x.shape, wide)
            made[_along(at, slice(0, 1))] = first
            if x.shape[at] > 1:
                accumulate(turned[_along(at, slice(0, -1))], at, wide, made[_along(at, slice(1, None))])
        else:
            made = accumulate(turned, at, wide)
        if op.reverse:
            made = made[_along(at, _BACK)]
        return np.ascontiguousarray(made.astype(t.numpy, copy=False))

    return new(call)


@kernel(ops.LinearRecurrence)
def _linear_recurrence(op: ops.LinearRecurrence, operands: Operands, results: Results) -> Bound:
    t = operands[1].tensor.dtype  # type: ignore[union-attr]
    wide = np.dtype(np.float32) if t.is_half else t.numpy

    turn = _BACK if op.reverse else slice(None)

    def call(a: Array, x: Array, axis: Array) -> Array:
        at = _axis(x, axis)
        made = np.empty(x.shape, wide)
        # rows along the axis, as views
        factors, terms, rows = (
            np.moveaxis(v, at, 0)[turn] for v in (a.astype(wide, copy=False), x.astype(wide, copy=False), made)
        )
        if wide == np.float64 and 0 < rows.size == len(rows):
            rows[...] = np.reshape(_numbers(factors.reshape(-1).tolist(), terms.reshape(-1).tolist()), rows.shape)
        else:
            _rows(factors, terms, rows)
        return made.astype(t.numpy, copy=False)

    return new(call)


def _numbers(factors: list[float], terms: list[float]) -> list[float]:
    """One number a step: Python's doubles are numpy's, and a step costs a tenth."""
    state, made = terms[0], terms[:1]
    for a, x in zip(factors[1:], terms[1:], strict=True):
        state = a * state + x
        made.append(state)
    return made


def _rows(factors: Array, terms: Array, rows: Array) -> None:
    """A row a step, each computed where it is to be."""
    # the first factor meets h = 0 and is left out, lest an infinite one makes NaN
    rows[:1] = terms[:1]
    for i in range(1, len(rows)):
        row = rows[i, ...]
        np.multiply(factors[i], rows[i - 1], row)
        np.add(row, terms[i], row)
