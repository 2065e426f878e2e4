"""Linear algebra: `numpy.linalg`."""

from __future__ import annotations

import functools
import operator
from typing import Any, NamedTuple

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axes_of, delivered, floating, inexact, is_default
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


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


class SlogdetResult(NamedTuple):
    """Sign and logarithm of the absolute value of a determinant."""

    sign: Any
    logabsdet: Any


class SVDResult(NamedTuple):
    """The singular value decomposition."""

    U: Any
    S: Any
    Vh: Any


def _matrices(a: Any, *, square: bool = False) -> Array:
    """`a` as floats, single ones left single. Raises: LinAlgError as numpy does."""
    x = inexact(a)
    if x.dtype == np.float16:
        raise TypeError("array type float16 is unsupported in linalg")
    if x.ndim < 2:
        raise np.linalg.LinAlgError(f"{x.ndim}-dimensional array given. Array must be at least two-dimensional")
    m, n = x.value.shape[-2:]
    if square and isinstance(m, int) and isinstance(n, int) and m != n:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    return x


def _out(value: Any) -> Any:
    return wrap(value, value.rank == 0, layout="C")


@function("linalg.inv")
def inv(a: Any) -> Any:
    return _out(Tape.current().b.inv(_matrices(a, square=True).value))


@function("linalg.det")
def det(a: Any) -> Any:
    return _out(Tape.current().b.det(_matrices(a, square=True).value))


@function("linalg.slogdet")
def slogdet(a: Any) -> SlogdetResult:
    sign, size = Tape.current().b.slogdet(_matrices(a, square=True).value)
    return SlogdetResult(_out(sign), _out(size))


@function("linalg.solve")
def solve(a: Any, b: Any) -> Any:
    x, y = floating(a, b)
    _matrices(x, square=True)
    emitter = Tape.current().b
    if y.ndim == 1:
        return _out(emitter.squeeze(emitter.solve(x.value, emitter.unsqueeze(y.value, [1])), [-1]))
    return _out(emitter.solve(x.value, y.value))


@function("linalg.tensorsolve")
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    x, y = lift(a), lift(b)
    if axes is not None:
        x = xp.moveaxis(x, axes, tuple(range(x.ndim - len(axes), x.ndim)))
    rest = x.shape[y.ndim :]
    count = functools.reduce(operator.mul, rest, 1)
    return xp.reshape(solve(xp.reshape(x, (-1, count)), xp.ravel(y)), rest)


@function("linalg.tensorinv")
def tensorinv(a: Any, ind: int = 2) -> Any:
    x = lift(a)
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    count = functools.reduce(operator.mul, x.shape[ind:], 1)
    return xp.reshape(inv(xp.reshape(x, (count, -1))), (*x.shape[ind:], *x.shape[:ind]))


@function("linalg.cholesky")
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    return _out(Tape.current().b.cholesky(_hermitian(a, "U" if upper else "L"), upper=upper))


@function("linalg.qr")
def qr(a: Any, mode: str = "reduced") -> Any:
    x = _matrices(a)
    if mode not in ("reduced", "r", "complete"):
        raise refused(f"linalg.qr: mode={mode!r} is not traced", remedy="use 'reduced', 'complete' or 'r'")
    m, n = x.value.shape[-2:]
    if mode == "complete" and not (isinstance(m, int) and isinstance(n, int) and m <= n):
        raise refused("linalg.qr: mode='complete' of a tall matrix is not traced", remedy="use mode='reduced'")
    q, r = Tape.current().b.qr(x.value)
    return _out(r) if mode == "r" else QRResult(_out(q), _out(r))


@function("linalg.svd")
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    x = _matrices(a)
    u, s, vh = Tape.current().b.svd(x.value)
    if not compute_uv:
        return _out(s)
    if full_matrices:
        u, vh = _completed(x, u, vh)
    return SVDResult(_out(u), _out(s), _out(vh))


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
    x = _matrices(a, square=True)
    values, vectors = Tape.current().b.eig(x.value)
    known = x.concrete()
    if known is not None and known.dtype.kind == "f" and np.linalg.eigvals(known).dtype.kind == "f":
        return EigResult(xp.real(wrap(values)), xp.real(wrap(vectors)))  # numpy: real where they all are
    return EigResult(_out(values), _out(vectors))


@function("linalg.eigvals")
def eigvals(a: Any) -> Any:
    x = _matrices(a, square=True)
    values = wrap(Tape.current().b.eigvals(x.value))
    known = x.concrete()
    if known is not None and known.dtype.kind == "f" and np.linalg.eigvals(known).dtype.kind == "f":
        return xp.real(values)
    return values


def _hermitian(a: Any, UPLO: str) -> Any:
    """The matrix of which numpy reads one triangle, with the other made equal to it."""
    x = _matrices(a, square=True)
    half = UPLO.upper()
    if half not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
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
    return EighResult(_out(values), _out(vectors))


@function("linalg.eigvalsh")
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return eigh(a, UPLO).eigenvalues


@function("linalg.pinv")
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    x = _matrices(a)
    limit = rtol if is_default(rcond) else rcond
    if is_default(limit):
        # the op's own limit is max(m, n)*eps; numpy's is 1e-15, and both keep all of a matrix of full rank
        return _out(Tape.current().b.pinv(x.value))
    u, s, vt = svd(x, full_matrices=False)
    cut = xp.multiply(xp.expand_dims(limit, -1), xp.max(s, axis=-1, keepdims=True))
    large = s > cut
    inverse = xp.where(large, 1 / xp.where(large, s, 1), 0)
    turned = xp.matrix_transpose(xp.conjugate(u))
    return xp.matmul(xp.matrix_transpose(xp.conjugate(vt)), xp.multiply(xp.expand_dims(inverse, -1), turned))


@function("linalg.lstsq")
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    x, y = floating(a, b)
    if x.ndim != 2:
        raise np.linalg.LinAlgError(f"{x.ndim}-dimensional array given. Array must be two-dimensional")
    flat = y.ndim == 1
    rhs = xp.expand_dims(y, 1) if flat else y
    emitter = Tape.current().b
    by_default = rcond is None or rcond == -1
    found = wrap(emitter.lstsq(x.value, rhs.value)) if by_default else xp.matmul(pinv(x, rcond), rhs)
    s = svd(x, compute_uv=False)
    m, n = x.shape
    limit = np.finfo(x.dtype).eps * (max(m, n) if isinstance(m, int) and isinstance(n, int) else xp.maximum(m, n))
    rank = xp.sum(s > (limit if by_default else rcond) * s[0])
    sums = xp.sum(xp.square(xp.abs(rhs - xp.matmul(x, found))), axis=0)
    # numpy gives none where the rank is less than n, or m is no more than that
    residuals = sums[: xp.where((rank == n) & xp.greater(m, n), sums.shape[0], 0)]
    return (found[:, 0] if flat else found), residuals, xp.astype(rank, np.int32), s


@function("linalg.matrix_power")
def matrix_power(a: Any, n: int) -> Any:
    x = lift(a)
    if x.ndim < 2:
        raise np.linalg.LinAlgError(f"{x.ndim}-dimensional array given. Array must be at least two-dimensional")
    n = operator.index(n)
    x = _matrices(x, square=True) if n < 0 else x
    return _out(Tape.current().b.matrix_power(x.value, n=n))


@function("linalg.matrix_rank")
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    x = lift(A)
    if x.ndim < 2:
        return xp.astype(xp.logical_not(xp.all(x == 0)), np.int64)
    s = svd(x, compute_uv=False)
    if tol is None:
        m, n = x.shape[-2:]
        share = xp.maximum(m, n) * np.finfo(s.dtype).eps if rtol is None else xp.expand_dims(rtol, -1)
        tol = xp.max(s, axis=-1, keepdims=True) * share
    else:
        tol = xp.expand_dims(tol, -1)
    return xp.count_nonzero(s > tol, axis=-1)


@function("linalg.cond")
def cond(x: Any, p: Any = None) -> Any:
    a = _matrices(x)
    if p is None or p in (2, -2):
        s = svd(a, compute_uv=False)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return norm(a, p, axis=(-2, -1)) * norm(inv(a), p, axis=(-2, -1))


@function("linalg.multi_dot")
def multi_dot(arrays: Any, *, out: Any = None) -> Any:
    made = functools.reduce(xp.dot, [lift(a) for a in arrays])
    return made if out is None else delivered("multi_dot", made.value, out)


@function("linalg.diagonal")
def linalg_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return xp.diagonal(x, offset, -2, -1)


@function("linalg.trace")
def linalg_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return xp.trace(x, offset, -2, -1, dtype=dtype)


@function("linalg.vector_norm")
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    a = inexact(x)
    axes = tuple(range(a.ndim)) if axis is None else axes_of(axis, a.ndim) or ()
    return _vector_norm(a, ord, axes, keepdims=keepdims)


@function("linalg.matrix_norm")
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    a = inexact(x)
    return norm(a, ord, axis=(-2, -1), keepdims=keepdims)


def _vector_norm(x: Array, order: Any, axes: tuple[int, ...], *, keepdims: bool) -> Any:
    b = Tape.current().b
    size = b.abs(x.value) if x.dtype.kind == "c" else x.value
    listed = list(axes)
    if order is None or order == 2:
        return _out(b.norm(size, listed, p=2.0, keepdims=keepdims))
    if order == np.inf:
        return _out(b.max(b.abs(size), listed, keepdims=keepdims))
    if order == -np.inf:
        return _out(b.min(b.abs(size), listed, keepdims=keepdims))
    if order == 0:
        hits = cast(b.not_equal(size, b.constant(0, size.dtype)), size.dtype.numpy)
        return _out(b.sum(hits, listed, keepdims=keepdims))
    if order == 1:
        return _out(b.sum(b.abs(size), listed, keepdims=keepdims))
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order '{order}' for vectors")
    p = b.constant(order, size.dtype)
    total = b.sum(b.power(b.abs(size), p), listed, keepdims=keepdims)
    return _out(b.power(total, b.constant(1 / order, size.dtype)))


@function("linalg.norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    a = inexact(x)
    if axis is None:
        if ord is None or (ord in ("f", "fro") and a.ndim == 2) or (ord == 2 and a.ndim == 1):
            return _vector_norm(a, 2, tuple(range(a.ndim)), keepdims=keepdims)
        axes: tuple[int, ...] = tuple(range(a.ndim))
    else:
        axes = axes_of(axis, a.ndim) or ()
    if len(axes) == 1:
        return _vector_norm(a, ord, axes, keepdims=keepdims)
    if len(axes) != 2:
        raise ValueError("Improper number of dimensions to norm.")
    row, column = axes
    if ord is None or ord in ("fro", "f"):
        return _vector_norm(a, 2, axes, keepdims=keepdims)
    sums = {
        1: (row, column, xp.max),
        -1: (row, column, xp.min),
        np.inf: (column, row, xp.max),
        -np.inf: (column, row, xp.min),
    }
    if ord in sums:
        first, then, extreme = sums[ord]
        made = xp.sum(xp.abs(a), axis=first, keepdims=True)
        made = extreme(made, axis=then, keepdims=True)
    elif ord in (2, -2, "nuc"):
        s = svd(xp.moveaxis(a, (row, column), (-2, -1)), compute_uv=False)
        flat = xp.sum(s, axis=-1) if ord == "nuc" else xp.max(s, axis=-1) if ord == 2 else xp.min(s, axis=-1)
        return xp.expand_dims(flat, tuple(sorted(axes))) if keepdims else flat
    else:
        raise ValueError("Invalid norm order for matrices.")
    return (
        made
        if keepdims
        else xp.squeeze(made, axes)
        if a.ndim > 2
        else wrap(Tape.current().b.squeeze(made.value, list(axes)), True)
    )
