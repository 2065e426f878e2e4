"""Kernels of logic: numpy's ufuncs on bools."""

from __future__ import annotations

import numpy as np

from irlib.interpreters.numpy_ref.ufuncs import ufunc_kernels
from irlib.ops import logic as ops

ufunc_kernels(
    {
        ops.LogicalAnd: np.logical_and,
        ops.LogicalOr: np.logical_or,
        ops.LogicalXor: np.logical_xor,
        ops.LogicalNot: np.logical_not,
    }
)
