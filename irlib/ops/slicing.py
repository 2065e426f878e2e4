"""Slices of ranges, padding and reversal: the elements that stand next to each other, moved together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.axes import axis_count, known_vector, normalized_axes, static_axes, vector_dims
from irlib.dims import Dim, DimLike, MaybeDim, ceil_div, dim_max, dim_min
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Known, Op, Operand, register
from irlib.shapes import join_shapes, require_dtype, same_dtype
from irlib.types import Shape, TensorType

__all__ = ["PAD_MODES", "Pad", "Reverse", "Roll", "Slice", "SliceUpdate"]

_FAR = 2**31 - 1
"""A bound from which a start or end is taken to mean as far as there is."""


def _sliced_shape(
    x: Operand, starts: Operand, ends: Operand, axes: Operand | None, steps: Operand | None
) -> Shape | None:
    """The shape of a slice; checks what is known of its bounds."""
    bounds = {"starts": starts, "ends": ends, "axes": axes, "steps": steps}
    read = {name: None if o is None else vector_dims(o, name) for name, o in bounds.items()}
    counts = {name: len(v) for name, v in read.items() if v is not None}
    if len(set(counts.values())) > 1:
        raise IRTypeError(f"got {', '.join(f'{n} {name}' for name, n in counts.items())}, expected equal", code="IR207")
    if steps is not None and 0 in (steps.ints or ()):
        raise IRTypeError("a step is 0, expected another", code="IR205")
    shape = x.shape
    if shape is None or not counts:
        return None if shape is None else (None,) * len(shape)
    count = next(iter(counts.values()))
    if count > len(shape):
        raise AttributeValueError(f"{count} starts for rank {len(shape)}, expected at most {len(shape)}", code="IR303")
    along = (
        tuple(range(count)) if axes is None else None if axes.ints is None else normalized_axes(axes.ints, len(shape))
    )
    if along is None:
        return (None,) * len(shape)
    unknown = (None,) * count
    firsts, lasts = read["starts"] or unknown, read["ends"] or unknown
    strides = (1,) * count if steps is None else read["steps"] or unknown
    made = list(shape)
    for a, start, end, step in zip(along, firsts, lasts, strides, strict=True):
        made[a] = _sliced_dim(shape[a], start, end, step)
    return tuple(made)


def _sliced_dim(d: MaybeDim, start: MaybeDim, end: MaybeDim, step: MaybeDim) -> MaybeDim:
    """How many elements ``start:end:step`` has on a dim of `d`."""
    if isinstance(d, int) and isinstance(start, int) and isinstance(end, int) and isinstance(step, int):
        return len(range(*slice(start, end, step).indices(d)))
    if d is None or start is None or end is None or not isinstance(step, int):
        return None
    if step < 0:
        whole = isinstance(start, int) and isinstance(end, int) and (start == -1 or start >= _FAR) and end <= -_FAR
        return ceil_div(d, -step) if whole else None
    low, high = _bound(start, d), _bound(end, d)
    if low is None or high is None:
        return None
    if low == 0:
        return ceil_div(high, step)
    if high == d and isinstance(start, int) and start >= 0:
        return dim_max(ceil_div(d - start, step), 0)  # without the clamp of start, which the maximum makes idle
    return dim_max(ceil_div(high - low, step), 0)


def _bound(at: MaybeDim, d: DimLike) -> MaybeDim:
    """A start or end clamped to 0..d, counted from the end where it is negative; None when its sign is not known."""
    if isinstance(at, int):
        if at >= _FAR:
            return d
        return dim_min(at, d) if at >= 0 else dim_max(d + at, 0)
    low = at.lower_bound if isinstance(at, Dim) else None
    return dim_min(at, d) if at is not None and low is not None and low >= 0 else None


def _padded(operands: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """The operands with the absent ones at the end as None."""
    return (*operands, *(None,) * (count - len(operands)))


@register
@dataclass(frozen=True)
class Slice(Op):
    """The elements of `x` from `starts` up to `ends` in steps of `steps`, along `axes`.

    Type: x: T[..], starts, ends, axes, steps: int64[k] (axes absent: the first k; steps absent: 1) -> T[..]; T is any
    dtype.
    (C1) axes are distinct and -rank(x) <= axis < rank(x); steps are not 0.
    (C2) a negative start or end counts from the end; both are then clamped to what there is: 0..d for a positive step,
    -1..d-1 for a negative one. An end below -d with a negative step so reaches the first element.
    Source: ONNX Slice-13; Python's own slices.
    """

    name = "slice"
    smoothness = "linear"

    def infer(
        self, x: Operand, starts: Operand, ends: Operand, axes: Operand | None = None, steps: Operand | None = None
    ) -> TensorType:
        return x.tensor.with_shape(_sliced_shape(x, starts, ends, axes, steps))

    def known(
        self, x: Operand, starts: Operand, ends: Operand, axes: Operand | None = None, steps: Operand | None = None
    ) -> Known:
        if not isinstance(x.known, tuple) or starts.ints is None or ends.ints is None:
            return None
        step = (1,) if steps is None else steps.ints
        if step is None or not starts.ints or (axes is not None and axes.ints is None):
            return x.known if starts.ints == () else None
        return known_vector(x.known[slice(starts.ints[0], ends.ints[0], step[0])])

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, *bounds = node.operands
        return b.slice_update(b.zeros_like(x), dy, *bounds), *(None,) * len(bounds)


@register
@dataclass(frozen=True)
class SliceUpdate(Op):
    """`x` with the elements that `slice` would give replaced by `update`.

    Type: x: T[..], update: T[..], starts, ends, axes, steps: int64[k] as in `slice` -> T of x; T is any dtype.
    (C1) bounds are as in `slice`, of which this is the adjoint where x is zero.
    (C2) update has exactly the shape of the slice; nothing broadcasts.
    """

    name = "slice_update"
    smoothness = "linear"

    def infer(
        self,
        x: Operand,
        update: Operand,
        starts: Operand,
        ends: Operand,
        axes: Operand | None = None,
        steps: Operand | None = None,
    ) -> TensorType:
        same_dtype(x, update)
        join_shapes([_sliced_shape(x, starts, ends, axes, steps), update.shape], "update and what the slice names")
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        _, update, *bounds = node.operands
        dx = b.slice_update(dy, b.zeros_like(update), *bounds) if node.needs[0] else None
        return dx, b.slice(dy, *bounds) if node.needs[1] else None, *(None,) * len(bounds)


PAD_MODES = ("constant", "reflect", "edge", "wrap")


@register
@dataclass(frozen=True)
class Pad(Op):
    """`x` with elements put before and after it along `axes`; a negative pad takes elements away.

    Type: x: T[..], pads: int64[2k], value: T[] (absent: 0), axes: int64[k] (absent: all) -> T[..]; T is any dtype.
    (C1) pads holds how many go before, for each axis, then how many go after, for each axis.
    (C2) axes are distinct and -rank(x) <= axis < rank(x).
    (C3) mode says what is put there: constant (`value`), reflect (mirrored at the border element), edge (that element
    again) or wrap (from the other end). Elements are taken away first; what is left is then mirrored or wrapped, as
    often as is needed. value goes with mode constant only.
    (C4) there is no element to repeat on a dim of 0: an error unless mode is constant.
    The derivative: each element gets the sum of the cotangents of its copies, `value` that of all elements put in.
    Source: ONNX Pad-21; numpy.pad.
    """

    mode: str = "constant"

    name = "pad"
    smoothness = "linear"

    def infer(self, x: Operand, pads: Operand, value: Operand | None = None, axes: Operand | None = None) -> TensorType:
        if self.mode not in PAD_MODES:
            raise AttributeValueError(f"mode is {self.mode!r}, expected one of {', '.join(PAD_MODES)}", code="IR302")
        if value is not None:
            same_dtype(x, value)
            if self.mode != "constant" or value.rank not in (None, 0):
                raise IRTypeError(f"value is {value.type} with mode {self.mode}, expected a scalar with mode constant")
        elif x.tensor.dtype.kind == "string" and self.mode == "constant":
            raise IRTypeError("x is string and value absent, expected a value", code="IR204")
        dims = vector_dims(pads, "pads")
        shape = x.shape
        count = None if axes is None else axis_count(axes)
        if shape is None:
            return x.tensor
        along = static_axes(axes, len(shape))
        expected = 2 * (len(along) if along is not None else count or 0)
        if dims is not None and (along is not None or count is not None) and len(dims) != expected:
            raise IRTypeError(
                f"got {len(dims)} pads, expected {expected}: before and after for each axis", code="IR207"
            )
        if along is None:
            return x.tensor.with_shape((None,) * len(shape))
        made = list(shape)
        for i, a in enumerate(along):
            before, after = (None, None) if dims is None else (dims[i], dims[i + len(along)])
            made[a] = _padded_dim(made[a], before, after)
        return x.tensor.with_shape(tuple(made))

    def known(self, x: Operand, pads: Operand, value: Operand | None = None, axes: Operand | None = None) -> Known:
        ints, fill = pads.ints, 0 if value is None else value.known
        if not isinstance(x.known, tuple) or ints is None or self.mode != "constant" or min(ints, default=-1) < 0:
            return None
        return known_vector([*(fill,) * ints[0], *x.known, *(fill,) * ints[1]]) if sum(ints) <= 64 else None

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, pads, value, axes = _padded(node.operands, 4)
        if self.mode != "constant":
            return (self._folded(b, dy, x, pads, axes), None, None, None)[: len(node.operands)]
        dx = b.pad(dy, b.negative(pads), None, axes) if node.needs[0] else None
        dvalue = None
        if value is not None and node.needs[2]:
            inside = b.pad(b.broadcast_to(b.constant(True), b.shape(x)), pads, None, axes)
            dvalue = b.sum(b.where(inside, 0, dy))
        return (dx, None, dvalue, None)[: len(node.operands)]

    def _folded(self, b: Emitter, dy: Value, x: Value, pads: Value, axes: Value | None) -> Value:
        """Axis by axis, the cotangents of all copies of an element summed; a padded iota says where each came from."""
        if x.rank is None:
            raise IRTypeError(f"the rank of x is not known, which mode {self.mode} needs", code="IR210")
        shape, full = b.shape(x), _pads_of_all_axes(b, x.rank, pads, axes)
        for axis in range(x.rank):
            ends = b.take(full, [axis, axis + x.rank])
            if ends.ints == (0, 0):
                continue
            size = b.take(shape, axis)
            source = b.pad(b.iota(size), ends, mode=self.mode)
            before = b.shape(dy)
            zeros = b.broadcast_to(b.constant(0, dy.dtype), b.scatter(before, [axis], b.reshape(size, [1])))
            dy = b.scatter(zeros, source, dy, axis=axis, reduction="add")
        return dy


def _pads_of_all_axes(b: Emitter, rank: int, pads: Value, axes: Value | None) -> Value:
    if axes is None:
        return pads
    if axes.rank == 0:
        axes = b.reshape(axes, [1])
    front = b.where(b.less(axes, 0), axes + rank, axes)
    both = b.concat(front, front + rank, axis=0)
    return b.scatter(b.constant([0] * (2 * rank), "int64"), both, pads)


def _padded_dim(d: MaybeDim, before: MaybeDim, after: MaybeDim) -> MaybeDim:
    if d is None or before is None or after is None:
        return None
    made = d + before + after
    if isinstance(made, int) and made < 0:
        raise IRTypeError(f"pads {before} and {after} take away more than the {d} there are", code="IR205")
    return made


@register
@dataclass(frozen=True)
class Reverse(Op):
    """`x` with the order of elements along `axes` turned round; absent: along all.

    Type: x: T[..], axes: int64[k] or int64[] -> T[..]; T is any dtype.
    (C1) axes are distinct and -rank(x) <= axis < rank(x).
    Source: Python array API 2024.12 `flip`.
    """

    name = "reverse"
    smoothness = "linear"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        if axes is not None:
            axis_count(axes)
        if x.shape is not None:
            static_axes(axes, len(x.shape))
        return x.tensor

    def known(self, x: Operand, axes: Operand | None = None) -> Known:
        if not isinstance(x.known, tuple) or (axes is not None and axes.ints is None):
            return None
        return x.known[::-1] if axes is None or axes.ints else x.known

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.reverse(dy, *node.operands[1:]), None)[: len(node.operands)]


@register
@dataclass(frozen=True)
class Roll(Composite):
    """`x` moved round by `shift` places along `axis`: what falls off at the end comes in at the front.

    Type: x: T[..], shift: int64[] -> T[..]; T is any dtype.
    (C1) -rank(x) <= axis < rank(x); absent: x is moved round as one vector in row-major order.
    (C2) any shift is taken modulo the dim.
    Source: Python array API 2024.12 `roll`, for one axis.
    """

    axis: int | None = None

    name = "roll"
    smoothness = "linear"

    def infer(self, x: Operand, shift: Operand) -> TensorType:
        require_dtype(shift, ("int64",), "shift")
        return x.tensor

    def decompose(self, b: Emitter, x: Value, shift: Value) -> Value:
        if self.axis is None:
            flat = b.roll(b.reshape(x, [-1]), shift, axis=0)
            return b.reshape(flat, b.shape(x))
        size = b.take(b.shape(x), self.axis)
        source = b.remainder(b.iota(size) - shift, b.maximum(size, 1))
        return b.take(x, source, axis=self.axis)
