"""Kernels of decompositions: LAPACK through numpy."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new, new_table
from irlib.ops import decomposition as ops


def _hermitian(x: Any) -> Any:
    return (x + np.conj(np.swapaxes(x, -1, -2))) * x.dtype.type(0.5)


def _svd(x: Any) -> tuple[Any, ...]:
    return tuple(np.linalg.svd(x, full_matrices=False))


def _eig(x: Any) -> tuple[Any, Any]:
    values, vectors = np.linalg.eig(x)
    return _complex(values, x), _complex(vectors, x)


def _complex(y: Any, x: Any) -> Any:
    return y.astype(np.result_type(x.dtype, np.complex64), copy=False)


def _eigvals(x: Any) -> Any:
    # with vectors, as the derivative computes them: in the same order
    return _eig(x)[0]


new_table(
    {
        ops.QR: lambda x: tuple(np.linalg.qr(x)),
        ops.EigH: lambda x: tuple(np.linalg.eigh(_hermitian(x))),
        ops.SVD: _svd,
        ops.Eig: _eig,
        ops.EigVals: _eigvals,
    }
)


@kernel(ops.Cholesky)
def cholesky(op: ops.Cholesky, operands: Operands, results: Results) -> Bound:
    """The factor, of the hermitian part."""
    if op.upper:
        return new(lambda x: np.conj(np.swapaxes(np.linalg.cholesky(_hermitian(x)), -1, -2)))
    return new(lambda x: np.linalg.cholesky(_hermitian(x)))
