"""GridSample, which looks up an image at the places of a grid, and AffineGrid, which makes such a grid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from irlib.converters.onnx_model.rules.interpolation import Kernel
from irlib.converters.onnx_model.rules.operands import as_int64, dims_of, element, length_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, Value

_MODES = {"bilinear": "linear", "bicubic": "cubic"}
_CUBIC = -0.75
_MOST_CORNERS = 4096
_WIDE = ("float32", "float64")


@dataclass(frozen=True, slots=True)
class _Border:
    """One axis: its length, and how places outside of it are treated."""

    size: Any
    low: Any
    high: Any
    padding: str

    def clipped(self, b: Emitter, at: Any) -> Any:
        return b.clip(at, b.constant(0, at.dtype), b.subtract(self.size, 1.0))

    def inner(self, b: Emitter, at: Any) -> Any:
        """A place outside as the one that it stands for."""
        if self.padding == "zeros":
            return at
        beyond = b.logical_or(b.less(at, self.low), b.greater(at, self.high))
        return b.where(beyond, self.clipped(b, at) if self.padding == "border" else self._reflected(b, at), at)

    def _reflected(self, b: Emitter, at: Any) -> Any:
        span = b.subtract(self.high, self.low)
        point = b.equal(span, 0.0)
        period = b.where(point, 1.0, b.multiply(span, 2.0))
        along = b.remainder(b.subtract(at, self.low), period)
        back = b.where(b.greater(along, span), b.subtract(period, along), along)
        return b.where(point, 0.0, b.add(self.low, back))


@rule("GridSample", 16)
def grid_sample(b: Emitter, n: OnnxOp, x: Value, grid: Value) -> Any:
    mode = _MODES.get(n["mode"], n["mode"])
    for what, given, known in (
        ("mode", mode, ("nearest", "linear", "cubic")),
        ("padding_mode", n["padding_mode"], ("zeros", "border", "reflection")),
    ):
        if given not in known:
            raise AttributeValueError(f"{what} {given!r}, expected one of {', '.join(known)}", code="IR302")
    count = rank_of(x) - 2
    places: Any = grid if grid.dtype.name in _WIDE else b.cast(grid, dtype="float32")
    borders, taps = [], []
    for k in range(count):
        size = b.cast(b.reshape(dims_of(b, x, [2 + k]), []), dtype=places.dtype)
        at = b.take(places, b.constant(count - 1 - k, "int64"), axis=count + 1)  # the innermost axis comes first
        if n["align_corners"]:
            at = b.multiply(b.multiply(b.add(at, 1.0), 0.5), b.subtract(size, 1.0))
            low, high = b.constant(0, places.dtype), b.subtract(size, 1.0)
        else:
            at = b.multiply(b.subtract(b.multiply(b.add(at, 1.0), size), 1.0), 0.5)
            low, high = b.constant(-0.5, places.dtype), b.subtract(size, 0.5)
        border = _Border(size, low, high, n["padding_mode"])
        borders.append(border)
        taps.append(_taps(b, border, at, mode))
    corners = prod(len(t) for t in taps)
    if corners > _MOST_CORNERS:
        raise n.unsupported(f"{corners} neighbours of a place, expected at most {_MOST_CORNERS}")
    batch = dims_of(b, x, [0])
    channels, out = dims_of(b, x, [1]), dims_of(b, grid, range(1, count + 1))
    wide: Any = x if mode == "nearest" or x.dtype.name in _WIDE else b.cast(x, dtype="float32")
    rows = b.transpose(b.reshape(wide, b.concat(batch, channels, [-1], axis=0)), perm=(0, 2, 1))
    y = _sum_of_taps(b, rows, borders, taps, batch)
    y = b.reshape(b.transpose(y, perm=(0, 2, 1)), b.concat(batch, channels, out, axis=0))
    return y if y.dtype is x.dtype else b.cast(y, dtype=x.dtype)


def _taps(b: Emitter, border: _Border, at: Any, mode: str) -> list[tuple[Any, Any]]:
    """The neighbours of each place along one axis, and their weights; a weight of None is 1."""
    if mode == "nearest":
        return [(border.inner(b, b.round(at)), None)]
    kernel = Kernel(_CUBIC if mode == "cubic" else None)
    at = border.inner(b, at)
    low = b.floor(at)
    beyond = b.subtract(at, low)
    steps = range(1 - kernel.reach, kernel.reach + 1)
    return [(border.inner(b, b.add(low, float(s))), kernel.weight(b, b.subtract(float(s), beyond))) for s in steps]


def _sum_of_taps(b: Emitter, rows: Any, borders: list[_Border], taps: list[list[tuple[Any, Any]]], batch: Any) -> Any:
    """Of `rows` [batch, places, channels] those that taps of all axes together name, summed up by weight."""
    total: Any = None
    column = b.concat(batch, [-1, 1], axis=0)
    for corner in product(*taps):
        index: Any = None
        weight: Any = None
        inside: Any = None
        for border, (place, share) in zip(borders, corner, strict=True):
            held = border.clipped(b, place)
            valid = b.equal(held, place)
            held, size = b.cast(held, dtype="int64"), b.cast(border.size, dtype="int64")
            index = held if index is None else b.add(b.multiply(index, size), held)
            inside = valid if inside is None else b.logical_and(inside, valid)
            weight = share if weight is None else b.multiply(weight, share)
        seen = b.gather_nd(rows, b.reshape(index, column), batch_dims=1)
        if borders[0].padding == "zeros":
            nothing = b.constant("") if rows.dtype.kind == "string" else b.constant(0, rows.dtype)
            seen = b.where(b.reshape(inside, column), seen, nothing)
        if weight is not None:
            seen = b.multiply(seen, b.cast(b.reshape(weight, column), dtype=rows.dtype))
        total = seen if total is None else b.add(total, seen)
    return total


@rule("AffineGrid", 20)
def affine_grid(b: Emitter, n: OnnxOp, theta: Value, size: Value) -> Any:
    length = length_of(size)
    if length is None:
        raise IRTypeError("the number of axes is not known", code="IR210")
    if length not in (4, 5):
        raise IRTypeError(f"a size of {length} dims, expected 4 or 5", code="IR207")
    count = length - 2
    size = as_int64(b, size)
    dims = [element(b, size, 2 + k) for k in range(count)]
    wide: Any = theta if theta.dtype.name in _WIDE else b.cast(theta, dtype="float32")
    columns = []
    for k in reversed(range(count)):  # the innermost axis comes first
        line = b.reshape(_line(b, dims[k], wide.dtype, corners=bool(n["align_corners"])), [-1] + [1] * (count - 1 - k))
        columns.append(b.reshape(b.broadcast_to(line, dims), [-1]))
    columns.append(b.full_like(columns[0], 1.0))
    places = b.stack(*columns, axis=1)
    y = b.matmul(places, b.transpose(wide, perm=(0, 2, 1)))
    y = b.reshape(y, [element(b, size, 0), *dims, count])
    return y if y.dtype is theta.dtype else b.cast(y, dtype=theta.dtype)


def _line(b: Emitter, length: Any, dtype: Any, *, corners: bool) -> Any:
    """The places of an axis between -1 and 1, which are its ends, or with `corners` its outermost elements."""
    i = b.multiply(b.cast(b.iota(length), dtype=dtype), 2.0)
    size = b.cast(length, dtype=dtype)
    if not corners:
        return b.subtract(b.divide(b.add(i, 1.0), size), 1.0)
    steps = b.subtract(size, 1.0)
    return b.where(b.greater(steps, 0.0), b.subtract(b.divide(i, b.maximum(steps, 1.0)), 1.0), 0.0)
