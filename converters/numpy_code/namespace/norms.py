"""Norms of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.decompositions import svd
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.results import axes_of, fresh, inexact
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


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
    size: Any = b.abs(x.value) if x.dtype.kind == "c" else x.value
    listed = list(axes)
    if order is None or order == 2:
        return fresh(b.norm(size, listed, p=2.0, keepdims=keepdims))
    if order == np.inf:
        if any(size.shape[i] == 0 for i in axes):
            return fresh(b.sum(size, listed, keepdims=keepdims))  # of no elements 0
        return fresh(b.max(b.abs(size), listed, keepdims=keepdims))
    if order == -np.inf:
        return fresh(b.min(b.abs(size), listed, keepdims=keepdims))
    if order == 0:
        hits = cast(b.not_equal(size, b.constant(0, size.dtype)), size.dtype.numpy)
        return fresh(b.sum(hits, listed, keepdims=keepdims))
    if order == 1:
        return fresh(b.sum(b.abs(size), listed, keepdims=keepdims))
    if isinstance(order, str):
        raise ValueError(f"vectors have no norm of order {order!r}")
    p = b.constant(order, size.dtype)
    total = b.sum(b.power(b.abs(size), p), listed, keepdims=keepdims)
    return fresh(b.power(total, b.constant(1 / order, size.dtype)))


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
        raise ValueError(f"a norm over {len(axes)} axes, expected 1 or 2")
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
        raise ValueError(f"matrices have no norm of order {ord!r}")
    return (
        made
        if keepdims
        else xp.squeeze(made, axes)
        if a.ndim > 2
        else wrap(Tape.current().b.squeeze(made.value, list(axes)), True)
    )
