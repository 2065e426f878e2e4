"""Cumulative sums, products and extrema along an axis, and the linear recurrence that their derivatives need."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.axes import known_vector, require_int64, require_scalar
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Known, Op, Operand, normalized_axis, register
from irlib.shapes import join_shapes, require_dtype, same_dtype
from irlib.types import TensorType

__all__ = ["CumulativeMax", "CumulativeMin", "CumulativeProd", "CumulativeSum", "LinearRecurrence"]

NUMBER = ("int", "uint", "float", "complex")


def _check_axis(x: Operand, axis: Operand) -> None:
    require_int64(axis, "axis")
    require_scalar(axis, "axis")
    if x.rank is not None and axis.ints is not None:
        normalized_axis(axis.ints[0], x.rank)


def _moved(b: Emitter, x: Value, axis: Value, *, back: bool) -> Value:
    """`x` moved one place along `axis`, towards its end or back; a zero comes in."""
    return b.pad(x, [-1, 1] if back else [1, -1], None, b.reshape(axis, [1]))


@register
@dataclass(frozen=True)
class CumulativeSum(Op):
    """Sums of the elements of `x` along `axis` up to each.

    Type: x: T[..], axis: int64[] -> T[..]; T is an integer, float or complex dtype.
    (C1) -rank(x) <= axis < rank(x).
    (C2) exclusive: up to each without it, so the first is 0. reverse: from the end.
    (C3) half floats accumulate in float32; integers wrap around.
    Source: Python array API 2024.12 `cumulative_sum`; ONNX CumSum-14.
    """

    exclusive: bool = False
    reverse: bool = False

    name = "cumulative_sum"
    smoothness = "linear"

    def infer(self, x: Operand, axis: Operand) -> TensorType:
        _check_axis(x, axis)
        require_dtype(x, NUMBER, "x")
        return x.tensor

    def known(self, x: Operand, axis: Operand) -> Known:
        if not isinstance(x.known, tuple) or any(k is None for k in x.known):
            return None
        items = x.known[::-1] if self.reverse else x.known
        sums = [0]
        for k in items:
            sums.append(sums[-1] + k)  # type: ignore[operator,arg-type]
        made = sums[:-1] if self.exclusive else sums[1:]
        return known_vector(made[::-1] if self.reverse else made)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        axis = node.operands[1]
        return b.cumulative_sum(dy, axis, exclusive=self.exclusive, reverse=not self.reverse), None


@register
@dataclass(frozen=True)
class CumulativeProd(Op):
    """Products of the elements of `x` along `axis` up to each.

    Type: x: T[..], axis: int64[] -> T[..]; T is an integer, float or complex dtype.
    (C1) -rank(x) <= axis < rank(x).
    (C2) exclusive: up to each without it, so the first is 1. reverse: from the end.
    (C3) half floats accumulate in float32; integers wrap around.
    The derivative divides by nothing: right at zeros, and twice.
    Source: Python array API 2024.12 `cumulative_prod`.
    """

    exclusive: bool = False
    reverse: bool = False

    name = "cumulative_prod"
    smoothness = "smooth"

    def infer(self, x: Operand, axis: Operand) -> TensorType:
        _check_axis(x, axis)
        require_dtype(x, NUMBER, "x")
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        """dx_k = (product of x_j, j < k) * s_k, where s_k sums dy_i * (product of x_j, k < j <= i) over i >= k."""
        x, axis = node.operands
        back = not self.reverse
        factors = b.adjoint(x)
        before = b.cumulative_prod(factors, axis, exclusive=True, reverse=self.reverse)
        if self.exclusive:
            sums = _moved(b, b.linear_recurrence(factors, dy, axis, reverse=back), axis, back=back)
        else:
            sums = b.linear_recurrence(_moved(b, factors, axis, back=back), dy, axis, reverse=back)
        return before * sums, None


@register
@dataclass(frozen=True)
class LinearRecurrence(Op):
    """The solution of h_i = a_i * h_(i-1) + x_i along `axis`, from h_(-1) = 0.

    Type: a: T[..], x: T[..], axis: int64[] -> T[..]; a and x of one shape; T is an integer, float or complex dtype.
    (C1) -rank(x) <= axis < rank(x).
    (C2) reverse: h_i = a_i * h_(i+1) + x_i, from the end.
    (C3) half floats are kept in float32 until all are found; integers wrap around.
    """

    reverse: bool = False

    name = "linear_recurrence"
    smoothness = "smooth"

    def infer(self, a: Operand, x: Operand, axis: Operand) -> TensorType:
        _check_axis(x, axis)
        require_dtype(x, NUMBER, "x")
        return TensorType(same_dtype(a, x), join_shapes([x.shape, a.shape], "shapes of a and x"))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        a, _, axis = node.operands
        back = not self.reverse
        dx = b.linear_recurrence(_moved(b, b.adjoint(a), axis, back=back), dy, axis, reverse=back)
        da = dx * b.adjoint(_moved(b, node.results[0], axis, back=self.reverse)) if node.needs[0] else None
        return da, dx, None


class _CumulativeExtremum(Op):
    """What the cumulative maximum and minimum have in common."""

    reverse: bool
    smoothness = "other"

    def infer(self, x: Operand, axis: Operand) -> TensorType:
        _check_axis(x, axis)
        require_dtype(x, ("int", "uint", "float"), "x")
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        """Each cotangent goes to the place that the extremum was last attained at: its number grows along any axis."""
        x, axis = node.operands
        (y,) = node.results
        shape = b.shape(x)
        count = b.prod(shape)
        numbers = b.reshape(b.iota(count), shape)
        attains = b.logical_or(b.equal(x, y), b.isnan(x))
        if self.reverse:
            places = b.cumulative_min(b.where(attains, numbers, count), axis, reverse=True)
        else:
            places = b.cumulative_max(b.where(attains, numbers, -1), axis)
        given = b.where(b.isnan(y), y, dy)
        zeros = b.broadcast_to(b.constant(0, dy.dtype), b.reshape(count, [1]))
        dx = b.scatter(zeros, b.reshape(places, [-1]), b.reshape(given, [-1]), reduction="add")
        return b.reshape(dx, shape), None


@register
@dataclass(frozen=True)
class CumulativeMax(_CumulativeExtremum):
    """Largest of the elements of `x` along `axis` up to each.

    Type: x: T[..], axis: int64[] -> T[..]; T is an integer or float dtype.
    (C1) -rank(x) <= axis < rank(x). reverse: from the end.
    (C2) NaN from the first NaN on.
    The derivative: each cotangent goes to the element that attained the maximum last; NaN where the result is.
    """

    reverse: bool = False

    name = "cumulative_max"


@register
@dataclass(frozen=True)
class CumulativeMin(_CumulativeExtremum):
    """Smallest of the elements of `x` along `axis` up to each.

    Type: x: T[..], axis: int64[] -> T[..]; T is an integer or float dtype.
    (C1) -rank(x) <= axis < rank(x). reverse: from the end.
    (C2) NaN from the first NaN on.
    The derivative: each cotangent goes to the element that attained the minimum last; NaN where the result is.
    """

    reverse: bool = False

    name = "cumulative_min"
