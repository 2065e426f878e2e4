"""Views by strides: `sliding_window_view` and `as_strided`, which nobody may write through here."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axes_of
from irlib.converters.numpy_code.namespace.steps import ReadOnly, Reshape, Slices
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Concrete

__all__: list[str] = []


@dataclass(frozen=True, slots=True)
class Windows(ReadOnly):
    """The windows over the last axes, as further axes."""

    window: tuple[int, ...]

    def read(self, b: Any, whole: Any) -> Any:
        return b.sliding_window(whole, window=self.window)


@dataclass(frozen=True, slots=True)
class Strided(ReadOnly):
    """Elements by their places in row-major memory: the place of an index is the sum of its products with `steps`."""

    shape: tuple[int, ...]
    steps: tuple[int, ...]
    start: int = 0

    def read(self, b: Any, whole: Any) -> Any:
        places = b.constant(np.array(self.start, np.int64))
        for axis, (d, step) in enumerate(zip(self.shape, self.steps, strict=True)):
            run = b.multiply(b.iota(d), step)
            places = b.add(places, b.unsqueeze(run, list(range(1, len(self.shape) - axis))))
        return b.take(b.reshape(whole, [-1]), places)


@function("lib.stride_tricks.sliding_window_view")
def sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Array:
    a = lift(x)
    window = (
        tuple(operator.index(w) for w in window_shape)
        if isinstance(window_shape, tuple | list)
        else (operator.index(window_shape),)
    )
    if any(w < 0 for w in window):
        raise ValueError(f"a window of {window}, expected no negative sizes")
    if axis is None:
        axes = tuple(range(a.ndim))
        if len(window) != a.ndim:
            raise ValueError(f"a window of rank {len(window)}, expected {a.ndim}, or axis=")
    else:
        axes = tuple(i % a.ndim for i in axis) if isinstance(axis, tuple | list) else axes_of(axis, a.ndim) or ()
        if len(window) != len(axes):
            raise ValueError(f"a window of rank {len(window)} over {len(axes)} axes")
    if len(set(axes)) != len(axes):
        raise refused("sliding_window_view over one axis twice is not traced")
    for i, w in zip(axes, window, strict=True):
        d = a.value.shape[i]
        if isinstance(d, int) and d < w:
            raise ValueError(f"a window of {w} on axis {i}, which has size {d}")
    rest = [i for i in range(a.ndim) if i not in axes]
    turned = xp.transpose(a, (*rest, *axes))
    made = turned.view(Windows(window))
    back = [(*rest, *axes).index(i) for i in range(a.ndim)]
    order = (*back, *range(a.ndim, a.ndim + len(window)))
    return xp.transpose(made, order)  # type: ignore[no-any-return]


@function("lib.stride_tricks.as_strided")
def as_strided(
    x: Any,
    shape: Any = None,
    strides: Any = None,
    subok: bool = False,
    writeable: bool = True,
    *,
    check_bounds: bool | None = None,
) -> Array:
    a = lift(x)
    sizes = tuple(operator.index(d) for d in (a.shape if shape is None else shape))
    jumps = tuple(operator.index(s) for s in (a.strides if strides is None else strides))
    if len(sizes) != len(jumps):
        raise ValueError(f"as_strided: {len(jumps)} strides for {len(sizes)} dims")
    if any(s % a.itemsize for s in jumps):
        raise refused("as_strided: strides that are no multiples of the element's size")
    steps = tuple(s // a.itemsize for s in jumps)
    if not _is_contiguous(a):
        raise refused(
            "as_strided of an array that is not contiguous is not traced",
            code="IR882",
            remedy="use sliding_window_view, or .copy() it first",
        )
    first = sum(min(0, s * (d - 1)) for s, d in zip(steps, sizes, strict=True))
    last = sum(max(0, s * (d - 1)) for s, d in zip(steps, sizes, strict=True))
    total = a.size
    known = isinstance(total, int)
    # a place beyond the end of an array of open size is an error when the graph runs; one before its start would not be
    if 0 not in sizes and (first < 0 or (known and last >= total)):
        whole, start = _beyond(a)
        if whole is None or start + first < 0 or (isinstance(whole.size, int) and start + last >= whole.size):
            outside = last if known and last >= total else first
            raise refused(
                f"as_strided reaches outside the array: element {outside} of {total}",
                remedy="" if known else "give the sizes as numbers",
            )
        return whole.view(Strided(sizes, steps, start))  # type: ignore[no-any-return]
    return wrap(a.value).view(Strided(sizes, steps)) if a.is_scalar else a.view(Strided(sizes, steps))  # type: ignore[no-any-return]


def _beyond(a: Array) -> tuple[Array | None, int]:
    """The vector that `a` is a run of, which memory has around it, and where in it the run starts; None elsewhere."""
    step = a._path[-1] if a._path and not a.is_scalar else None
    if not (isinstance(step, Slices) and step.steps is None and type(step.starts) is Concrete):
        return None, 0
    if not all(isinstance(before, Reshape) for before in a._path[:-1]):
        return None, 0
    whole = a._made(a._storage, a._path[:-1])
    start = int(step.starts.array[0])
    if whole.ndim != 1 or (start < 0 and not isinstance(whole.size, int)):
        return None, 0
    return whole, slice(start, None).indices(whole.size)[0] if isinstance(whole.size, int) else start


def _is_contiguous(a: Array) -> bool:
    return strides.is_contiguous(a.layout, a.value.shape) is True


@function("lib.stride_tricks.broadcast_to")
def strided_broadcast_to(array: Any, shape: Any, subok: bool = False) -> Array:
    return xp.broadcast_to(array, shape)  # type: ignore[no-any-return]


@function("lib.stride_tricks.broadcast_arrays")
def strided_broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    return xp.broadcast_arrays(*args)
