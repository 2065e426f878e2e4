"""Kernels of the safe functions that numpy has; the others run by their bodies."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel
from irlib.interpreters.numpy_ref.ufuncs import bound_function, ufunc_kernels
from irlib.ops import safe_math as ops

ufunc_kernels({ops.Logaddexp: np.logaddexp})


@kernel(ops.Softplus)
def _(op: ops.Softplus, operands: Operands, results: Results) -> Bound:
    (x,) = operands
    assert x is not None
    return bound_function(softplus, 1, x.dtype, "fd")


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), by exponentials of numbers not above 0."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
