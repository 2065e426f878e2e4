"""Kernels of arithmetic: numpy's ufuncs; integers that numpy would divide by zero are refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.interpreters.numpy_ref.ufuncs import bound_ufunc, ufunc_kernels
from irlib.ops import arithmetic as ops

ufunc_kernels(
    {
        ops.Add: np.add,
        ops.Subtract: np.subtract,
        ops.Multiply: np.multiply,
        ops.Divide: np.divide,
        ops.Negative: np.negative,
        ops.Abs: np.absolute,
        ops.Sign: np.sign,
        ops.Sqrt: np.sqrt,
        ops.Maximum: np.maximum,
        ops.Minimum: np.minimum,
        ops.Reciprocal: np.reciprocal,
        ops.Square: np.square,
    }
)

_CHECKED = {ops.FloorDivide: np.floor_divide, ops.Remainder: np.remainder, ops.Fmod: np.fmod, ops.Power: np.power}


@kernel(*_CHECKED)
def _(op: Any, operands: Operands, results: Results) -> Bound:
    first = operands[0]
    assert first is not None
    bound = bound_ufunc(_CHECKED[type(op)], first.dtype)
    if not first.dtype.is_integer:
        return bound
    call, power = bound.call, isinstance(op, ops.Power)

    def checked(x: Any, y: Any, *out: Any) -> Any:
        if power and (y < 0).any():
            raise ExecutionError("an integer to a negative power, expected exponents >= 0", code="IR612")
        if not power and not y.all():
            raise ExecutionError("an integer divided by zero", code="IR612")
        return call(x, y, *out)

    return into(checked)
