"""Reductions over axes. Axes absent: all of them; an empty vector of axes: none, so the result is `x`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import ClassVar

from irlib.axes import reduced_shape
from irlib.dims import DimLike, dim_max, dim_min
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Known, Op, Operand, normalized_axis, register
from irlib.ops.products import products_of_others, products_of_others_along
from irlib.shapes import require_dtype
from irlib.types import DTYPES, Shape, TensorType

__all__ = ["All", "Any", "Argmax", "Argmin", "Max", "Min", "Prod", "Sum", "kept", "spread"]

NUMBER = ("int", "uint", "float", "complex")


def _known_items(x: Operand, axes: Operand | None) -> tuple[DimLike, ...] | None:
    """The elements of a known vector that is reduced over its one axis, all of them known."""
    if not isinstance(x.known, tuple) or (axes is not None and axes.ints not in ((0,), (-1,))):
        return None
    items = tuple(k for k in x.known if k is not None)
    return items if len(items) == len(x.known) else None


def _as_reduced(item: DimLike, *, keepdims: bool) -> Known:
    return (item,) if keepdims else item


@register
@dataclass(frozen=True)
class Sum(Op):
    """Sum of the elements of `x` over `axes`.

    Type: x: T[d0..dn], axes: int64[k] or int64[] (absent: all) -> T[..]; a summed dim becomes 1 (keepdims) or is
    dropped; T is an integer, float or complex dtype.
    (C1) axes are distinct and -rank(x) <= axis < rank(x).
    (C2) half floats accumulate in float32; integers wrap around; the empty sum is 0.
    Source: Python array API 2024.12 `sum`; ONNX ReduceSum-13.
    """

    keepdims: bool = False

    name = "sum"
    smoothness = "linear"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        require_dtype(x, NUMBER, "x")
        return x.tensor.with_shape(reduced_shape(x, axes, keepdims=self.keepdims))

    def known(self, x: Operand, axes: Operand | None = None) -> Known:
        items = _known_items(x, axes)
        if items is None:
            return None
        return _as_reduced(reduce(add, items, 0), keepdims=self.keepdims)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, axes = (*node.operands, None)[:2]
        return (spread(b, dy, x, axes, keepdims=self.keepdims), None)[: len(node.operands)]


def kept(b: Emitter, y: Value, x: Value, axes: Value | None, *, keepdims: bool) -> Value:
    """A reduction's result with its dropped axes put back as dims of 1."""
    if keepdims or (axes is None and y.rank == 0):
        return y  # a scalar broadcasts as it is
    return b.reshape(y, b.kept_shape(x, axes))


def spread(b: Emitter, y: Value, x: Value, axes: Value | None, *, keepdims: bool) -> Value:
    """A reduction's result repeated to the shape of its operand."""
    return b.broadcast_to(kept(b, y, x, axes, keepdims=keepdims), b.shape(x))


@register
@dataclass(frozen=True)
class Prod(Op):
    """Product of the elements of `x` over `axes`.

    Type: as `sum`.
    (C1) axes are distinct and -rank(x) <= axis < rank(x).
    (C2) half floats accumulate in float32; integers wrap around; the empty product is 1.
    The derivative is the product of the other elements, never y / x: right at zeros, and twice.
    Source: Python array API 2024.12 `prod`; ONNX ReduceProd-18.
    """

    keepdims: bool = False

    name = "prod"
    smoothness = "smooth"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        require_dtype(x, NUMBER, "x")
        return x.tensor.with_shape(reduced_shape(x, axes, keepdims=self.keepdims))

    def known(self, x: Operand, axes: Operand | None = None) -> Known:
        items = _known_items(x, axes)
        if items is None:
            return None
        return _as_reduced(reduce(mul, items, 1), keepdims=self.keepdims)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, axes = (*node.operands, None)[:2]
        others = _others(b, x, axes)
        dx = b.multiply(kept(b, dy, x, axes, keepdims=self.keepdims), b.adjoint(others))
        return (dx, None)[: len(node.operands)]


def _others(b: Emitter, x: Value, axes: Value | None) -> Value:
    """For each element the product of the others that it is multiplied with."""
    if axes is None:
        if x.rank == 1:
            return products_of_others_along(b, x, 0)
        return b.reshape(products_of_others_along(b, b.reshape(x, [-1]), 0), b.shape(x))
    if axes.ints is None:
        groups = b.kept_shape(x, axes)
        count = b.prod(groups)
        group = b.broadcast_to(b.reshape(b.iota(count), groups), b.shape(x))
        found = products_of_others(b, b.reshape(x, [-1]), b.reshape(group, [-1]), count)
        return b.reshape(found, b.shape(x))
    # the others along the first axis, times the products over it of the others along the second, and so on
    made = b.full_like(x, 1) if not axes.ints else products_of_others_along(b, x, axes.ints[0])
    for axis, following in zip(axes.ints, axes.ints[1:], strict=False):
        x = b.prod(x, axis, keepdims=True)
        made = made * products_of_others_along(b, x, following)
    return made


class _Extremum(Op):
    """What max and min have in common: all that attain the extremum share its cotangent equally."""

    keepdims: bool
    pick: ClassVar[Callable[..., DimLike]]
    smoothness = "other"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        require_dtype(x, ("bool", "int", "uint", "float"), "x")
        return x.tensor.with_shape(reduced_shape(x, axes, keepdims=self.keepdims))

    def known(self, x: Operand, axes: Operand | None = None) -> Known:
        items = _known_items(x, axes)
        if not items or not x.dtype.is_integer:
            return None
        return _as_reduced(reduce(self.pick, items), keepdims=self.keepdims)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, axes = (*node.operands, None)[:2]
        y = kept(b, node.results[0], x, axes, keepdims=self.keepdims)
        attains = b.equal(x, y)
        count = b.sum(b.cast(attains, dtype=dy.dtype), *node.operands[1:], keepdims=self.keepdims)
        share = dy / count
        # where the result is NaN nothing equals it, and NaN is what every element gets
        missed = kept(b, b.where(b.equal(count, 0.0), share * 0.0, 0.0), x, axes, keepdims=self.keepdims)
        return (b.where(attains, kept(b, share, x, axes, keepdims=self.keepdims), missed), None)[: len(node.operands)]


@register
@dataclass(frozen=True)
class Max(_Extremum):
    """Largest element of `x` over `axes`.

    Type: as `sum`; T is bool, an integer or a float dtype.
    (C1) axes are distinct and -rank(x) <= axis < rank(x).
    (C2) NaN where one of the elements is. No elements: an error.
    The derivative: the elements that attain it share the cotangent equally; where the result is NaN it is NaN.
    Source: Python array API 2024.12 `max`; ONNX ReduceMax-20.
    """

    keepdims: bool = False

    name = "max"
    pick = staticmethod(dim_max)


@register
@dataclass(frozen=True)
class Min(_Extremum):
    """Smallest element of `x` over `axes`.

    Type: as `sum`; T is bool, an integer or a float dtype.
    (C1) axes are distinct and -rank(x) <= axis < rank(x).
    (C2) NaN where one of the elements is. No elements: an error.
    The derivative: the elements that attain it share the cotangent equally; where the result is NaN it is NaN.
    Source: Python array API 2024.12 `min`; ONNX ReduceMin-20.
    """

    keepdims: bool = False

    name = "min"
    pick = staticmethod(dim_min)


class _Truth(Op):
    """What any and all have in common."""

    keepdims: bool
    pick: ClassVar[Callable[..., DimLike]]
    smoothness = "zero"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        require_dtype(x, ("bool",), "x")
        return x.tensor.with_shape(reduced_shape(x, axes, keepdims=self.keepdims))

    def known(self, x: Operand, axes: Operand | None = None) -> Known:
        items = _known_items(x, axes)
        if items is None:
            return None
        return _as_reduced(self.pick(items), keepdims=self.keepdims)

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,) * len(node.operands)


@register
@dataclass(frozen=True)
class Any(_Truth):
    """Whether some element of `x` over `axes` is true.

    Type: x: bool[d0..dn], axes: int64[k] or int64[] (absent: all) -> bool[..], the shape as in `sum`.
    (C1) axes are distinct and -rank(x) <= axis < rank(x). No elements: false.
    Source: Python array API 2024.12 `any`.
    """

    keepdims: bool = False

    name = "any"
    pick = staticmethod(any)


@register
@dataclass(frozen=True)
class All(_Truth):
    """Whether every element of `x` over `axes` is true.

    Type: x: bool[d0..dn], axes: int64[k] or int64[] (absent: all) -> bool[..], the shape as in `sum`.
    (C1) axes are distinct and -rank(x) <= axis < rank(x). No elements: true.
    Source: Python array API 2024.12 `all`.
    """

    keepdims: bool = False

    name = "all"
    pick = staticmethod(all)


class _Place(Op):
    """What argmax and argmin have in common."""

    axis: int | None
    keepdims: bool
    smoothness = "zero"

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, ("bool", "int", "uint", "float"), "x")
        return TensorType(DTYPES["int64"], self._left(x.shape))

    def _left(self, shape: Shape | None) -> Shape | None:
        if self.axis is None:
            return () if not self.keepdims else None if shape is None else (1,) * len(shape)
        if shape is None:
            return None
        axis = normalized_axis(self.axis, len(shape))
        return (*shape[:axis], *((1,) if self.keepdims else ()), *shape[axis + 1 :])

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class Argmax(_Place):
    """Where along `axis` the largest element of `x` is; without an axis, its number in row-major order.

    Type: x: T[d0..dn] -> int64[..], the dim at axis 1 (keepdims) or dropped; T is bool, an integer or a float dtype.
    (C1) of several the first, or with select_last the last. NaN counts as the largest. No elements: an error.
    Source: Python array API 2024.12 `argmax`; ONNX ArgMax-13.
    """

    axis: int | None = None
    keepdims: bool = False
    select_last: bool = False

    name = "argmax"


@register
@dataclass(frozen=True)
class Argmin(_Place):
    """Where along `axis` the smallest element of `x` is; without an axis, its number in row-major order.

    Type: x: T[d0..dn] -> int64[..], the dim at axis 1 (keepdims) or dropped; T is bool, an integer or a float dtype.
    (C1) of several the first, or with select_last the last. NaN counts as the smallest. No elements: an error.
    Source: Python array API 2024.12 `argmin`; ONNX ArgMin-13.
    """

    axis: int | None = None
    keepdims: bool = False
    select_last: bool = False

    name = "argmin"
