"""Kernels of products: BLAS through numpy's matmul wherever a product can be brought to one."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.ops import linalg as ops


@kernel(ops.MatMul)
def matmul(op: ops.MatMul, operands: Operands, results: Results) -> Bound:
    """BLAS, half floats by way of float32."""
    x, y = operands
    assert x is not None
    assert y is not None
    if x.dtype.is_half:
        return into(_half(x.dtype.numpy))
    if x.dtype.kind in ("float", "complex") and (x.rank or 0) > 2 and y.rank == 2:
        return into(_rows)
    return into(np.matmul)


def _half(to: Any) -> Any:
    """The product accumulated in float32 and rounded once."""

    def call(x: Any, y: Any, out: Any = None) -> Any:
        product = np.asarray(np.matmul(x.astype(np.float32), y.astype(np.float32)))
        if out is None:
            return product.astype(to)
        out[...] = product
        return out

    return call


def _rows(x: Any, y: Any, out: Any = None) -> Any:
    """A stack of matrices times one matrix: one product over all rows, not one for each matrix."""
    if x.size == 0 or y.size == 0 or not x.flags.c_contiguous:
        return np.matmul(x, y, out)
    if out is None:
        out = np.empty((*x.shape[:-1], y.shape[1]), x.dtype)
    np.matmul(x.reshape(-1, x.shape[-1]), y, out.reshape(-1, y.shape[1]))
    return out
