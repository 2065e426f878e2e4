"""Kernels of exponentials and logarithms: numpy's ufuncs, and a logistic function without overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel
from irlib.interpreters.numpy_ref.ufuncs import bound_function, ufunc_kernels
from irlib.ops import exponential as ops

ufunc_kernels(
    {
        ops.Exp: np.exp,
        ops.Exp2: np.exp2,
        ops.Expm1: np.expm1,
        ops.Log: np.log,
        ops.Log1p: np.log1p,
        ops.Log2: np.log2,
        ops.Log10: np.log10,
    }
)


@kernel(ops.Sigmoid)
def _(op: ops.Sigmoid, operands: Operands, results: Results) -> Bound:
    (x,) = operands
    assert x is not None
    return bound_function(sigmoid, 1, x.dtype, "fdFD")


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)): only numbers not above 1 are raised to a power."""
    falling = x.real < 0
    small = np.exp(np.where(falling, x, -x))
    return np.where(falling, small, 1) / (1 + small)
