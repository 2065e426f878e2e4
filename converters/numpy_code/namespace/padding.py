"""Padding, in the modes of `numpy.pad`."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []

_BY_OP = {"edge": "edge", "reflect": "reflect", "wrap": "wrap"}
_STATISTICS = {"maximum": "max", "minimum": "min", "mean": "mean", "median": "median"}


@function("pad")
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Array:
    x = lift(array)
    if isinstance(pad_width, dict):
        widths: list[Any] = [(0, 0)] * x.ndim
        for axis, width in pad_width.items():
            widths[axis] = (width, width) if not isinstance(width, tuple | list) else tuple(width)
    else:
        widths = _pairs(pad_width, x.ndim)
    known = [operator.index(w) for pair in widths for w in pair if not isinstance(w, Handle)]
    if any(w < 0 for w in known):
        raise ValueError("pad: a negative width")
    if callable(mode):
        raise refused("pad with a function as mode is not traced", remedy="use one of numpy's modes")
    if mode == "constant":
        return _constant(x, widths, kwargs.pop("constant_values", 0))
    if mode in _BY_OP and kwargs.get("reflect_type", "even") == "even":
        return _by_op(x, widths, _BY_OP[mode])
    if mode == "empty":
        return _constant(x, widths, 0)
    made = x
    for axis, (before, after) in enumerate(widths):
        made = _one_axis(made, axis, before, after, mode, kwargs)
    return made


def _pairs(pad_width: Any, rank: int) -> list[tuple[Any, Any]]:
    """Before and after for each axis, by numpy's broadcasting of (rank, 2)."""
    if isinstance(pad_width, Handle):
        known = pad_width.concrete()
        if known is None and pad_width.ndim:
            raise refused("pad: widths that are not known must be numbers in a tuple", code="IR880")
        pad_width = known if known is not None else pad_width
    if isinstance(pad_width, int | np.integer | Handle) or (isinstance(pad_width, np.ndarray) and not pad_width.ndim):
        return [(pad_width, pad_width)] * rank
    items = [list(p) if isinstance(p, tuple | list | np.ndarray) else p for p in pad_width]
    if len(items) == 1:
        only = items[0]
        pair = tuple(only) if isinstance(only, list) else (only, only)
        return [pair * 2 if len(pair) == 1 else pair] * rank
    if all(not isinstance(i, list) for i in items):
        if len(items) != 2:
            raise ValueError(f"pad: got {len(items)} numbers, expected one, two, or a pair for each of {rank} axes")
        return [(items[0], items[1])] * rank
    if len(items) != rank:
        raise ValueError(f"pad: got {len(items)} pairs, expected one, or one for each of {rank} axes")
    return [(i[0], i[-1]) for i in items]


def _operand(widths: Any) -> list[Any]:
    from irlib.converters.numpy_code.namespace.dims import one_int

    return [one_int(b) for b, _ in widths] + [one_int(a) for _, a in widths]


def _constant(x: Array, widths: Any, values: Any) -> Array:
    b = Tape.current().b
    plain = not isinstance(values, tuple | list) and lift(values).ndim == 0
    if plain:
        return wrap(b.pad(x.value, _operand(widths), cast(lift(values).value, x.dtype)), layout=strides.C)
    value = x.value
    for axis, (width, pair) in enumerate(zip(widths, _pairs(values, x.ndim), strict=True)):
        for side in (0, 1):
            both = [(width[0], 0), (0, width[1])][side]
            rows = [(0, 0)] * axis + [both] + [(0, 0)] * (x.ndim - axis - 1)
            value = b.pad(value, _operand(rows), cast(lift(pair[side]).value, x.dtype))
    return wrap(value, layout=strides.C)


def _by_op(x: Array, widths: Any, mode: str) -> Array:
    """By one op, an axis at a time as numpy does."""
    b = Tape.current().b
    value = x.value
    for axis, (before, after) in enumerate(widths):
        size = value.shape[axis]
        if not isinstance(before, Handle) and not isinstance(after, Handle) and before == after == 0:
            continue
        if size == 0:
            raise ValueError(f"pad: axis {axis} has no elements to repeat; mode='constant' needs none")
        value = b.take(value, _sources(b, b.take(b.shape(value), axis), before, after, mode), axis=axis)
    return wrap(value, layout=strides.C)


def _sources(b: Any, size: Any, before: Any, after: Any, mode: str) -> Any:
    """Which element each place of the padded axis shows."""
    from irlib.converters.numpy_code.namespace.dims import one_int

    first, last = one_int(before), one_int(after)
    total = b.add(b.add(size, b.lift(first) if isinstance(first, int) else first), last)
    place = b.subtract(b.iota(total), first)
    if mode == "edge":
        return b.clip(place, 0, b.subtract(size, 1))
    if mode == "wrap":
        return b.remainder(place, size)
    if mode == "symmetric":
        turn = b.remainder(place, b.multiply(size, 2))
        return b.minimum(turn, b.subtract(b.subtract(b.multiply(size, 2), 1), turn))
    period = b.maximum(b.multiply(b.subtract(size, 1), 2), 1)
    turn = b.remainder(place, period)
    return b.minimum(
        turn, b.subtract(b.multiply(b.subtract(size, 1), 2), b.minimum(turn, b.multiply(b.subtract(size, 1), 2)))
    )


def _one_axis(x: Array, axis: int, before: Any, after: Any, mode: str, options: Any) -> Array:
    if mode == "symmetric" and options.get("reflect_type", "even") == "even":
        b = Tape.current().b
        return wrap(
            b.take(x.value, _sources(b, b.take(b.shape(x.value), axis), before, after, mode), axis=axis),
            layout=strides.C,
        )
    if mode in _STATISTICS:
        length = options.get("stat_length")
        if length is not None:
            raise refused("pad: stat_length= is not traced")
        made = getattr(xp, _STATISTICS[mode])(x, axis=axis, keepdims=True)
        made = xp.astype(xp.round(made) if x.dtype.kind in "iu" and made.dtype.kind == "f" else made, x.dtype)
        parts = [xp.repeat(made, before, axis), x, xp.repeat(made, after, axis)]
        return xp.concatenate(parts, axis)  # type: ignore[no-any-return]
    if mode == "linear_ramp":
        ends = _pairs(options.get("end_values", 0), x.ndim)[axis]
        first, last = x[(slice(None),) * axis + (slice(0, 1),)], x[(slice(None),) * axis + (slice(-1, None),)]
        left = _ramp(first, ends[0], before, axis)
        right = xp.flip(_ramp(last, ends[1], after, axis), axis)
        return xp.concatenate([left, x, right], axis)  # type: ignore[no-any-return]
    if mode in ("reflect", "symmetric"):
        raise refused(f"pad: mode={mode!r} with reflect_type='odd' is not traced")
    raise ValueError(f"pad: there is no mode {mode!r}")


def _ramp(edge: Array, end: Any, count: Any, axis: int) -> Array:
    """`count` values from `end` on the way to the edge."""
    run = xp.reshape(
        xp.arange(count) / max(operator.index(count), 1), [-1 if i == axis else 1 for i in range(edge.ndim)]
    )
    made = end + (edge - end) * run
    return xp.astype(xp.floor(made) if edge.dtype.kind in "iu" else made, edge.dtype)  # type: ignore[no-any-return]
