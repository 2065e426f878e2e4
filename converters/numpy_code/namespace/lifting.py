"""Anything that numpy takes for an array, as an array of the namespace."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast, result_type
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["lift", "operand"]


def lift(x: Any, dtype: Any = None) -> Array:
    """`x` as an array, as `np.asarray` makes one: an array is itself, anything else a fresh one.

    Takes arrays, numpy arrays and scalars, numbers, sizes, and nested lists and tuples of all these.
    """
    tape = Tape.current()
    if isinstance(x, Array):
        if x.weak:
            x = wrap(x.value, layout="C")
        if x.tape is not tape:
            x = _from_elsewhere(x, tape)
        if dtype is not None and x.dtype != (wanted := as_dtype(dtype)):
            return wrap(cast(x.value, wanted), is_scalar=x.is_scalar)
        return x  # type: ignore[no-any-return]
    if isinstance(x, list | tuple) and _holds_arrays(x):
        return _stacked(x, dtype)
    array = x if isinstance(x, np.ndarray | np.generic) else _numpy_array(x, dtype)
    made = np.asarray(array, None if dtype is None else as_dtype(dtype))
    if made.dtype.kind not in "biufcV":
        as_dtype(made.dtype)
    if not made.dtype.isnative:
        made = made.astype(made.dtype.newbyteorder("="))
    layout = "C" if made.flags.c_contiguous else _layout_of(made)
    is_scalar = isinstance(x, np.generic)
    return wrap(tape.known(np.asarray(made)), is_scalar=is_scalar, layout=layout)


def operand(x: Any, dtype: Any = None) -> Any:
    """The emitter value of anything that numpy takes for an array."""
    return lift(x, dtype).value


def _numpy_array(x: Any, dtype: Any) -> Any:
    if not isinstance(x, bool | int | float | complex | list | tuple | range) and not hasattr(x, "__array__"):
        raise refused(f"a {type(x).__name__} is no array", remedy="pass arrays, numbers or lists of them")
    try:
        return np.array(x, None if dtype is None else as_dtype(dtype))
    except OverflowError:
        raise
    except (ValueError, TypeError) as error:
        raise refused(f"{type(x).__name__} makes no array: {error}") from error


def _layout_of(array: Any) -> tuple[int, ...] | None:
    if any(s % array.itemsize for s in array.strides):
        return None
    return tuple(s // array.itemsize for s in array.strides)


def _holds_arrays(items: Any) -> bool:
    return any(isinstance(item, Handle) or (isinstance(item, list | tuple) and _holds_arrays(item)) for item in items)


def _stacked(items: Any, dtype: Any) -> Array:
    """A fresh array from a nested list that holds arrays."""
    wanted = _nested_type(items) if dtype is None else as_dtype(dtype)
    b = Tape.current().b
    parts = [cast(lift(item, None if isinstance(item, Handle) else wanted).value, wanted) for item in items]
    ranks = {p.rank for p in parts}
    if len(ranks) > 1:
        raise refused("the list holds arrays of different ranks", remedy="numpy makes no array of it either")
    made = b.concat(*[b.unsqueeze(p, [0]) for p in parts], axis=0)
    return wrap(made, layout="C")


def _nested_type(items: Any) -> np.dtype[Any]:
    """The dtype of a nested list: that of its leaves, by which Python numbers are int64, float64 and complex128."""
    leaves: list[Any] = []
    stack = list(items)
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack += item
        elif isinstance(item, Handle) and item.weak:
            leaves.append(item.dtype)
        else:
            leaves.append(np.asarray(item).dtype if isinstance(item, bool | int | float | complex) else item)
    return result_type(*leaves)


def _from_elsewhere(x: Array, tape: Tape) -> Array:
    """An array that was made outside the trace, which knows its elements, as an array of the trace."""
    known = x.concrete()
    if known is None:
        raise refused("an array of another trace", remedy="return it from that trace and pass it in")
    return wrap(tape.known(known), is_scalar=x.is_scalar, layout=x.layout)
