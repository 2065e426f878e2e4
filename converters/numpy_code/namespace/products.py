"""Products of arrays: dot, einsum, tensordot, kron, cross and their kin."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axes_of, axis_of, delivered
from irlib.converters.numpy_code.namespace.steps import Diagonal, SquareDiagonal
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.views import transposed

__all__: list[str] = []


def _of_booleans(function: Callable[..., Any]) -> Callable[..., Any]:
    """Of booleans a sum of products tells whether any is true: it is counted, and compared with 0."""

    @functools.wraps(function)
    def made(x: Any, y: Any, *args: Any, **options: Any) -> Any:
        if lift(x).dtype.kind == "b" and lift(y).dtype.kind == "b" and not options.get("out"):
            counted = function(xp.astype(x, np.int64), xp.astype(y, np.int64), *args, **options)
            return wrap(xp.not_equal(counted, 0).value, counted.is_scalar, layout="C")
        return function(x, y, *args, **options)

    return made


def _common(*operands: Any) -> list[Array]:
    lifted = [lift(x) for x in operands]
    to = xp.result_type(*lifted)
    return [x if x.dtype == to else wrap(cast(x.value, to), x.is_scalar) for x in lifted]


@function("dot")
def dot(a: Any, b: Any, out: Any = None) -> Any:
    x, y = _common(a, b)
    if x.ndim == 0 or y.ndim == 0:
        made = xp.multiply(x, y)
    elif y.ndim <= 2:
        made = xp.matmul(x, y)
    else:
        made = tensordot(x, y, axes=(x.ndim - 1, y.ndim - 2))
    return made if out is None else delivered("dot", made.value, out)


@function("vdot")
@_of_booleans
def vdot(a: Any, b: Any, /) -> Any:
    x, y = _common(xp.ravel(a), xp.ravel(b))
    return xp.matmul(xp.conjugate(x), y)


@function("inner")
@_of_booleans
def inner(a: Any, b: Any, /) -> Any:
    x, y = _common(a, b)
    if x.ndim == 0 or y.ndim == 0:
        return xp.multiply(x, y)
    made = tensordot(x, y, axes=(-1, -1))
    return wrap(made.value, is_scalar=True) if made.ndim == 0 else made


@function("outer")
def outer(a: Any, b: Any, out: Any = None) -> Any:
    x, y = xp.ravel(a), xp.ravel(b)
    return xp.multiply(xp.expand_dims(x, 1), xp.expand_dims(y, 0), out=out)


@function("linalg.outer")
def linalg_outer(x1: Any, x2: Any, /) -> Any:
    x, y = lift(x1), lift(x2)
    if x.ndim != 1 or y.ndim != 1:
        raise ValueError(f"outer of arrays of rank {x.ndim} and {y.ndim}, expected 1")
    return outer(x, y)


@function("tensordot", "linalg.tensordot")
@_of_booleans
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    x, y = _common(a, b)
    if isinstance(axes, tuple | list):
        first, second = axes
    else:
        count = operator.index(axes)
        first, second = tuple(range(x.ndim - count, x.ndim)), tuple(range(count))
    left = axes_of(first, x.ndim) or ()
    right = axes_of(second, y.ndim) or ()
    if len(left) != len(right):
        raise ValueError(f"tensordot: {len(left)} axes against {len(right)}")
    for i, j in zip(left, right, strict=True):
        m, n = x.value.shape[i], y.value.shape[j]
        if isinstance(m, int) and isinstance(n, int) and m != n:
            raise ValueError(f"tensordot: axis {i} of size {m} against axis {j} of size {n}")
    made = Tape.current().b.tensordot(x.value, y.value, axes_x=left, axes_y=right)
    # numpy gives an array even where nothing is left of the axes
    return wrap(made, layout="C")


@function("einsum")
def einsum(
    *operands: Any, out: Any = None, dtype: Any = None, order: str = "K", casting: str = "safe", optimize: Any = False
) -> Any:
    equation, arrays = _equation(operands)
    if len(arrays) == 1 and dtype is None and out is None:
        view = _rearranged(lift(arrays[0]), equation)
        if view is not None:
            return view
    parts = _common(*arrays)
    if dtype is not None:
        parts = [xp.astype(x, as_dtype(dtype)) for x in parts]
    made = Tape.current().b.einsum(*[x.value for x in parts], equation=equation)
    return delivered("einsum", made, out)


def _rearranged(x: Any, equation: str) -> Any:
    """The view that numpy gives where einsum only picks diagonals and turns axes; None where it computes."""
    given, arrow, wanted = equation.partition("->")
    if (
        not arrow
        or "," in given
        or set(given) != set(wanted)
        or len(wanted.replace("...", "")) != len(set(wanted) - {"."})
    ):
        return None
    before, dots, after = given.partition("...")
    middle = [str(i) for i in range(x.ndim - len(before) - len(after))]
    labels = [*before, *middle, *after]
    if len(labels) != x.ndim or (middle and not dots):
        return None  # the op says what is wrong
    for label in sorted(set(labels)):
        while labels.count(label) > 1:
            i = labels.index(label)
            j = labels.index(label, i + 1)
            if x.value.shape[i] != x.value.shape[j]:
                return None
            n = x.value.shape[i]
            turned = transposed(x, [*(k for k in range(x.ndim) if k not in (i, j)), i, j])
            x = turned.view(SquareDiagonal(n) if isinstance(n, int) else Diagonal(0))
            labels = [k for n, k in enumerate(labels) if n not in (i, j)] + [label]
    first, _, last = wanted.partition("...")
    return xp.transpose(x, [labels.index(k) for k in (*first, *(middle if dots else ()), *last)])


def _equation(operands: tuple[Any, ...]) -> tuple[str, list[Any]]:
    if not operands:
        raise ValueError("einsum without subscripts and operands")
    if isinstance(operands[0], str):
        if len(operands) < 2:
            raise ValueError("einsum without operands")
        return operands[0].replace(" ", ""), list(operands[1:])
    arrays, lists = list(operands[0::2]), list(operands[1::2])
    result = arrays.pop() if len(arrays) > len(lists) else None
    parts = ",".join(_letters(labels) for labels in lists)
    return parts if result is None else f"{parts}->{_letters(result)}", arrays


def _letters(labels: Any) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join("..." if i is Ellipsis else letters[operator.index(i)] for i in labels)


@function("einsum_path")
def einsum_path(*operands: Any, optimize: Any = "greedy", einsum_call: bool = False) -> Any:
    equation, arrays = _equation(operands)
    shapes = [np.broadcast_to(0.0, tuple(operator.index(d) for d in lift(x).shape)) for x in arrays]
    return np.einsum_path(equation, *shapes, optimize=optimize)


@function("kron")
@_of_booleans
def kron(a: Any, b: Any) -> Any:
    x, y = _common(a, b)
    rank = max(x.ndim, y.ndim)
    if x.ndim == 0 or y.ndim == 0:
        return xp.multiply(x, y)
    x = xp.expand_dims(x, tuple(range(rank - x.ndim)))
    y = xp.expand_dims(y, tuple(range(rank - y.ndim)))
    return wrap(Tape.current().b.kron(x.value, y.value), layout="C")


@function("cross")
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = _common(a, b)
    if x.ndim < 1 or y.ndim < 1:
        raise ValueError("cross of an array of rank 0")
    x, y = xp.moveaxis(x, axis_of(axisa, x.ndim), -1), xp.moveaxis(y, axis_of(axisb, y.ndim), -1)
    sizes = (x.value.shape[-1], y.value.shape[-1])
    if not all(isinstance(d, int) for d in sizes):
        raise refused("cross of vectors whose length is not known", code="IR880", remedy="give the shape as numbers")
    if any(d not in (2, 3) for d in sizes):
        raise ValueError(f"cross of vectors of {sizes[0]} and {sizes[1]} elements, expected 2 or 3")
    if sizes == (3, 3):
        made = wrap(Tape.current().b.cross(x.value, y.value, axis=-1), layout="C")
        return made if axis_of(axisc, made.ndim) == made.ndim - 1 else xp.moveaxis(made, -1, axisc)
    x0, x1, y0, y1 = x[..., 0], x[..., 1], y[..., 0], y[..., 1]
    last = x0 * y1 - x1 * y0
    if sizes == (2, 2):
        return last
    if sizes == (2, 3):
        made = xp.stack([x1 * y[..., 2], -(x0 * y[..., 2]), last], axis=-1)
    else:
        made = xp.stack([-(x[..., 2] * y1), x[..., 2] * y0, last], axis=-1)
    return xp.moveaxis(made, -1, axisc)


@function("linalg.cross")
def linalg_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    x, y = lift(x1), lift(x2)
    if x.value.shape[axis] != 3 or y.value.shape[axis] != 3:
        raise ValueError(f"cross of vectors of {x.value.shape[axis]} and {y.value.shape[axis]} elements, expected 3")
    return cross(x, y, axis=axis)


@function("trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    x = lift(a)
    if x.ndim < 2:
        raise ValueError(f"trace of an array of rank {x.ndim}, expected at least 2")
    return xp.sum(xp.diagonal(x, offset, axis1, axis2), axis=-1, dtype=dtype, out=out)


@function("linalg.vecdot")
def linalg_vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    x, y = _common(x1, x2)
    return delivered("vecdot", Tape.current().b.vecdot(x.value, y.value, axis=axis_of(axis, x.ndim) - x.ndim))


@function("linalg.matmul")
def linalg_matmul(x1: Any, x2: Any, /) -> Any:
    return xp.matmul(x1, x2)
