"""Indexing: which elements a key names, by numpy's rules, read as a view or a copy, and written.

A key of integers, slices, newaxis and Ellipsis is basic: what it names is a view. One that holds integer arrays, lists
or masks is advanced: its arrays broadcast together, and what it names is a copy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.advanced import Advanced
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.basic_keys import basic_view, planned
from irlib.converters.numpy_code.namespace.fitting import fitted
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.keys import IndexArray, Key, width
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import TraceIndexError, refused

__all__ = ["combine_at", "fitted", "get", "put"]


def get(x: Array, key: Any) -> Array:
    """``x[key]``."""
    plan = planned(x, key)
    if plan is not None:
        return plan.read(x)
    parsed = Key(key, x.ndim)
    if parsed.is_advanced:
        _, advanced = _advanced(x, parsed)
        return advanced.read()
    view = basic_view(x, parsed.entries)
    if x.is_scalar and parsed.has_ellipsis:
        return wrap(view.value)  # numpy makes an array of a scalar then
    if parsed.copies:
        return wrap(view.value, layout=strides.C)
    if view.ndim == 0 and not parsed.has_ellipsis:
        return wrap(view.value, True)
    return view


def put(x: Array, key: Any, new: Any) -> None:
    """``x[key] = new``."""
    if x.is_scalar:
        raise refused("a scalar does not support item assignment", code="IR882")
    plan = planned(x, key)
    if plan is not None:
        _store(plan.view(x), new, plan.shape)
        return
    parsed = Key(key, x.ndim)
    if parsed.is_advanced:
        target, advanced = _advanced(x, parsed)
        if advanced.mask is not None and _is_single(new):
            # one number for all that a mask names: no need to know how many
            b = x.tape.b
            number = cast(lift(new).value, x.dtype)
            value = b.where(advanced.mask, b.reshape(number, []) if number.rank else number, target.value)
            target.assign(value)
            return
        shape = advanced.shape_operand()
        sizes = shape.operand.dims or (None,)
        if 0 not in sizes or not all(
            isinstance(d, int) for d in sizes
        ):  # numpy looks at no shape where there is nothing to write
            advanced.write(fitted(new, x, shape=shape))
        return
    _store(basic_view(x, parsed.entries), new)


def _store(view: Array, new: Any, dims: tuple[int, ...] | None = None) -> None:
    if isinstance(new, Array) and new._storage is view._storage and new._path == view._path:
        return  # x[a:b] += y has written already; numpy copies the view onto itself
    sizes = view.value.shape if dims is None else dims
    if 0 in sizes and all(isinstance(d, int) for d in sizes):
        return  # numpy looks at no shape where there is nothing to write
    view.assign(fitted(new, view, dims=dims))


def combine_at(ufunc: Any, a: Any, indices: Any, b: Any) -> None:
    """``ufunc.at(a, indices, b)``."""
    name = ufunc.__name__
    if isinstance(a, Array) and a.is_scalar:
        raise refused(f"{name}.at into a scalar", code="IR882", remedy="numpy has no such thing either")
    if not isinstance(a, Array):
        raise refused(f"{name}.at into a {type(a).__name__} from outside the trace", remedy="make it an argument")
    parsed = Key(indices, a.ndim)
    others = () if b is None else (b,)
    if not parsed.is_advanced:
        view = basic_view(a, parsed.entries)
        ufunc(view, *others, out=view, casting="unsafe")
        return
    e = a.tape.b
    reduction = _COMBINED.get(name)
    _, advanced = _advanced(a, parsed)
    loop = ufunc._loop([a, *[o if isinstance(o, bool | int | float | complex) else lift(o) for o in others]], None)[-1]
    # each step is rounded to the array's dtype, which only steps on one place could tell
    if reduction is None or loop.kind != a.value.dtype.kind or loop.kind == "bool":
        if not advanced.are_distinct():
            raise refused(
                f"{name}.at of {loop} into {a.dtype} is not traced where an index may be there twice",
                remedy="make both of one dtype, or use add, multiply, maximum or minimum",
            )
        advanced.write(cast(ufunc(advanced.read(), *others).value, a.dtype))
        return
    update = fitted(b, a, shape=advanced.shape_operand())
    if name == "subtract":
        update = e.negative(update) if a.dtype.kind != "u" else e.subtract(e.zeros_like(update), update)
    advanced.write(update, reduction)


_COMBINED = {"add": "add", "subtract": "add", "multiply": "multiply", "maximum": "max", "minimum": "min"}


def _is_single(new: Any) -> bool:
    if isinstance(new, Handle):
        return new.ndim == 0
    return isinstance(new, bool | int | float | complex | np.generic) or (isinstance(new, np.ndarray) and not new.ndim)


def _is_array(entry: Any) -> bool:
    """Whether an entry of an advanced key counts as an array: integers do, as 0-d ones."""
    return entry is not None and not isinstance(entry, slice)


def _advanced(x: Array, key: Key) -> tuple[Array, Advanced]:
    """The view on which only whole axes and arrays are left of a key, and the reading and writing of the latter."""
    arrays = [i for i, entry in enumerate(key.entries) if _is_array(entry)]
    first, last = arrays[0], arrays[-1]
    is_split = key.separates_nothing and key.separator is not None and first < key.separator <= last
    in_place = arrays == list(range(first, last + 1)) and not is_split
    rest: list[Any] = []
    indices: list[tuple[int, Any]] = []
    mask: Any = None
    for number, entry in enumerate(key.entries):
        if not _is_array(entry):
            rest.append(entry)
            continue
        if not isinstance(entry, IndexArray):
            parts = [entry]
        elif entry.is_mask:
            held = _checked_mask(entry.array, x, sum(width(e) for e in key.entries[:number]))
            parts = _places(x.tape.b, held)
            if len(arrays) == 1 and number == 0 and entry.array.ndim:
                mask = held
        else:
            parts = [entry.array.value]
        is_flag = isinstance(entry, IndexArray) and entry.is_mask and not entry.array.ndim
        for part in parts:
            indices.append((len(rest), part))
            rest.append(None if is_flag else slice(None))  # a single truth value gets an axis of its own
    target = basic_view(x, rest) if any(e is None or e != slice(None) for e in rest) else x
    return target, Advanced(target, indices, in_place=in_place, mask=_spread(mask, target))


def _spread(mask: Any, target: Array) -> Any:
    """A mask of the first axes with the others put behind it, so that it broadcasts to the whole."""
    if mask is None:
        return None
    extra = target.ndim - mask.rank
    return target.tape.b.unsqueeze(mask, list(range(mask.rank, mask.rank + extra))) if extra else mask


def _checked_mask(mask: Array, x: Array, first: int) -> Any:
    """The value of a mask, which where only a run can tell fails there unless its shape is that of the axes of `x`."""
    b, held = x.tape.b, mask.value
    for i, (d, e) in enumerate(zip(mask.value.shape, x.value.shape[first:], strict=False)):
        if isinstance(d, int) and isinstance(e, int) and d != e:
            raise refused(
                f"boolean index did not match indexed array along axis {first + i}; size of axis is {e} but size of "
                f"corresponding boolean axis is {d}",
                code="IR885",
                kind=TraceIndexError,
            )
        if d is None or d != e:
            size = b.reshape(b.take(b.shape(x.value), first + i), [1])
            own = b.reshape(b.take(b.shape(mask.value), i), [1])
            # of floats, whose values inference does not follow: it would take the sizes for equal
            fits = b.equal(b.reshape(b.broadcast_to(b.constant(0.0), own), size), 0.0)
            others = [k for k in range(mask.ndim) if k != i]
            held = b.logical_and(held, b.unsqueeze(fits, others) if others else fits)
    return held


def _places(b: Any, mask: Any) -> list[Any]:
    """Where a mask holds: one integer vector for each of its axes; of a 0-d mask, one for the axis put in for it."""
    found = b.nonzero(mask if mask.rank else b.unsqueeze(mask, [0]))
    return [b.take(found, i, axis=0) for i in range(max(mask.rank, 1))]
