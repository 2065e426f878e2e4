"""Kernels of rounding: numpy's ufuncs on floats, copies of integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel
from irlib.interpreters.numpy_ref.ufuncs import bound_ufunc
from irlib.ops import rounding as ops

_UFUNCS = {ops.Floor: np.floor, ops.Ceil: np.ceil, ops.Round: np.rint, ops.Trunc: np.trunc}


@kernel(*_UFUNCS)
def _(op: Any, operands: Operands, results: Results) -> Bound:
    (x,) = operands
    assert x is not None
    # numpy's rounding of integers gives floats in some of its versions
    return bound_ufunc(np.positive if x.dtype.is_integer else _UFUNCS[type(op)], x.dtype)
