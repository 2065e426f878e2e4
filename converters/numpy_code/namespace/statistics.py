"""Statistics: variances, averages, covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast
from irlib.converters.numpy_code.namespace.reduction import counted
from irlib.converters.numpy_code.namespace.results import axes_of, delivered, floating, is_default, number_of
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


@function("var")
def var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = None,
    *, where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    return _spread("var", a, axis, dtype, out, _degrees(ddof, correction), keepdims, where, mean)


@function("std")
def std(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = None,
    *, where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    return _spread("std", a, axis, dtype, out, _degrees(ddof, correction), keepdims, where, mean)


def _degrees(ddof: Any, correction: Any) -> Any:
    if is_default(correction):
        return ddof
    if ddof != 0:
        raise ValueError("got both ddof= and correction=, expected one")
    return correction


def _spread(name: str, a: Any, axis: Any, dtype: Any, out: Any, ddof: Any, keepdims: Any, where: Any, mean: Any) -> Any:
    x = lift(a)
    to = as_dtype(dtype) if dtype is not None else x.dtype if x.dtype.kind in "fc" else np.dtype(np.float64)
    keep = False if is_default(keepdims) else bool(keepdims)
    b = Tape.current().b
    value = cast(x.value, to)
    axes = axes_of(axis, x.ndim)
    listed = None if axes is None else list(axes)
    if to.kind == "f" and where is True and is_default(mean):
        ddof = number_of(ddof, "ddof")
        return delivered(name, getattr(b, name)(value, listed, keepdims=keep, correction=float(ddof)), out)
    y = wrap(value)
    centre = xp.mean(y, axis=axis, keepdims=True, where=where) if is_default(mean) else mean
    away = xp.subtract(y, centre)
    squares = xp.real(xp.multiply(away, xp.conjugate(away))) if to.kind == "c" else xp.multiply(away, away)
    total = xp.sum(squares, axis=axis, keepdims=keep, where=where)
    count = wrap(counted(x, axis, where, keepdims=keep))
    made = xp.divide(total, xp.maximum(xp.subtract(count, ddof), 0).astype(total.dtype))
    return delivered(name, (made if name == "var" else xp.sqrt(made)).value, out)


@function("average")
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = None) -> Any:
    x = lift(a)
    keep = False if is_default(keepdims) else bool(keepdims)
    if weights is None:
        made = xp.mean(x, axis=axis, keepdims=keep)
        total: Any = wrap(cast(counted(x, axis), made.dtype), is_scalar=True)
    else:
        w = lift(weights)
        if w.ndim != x.ndim:
            if axis is None:
                raise TypeError(f"average: weights of rank {w.ndim} for an array of rank {x.ndim}, and no axis=")
            axes = axes_of(axis, x.ndim) or ()
            if w.ndim != len(axes):
                raise ValueError(f"average: weights of rank {w.ndim} for {len(axes)} axes")
            order = np.argsort(axes)
            w = xp.expand_dims(xp.transpose(w, order), tuple(i for i in range(x.ndim) if i not in axes))
        x, w = floating(x, w)
        total = xp.sum(xp.broadcast_to(w, x.shape) if w.ndim == x.ndim else w, axis=axis, keepdims=keep)
        made = xp.divide(xp.sum(xp.multiply(x, w), axis=axis, keepdims=keep), total)
    return (made, xp.broadcast_to(total, made.shape) if made.ndim else total) if returned else made


@function("cov")
def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    if ddof is not None and ddof != int(ddof):
        raise ValueError(f"cov: got ddof={ddof}, expected an integer")
    x = lift(m)
    if x.ndim > 2:
        raise ValueError(f"cov of an array of rank {x.ndim}, expected at most 2")
    to = as_dtype(dtype) if dtype is not None else xp.result_type(x, np.float64, *(() if y is None else (lift(y),)))
    rows = _as_rows(x, to, rowvar=rowvar)
    if y is not None:
        rows = xp.concatenate((rows, _as_rows(lift(y), to, rowvar=rowvar)), 0)
    if ddof is None:
        ddof = 0 if bias else 1
    w = None
    if fweights is not None:
        w = xp.astype(lift(fweights), np.float64)
    if aweights is not None:
        aw = xp.astype(lift(aweights), np.float64)
        w = aw if w is None else w * aw
    if w is None:
        mean, total = xp.mean(rows, axis=1), rows.shape[1]
        factor = total - ddof
    else:
        total = xp.sum(w)
        mean = xp.sum(rows * w, axis=1) / total
        again = 0 if ddof == 0 else ddof if aweights is None else ddof * xp.sum(w * aw) / total
        factor = total - again
    away = rows - xp.expand_dims(mean, 1)
    other = away if w is None else away * w
    # numpy warns where there are too few, and divides by 0
    factor = (max(factor, 0) or xp.float64(0.0)) if isinstance(factor, int | float) else xp.maximum(factor, 0)
    made = xp.matmul(away, xp.conjugate(xp.transpose(other)))
    return xp.squeeze(made * xp.true_divide(1, factor), _ones(made))


def _ones(x: Array) -> tuple[int, ...]:
    return tuple(i for i, d in enumerate(x.value.shape) if d == 1)


def _as_rows(x: Array, to: Any, *, rowvar: bool) -> Array:
    made = xp.atleast_2d(xp.astype(x, to))
    return made if rowvar or x.ndim == 1 else xp.transpose(made)  # type: ignore[no-any-return]


@function("corrcoef")
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    spread = xp.sqrt(xp.real(xp.diagonal(c)))
    made = c / xp.expand_dims(spread, 1) / xp.expand_dims(spread, 0)
    if made.dtype.kind == "c":
        return made
    return xp.clip(made, -1, 1)
