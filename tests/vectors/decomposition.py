"""Vectors of decompositions, against scipy."""

import numpy as np
import scipy.linalg

from irlib.ops import decomposition as ops
from tests.vectors.matrices import definite, each, good, hermitian, normal
from tests.vectors.vector import v

SPREAD = np.diag([1.0, 2.5, 4.5, 7.0]) + 0.3 * normal(4, 4)
# LAPACK keeps the signs of this one's eigenvectors under every step of a difference
STEADY = hermitian(np.random.default_rng(2).standard_normal((3, 3))) + np.diag([0.0, 2.0, 4.0])

VECTORS = [
    v(ops.Cholesky(), definite(2, 3, 3), expected=each(lambda x: scipy.linalg.cholesky(x, lower=True)), rtol=1e-11),
    v(ops.Cholesky(upper=True), definite(3, 3), expected=each(scipy.linalg.cholesky), rtol=1e-11),
    v(
        ops.Cholesky(),
        definite(3, 3, dtype=complex),
        rtol=1e-11,
        atol=1e-12,
        expected=each(lambda x: scipy.linalg.cholesky(x, lower=True)),
    ),
    v(ops.QR(), good(3, 3), expected=each(lambda x: scipy.linalg.qr(x, mode="economic")), rtol=1e-10),
    v(ops.QR(), normal(2, 4, 3), expected=each(lambda x: scipy.linalg.qr(x, mode="economic")), rtol=1e-10, atol=1e-14),
    v(
        ops.QR(),
        np.concatenate([good(3, 3), normal(3, 2)], 1),
        rtol=1e-10,
        atol=1e-14,
        expected=each(lambda x: scipy.linalg.qr(x, mode="economic")),
    ),
    v(ops.EigH(), STEADY, expected=lambda x: tuple(np.linalg.eigh(hermitian(x))), rtol=1e-10),
    v(
        ops.EigH(),
        np.stack([STEADY, 2 * STEADY]),
        expected=each(lambda x: tuple(np.linalg.eigh(hermitian(x)))),
        rtol=1e-10,
    ),
    v(ops.SVD(), SPREAD, expected=lambda x: tuple(np.linalg.svd(x)), rtol=1e-10),
    v(ops.SVD(), SPREAD[:, :3], expected=lambda x: tuple(np.linalg.svd(x, full_matrices=False)), rtol=1e-10),
    v(
        ops.SVD(),
        np.stack([SPREAD, -SPREAD])[:, :3],
        expected=lambda x: tuple(np.linalg.svd(x, full_matrices=False)),
        rtol=1e-10,
    ),
    v(ops.EigVals(), SPREAD, expected=lambda x: np.linalg.eig(x)[0].astype(complex), rtol=1e-10),
    v(ops.EigVals(), normal(3, 3, dtype=complex), expected=lambda x: np.linalg.eig(x)[0], rtol=1e-10),
    v(ops.Eig(), SPREAD, expected=lambda x: tuple(p.astype(complex) for p in np.linalg.eig(x)), rtol=1e-10, wrt=()),
]
