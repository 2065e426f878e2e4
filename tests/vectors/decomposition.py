"""Vectors of decompositions, against scipy."""

from typing import Any

import numpy as np
import scipy.linalg

from irlib.ops import decomposition as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(24)


def normal(*shape: int, dtype: Any = np.float64) -> Any:
    x = RNG.standard_normal(shape)
    return (x + 1j * RNG.standard_normal(shape)).astype(dtype) if np.dtype(dtype).kind == "c" else x.astype(dtype)


def good(*shape: int, dtype: Any = np.float64) -> Any:
    """Well conditioned square matrices."""
    return normal(*shape, dtype=dtype) * 0.4 + (2 * np.eye(shape[-1])).astype(dtype)


def definite(*shape: int, dtype: Any = np.float64) -> Any:
    x = good(*shape, dtype=dtype)
    return (x @ np.conj(np.swapaxes(x, -1, -2))).astype(dtype)


def each(f: Any) -> Any:
    """A function of matrices on batches of them."""

    def expected(*xs: Any) -> Any:
        batch = np.broadcast_shapes(*(x.shape[:-2] for x in xs))
        if not batch:
            return f(*xs)
        made = [f(*(np.broadcast_to(x, (*batch, *x.shape[-2:]))[at] for x in xs)) for at in np.ndindex(*batch)]
        if isinstance(made[0], tuple):
            return tuple(np.reshape(np.stack(p), (*batch, *np.shape(p[0]))) for p in zip(*made, strict=True))
        return np.reshape(np.stack(made), (*batch, *np.shape(made[0])))

    return expected


def hermitian(x: Any) -> Any:
    return (x + np.conj(x.T)) / 2


def triangular(op: ops.TriangularSolve) -> Any:
    return each(
        lambda a, y: scipy.linalg.solve_triangular(
            a, y, lower=op.lower, unit_diagonal=op.unit_diagonal, trans=int(op.transposed)
        )
    )


def adjugate(x: Any) -> Any:
    """The transposed cofactors, each a determinant."""
    n = len(x)
    minors = [[np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) * (-1) ** (i + j) for i in range(n)] for j in range(n)]
    return np.array(minors, x.dtype).reshape(n, n)


SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.5], [0.5, 1.0, 2.5]])
SINGULAR_TWICE = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.5, 1.0, 1.5]])
SPREAD = np.diag([1.0, 2.5, 4.5, 7.0]) + 0.3 * normal(4, 4)
# LAPACK keeps the signs of this one's eigenvectors under every step of a difference
STEADY = hermitian(np.random.default_rng(2).standard_normal((3, 3))) + np.diag([0.0, 2.0, 4.0])
_TRIANGULAR = [
    ops.TriangularSolve(lower=low, unit_diagonal=unit, transposed=turned)
    for low in (True, False) for unit in (True, False) for turned in (True, False)
]  # fmt: skip

VECTORS = [
    *[v(op, good(3, 3), normal(3, 2), expected=triangular(op), rtol=1e-11) for op in _TRIANGULAR],
    v(ops.TriangularSolve(), good(2, 3, 3), normal(3, 2), expected=triangular(ops.TriangularSolve()), rtol=1e-11),
    v(ops.TriangularSolve(), good(3, 3), normal(2, 3, 1), expected=triangular(ops.TriangularSolve()), rtol=1e-11),
    v(
        ops.TriangularSolve(transposed=True), good(3, 3, dtype=complex), normal(3, 2, dtype=complex),
        expected=triangular(ops.TriangularSolve(transposed=True)), rtol=1e-11, judge="other",
    ),
    v(ops.Solve(), good(3, 3), normal(3, 2), expected=each(scipy.linalg.solve), rtol=1e-11),
    v(ops.Solve(), good(2, 3, 3), normal(3, 2), expected=each(scipy.linalg.solve), rtol=1e-11),
    v(ops.Solve(), good(3, 3), normal(4, 3, 1), expected=each(scipy.linalg.solve), rtol=1e-11),
    v(ops.Solve(), good(3, 3, dtype=complex), normal(3, 2, dtype=complex), expected=np.linalg.solve, judge="other"),
    v(ops.Solve(), good(3, 3, dtype=np.float32), normal(3, 2, dtype=np.float32), expected=np.linalg.solve, rtol=1e-4),
    v(ops.Inv(), good(2, 3, 3), expected=each(scipy.linalg.inv), rtol=1e-11),
    v(ops.Inv(), good(3, 3, dtype=complex), expected=each(scipy.linalg.inv), rtol=1e-11, judge="other"),
    v(ops.Det(), normal(2, 3, 3), expected=each(scipy.linalg.det), rtol=1e-11),
    v(ops.Det(), normal(3, 3, dtype=complex), expected=each(scipy.linalg.det), rtol=1e-11),
    v(ops.Det(), SINGULAR, expected=np.array(0.0), atol=1e-14, name="det:singular"),
    v(ops.Det(), SINGULAR_TWICE, expected=np.array(0.0), atol=1e-14, name="det:rank_one", wrt=()),
    v(ops.Det(), np.zeros((2, 2)), expected=np.array(0.0), name="det:zeros"),
    v(ops.Det(), normal(1, 1), expected=lambda x: x[0, 0]),
    v(ops.Adjugate(), normal(4, 4), expected=adjugate, rtol=1e-10),
    v(ops.Adjugate(), SINGULAR, expected=adjugate, rtol=1e-10, atol=1e-13, name="adjugate:singular"),
    v(ops.Adjugate(), normal(3, 3, dtype=complex), expected=adjugate, rtol=1e-10, wrt=()),
    v(ops.SLogDet(), good(2, 3, 3), expected=lambda x: tuple(np.linalg.slogdet(x)), rtol=1e-11),
    v(ops.SLogDet(), good(3, 3, dtype=complex), expected=lambda x: tuple(np.linalg.slogdet(x)), rtol=1e-11),
    v(ops.Cholesky(), definite(2, 3, 3), expected=each(lambda x: scipy.linalg.cholesky(x, lower=True)), rtol=1e-11),
    v(ops.Cholesky(upper=True), definite(3, 3), expected=each(scipy.linalg.cholesky), rtol=1e-11),
    v(
        ops.Cholesky(), definite(3, 3, dtype=complex), rtol=1e-11, atol=1e-12,
        expected=each(lambda x: scipy.linalg.cholesky(x, lower=True)),
    ),
    v(ops.QR(), good(3, 3), expected=each(lambda x: scipy.linalg.qr(x, mode="economic")), rtol=1e-10),
    v(ops.QR(), normal(2, 4, 3), expected=each(lambda x: scipy.linalg.qr(x, mode="economic")), rtol=1e-10, atol=1e-14),
    v(
        ops.QR(), np.concatenate([good(3, 3), normal(3, 2)], 1), rtol=1e-10, atol=1e-14,
        expected=each(lambda x: scipy.linalg.qr(x, mode="economic")),
    ),
    v(ops.EigH(), STEADY, expected=lambda x: tuple(np.linalg.eigh(hermitian(x))), rtol=1e-10),
    v(ops.EigH(), np.stack([STEADY, 2 * STEADY]), expected=each(lambda x: tuple(np.linalg.eigh(hermitian(x)))), rtol=1e-10),
    v(ops.SVD(), SPREAD, expected=lambda x: tuple(np.linalg.svd(x)), rtol=1e-10),
    v(ops.SVD(), SPREAD[:, :3], expected=lambda x: tuple(np.linalg.svd(x, full_matrices=False)), rtol=1e-10),
    v(ops.SVD(), np.stack([SPREAD, -SPREAD])[:, :3], expected=lambda x: tuple(np.linalg.svd(x, full_matrices=False)), rtol=1e-10),
    v(ops.EigVals(), SPREAD, expected=lambda x: np.linalg.eig(x)[0].astype(complex), rtol=1e-10),
    v(ops.EigVals(), normal(3, 3, dtype=complex), expected=lambda x: np.linalg.eig(x)[0], rtol=1e-10),
    v(ops.Eig(), SPREAD, expected=lambda x: tuple(p.astype(complex) for p in np.linalg.eig(x)), rtol=1e-10, wrt=()),
    v(ops.PInv(), normal(4, 2), expected=scipy.linalg.pinv, rtol=1e-10),
    v(ops.PInv(), normal(2, 3, 4), expected=each(scipy.linalg.pinv), rtol=1e-10),
    v(ops.LstSq(), normal(5, 3), normal(5, 2), expected=lambda a, y: np.linalg.lstsq(a, y)[0], rtol=1e-10),
]  # fmt: skip
