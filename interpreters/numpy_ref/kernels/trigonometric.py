"""Kernels of trigonometric and hyperbolic functions: numpy's ufuncs."""

from __future__ import annotations

import numpy as np

from irlib.interpreters.numpy_ref.ufuncs import ufunc_kernels
from irlib.ops import trigonometric as ops

ufunc_kernels(
    {
        ops.Sin: np.sin,
        ops.Cos: np.cos,
        ops.Tan: np.tan,
        ops.Asin: np.arcsin,
        ops.Acos: np.arccos,
        ops.Atan: np.arctan,
        ops.Atan2: np.arctan2,
        ops.Sinh: np.sinh,
        ops.Cosh: np.cosh,
        ops.Tanh: np.tanh,
        ops.Asinh: np.arcsinh,
        ops.Acosh: np.arccosh,
        ops.Atanh: np.arctanh,
        ops.Hypot: np.hypot,
    }
)
