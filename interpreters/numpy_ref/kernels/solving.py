"""Kernels of solving: LAPACK through numpy, and through scipy where numpy lacks a routine."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new, new_table
from irlib.ops import solving as ops


def _adjugate(x: Any) -> Any:
    if x.shape[-1] == 0:
        return x.copy()
    u, s, vh = np.linalg.svd(x)
    rest = np.repeat(s[..., None, :], s.shape[-1], axis=-2)
    np.einsum("...ii->...i", rest)[...] = 1
    rest = np.prod(rest, axis=-1)
    turn = np.linalg.det(u) * np.linalg.det(vh)
    v = np.conj(np.swapaxes(vh, -1, -2)) * (rest * turn[..., None])[..., None, :]
    return np.asarray(v @ np.conj(np.swapaxes(u, -1, -2)), x.dtype)


def _slogdet(x: Any) -> tuple[Any, ...]:
    return tuple(np.linalg.slogdet(x))


def _pinv(x: Any) -> Any:
    return np.linalg.pinv(x, rcond=max(x.shape[-2:], default=1) * np.finfo(x.dtype).eps)


new_table(
    {
        ops.Solve: np.linalg.solve,
        ops.Inv: np.linalg.inv,
        ops.Det: np.linalg.det,
        ops.Adjugate: _adjugate,
        ops.SLogDet: _slogdet,
        ops.PInv: _pinv,
    }
)


@kernel(ops.TriangularSolve)
def triangular_solve(op: ops.TriangularSolve, operands: Operands, results: Results) -> Bound:
    """LAPACK's trtrs, one matrix of the batch after the other."""
    how = {"lower": op.lower, "unit_diagonal": op.unit_diagonal, "trans": int(op.transposed), "check_finite": False}

    def call(a: Any, y: Any) -> Any:
        import scipy.linalg

        solve_one: Any = scipy.linalg.solve_triangular

        batch = np.broadcast_shapes(a.shape[:-2], y.shape[:-2])
        out = np.empty((*batch, *y.shape[-2:]), y.dtype)
        if not out.size:
            return out
        lefts = np.broadcast_to(a, (*batch, *a.shape[-2:]))
        rights = np.broadcast_to(y, out.shape)
        for at in np.ndindex(*batch):
            out[at] = solve_one(lefts[at], rights[at], **how)
        return out

    return new(call)
