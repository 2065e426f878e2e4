"""Views ready-made: an array in another shape, order of axes or part, as numpy would show it without copying."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.dims import shape_operand
from irlib.converters.numpy_code.namespace.steps import FAR, Reshape, Slices, Squeeze, Transpose, Unsqueeze

__all__ = [
    "backwards",
    "copied",
    "normalized",
    "raveled",
    "reshaped",
    "reversed_axes",
    "sliced",
    "squeezed",
    "transposed",
    "unsqueezed",
]


def normalized(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Axes counted from the front. Raises: AxisError, ValueError as numpy does."""
    for axis in axes:
        if not -rank <= axis < rank:
            raise np.exceptions.AxisError(axis, rank)
    made = tuple(a % rank for a in axes)
    if len(set(made)) != len(made):
        raise ValueError(f"an axis twice, got {made}")
    return made


def copied(x: Array) -> Array:
    """A copy, which shares nothing."""
    return wrap(x.value, layout=strides.C)


def transposed(x: Array, perm: Sequence[int]) -> Array:
    """A view with the axes in the order `perm`."""
    perm = normalized(perm, x.ndim)
    if perm == tuple(range(x.ndim)):
        return x.view(layout=x.layout)  # type: ignore[no-any-return]
    shape = x.value.shape
    found = strides.strides_of(x.layout, shape)
    layout = None if found is None else tuple(found[p] for p in perm)
    return x.view(Transpose(perm), layout=layout)  # type: ignore[no-any-return]


def backwards(x: Array) -> Array:
    """A view with the axes in reverse order."""
    return transposed(x, range(x.ndim)[::-1])


def unsqueezed(x: Array, axes: Sequence[int]) -> Array:
    """A view with axes of dim 1 put in so that they are the axes `axes` of the result."""
    if not axes:
        return x.view(layout=x.layout)  # type: ignore[no-any-return]
    at = sorted(normalized(axes, x.ndim + len(axes)))
    layout = x.layout
    if isinstance(layout, tuple):
        made = list(layout)
        for a in at:
            made.insert(a, 0)
        layout = tuple(made)
    return x.view(Unsqueeze(tuple(at)), layout=layout)  # type: ignore[no-any-return]


def squeezed(x: Array, axes: Sequence[int]) -> Array:
    """A view without the axes `axes`, whose dims are 1."""
    at = normalized(axes, x.ndim)
    for a in at:
        d = x.value.shape[a]
        if isinstance(d, int) and d != 1:
            raise ValueError(f"squeeze of axis {a}, which has size {d}, expected 1")
    if not at:
        return x.view(layout=x.layout)  # type: ignore[no-any-return]
    layout = x.layout
    if isinstance(layout, tuple):
        layout = tuple(s for i, s in enumerate(layout) if i not in at)
    return x.view(Squeeze(tuple(sorted(at))), layout=layout)  # type: ignore[no-any-return]


def reshaped(x: Array, shape: Any) -> Array:
    """The same elements in row-major order in another shape: a view where numpy makes one, else a copy.

    At most one dim is -1. Where numpy's choice is not known, using both after a write to one is an error.
    """
    sizes = list(shape) if isinstance(shape, tuple | list) else [shape]
    known = [d for d in sizes if isinstance(d, int)]
    if known.count(-1) > 1:
        raise ValueError(f"a shape with {known.count(-1)} dims of -1, expected one at most")
    if any(d < -1 for d in known):
        raise ValueError(f"a shape with a negative dim: {tuple(known)}")
    free = sizes.index(-1) if -1 in known else None
    target = shape_operand([0 if i == free else d for i, d in enumerate(sizes)])
    b = x.tape.b
    if free is not None:
        target = b.scatter(target, [free], b.constant([-1], "int64"))
    value = b.reshape(x.value, target)
    layout = strides.reshaped(x.layout, x.tensor.shape or (), value.shape or ())
    if layout is False:
        return wrap(value, layout=strides.C)
    step = Reshape(target)
    if layout is None:
        return x.unsure_view(step)  # type: ignore[no-any-return]
    return x.view(step, layout=layout)  # type: ignore[no-any-return, arg-type]


def raveled(x: Array) -> Array:
    """The elements as a vector: a view of a contiguous array, a copy of any other, as numpy's `ravel` has it."""
    b = x.tape.b
    contiguous = strides.is_contiguous(x.layout, x.tensor.shape or ())
    step = Reshape(b.constant([-1], "int64"))
    if contiguous is None:
        return x.unsure_view(step)  # type: ignore[no-any-return]
    return x.view(step, layout=strides.C) if contiguous else wrap(step.read(b, x.value), layout=strides.C)


def sliced(x: Array, axis: int, start: Any, stop: Any, step: int = 1) -> Array:
    """A view of ``start:stop:step`` along one axis."""
    key = (slice(None),) * (axis % x.ndim) + (slice(start, stop, step),)
    return x[key]  # type: ignore[no-any-return]


def reversed_axes(x: Array, axes: Sequence[int]) -> Array:
    """A view with the order along `axes` turned round."""
    at = normalized(axes, x.ndim)
    count = len(at)
    found = strides.strides_of(x.layout, x.value.shape)
    layout = None if found is None else tuple(-s if i in at else s for i, s in enumerate(found))
    step = Slices.of(x.tape.b, at, (FAR,) * count, (-FAR,) * count, (-1,) * count)
    return x.view(step, layout=layout)  # type: ignore[no-any-return]
