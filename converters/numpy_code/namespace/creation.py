"""Creation: arrays from data, and arrays of one value or of evenly spaced ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.dims import Size, shape_operand
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.orders import copied_in, fresh_in, in_order
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast, result_type
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.namespace.ufuncs import layout_of
from irlib.converters.numpy_code.namespace.views import copied, unsqueezed

__all__: list[str] = []


@function("asarray", "asanyarray", knows_layout=True)
def asarray(
    a: Any, dtype: Any = None, order: Any = None, *, device: Any = None, copy: Any = None, like: Any = None
) -> Array:
    """`a` as an array; an array is itself."""
    made = lift(a, dtype)
    if made.is_scalar:
        return wrap(made.value)
    if _always(copy):
        return copied_in(made, order or "K")
    return in_order(made, order)


@function("from_dlpack")
def from_dlpack(x: Any, /, *, device: Any = None, copy: Any = None) -> Array:
    """An array of the numbers in another library's array on this machine; one of the namespace is itself."""
    if isinstance(x, Array):
        return copied(x) if copy else x
    if device not in (None, "cpu"):
        raise ValueError(f"got device {device!r}, expected 'cpu'")
    return lift(np.from_dlpack(x))  # which copies


@function("ascontiguousarray", knows_layout=True)
def ascontiguousarray(a: Any, dtype: Any = None, *, like: Any = None) -> Array:
    """`a` as an array whose elements lie in row-major order: itself where they do."""
    made = asarray(a, dtype)
    if not made.ndim:
        return made.reshape(1)  # type: ignore[no-any-return]
    return in_order(made, "C")


@function("array", knows_layout=True)
def array(
    object: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: Any = "K",
    subok: bool = False,
    ndmin: int = 0,
    ndmax: int = 0,
    like: Any = None,
) -> Array:
    """A fresh array of `object`."""
    made = lift(object, dtype)
    if made.is_scalar:
        made = wrap(made.value)
    made = copied_in(made, order or "K") if _always(copy) else in_order(made, order)
    if ndmax and made.ndim > ndmax:
        raise refused("array: ndmax= would make an array of objects, which is not traced")
    missing = ndmin - made.ndim
    return unsqueezed(made, range(missing)) if missing > 0 else made


def _always(copy: Any) -> bool:
    """Whether a copy is asked for; the modes that older numpy code passes mean True, False and (2) where needed."""
    mode = getattr(copy, "value", copy)
    return bool(mode) and mode != 2


@function("copy", knows_layout=True)
def copy(a: Any, order: str = "K", subok: bool = False) -> Array:
    """A copy, which shares nothing."""
    made = lift(a)
    if made.is_scalar:
        return made
    return copied_in(made, order)


@function("astype", knows_layout=True)
def astype(x: Any, dtype: Any, /, *, copy: bool = True, casting: str = "unsafe", device: Any = None) -> Array:
    """A copy in another dtype."""
    made = lift(x)
    to = as_dtype(dtype)
    if not np.can_cast(made.dtype, to, casting):  # type: ignore[arg-type]
        raise TypeError(f"astype: {made.dtype} does not become {to} by {casting!r} casting")
    if not copy and made.dtype == to:
        return made
    layout = layout_of([made])
    return wrap(cast(made.value, to), made.is_scalar, layout=layout)


def _filled(shape: Any, value: Any, dtype: Any, order: Any) -> Array:
    b = Tape.current().b
    made = b.broadcast_to(b.constant(np.array(value, as_dtype(dtype))), shape_operand(shape))
    return fresh_in(wrap(made, layout=strides.C), order)


@function("zeros", knows_layout=True)
def zeros(shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None, like: Any = None) -> Array:
    """Zeros."""
    return _filled(shape, 0, float if dtype is None else dtype, order)


@function("ones", knows_layout=True)
def ones(shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None, like: Any = None) -> Array:
    """Ones."""
    return _filled(shape, 1, float if dtype is None else dtype, order)


@function("empty", knows_layout=True)
def empty(shape: Any, dtype: Any = float, order: str = "C", *, device: Any = None, like: Any = None) -> Array:
    """An array to be written into: zeros until then."""
    return _filled(shape, 0, float if dtype is None else dtype, order)


@function("full", knows_layout=True)
def full(
    shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: Any = None, like: Any = None
) -> Array:
    """`fill_value` everywhere."""
    b = Tape.current().b
    value = lift(fill_value, dtype).value
    return fresh_in(wrap(b.broadcast_to(value, shape_operand(shape)), layout=strides.C), order)


def _like(a: Any, dtype: Any, shape: Any, value: Any, order: Any) -> Array:
    base = lift(a)
    b = Tape.current().b
    target = b.shape(base.value) if shape is None else shape_operand(shape)
    to = base.dtype if dtype is None else as_dtype(dtype)
    made = b.broadcast_to(cast(lift(value, to).value, to), target)
    if shape is None and order not in ("C", "F"):
        return wrap(made, layout=layout_of([base]))
    return fresh_in(wrap(made, layout=strides.C), order)


@function("zeros_like", knows_layout=True)
def zeros_like(
    a: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Array:
    """Zeros in the shape and dtype of `a`."""
    return _like(a, dtype, shape, 0, order)


@function("ones_like", knows_layout=True)
def ones_like(
    a: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Array:
    """Ones in the shape and dtype of `a`."""
    return _like(a, dtype, shape, 1, order)


@function("empty_like", knows_layout=True)
def empty_like(
    prototype: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Array:
    """An array to be written into, in the shape and dtype of `prototype`: zeros until then."""
    return _like(prototype, dtype, shape, 0, order)


@function("full_like", knows_layout=True)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Array:
    """`fill_value` everywhere, in the shape and dtype of `a`."""
    return _like(a, dtype, shape, fill_value, order)


@function("arange", knows_layout=True)
def arange(
    start: Any, stop: Any = None, step: Any = 1, dtype: Any = None, *, device: Any = None, like: Any = None
) -> Array:
    """The numbers from `start` before `stop` in steps of `step`; one alone is the stop."""
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    to = result_type(start, stop, step) if dtype is None else as_dtype(dtype)
    b = Tape.current().b
    known = [x if not isinstance(x, Handle) else x.concrete() for x in (start, stop, step)]
    if all(x is not None for x in known):
        count = math.ceil((known[1] - known[0]) / known[2])
        if count * to.itemsize <= 1 << 20:
            return wrap(b.constant(np.arange(*known, dtype=to)), layout=strides.C)
    if to.kind not in "iuf":
        raise refused(f"arange of {to} is not traced")
    if isinstance(stop, Size | int) and start == 0 and step == 1 and to.kind in "iu":
        return wrap(b.iota(lift(stop, np.int64).value, dtype=to), layout=strides.C)
    return wrap(
        b.arange(*[cast(lift(x, None if isinstance(x, Handle) else to).value, to) for x in (start, stop, step)]),
        layout=strides.C,
    )
