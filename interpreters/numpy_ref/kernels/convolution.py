"""Kernels of convolution and its adjoint: windows copied into columns, one BLAS product for each chunk of the batch.

Geometry, the way to go and chunk sizes are decided once per tuple of shapes and pads.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.ops import convolution as ops

CHUNK = 1 << 20
"""Bytes of columns made at once: they stay in the cache until they are multiplied."""

Shape = tuple[int, ...]
Run = Callable[[Any, Any, Any], None]
"""From the two operands and the array to write into; everything else is bound."""


class Geometry(NamedTuple):
    """A convolution of an input of shape (n, c, *size) with kernels of shape (m, c/groups, *window)."""

    n: int
    c: int
    m: int
    groups: int
    size: Shape
    window: Shape
    places: Shape
    begins: Shape
    ends: Shape
    strides: Shape
    dilations: Shape
    dtype: Any

    @property
    def padded(self) -> Shape:
        return tuple(s + b + e for s, b, e in zip(self.size, self.begins, self.ends, strict=True))

    @property
    def bare(self) -> bool:
        """Whether nothing is padded or cropped."""
        return not any(self.begins) and not any(self.ends)

    def at(self, offset: Shape) -> tuple[Any, ...]:
        """The elements of a padded axis that element `offset` of the kernel meets."""
        return tuple(
            slice(k * d, k * d + s * (o - 1) + 1, s)
            for k, d, s, o in zip(offset, self.dilations, self.strides, self.places, strict=True)
        )

    def window_at(self, position: Shape) -> tuple[Any, ...]:
        """The elements of a padded axis that the window at `position` covers."""
        return tuple(
            slice(o * s, o * s + d * (k - 1) + 1, d)
            for o, s, d, k in zip(position, self.strides, self.dilations, self.window, strict=True)
        )

    def inner(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Where the input lies in the padded input, and the part of it that does (a negative pad crops)."""
        pairs = list(zip(self.size, self.begins, self.ends, strict=True))
        there = tuple(slice(max(b, 0), max(b, 0) + s + min(b, 0) + min(e, 0)) for s, b, e in pairs)
        here = tuple(slice(max(-b, 0), max(-b, 0) + s + min(b, 0) + min(e, 0)) for s, b, e in pairs)
        return there, here


@kernel(ops.Convolution)
def convolution(op: ops.Convolution, operands: Operands, results: Results) -> Bound:
    """The convolution, by the way that moves least."""

    def geometry(x: Any, w: Any, pads: Shape, given: Any) -> tuple[Geometry, Shape, Run]:
        strides, dilations = op.per_axis(x.ndim - 2)
        count = x.ndim - 2
        begins, ends = pads[:count], pads[count:]
        counts = tuple(map(ops.window_count, x.shape[2:], w.shape[2:], begins, ends, strides, dilations))
        g = _geometry(op, x.shape[0], w, x.shape[2:], counts, begins, ends, x.dtype)
        return g, (g.n, g.m, *g.places), _forward(g)

    return _bound(geometry, operands)


@kernel(ops.ConvolutionTranspose)
def convolution_transpose(op: ops.ConvolutionTranspose, operands: Operands, results: Results) -> Bound:
    """The adjoint, by columns added where they came from."""

    def geometry(y: Any, w: Any, pads: Shape, given: Any) -> tuple[Geometry, Shape, Run]:
        strides, dilations = op.per_axis(y.ndim - 2)
        count = y.ndim - 2
        begins, ends = pads[:count], pads[count:]
        rows = list(zip(y.shape[2:], w.shape[2:], begins, ends, strides, dilations, strict=True))
        size = tuple((o - 1) * s + d * (k - 1) + 1 - b - e for o, k, b, e, s, d in rows)
        if given is not None:
            for wanted, low, stride in zip(given, size, strides, strict=True):
                if not low <= wanted < low + stride:
                    raise ValueError(f"output_shape has {wanted}, expected {low} to {low + stride - 1}")
            size = given
        g = _geometry(op, y.shape[0], w, size, y.shape[2:], begins, ends, y.dtype)
        return g, (g.n, g.c, *g.size), _adjoint(g)

    return _bound(geometry, operands)


def _geometry(op: Any, n: int, w: Any, size: Shape, count: Any, begins: Shape, ends: Shape, dtype: Any) -> Geometry:
    strides, dilations = op.per_axis(len(size))
    return Geometry(
        n, w.shape[1] * op.groups, w.shape[0], op.groups, tuple(size), w.shape[2:], tuple(count), begins, ends,
        strides, dilations, np.dtype(dtype),
    )  # fmt: skip


def _bound(make: Callable[..., tuple[Geometry, Shape, Run]], operands: Operands) -> Bound:
    """A kernel that keeps what it decided for each tuple of shapes, pads and output shape."""
    arity = len(operands)
    plans: dict[Any, tuple[Geometry, Shape, Run]] = {}
    first = operands[0]
    assert first is not None
    half = first.dtype.numpy if first.dtype.is_half else None

    def call(x: Any, w: Any, *rest: Any) -> Any:
        out = rest[arity - 2] if len(rest) > arity - 2 else None
        pads = rest[0] if arity > 2 else None
        given = rest[1] if arity > 3 else None
        if half is not None:
            x, w = x.astype(np.float32), w.astype(np.float32)
        key = (x.shape, w.shape, None if pads is None else pads.tobytes(), None if given is None else given.tobytes())
        found = plans.get(key)
        if found is None:
            begins_ends = (0,) * (2 * x.ndim - 4) if pads is None else tuple(pads.tolist())
            if len(plans) > 64:
                plans.clear()
            found = plans[key] = make(x, w, begins_ends, None if given is None else tuple(given.tolist()))
        shape, run = found[1], found[2]
        if half is not None:
            made = np.empty(shape, np.float32)
            run(x, w, made)
            if out is None:
                return made.astype(half)
            out[...] = made
            return out
        if out is None:
            out = np.empty(shape, x.dtype)
        run(x, w, out)
        return out

    return into(call)


def _forward(g: Geometry) -> Run:
    """The way to convolve that moves least for this geometry."""
    if not g.n * g.m * prod(g.places):
        return lambda x, w, out: None
    if not g.c * prod(g.window):
        return lambda x, w, out: out.fill(0)
    if prod(g.window) == 1 and set(g.strides) == {1} and g.bare:
        return _pointwise(g)
    if _is_depthwise(g):
        return _depthwise(g)
    if prod(g.places) < g.n and g.dtype.kind in "fc":
        return _by_position(g)
    return _by_columns(g)


def _is_depthwise(g: Geometry) -> bool:
    """Whether a product would have so few rows that multiplying and adding is faster."""
    return g.groups == g.c and g.m <= 2 * g.c and prod(g.window) <= 64 and prod(g.places) > 1


def _padding(g: Geometry, batch: int) -> Callable[[Any], Any]:
    """A maker of padded inputs: one array for all chunks of a run, whose borders stay zero."""
    if g.bare:
        return lambda x: x
    there, here = g.inner()
    everything: tuple[Any, ...] = (slice(None), slice(None))
    array = np.zeros((batch, g.c, *g.padded), g.dtype)

    def padded(x: Any) -> Any:
        made = array[: len(x)]
        made[everything + there] = x[everything + here]
        return made

    return padded


def _chunk(g: Geometry, bytes_each: int) -> int:
    return max(1, min(g.n, CHUNK // max(bytes_each, 1)))


def _pointwise(g: Geometry) -> Run:
    """A 1x1 kernel: a product over channels at every place."""
    rows, inner = g.m // g.groups, g.c // g.groups
    places = prod(g.places)

    def run(x: Any, w: Any, out: Any) -> None:
        left = w.reshape(g.groups, rows, inner)
        target = out.reshape(g.n, g.groups, rows, places)
        if np.may_share_memory(target, out):
            np.matmul(left, x.reshape(g.n, g.groups, inner, places), target)
        else:
            out[...] = np.matmul(left, x.reshape(g.n, g.groups, inner, places)).reshape(out.shape)

    return run


def _by_columns(g: Geometry) -> Run:
    """im2col: the windows of a chunk as columns, then one product per image and group."""
    rows, depth = g.m // g.groups, g.c // g.groups * prod(g.window)
    places = prod(g.places)
    chunk = _chunk(g, g.c * prod(g.window) * places * g.dtype.itemsize)
    offsets = [(o, g.at(o)) for o in product(*map(range, g.window))]

    everything: tuple[Any, ...] = (slice(None), slice(None))

    def run(x: Any, w: Any, out: Any) -> None:
        padded = _padding(g, chunk)
        columns = np.empty((chunk, g.c, *g.window, *g.places), g.dtype)
        left = w.reshape(g.groups, rows, depth)
        for start in range(0, g.n, chunk):
            part = padded(x[start : start + chunk])
            made = columns[: len(part)]
            for offset, at in offsets:
                made[everything + offset] = part[everything + at]
            folded = made.reshape(len(part), g.groups, depth, places)
            target = out[start : start + chunk]
            if target.flags.c_contiguous:
                np.matmul(left, folded, target.reshape(len(part), g.groups, rows, places))
            else:
                target[...] = np.matmul(left, folded).reshape(target.shape)

    return run


def _by_position(g: Geometry) -> Run:
    """Few places, many images (as for the cotangent of kernels): one product over the batch for each place."""
    rows, depth = g.m // g.groups, g.c // g.groups * prod(g.window)
    positions = [(o, g.window_at(o)) for o in product(*map(range, g.places))]

    def run(x: Any, w: Any, out: Any) -> None:
        part = _padding(g, g.n)(x)
        right = w.reshape(g.groups, rows, depth).transpose(0, 2, 1)
        if g.groups == 1:
            right = right[0]
        for position, at in positions:
            windows = part[(slice(None), slice(None), *at)].reshape(g.n, g.groups, depth)
            target = out[(slice(None), slice(None), *position)]
            if g.groups == 1:
                target[...] = np.matmul(windows[:, 0], right)
            else:
                made = np.matmul(windows.transpose(1, 0, 2), right)
                target[...] = made.transpose(1, 0, 2).reshape(target.shape)

    return run


def _depthwise(g: Geometry) -> Run:
    """One channel per group: the shifted input times one number per channel, summed over the kernel's elements."""
    multiplier = g.m // g.c
    spread = (1,) * len(g.size)
    chunk = _chunk(g, g.m * prod(g.places) * g.dtype.itemsize)
    offsets = [(o, g.at(o)) for o in product(*map(range, g.window))]

    def run(x: Any, w: Any, out: Any) -> None:
        padded = _padding(g, chunk)
        term = np.empty((chunk, g.c, multiplier, *g.places), g.dtype)
        factors = w.reshape(g.c, multiplier, *g.window)
        for start in range(0, g.n, chunk):
            part = padded(x[start : start + chunk])[:, :, None]
            total = np.empty((len(part), g.c, multiplier, *g.places), g.dtype)
            for k, (offset, at) in enumerate(offsets):
                factor = factors[(slice(None), slice(None), *offset)].reshape(g.c, multiplier, *spread)
                shifted = part[(slice(None), slice(None), slice(None), *at)]
                if k == 0:
                    np.multiply(shifted, factor, total)
                else:
                    np.multiply(shifted, factor, term[: len(part)])
                    np.add(total, term[: len(part)], total)
            target = out[start : start + chunk]
            target[...] = total.reshape(target.shape)

    return run


def _adjoint(g: Geometry) -> Run:
    """col2im: each chunk's columns by one product, then added where they came from."""
    if not g.n * g.c * prod(g.size):
        return lambda y, w, out: None
    if not g.m * prod(g.places) * prod(g.window):
        return lambda y, w, out: out.fill(0)
    rows, inner, places = g.c // g.groups * prod(g.window), g.m // g.groups, prod(g.places)
    chunk = _chunk(g, g.c * prod(g.window) * places * g.dtype.itemsize)
    offsets = [(o, g.at(o)) for o in product(*map(range, g.window))]
    there, here = g.inner()
    everything: tuple[Any, ...] = (slice(None), slice(None))
    alone = prod(g.window) == 1 and set(g.strides) == {1} and g.bare
    if _is_depthwise(g) and not alone:
        return _adjoint_depthwise(g)

    def run(y: Any, w: Any, out: Any) -> None:
        left = w.reshape(g.groups, inner, rows).transpose(0, 2, 1)
        array = np.empty((chunk, g.c, *g.padded), g.dtype) if not alone else None
        for start in range(0, g.n, chunk):
            part = y[start : start + chunk]
            columns = np.matmul(left, part.reshape(len(part), g.groups, inner, places))
            target = out[start : start + chunk]
            if array is None:
                target[...] = columns.reshape(target.shape)
                continue
            columns = columns.reshape(len(part), g.c, *g.window, *g.places)
            total = array[: len(part)]
            total.fill(0)
            for offset, at in offsets:
                place = total[everything + at]
                np.add(place, columns[(slice(None), slice(None), *offset)], place)
            if not g.bare:
                target.fill(0)
            target[everything + here] = total[everything + there]

    return run


def _adjoint_depthwise(g: Geometry) -> Run:
    """One channel per group: what each element of the kernel spreads is added where it falls."""
    multiplier = g.m // g.c
    spread = (1,) * len(g.size)
    chunk = _chunk(g, g.m * prod(g.places) * g.dtype.itemsize)
    offsets = [(o, g.at(o)) for o in product(*map(range, g.window))]
    there, here = g.inner()
    everything: tuple[Any, ...] = (slice(None), slice(None))

    def run(y: Any, w: Any, out: Any) -> None:
        factors = w.reshape(g.c, multiplier, *g.window)
        array = np.empty((chunk, g.c, *g.padded), g.dtype)
        term = np.empty((chunk, g.c, *g.places), g.dtype)
        for start in range(0, g.n, chunk):
            part = y[start : start + chunk]
            parted = part.reshape(len(part), g.c, multiplier, *g.places)
            total, made = array[: len(part)], term[: len(part)]
            total.fill(0)
            for offset, at in offsets:
                place = total[everything + at]
                for k in range(multiplier):
                    factor = factors[(slice(None), k, *offset)].reshape(g.c, *spread)
                    np.multiply(parted[:, :, k], factor, made)
                    np.add(place, made, place)
            target = out[start : start + chunk]
            if not g.bare:
                target.fill(0)
            target[everything + here] = total[everything + there]

    return run
