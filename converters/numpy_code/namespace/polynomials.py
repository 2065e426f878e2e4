"""Polynomials by their coefficients, the highest power first."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import inexact, static
from irlib.converters.numpy_code.namespace.table import function

__all__: list[str] = []


@function("polyval")
def polyval(p: Any, x: Any) -> Any:
    coefficients, point = lift(p), lift(x)
    made: Any = xp.zeros_like(point)
    for i in range(operator.index(coefficients.shape[0])):
        made = made * point + coefficients[i]
    return made


@function("polynomial.polynomial.polyval")
def polyval_ascending(x: Any, c: Any, tensor: bool = True) -> Any:
    coefficients, point = lift(c), lift(x)
    if coefficients.ndim != 1:
        raise refused("polynomial.polyval: coefficients of more than one axis are not traced")
    n = operator.index(coefficients.shape[0])
    made: Any = coefficients[n - 1] + point * 0
    for i in reversed(range(n - 1)):
        made = coefficients[i] + made * point
    return made


def _padded(a: Any, b: Any) -> tuple[Array, Array]:
    x, y = xp.atleast_1d(a), xp.atleast_1d(b)
    m, n = operator.index(x.shape[0]), operator.index(y.shape[0])
    most = max(m, n)
    return tuple(z if k == most else xp.concatenate((xp.zeros(most - k, z.dtype), z)) for z, k in ((x, m), (y, n)))


@function("polyadd")
def polyadd(a1: Any, a2: Any) -> Any:
    return xp.add(*_padded(a1, a2))


@function("polysub")
def polysub(a1: Any, a2: Any) -> Any:
    return xp.subtract(*_padded(a1, a2))


@function("polymul")
def polymul(a1: Any, a2: Any) -> Any:
    return xp.convolve(a1, a2)


@function("polydiv")
def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    top, bottom = xp.atleast_1d(inexact(u)), xp.atleast_1d(inexact(v))
    m, n = operator.index(top.shape[0]) - 1, operator.index(bottom.shape[0]) - 1
    quotient = xp.zeros(max(m - n + 1, 1), xp.result_type(top, bottom))
    rest = xp.array(xp.astype(top, quotient.dtype))
    for k in range(m - n + 1):
        d = rest[k] / bottom[0]
        quotient[k] = d
        rest[k : k + n + 1] -= d * bottom
    known = rest.concrete()
    if known is None:
        return quotient, rest[m - n + 1 :] if m >= n else rest
    while len(known) > 1 and np.allclose(known[0], 0, rtol=1e-14):
        known = known[1:]
    return quotient, lift(known)


@function("polyder")
def polyder(p: Any, m: int = 1) -> Any:
    c = lift(p)
    for _ in range(operator.index(m)):
        n = operator.index(c.shape[0]) - 1
        c = c[:-1] * xp.arange(n, 0, -1)
    return c


@function("polyint")
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    c = lift(p)
    constants = [0] * m if k is None else list(np.atleast_1d(static(k, "constants of integration")))
    for i in range(operator.index(m)):
        n = operator.index(c.shape[0])
        c = xp.concatenate((xp.true_divide(c, xp.arange(n, 0, -1)), [constants[i % len(constants)]]))
    return c


@function("poly")
def poly(seq_of_zeros: Any) -> Any:
    zeros = lift(seq_of_zeros)
    if zeros.ndim == 2:
        zeros = xp.linalg.eigvals(zeros)
    made: Any = xp.ones(1, zeros.dtype)
    for i in range(operator.index(zeros.shape[0])):
        made = xp.convolve(made, xp.stack([xp.ones((), zeros.dtype), -zeros[i]]))
    return made


@function("roots")
def roots(p: Any) -> Any:
    c = inexact(p)
    known = c.concrete()
    if known is not None:
        return lift(np.roots(known))
    n = operator.index(c.shape[0])
    if n < 2:
        return xp.zeros(0)
    companion = xp.diag(xp.ones(n - 2, c.dtype), -1)
    companion[0, :] = -c[1:] / c[0]
    return xp.linalg.eigvals(companion)


@function("polyfit")
def polyfit(x: Any, y: Any, deg: Any, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    points, heights = lift(x) + 0.0, lift(y) + 0.0
    order = operator.index(deg) + 1
    if full or cov:
        raise refused("polyfit: full= and cov= are not traced")
    matrix = xp.vander(points, order)
    right = heights
    if w is not None:
        weights = lift(w) + 0.0
        matrix = matrix * xp.expand_dims(weights, 1)
        right = right * (xp.expand_dims(weights, 1) if right.ndim == 2 else weights)
    scale = xp.sqrt(xp.sum(matrix * matrix, axis=0))
    found = xp.linalg.lstsq(matrix / scale, right, rcond)[0]
    return xp.transpose(xp.transpose(found) / scale)
