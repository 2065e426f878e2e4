"""Linear algebra: inverses, determinants, systems of equations."""

from __future__ import annotations

import functools
import operator
from typing import Any, NamedTuple

import numpy as np

from irlib.converters.numpy_code.namespace.array import wrap
from irlib.converters.numpy_code.namespace.decompositions import matrices, svd
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.norms import norm
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.results import delivered, floating, fresh, is_default
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


class SlogdetResult(NamedTuple):
    """Sign and logarithm of the absolute value of a determinant."""

    sign: Any
    logabsdet: Any


@function("linalg.inv")
def inv(a: Any) -> Any:
    return fresh(Tape.current().b.inv(matrices(a, square=True).value))


@function("linalg.det")
def det(a: Any) -> Any:
    return fresh(Tape.current().b.det(matrices(a, square=True).value))


@function("linalg.slogdet")
def slogdet(a: Any) -> SlogdetResult:
    sign, size = Tape.current().b.slogdet(matrices(a, square=True).value)
    return SlogdetResult(fresh(sign), fresh(size))


@function("linalg.solve")
def solve(a: Any, b: Any) -> Any:
    x, y = floating(a, b)
    matrices(x, square=True)
    emitter = Tape.current().b
    if y.ndim == 1:
        return fresh(emitter.squeeze(emitter.solve(x.value, emitter.unsqueeze(y.value, [1])), [-1]))
    return fresh(emitter.solve(x.value, y.value))


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
        raise ValueError(f"tensorinv: got ind={ind}, expected at least 1")
    count = functools.reduce(operator.mul, x.shape[ind:], 1)
    return xp.reshape(inv(xp.reshape(x, (count, -1))), (*x.shape[ind:], *x.shape[:ind]))


@function("linalg.pinv")
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    x = matrices(a)
    limit = rtol if is_default(rcond) else rcond
    if is_default(limit):
        # the op's own limit is max(m, n)*eps; numpy's is 1e-15, and both keep all of a matrix of full rank
        return fresh(Tape.current().b.pinv(x.value))
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
        raise np.linalg.LinAlgError(f"lstsq: got an array of rank {x.ndim}, expected a matrix")
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
        raise np.linalg.LinAlgError(f"matrix_power: got an array of rank {x.ndim}, expected matrices")
    n = operator.index(n)
    x = matrices(x, square=True) if n < 0 else x
    return fresh(Tape.current().b.matrix_power(x.value, n=n))


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
    a = matrices(x)
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
