"""Kernels of elementwise arithmetic and transcendental functions: numpy's ufuncs."""

from __future__ import annotations

import numpy as np

from irlib.interpreters.numpy_ref.kernel import ufunc_table
from irlib.ops import elementwise as ops

ufunc_table(
    {
        ops.Add: np.add,
        ops.Multiply: np.multiply,
        ops.Subtract: np.subtract,
        ops.Negative: np.negative,
        ops.Tanh: np.tanh,
    }
)
