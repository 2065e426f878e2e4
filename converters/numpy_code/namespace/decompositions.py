"""Decompositions of matrices: eigenvalues, singular values, QR and Cholesky factors."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import fresh, inexact
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["matrices", "svd"]


class EigResult(NamedTuple):
    """Eigenvalues and eigenvectors of a square matrix."""

    eigenvalues: Any
    eigenvectors: Any


class EighResult(NamedTuple):
    """Eigenvalues and eigenvectors of a hermitian matrix."""

    eigenvalues: Any
    eigenvectors: Any


class QRResult(NamedTuple):
    """Orthonormal columns, and the upper triangle."""

    Q: Any
    R: Any


class SVDResult(NamedTuple):
    """The singular value decomposition."""

    U: Any
    S: Any
    Vh: Any


def matrices(a: Any, *, square: bool = False) -> Array:
    """`a` as floats, single ones left single. Raises: LinAlgError as numpy does."""
    x = inexact(a)
    if x.dtype == np.float16:
        raise TypeError("float16 has no decompositions; cast it to float32")
    if x.ndim < 2:
        raise np.linalg.LinAlgError(f"got an array of rank {x.ndim}, expected matrices")
    m, n = x.value.shape[-2:]
    if square and isinstance(m, int) and isinstance(n, int) and m != n:
        raise np.linalg.LinAlgError(f"got matrices of {m} rows and {n} columns, expected square ones")
    return x


@function("linalg.cholesky")
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    return fresh(Tape.current().b.cholesky(_hermitian(a, "U" if upper else "L"), upper=upper))


@function("linalg.qr")
def qr(a: Any, mode: str = "reduced") -> Any:
    x = matrices(a)
    if mode not in ("reduced", "r", "complete"):
        raise refused(f"linalg.qr: mode={mode!r} is not traced", remedy="use 'reduced', 'complete' or 'r'")
    m, n = x.value.shape[-2:]
    if mode == "complete" and not (isinstance(m, int) and isinstance(n, int) and m <= n):
        raise refused("linalg.qr: mode='complete' of a tall matrix is not traced", remedy="use mode='reduced'")
    q, r = Tape.current().b.qr(x.value)
    return fresh(r) if mode == "r" else QRResult(fresh(q), fresh(r))


@function("linalg.svd")
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    x = matrices(a)
    u, s, vh = Tape.current().b.svd(x.value)
    if not compute_uv:
        return fresh(s)
    if full_matrices:
        u, vh = _completed(x, u, vh)
    return SVDResult(fresh(u), fresh(s), fresh(vh))


def _completed(x: Array, u: Any, vh: Any) -> tuple[Any, Any]:
    """Square `u` and `vh`, with any orthonormal vectors added. One has a derivative, that of several is infinite."""
    m, n = x.value.shape[-2:]
    if not (isinstance(m, int) and isinstance(n, int)):
        raise refused("linalg.svd of matrices of unknown shape needs full_matrices=False", code="IR880",
                      remedy="pass full_matrices=False")  # fmt: skip
    b = Tape.current().b
    if m > n:
        u = b.concat(u, _complement(b, u, m, n), axis=-1)
    if n > m:
        vh_t = _transposed(b, vh)
        vh = _transposed(b, b.concat(vh_t, _complement(b, vh_t, n, m), axis=-1))
    return u, vh


def _complement(b: Any, q: Any, m: int, k: int) -> Any:
    """`m - k` columns orthonormal to the columns of `q`: eigenvectors of the projection onto what they leave."""
    qh = _transposed(b, b.conj(q) if q.dtype.is_complex else q)
    rest = b.subtract(b.eye(m, dtype=q.dtype), b.matmul(q, qh))
    _, vectors = b.eigh(rest)
    return b.slice(vectors, [k], [m], [-1])


def _transposed(b: Any, x: Any) -> Any:
    rank = x.rank
    return b.transpose(x, perm=(*range(rank - 2), rank - 1, rank - 2))


@function("linalg.svdvals")
def svdvals(x: Any, /) -> Any:
    return svd(x, compute_uv=False)


@function("linalg.eig")
def eig(a: Any) -> EigResult:
    x = matrices(a, square=True)
    values, vectors = Tape.current().b.eig(x.value)
    known = x.concrete()
    if known is not None and known.dtype.kind == "f" and np.linalg.eigvals(known).dtype.kind == "f":
        return EigResult(xp.real(wrap(values)), xp.real(wrap(vectors)))  # numpy: real where they all are
    return EigResult(fresh(values), fresh(vectors))


@function("linalg.eigvals")
def eigvals(a: Any) -> Any:
    x = matrices(a, square=True)
    values = wrap(Tape.current().b.eigvals(x.value))
    known = x.concrete()
    if known is not None and known.dtype.kind == "f" and np.linalg.eigvals(known).dtype.kind == "f":
        return xp.real(values)
    return values


def _hermitian(a: Any, UPLO: str) -> Any:
    """The matrix of which numpy reads one triangle, with the other made equal to it."""
    x = matrices(a, square=True)
    half = UPLO.upper()
    if half not in ("L", "U"):
        raise ValueError(f"got UPLO={UPLO!r}, expected 'L' or 'U'")
    b = Tape.current().b
    value = x.value
    kept = b.tril(value, -1) if half == "L" else b.triu(value, 1)
    other = _transposed(b, b.conj(kept) if value.dtype.is_complex else kept)
    middle = b.subtract(b.tril(value), b.tril(value, -1))
    if value.dtype.is_complex:
        middle = cast(b.real(middle), x.dtype)
    return b.add(b.add(kept, other), middle)


@function("linalg.eigh")
def eigh(a: Any, UPLO: str = "L") -> EighResult:
    values, vectors = Tape.current().b.eigh(_hermitian(a, UPLO))
    return EighResult(fresh(values), fresh(vectors))


@function("linalg.eigvalsh")
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return eigh(a, UPLO).eigenvalues
