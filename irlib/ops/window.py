"""Windows that slide over the last axes: as views, added back, and reduced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from irlib.axes import vector_dims
from irlib.dims import MaybeDim
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Op, Operand, register
from irlib.ops.convolution import window_count
from irlib.shapes import join_dims, require_dtype
from irlib.types import TensorType

__all__ = ["OverlapAdd", "ReduceWindow", "SlidingWindow", "Windows", "last_dims"]

REAL = ("int", "uint", "float")


@dataclass(frozen=True)
class Windows(Op):
    """What ops with windows share: their attributes."""

    window: tuple[int, ...]
    strides: tuple[int, ...] | None = None
    dilations: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        for what, numbers in (("window", self.window), ("strides", self.strides), ("dilations", self.dilations)):
            if numbers is None:
                continue
            if any(n < 1 for n in numbers) or len(numbers) != len(self.window) or not numbers:
                raise AttributeValueError(
                    f"{what} {numbers} beside window {self.window}, expected a number of 1 or more for each axis",
                    code="IR302",
                )

    @property
    def rows(self) -> list[tuple[int, int, int]]:
        """Window, stride and dilation of each axis."""
        ones = (1,) * len(self.window)
        return list(zip(self.window, self.strides or ones, self.dilations or ones, strict=True))

    def windows_of(self) -> dict[str, Any]:
        """The attributes of windows alone."""
        return {"window": self.window, "strides": self.strides, "dilations": self.dilations}

    def spatial(self, x: Operand) -> tuple[MaybeDim, ...] | None:
        """The dims that the windows slide over. Raises: IRTypeError when there are not as many."""
        if x.shape is not None and len(x.shape) < len(self.window):
            raise IRTypeError(f"rank {x.rank}, expected {len(self.window)} or more for the window's axes", code="IR207")
        return None if x.shape is None else x.shape[-len(self.window) :]


@register
@dataclass(frozen=True)
class SlidingWindow(Windows):
    """The windows over the last axes of `x`, as further axes.

    Type: x: T[.., s1..sk] -> T[.., o1..ok, w1..wk] for k = len(window), o = (s - dilation*(w - 1) - 1) // stride + 1.
    (C1) y[.., o, w] = x[.., o*stride + w*dilation]; no axis is shorter than its dilated window. Pad beforehand.
    Source: numpy `sliding_window_view`, with strides and dilations.
    """

    name = "sliding_window"
    smoothness = "linear"

    def infer(self, x: Operand) -> TensorType:
        sizes = self.spatial(x)
        if x.shape is None or sizes is None:
            return x.tensor.with_shape(None)
        counts = tuple(window_count(n, w, 0, 0, s, d) for n, (w, s, d) in zip(sizes, self.rows, strict=True))
        return x.tensor.with_shape((*x.shape[: -len(sizes)], *counts, *self.window))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        return (b.overlap_add(dy, last_dims(b, x, len(self.window)), **self.attribute_values()),)


@register
@dataclass(frozen=True)
class OverlapAdd(Windows):
    """The adjoint of `sliding_window`: windows added where they came from.

    Type: y: T[.., o1..ok, w1..wk], shape: int64[k] -> T[.., shape]; T is an integer, float or complex dtype.
    (C1) `sliding_window` of an array whose last axes are `shape` has the windows that `y` has.
    (C2) half floats accumulate in float32; the order of addition is that of the window's elements.
    Source: ONNX Col2Im-18.
    """

    name = "overlap_add"
    smoothness = "linear"

    def infer(self, y: Operand, shape: Operand) -> TensorType:
        require_dtype(y, (*REAL, "complex"), "y")
        count = len(self.window)
        sizes = vector_dims(shape, "shape")
        if sizes is not None and len(sizes) != count:
            raise IRTypeError(f"shape has {len(sizes)} elements, expected {count}", code="IR207")
        if y.shape is None:
            return y.tensor
        if len(y.shape) < 2 * count:
            raise IRTypeError(f"rank {y.rank}, expected {2 * count} or more: places, then windows", code="IR207")
        for dim, wanted in zip(y.shape[-count:], self.window, strict=True):
            join_dims(dim, wanted, "dims of windows")
        if sizes is not None:
            for size, have, (w, s, d) in zip(sizes, y.shape[-2 * count : -count], self.rows, strict=True):
                join_dims(have, window_count(size, w, 0, 0, s, d), f"number of windows on {size} elements")
        return y.tensor.with_shape((*y.shape[: -2 * count], *(sizes or (None,) * count)))

    def vjp(self, b: Emitter, node: NodeView, dx: Value) -> tuple[Value | None, ...]:
        return b.sliding_window(dx, **self.attribute_values()), None


@register
@dataclass(frozen=True)
class ReduceWindow(Windows, Composite):
    """Each window over the last axes of `x` reduced to one element.

    Type: x: T[.., s1..sk], pads: int64[2k] (absent: zeros) -> T[.., o1..ok]; T is an integer or float dtype.
    (C1) reduction is sum, prod, max or min; padding is what that leaves unchanged.
    (C2) half floats accumulate in float32; a tie of max or min shares the cotangent equally, as in a reduction.
    Source: StableHLO reduce_window.
    """

    reduction: str = "sum"

    name = "reduce_window"

    def decompose(self, b: Emitter, x: Any, pads: Any = None) -> Any:
        if self.reduction not in NEUTRAL:
            raise AttributeValueError(
                f"reduction is {self.reduction!r}, expected one of {', '.join(NEUTRAL)}", code="IR302"
            )
        require_dtype(x.operand, REAL, "x")
        count = len(self.window)
        if pads is not None:
            neutral = b.constant(np.array(NEUTRAL[self.reduction](x.dtype.numpy), x.dtype.numpy))
            x = b.pad(x, pads, neutral, list(range(-count, 0)))
        return getattr(b, self.reduction)(b.sliding_window(x, **self.windows_of()), list(range(-count, 0)))


def _least(dtype: Any) -> Any:
    return np.iinfo(dtype).min if dtype.kind in "iu" else -np.inf


def _greatest(dtype: Any) -> Any:
    return np.iinfo(dtype).max if dtype.kind in "iu" else np.inf


NEUTRAL: dict[str, Any] = {"sum": lambda _: 0, "prod": lambda _: 1, "max": _least, "min": _greatest}
"""What each reduction leaves unchanged, by dtype."""


def last_dims(b: Emitter, x: Any, count: int) -> Any:
    """The last dims of `x` as a vector."""
    if x.rank is None:
        raise IRTypeError(
            "the rank of the operand is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
        )
    dims = x.shape[x.rank - count :]
    if all(isinstance(d, int) for d in dims):
        return b.constant(list(dims))
    return b.take(b.shape(x), list(range(x.rank - count, x.rank)), axis=0)
