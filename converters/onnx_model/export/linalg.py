"""Linear algebra that ONNX can say: what comes of determinants."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.export.row import emits, lowers

_LARGEST = 16
"""A matrix of n rows has n * n minors, each an elimination of n**3 steps."""


@emits("det")
def det(e: Any, site: Any, x: Any) -> Any:
    return e.op("Det", x)


@lowers("adjugate")
def adjugate(b: Any, site: Any, x: Any) -> Any:
    """The transposed cofactors: determinants of what is left without a row and a column."""
    n = None if x.shape is None else x.shape[-1]
    if not isinstance(n, int) or n > _LARGEST:
        raise site.unsupported(f"the adjugate of matrices of {n} rows", f"use matrices of {_LARGEST} rows at most")
    if n == 1:
        return b.full_like(x, 1)
    others = b.constant(np.array([[j for j in range(n) if j != i] for i in range(n)], np.int64))
    lead = x.rank - 2
    # [.., without row i, row, without column j, column], then the two counters in front, j first
    parts = b.take(b.take(x, others, axis=-2), others, axis=-1)
    minors = b.det(b.transpose(parts, perm=(*range(lead), lead + 2, lead, lead + 1, lead + 3)))
    signs = (-1.0) ** (np.arange(n)[:, None] + np.arange(n))
    return minors * b.constant(signs, x.dtype)
