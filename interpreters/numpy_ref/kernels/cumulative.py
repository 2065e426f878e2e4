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

    def call(a: Array, x: Array, axis: Array) -> Array:
        at = _axis(x, axis)
        made = np.empty(x.shape, wide)
        # rows along the axis, as views
        factors, terms, rows = (np.moveaxis(v, at, 0) for v in (a.astype(wide), x.astype(wide), made))
        count = x.shape[at]
        order = range(count - 1, -1, -1) if op.reverse else range(count)
        state: Any = None
        for i in order:
            # the first factor meets h = 0 and is left out, lest an infinite one makes NaN
            state = terms[i] if state is None else factors[i] * state + terms[i]
            rows[i] = state
        return made.astype(t.numpy, copy=False)

    return new(call)
