"""Pools: the largest element or the mean of each window over the last axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from irlib.axes import vector_dims
from irlib.dims import MaybeDim
from irlib.errors import IRTypeError, SafetyError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Operand, register
from irlib.ops.convolution import window_count
from irlib.ops.window import REAL, Windows, last_dims
from irlib.shapes import require_dtype
from irlib.types import DTYPES, TensorType

__all__ = ["AdaptiveAvgPool", "AvgPool", "LpPool", "MaxPool", "MaxPoolIndices", "covered_ends", "split_pads"]

_LARGEST = 2**24

FLOAT = ("float", "complex")
Ints = tuple[int, ...]
Dims = Sequence[Any]


@dataclass(frozen=True)
class _Pool(Windows):
    """What pools share. `ceil_mode` also takes the last window that begins within the padded input and runs over."""

    ceil_mode: bool = False

    def _pooled(self, x: Operand, pads: Operand | None, kinds: tuple[str, ...]) -> TensorType:
        require_dtype(x, kinds, "x")
        sizes = self.spatial(x)
        if x.shape is None or sizes is None:
            return x.tensor
        count = len(sizes)
        known = (0,) * (2 * count) if pads is None else vector_dims(pads, "pads")
        known = (None,) * (2 * count) if known is None else known
        if len(known) != 2 * count:
            raise IRTypeError(f"pads has {len(known)} elements, expected {2 * count}: begins, then ends", code="IR207")
        made: list[MaybeDim] = []
        for size, begin, end, (w, s, d) in zip(sizes, known[:count], known[count:], self.rows, strict=True):
            if not self.ceil_mode or s == 1:
                made.append(window_count(size, w, begin, end, s, d))
            elif isinstance(size, int) and isinstance(begin, int) and isinstance(end, int):
                made.append(window_count(size, w, begin, _covered(size, w, begin, end, s, d), s, d))
            else:
                made.append(None)
        return x.tensor.with_shape((*x.shape[:-count], *made))


@register
@dataclass(frozen=True)
class MaxPool(_Pool):
    """The largest element of each window over the last axes.

    Type: x: T[.., s1..sk], pads: int64[2k] (absent: zeros) -> T[.., o1..ok]; T is an integer or real float dtype.
    (C1) pads are begins, then ends; padding is never chosen: every window has an element of `x`.
    (C2) NaN is larger than every number.
    (C3) the derivative is 1 for the first of the largest elements in row-major order, as `max_pool_indices` has it,
    and 0 for the others.
    Source: ONNX MaxPool-22 with explicit pads.
    """

    name = "max_pool"

    def infer(self, x: Operand, pads: Operand | None = None) -> TensorType:
        return self._pooled(x, pads, REAL)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, *pads = node.operands
        chosen = b.max_pool_indices(x, *pads, **self.attribute_values())
        flat = b.reshape(b.zeros_like(x), [-1])
        spread = b.scatter(flat, b.reshape(chosen, [-1]), b.reshape(dy, [-1]), axis=0, reduction="add")
        return b.reshape(spread, b.shape(x)), None


@register
@dataclass(frozen=True)
class MaxPoolIndices(_Pool):
    """Where `max_pool` finds the largest element of each window: its index among all elements of `x`, row-major.

    Type: x: T[.., s1..sk], pads: int64[2k] (absent: zeros) -> int64[.., o1..ok]; T is an integer or real float dtype.
    (C1) the first in row-major order of the window wins; a NaN wins over every number.
    Source: ONNX MaxPool-22, result Indices with storage_order 0.
    """

    name = "max_pool_indices"
    smoothness = "zero"

    def infer(self, x: Operand, pads: Operand | None = None) -> TensorType:
        return self._pooled(x, pads, REAL).with_dtype(DTYPES["int64"])

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,) * len(node.operands)


@dataclass(frozen=True)
class _Averaging(_Pool, Composite):
    """A pool that sums windows: by a convolution with ones, one channel at a time."""

    def infer(self, x: Operand, pads: Operand | None = None) -> TensorType:
        return self._pooled(x, pads, FLOAT)

    def _sums(self, b: Emitter, x: Any, begins: Sequence[int], ends: Sequence[int]) -> Any:
        """The sum over each window of `x`, zeros around it; all axes before the last ones folded into one."""
        count = len(self.window)
        flat = b.reshape(x, _joined(b, [-1, 1], last_dims(b, x, count)))
        _limit(prod(self.window), "elements in a window")
        ones = b.constant(np.ones((1, 1, *self.window)), x.dtype)
        pads = b.constant([*begins, *ends]) if any(begins) or any(ends) else None
        return b.convolution(flat, ones, pads, strides=self.strides, dilations=self.dilations)

    def _unfolded(self, b: Emitter, y: Any, x: Any) -> Any:
        """`y` with the leading axes of `x`."""
        count = len(self.window)
        lead = b.shape(x)
        lead = b.constant(list(lead.ints[:-count])) if lead.ints else b.take(lead, list(range(x.rank - count)), axis=0)
        return b.reshape(y, _joined(b, lead, last_dims(b, y, count)))


@register
@dataclass(frozen=True)
class AvgPool(_Averaging):
    """The mean of each window over the last axes.

    Type: x: T[.., s1..sk], pads: int64[2k] (absent: zeros) -> T[.., o1..ok]; T is a float or complex dtype.
    (C1) the mean is over the elements of `x` in the window, and with `count_include_pad` over its padding too, but
    never over what `ceil_mode` adds behind it.
    (C2) half floats accumulate in float32.
    Source: ONNX AveragePool-22 with explicit pads.
    """

    count_include_pad: bool = False

    name = "avg_pool"
    smoothness = "linear"

    def decompose(self, b: Emitter, x: Any, pads: Any = None) -> Any:
        begins, ends, sizes = _known(self, x, pads)
        wide = x.dtype if not x.dtype.is_half else DTYPES["float32"]
        sums = self._sums(b, x if wide is x.dtype else b.cast(x, dtype=wide), begins, ends[1])
        mean = b.divide(sums, self._counted(b, x, begins, ends, sizes, wide))
        return self._unfolded(b, mean if wide is x.dtype else b.cast(mean, dtype=x.dtype), x)

    def _counted(self, b: Emitter, x: Any, begins: Ints, ends: tuple[Ints, Ints], sizes: Dims, wide: Any) -> Any:
        """How many elements each window is the mean of: numbers where the pooled dims are, else a sum over ones."""
        if all(isinstance(s, int) for s in sizes):
            return b.constant(_counts(self, sizes, begins, ends, include=self.count_include_pad), wide)
        if self.count_include_pad or not (any(begins) or any(ends[0])):
            return b.constant(float(prod(self.window)), wide)
        return self._sums(b, b.broadcast_to(b.constant(1.0, wide), last_dims(b, x, len(sizes))), begins, ends[1])


@register
@dataclass(frozen=True)
class LpPool(_Averaging):
    """The p-norm of each window over the last axes.

    Type: x: T[.., s1..sk], pads: int64[2k] (absent: zeros) -> T[.., o1..ok]; T is a real float dtype.
    (C1) p >= 1; padding counts as 0.
    Source: ONNX LpPool-22 with explicit pads.
    """

    p: int = 2

    name = "lp_pool"

    def decompose(self, b: Emitter, x: Any, pads: Any = None) -> Any:
        begins, ends, _ = _known(self, x, pads)
        wide = x.dtype if not x.dtype.is_half else DTYPES["float32"]
        size = b.abs(x if wide is x.dtype else b.cast(x, dtype=wide))
        sums = self._sums(b, size if self.p == 1 else b.power(size, float(self.p)), begins, ends[1])
        norm = sums if self.p == 1 else b.power(sums, 1.0 / self.p)
        return self._unfolded(b, norm if wide is x.dtype else b.cast(norm, dtype=x.dtype), x)


@register
@dataclass(frozen=True)
class AdaptiveAvgPool(Composite):
    """Means over windows that divide the last axes into `output_size` parts.

    Type: x: T[.., s1..sk] -> T[.., output_size]; T is a float or complex dtype; s1..sk are known.
    (C1) part i of n on s elements is those from floor(i*s/n) to before ceil((i+1)*s/n).
    Source: the convention of torch's AdaptiveAvgPool2d, as exported.
    """

    output_size: tuple[int, ...]

    name = "adaptive_avg_pool"
    smoothness = "linear"

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, FLOAT, "x")
        count = len(self.output_size)
        return x.tensor.with_shape(None if x.shape is None else (*x.shape[:-count], *self.output_size))

    def decompose(self, b: Emitter, x: Any) -> Any:
        count = len(self.output_size)
        sizes = None if x.rank is None else x.shape[-count:]
        if sizes is None or not all(isinstance(s, int) and s > 0 for s in sizes):
            raise IRTypeError("the pooled dims are not known", code="IR210", remedy="use irlib.specialize")
        letters = "abcdefgh"[:count]
        for axis, (size, parts) in enumerate(zip(sizes, self.output_size, strict=True)):
            weights = np.zeros((parts, size))
            for i in range(parts):
                low, high = i * size // parts, -(-(i + 1) * size // parts)
                weights[i, low:high] = 1 / (high - low)
            made = letters[:axis] + "z" + letters[axis + 1 :]
            equation = f"...{letters},z{letters[axis]}->...{made}"
            x = b.einsum(x, b.constant(weights, x.dtype), equation=equation)
        return x


def split_pads(pads: Sequence[int], count: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Begins and ends."""
    return tuple(pads[:count]), tuple(pads[count:])


def covered_ends(op: _Pool, sizes: Sequence[int], begins: Sequence[int], ends: Sequence[int]) -> tuple[int, ...]:
    """End pads under which every window that `ceil_mode` takes is whole; `ends` itself without it."""
    if not op.ceil_mode:
        return tuple(ends)
    rows = zip(sizes, begins, ends, op.rows, strict=True)
    return tuple(_covered(size, w, begin, end, s, d) for size, begin, end, (w, s, d) in rows)


def _covered(size: int, window: int, begin: int, end: int, stride: int, dilation: int) -> int:
    room = size + begin + end - dilation * (window - 1) - 1
    count = -(-room // stride) + 1
    # the last window must begin in the input or before it, not in the padding behind
    if (count - 1) * stride >= size + begin:
        count -= 1
    return max(end, (count - 1) * stride - room + end) if count > room // stride + 1 else end


def _known(op: _Averaging, x: Any, pads: Any) -> tuple[Ints, tuple[Ints, Ints], Any]:
    """Begins, ends (as given, and covered) and pooled sizes, which are numbers where `ceil_mode` looks at them.

    Raises: IRTypeError, with IR210 when they are not known.
    """
    count = len(op.window)
    op.infer(x.operand, None if pads is None else pads.operand)
    sizes = None if x.rank is None else x.shape[-count:]
    given = (0,) * (2 * count) if pads is None else pads.ints
    looked_at = op.ceil_mode or sizes is None or None in sizes
    if sizes is None or given is None or (looked_at and not all(isinstance(s, int) for s in sizes)):
        raise IRTypeError("the pooled dims or the pads are not known", code="IR210", remedy="use irlib.specialize")
    begins, ends = split_pads(given, count)
    return begins, (ends, covered_ends(op, sizes, begins, ends)), sizes


def _counts(op: _Pool, sizes: Dims, begins: Sequence[int], ends: tuple[tuple[int, ...], ...], *, include: bool) -> Any:
    """How many elements each window counts, an outer product over the axes."""
    total = np.ones(())
    for size, begin, reach, (w, s, _) in zip(sizes, begins, ends[1], op.rows, strict=True):
        _limit(begin + size + reach, "elements along an axis")
        _limit(((begin + size + reach) // s + 1) * w, "elements in the windows of an axis")
    for size, begin, end, reach, (w, s, d) in zip(sizes, begins, *ends, op.rows, strict=True):
        counted = np.zeros(begin + size + reach)
        counted[: begin + size + end] = 1
        if not include:
            counted[:begin] = 0
            counted[begin + size :] = 0
        starts = np.arange((len(counted) - d * (w - 1) - 1) // s + 1) * s
        _limit(total.size * len(starts), "windows")
        total = np.multiply.outer(total, counted[starts[:, None] + np.arange(w) * d].sum(1))
    return total


def _limit(count: int, what: str) -> None:
    """Raises: SafetyError where a constant of the body would hold more than is sensible."""
    if count > _LARGEST:
        raise SafetyError(f"{count} {what}, expected at most {_LARGEST}", code="IR511")


def _joined(b: Emitter, first: Any, second: Any) -> Any:
    if second.ints is not None and not hasattr(first, "ints"):
        return b.constant([*first, *second.ints])
    return b.concat(b.lift(first), second, axis=0)
