"""Kernels of comparisons: numpy's ufuncs."""

from __future__ import annotations

import numpy as np

from irlib.interpreters.numpy_ref.ufuncs import ufunc_kernels
from irlib.ops import comparison as ops

ufunc_kernels(
    {
        ops.Equal: np.equal,
        ops.NotEqual: np.not_equal,
        ops.Less: np.less,
        ops.LessEqual: np.less_equal,
        ops.Greater: np.greater,
        ops.GreaterEqual: np.greater_equal,
        ops.IsNan: np.isnan,
        ops.IsInf: np.isinf,
        ops.IsFinite: np.isfinite,
    }
)
