"""Kernels of special functions: scipy's, imported when first needed."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel
from irlib.interpreters.numpy_ref.ufuncs import bound_function, bound_ufunc, ufunc_kernels
from irlib.ops import special as ops


def _scipy(name: str) -> np.ufunc:
    from scipy import special

    found: np.ufunc = getattr(special, name)
    return found


ufunc_kernels(
    {
        ops.Erf: partial(_scipy, "erf"),
        ops.Erfc: partial(_scipy, "erfc"),
        ops.Erfinv: partial(_scipy, "erfinv"),
        ops.Lgamma: partial(_scipy, "gammaln"),
    }
)


@kernel(ops.Polygamma)
def _(op: ops.Polygamma, operands: Operands, results: Results) -> Bound:
    (x,) = operands
    assert x is not None
    if op.order == 0:
        return bound_ufunc(_scipy("psi"), x.dtype)
    from scipy.special import polygamma

    def of_order(x: Any) -> Any:
        return np.asarray(polygamma(op.order, x)).astype(x.dtype, copy=False)

    return bound_function(of_order, 1, x.dtype, "fd")
