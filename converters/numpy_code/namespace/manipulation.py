"""Shapes and orders of axes: reshape, transpose, roll, flip and their kin, views where numpy makes views."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.dims import ints, one_int, shape_operand
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.orders import by_columns
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axes_of, axis_of, number_of
from irlib.converters.numpy_code.namespace.steps import BroadcastTo, Diagonal, Imag, RealPart
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.views import (
    backwards,
    copied,
    raveled,
    reshaped,
    reversed_axes,
    squeezed,
    transposed,
    unsqueezed,
)

__all__: list[str] = []


@function("shape")
def shape(a: Any) -> Any:
    return lift(a).shape


@function("ndim")
def ndim(a: Any) -> int:
    return lift(a).ndim


@function("size")
def size(a: Any, axis: Any = None) -> Any:
    x = lift(a)
    return x.size if axis is None else x.shape[axis_of(axis, x.ndim)]


@function("reshape")
def reshape(a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Array:
    x = lift(a)
    new = newshape if shape is None else shape
    new = tuple(new) if isinstance(new, tuple | list | Array | np.ndarray) and _is_vector(new) else (new,)
    if order not in ("C", "F", "A", "K"):
        raise ValueError(f"reshape: got order={order!r}, expected 'C', 'F' or 'A'")
    x = copied(x) if copy else x
    if by_columns(x, order):
        return backwards(reshaped(backwards(x), tuple(reversed(new))))
    return reshaped(x, new)


def _is_vector(shape: Any) -> bool:
    return isinstance(shape, tuple | list) or shape.ndim == 1


@function("ravel")
def ravel(a: Any, order: str = "C") -> Array:
    x = lift(a)
    return raveled(backwards(x) if by_columns(x, order) else x)


@function("transpose")
def transpose(a: Any, axes: Any = None) -> Array:
    x = lift(a)
    if axes is None:
        return backwards(x)
    axes = tuple(operator.index(i) for i in axes)
    if len(axes) != x.ndim:
        raise ValueError(f"transpose: got {len(axes)} axes, expected {x.ndim}")
    return transposed(x, axes)


@function("permute_dims")
def permute_dims(a: Any, axes: Any = None) -> Array:
    return transpose(a, axes)


@function("matrix_transpose", "linalg.matrix_transpose")
def matrix_transpose(x: Any, /) -> Array:
    x = lift(x)
    if x.ndim < 2:
        raise ValueError(f"matrix_transpose of an array of rank {x.ndim}, expected at least 2")
    return transposed(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


@function("swapaxes")
def swapaxes(a: Any, axis1: int, axis2: int) -> Array:
    x = lift(a)
    order = list(range(x.ndim))
    i, j = axis_of(axis1, x.ndim), axis_of(axis2, x.ndim)
    order[i], order[j] = order[j], order[i]
    return transposed(x, order)


@function("moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> Array:
    x = lift(a)
    start, to = axes_of(source, x.ndim) or (), axes_of(destination, x.ndim) or ()
    if len(start) != len(to):
        raise ValueError(f"moveaxis: {len(start)} axes to {len(to)} places")
    order = [i for i in range(x.ndim) if i not in start]
    for d, s in sorted(zip(to, start, strict=True)):
        order.insert(d, s)
    return transposed(x, order)


@function("rollaxis")
def rollaxis(a: Any, axis: int, start: int = 0) -> Array:
    x = lift(a)
    i = axis_of(axis, x.ndim)
    to = start + x.ndim if start < 0 else start
    if not 0 <= to <= x.ndim:
        raise np.exceptions.AxisError(start, x.ndim + 1)
    order = [k for k in range(x.ndim) if k != i]
    order.insert(to - 1 if i < to else to, i)
    return transposed(x, order)


@function("squeeze")
def squeeze(a: Any, axis: Any = None) -> Array:
    x = lift(a)
    if axis is None:
        unknown = [d for d in x.value.shape if not isinstance(d, int)]
        if unknown:
            raise refused("squeeze: which axes are of size 1 is not known", code="IR880", remedy="give axis=")
        return squeezed(x, [i for i, d in enumerate(x.value.shape) if d == 1])
    if x.ndim == 0 and not isinstance(axis, tuple | list):
        axis_of(axis, 1)
        return x
    return squeezed(x, axes_of(axis, x.ndim) or ())


@function("expand_dims")
def expand_dims(a: Any, axis: Any = None) -> Array:
    x = lift(a)
    count = len(axis) if isinstance(axis, tuple | list) else 1
    axes = axes_of(0 if axis is None else axis, x.ndim + count)
    return unsqueezed(x, axes or ())


def _at_least(rank: int, places: Any) -> Any:
    def make(*arys: Any) -> Any:
        made = [x if (x := lift(a)).ndim >= rank else places(x) for a in arys]
        made = [wrap(x.value, layout=x.layout) if x.is_scalar else x for x in made]
        return made[0] if len(made) == 1 else tuple(made)

    return make


function("atleast_1d")(_at_least(1, lambda x: unsqueezed(x, (0,))))
function("atleast_2d")(_at_least(2, lambda x: unsqueezed(x, tuple(range(2 - x.ndim)))))
function("atleast_3d")(_at_least(3, lambda x: unsqueezed(x, {0: (0, 1, 2), 1: (0, 2), 2: (2,)}[x.ndim])))


@function("broadcast_to")
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Array:
    x = lift(array)
    target = shape_operand(shape)
    rank = target.shape[0]
    have = x.value.shape
    wanted = ints(shape)
    for d, w in zip(reversed(have), reversed(wanted), strict=False):
        if isinstance(d, int) and isinstance(w, int) and d not in (1, w):
            raise ValueError(f"an array of shape {have} does not broadcast to {shape}")
    if len(have) > rank:
        raise ValueError(f"an array of rank {len(have)} does not broadcast to rank {rank}")
    return x.view(BroadcastTo(target))  # type: ignore[no-any-return]


@function("broadcast_shapes")
def broadcast_shapes(*shapes: Any) -> Any:
    tuples = [s if isinstance(s, tuple | list) else (s,) for s in shapes]
    if all(isinstance(d, int | np.integer) for s in tuples for d in s):
        return np.broadcast_shapes(*[tuple(s) for s in tuples])
    return xp.broadcast_arrays(*[xp.empty(s) for s in tuples])[0].shape if tuples else ()


@function("broadcast_arrays")
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Array, ...]:
    arrays = [lift(a) for a in args]
    if not arrays:
        return ()
    shapes = [x.value.shape for x in arrays]
    if all(isinstance(d, int) for s in shapes for d in s):
        common: Any = np.broadcast_shapes(*shapes)
    else:
        b = Tape.current().b
        flat = [b.broadcast_to(b.constant(False, "bool"), b.shape(x.value)) for x in arrays]
        together = flat[0]
        for other in flat[1:]:
            together = b.logical_or(together, other)
        common = wrap(together).shape
    return tuple(broadcast_to(x, common) for x in arrays)


@function("broadcast")
class Broadcast:
    """The shape that arrays have together."""

    def __init__(self, *args: Any) -> None:
        self.shape = broadcast_arrays(*args)[0].shape if args else ()
        self.ndim = self.nd = len(self.shape)
        self.numiter = len(args)

    @property
    def size(self) -> Any:
        """The number of elements."""
        return math.prod(self.shape)


@function("flip")
def flip(m: Any, axis: Any = None) -> Array:
    x = lift(m)
    axes = axes_of(axis, x.ndim)
    if not x.ndim:
        return wrap(x.value, True)  # numpy indexes, which makes a scalar of a 0-d array
    return reversed_axes(x, range(x.ndim) if axes is None else axes)


@function("fliplr")
def fliplr(m: Any) -> Array:
    if lift(m).ndim < 2:
        raise ValueError("fliplr of an array of rank below 2")
    return flip(m, 1)


@function("flipud")
def flipud(m: Any) -> Array:
    if lift(m).ndim < 1:
        raise ValueError("flipud of an array of rank 0")
    return flip(m, 0)


@function("rot90")
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Array:
    x = lift(m)
    if len(tuple(axes)) != 2:
        raise ValueError(f"rot90: got {len(tuple(axes))} axes, expected 2")
    i, j = axes_of(tuple(axes), x.ndim) or (0, 1)
    k = number_of(k, "the number of turns") % 4
    if k == 0:
        return x.view(layout=x.layout)  # type: ignore[no-any-return]
    if k == 2:
        return flip(x, (i, j))
    return swapaxes(flip(x, j), i, j) if k == 1 else flip(swapaxes(x, i, j), j)


@function("roll")
def roll(a: Any, shift: Any, axis: Any = None) -> Array:
    x = lift(a)
    b = Tape.current().b
    if axis is None:
        flat = b.reshape(x.value, [-1])
        value = b.reshape(
            _rolled(b, flat, one_int(shift, "shift") if not isinstance(shift, tuple) else ints(shift), 0),
            b.shape(x.value),
        )
        return wrap(value, layout=strides.C)
    axes = [axis_of(i, x.ndim) for i in (axis if isinstance(axis, tuple | list) else (axis,))]
    shifts = ints(shift, "shift")
    if len(shifts) == 1:
        shifts *= len(axes)
    if len(axes) == 1:
        axes *= len(shifts)
    if len(axes) != len(shifts):
        raise ValueError(f"roll: {len(shifts)} shifts for {len(axes)} axes")
    value = x.value
    for s, i in zip(shifts, axes, strict=True):
        value = _rolled(b, value, s, i)
    return wrap(value, layout=strides.C)


def _rolled(b: Any, value: Any, shift: Any, axis: int) -> Any:
    for s in shift if isinstance(shift, list) else [shift]:
        value = b.roll(value, s, axis=axis)
    return value


@function("diagonal")
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    x = lift(a)
    i, j = axis_of(axis1, x.ndim), axis_of(axis2, x.ndim)
    if i == j:
        raise ValueError(f"diagonal: axis {i} twice, expected two axes")
    turned = transposed(x, [*(k for k in range(x.ndim) if k not in (i, j)), i, j])
    return turned.view(Diagonal(number_of(offset, "the offset of a diagonal")))  # type: ignore[no-any-return]


@function("real")
def real(val: Any) -> Array:
    x = lift(val)
    if x.dtype.kind != "c":
        return x
    return wrap(x.tape.b.real(x.value), is_scalar=True) if x.is_scalar else x.view(RealPart())


@function("imag")
def imag(val: Any) -> Array:
    x = lift(val)
    if x.dtype.kind != "c":
        return wrap(x.tape.b.zeros_like(x.value), x.is_scalar)
    return wrap(x.tape.b.imag(x.value), is_scalar=True) if x.is_scalar else x.view(Imag())


@function("real_if_close")
def real_if_close(a: Any, tol: float = 100) -> Array:
    x = lift(a)
    if x.dtype.kind != "c":
        return x
    made: Array = lift(np.real_if_close(x.known("whether the imaginary parts are close to zero"), tol))
    return made


@function("angle")
def angle(z: Any, deg: bool = False) -> Any:
    x = lift(z)
    made = xp.arctan2(imag(x), real(x)) if x.dtype.kind == "c" else xp.arctan2(xp.zeros_like(x), x)
    return xp.multiply(made, 180 / np.pi) if deg else made


@function("resize")
def resize(a: Any, new_shape: Any) -> Array:
    x = lift(a)
    b = Tape.current().b
    target = shape_operand(new_shape)
    count = b.prod(target)
    flat = b.reshape(x.value, [-1])
    if x.value.shape and 0 in x.value.shape:
        return xp.zeros(new_shape, x.dtype)  # type: ignore[no-any-return]
    picks = b.remainder(b.iota(count), b.size(flat))
    return wrap(b.reshape(b.take(flat, picks), target), layout=strides.C)


@function("trim_zeros")
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    x = lift(filt)
    if x.ndim != 1:
        raise refused("trim_zeros of more than one axis is not traced")
    held = x.known("which elements are zero")
    hits = np.flatnonzero(held)
    start = (hits[0] if len(hits) else len(held)) if "f" in trim.lower() else 0
    stop = (hits[-1] + 1 if len(hits) else start) if "b" in trim.lower() else len(held)
    return x[int(start) : int(stop)]
