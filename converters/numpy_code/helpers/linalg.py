"""Helpers of linear algebra."""

# mypy: ignore-errors

import numpy as np


def _adjugate(x):
    """The transpose of the matrix of cofactors."""
    if x.shape[-1] == 0:
        return x.copy()
    u, s, vh = np.linalg.svd(x)
    rest = np.repeat(s[..., None, :], s.shape[-1], axis=-2)
    np.einsum("...ii->...i", rest)[...] = 1
    turn = np.linalg.det(u) * np.linalg.det(vh)
    scale = np.prod(rest, axis=-1) * turn[..., None]
    v = np.conj(np.swapaxes(vh, -1, -2)) * scale[..., None, :]
    return np.asarray(v @ np.conj(np.swapaxes(u, -1, -2)), x.dtype)


def _triangular_solve(a, y, lower, unit_diagonal, transposed):
    """The solution of a x = y (transposed: a.T x = y) for a triangular `a`."""
    a = np.swapaxes(a, -1, -2) if transposed else a
    n = a.shape[-1]
    batch = np.broadcast_shapes(a.shape[:-2], y.shape[:-2])
    x = np.broadcast_to(y, (*batch, *y.shape[-2:])).copy()
    for i in range(n)[:: 1 if lower != transposed else -1]:
        done = slice(i) if lower != transposed else slice(i + 1, n)
        x[..., i, :] -= np.matmul(a[..., i : i + 1, done], x[..., done, :])[..., 0, :]
        if not unit_diagonal:
            x[..., i, :] /= a[..., i : i + 1, i]
    return x


def _fit_length(x, n, axis):
    """`x` cut, or filled with zeros, to length `n` along `axis`."""
    if n < 0:
        raise ValueError(f"length {n}, expected 0 or more")
    rows = np.moveaxis(x, axis, 0)[:n]
    rest = np.zeros((n - len(rows), *rows.shape[1:]), x.dtype)
    return np.moveaxis(np.concatenate((rows, rest)), 0, axis)


def _hermitian(x):
    """The hermitian part of matrices."""
    return (x + np.conj(np.swapaxes(x, -1, -2))) * x.dtype.type(0.5)


def _eig(x, dtype):
    """Eigenvalues and eigenvectors, complex whatever they are."""
    values, vectors = np.linalg.eig(x)
    return values.astype(dtype), vectors.astype(dtype)


def _eigvals(x, dtype):
    """Eigenvalues, in the order in which `_eig` has them."""
    return _eig(x, dtype)[0]
