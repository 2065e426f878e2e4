"""Statistics over axes, from sums: mean, variance, norms, log of the sum of exponentials.

Axes are as in `sum`. Half floats are computed with in float32 and rounded once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from irlib.axes import reduced_shape
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Operand, register
from irlib.ops.reduction import kept
from irlib.shapes import require_dtype
from irlib.types import TensorType

__all__ = ["Logsumexp", "Mean", "Norm", "Std", "Var"]


class _Statistic(Composite):
    """What statistics have in common: the type, and float32 for half floats."""

    keepdims: bool

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        require_dtype(x, ("float", "complex"), "x")
        return x.tensor.with_shape(reduced_shape(x, axes, keepdims=self.keepdims))

    def decompose(self, b: Emitter, x: Value, axes: Value | None = None) -> Value:
        self.infer(x.operand, None if axes is None else axes.operand)
        if not x.dtype.is_half:
            return self._of(b, x, axes)
        return b.cast(self._of(b, b.cast(x, dtype="float32"), axes), dtype=x.dtype)

    def _of(self, b: Emitter, x: Value, axes: Value | None) -> Value:
        raise NotImplementedError

    def _sum(self, b: Emitter, x: Value, axes: Value | None, *, keepdims: bool | None = None) -> Value:
        return b.sum(x, axes, keepdims=self.keepdims if keepdims is None else keepdims)


def _count(b: Emitter, x: Value, axes: Value | None) -> Value:
    """How many elements are reduced to one, in the dtype of `x`."""
    dims = b.shape(x) if axes is None else b.take(b.shape(x), axes)
    return b.cast(b.prod(dims) if dims.rank != 0 else dims, dtype=x.dtype)


def _root(b: Emitter, square: Value) -> Value:
    """The square root, with derivative 0 instead of infinity at 0."""
    zero = b.equal(square, 0.0)
    return b.where(zero, 0.0, b.sqrt(b.where(zero, 1.0, square)))


@register
@dataclass(frozen=True)
class Mean(_Statistic):
    """Arithmetic mean of the elements of `x` over `axes`.

    Type: as `sum`; T is a float or complex dtype.
    (C1) the mean of no elements is NaN.
    Source: Python array API 2024.12 `mean`; ONNX ReduceMean-18.
    """

    keepdims: bool = False

    name = "mean"
    smoothness = "linear"

    def _of(self, b: Emitter, x: Value, axes: Value | None) -> Value:
        return self._sum(b, x, axes) / _count(b, x, axes)


@register
@dataclass(frozen=True)
class Var(_Statistic):
    """Variance of the elements of `x` over `axes`: the mean square distance from the mean.

    Type: as `sum`; T is a float dtype.
    (C1) the sum of squares is divided by max(0, n - correction); a result of 0 / 0 is NaN.
    Source: Python array API 2024.12 `var`.
    """

    keepdims: bool = False
    correction: float = 0.0

    name = "var"
    smoothness = "other"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        require_dtype(x, ("float",), "x")
        return super().infer(x, axes)

    def _of(self, b: Emitter, x: Value, axes: Value | None) -> Value:
        count = _count(b, x, axes)
        away = x - self._sum(b, x, axes, keepdims=True) / count
        return self._sum(b, away * away, axes) / b.maximum(count - float(self.correction), 0.0)


@register
@dataclass(frozen=True)
class Std(Var):
    """Standard deviation of the elements of `x` over `axes`: the square root of the variance.

    Type: as `sum`; T is a float dtype.
    (C1) as in `var`.
    The derivative at equal elements, where the square root has none, is 0.
    Source: Python array API 2024.12 `std`.
    """

    name = "std"

    def _of(self, b: Emitter, x: Value, axes: Value | None) -> Value:
        return _root(b, super()._of(b, x, axes))


@register
@dataclass(frozen=True)
class Norm(_Statistic):
    """The p-norm of the elements of `x` over `axes`, for p = 1, 2 or infinity.

    Type: x: T[..] -> R[..], axes as in `sum`; T is a float or complex dtype, R its real dtype.
    (C1) 1: the sum of absolute values; 2: the root of the sum of their squares; infinity: the largest of them.
    The derivative: for p = 2 it is 0 at 0; otherwise that of `abs` (0 at 0) and `max` (equal shares).
    Source: Python array API 2024.12 `linalg.vector_norm`; ONNX ReduceL1-18, ReduceL2-18.
    """

    p: float = 2.0
    keepdims: bool = False

    name = "norm"
    smoothness = "other"

    def infer(self, x: Operand, axes: Operand | None = None) -> TensorType:
        if self.p not in (1, 2, math.inf):
            raise AttributeValueError(f"p is {self.p}, expected 1, 2 or inf", code="IR302")
        made = super().infer(x, axes)
        return made.with_dtype(made.dtype.real)

    def _of(self, b: Emitter, x: Value, axes: Value | None) -> Value:
        if self.p == 2:
            square = b.square(b.real(x)) + b.square(b.imag(x)) if x.dtype.is_complex else b.square(x)
            return _root(b, self._sum(b, square, axes))
        if self.p == 1:
            return self._sum(b, b.abs(x), axes)
        return b.max(b.abs(x), axes, keepdims=self.keepdims)


@register
@dataclass(frozen=True)
class Logsumexp(_Statistic):
    """Logarithm of the sum of the exponentials of `x` over `axes`.

    Type: as `sum`; T is a float or complex dtype.
    (C1) computed as m + log(sum(exp(x - m))) with the largest element m (by real part), so that nothing overflows.
    (C2) minus infinity where all elements are minus infinity, with derivative 0 there. No elements: an error.
    The derivative is exp(x - y).
    Source: ONNX ReduceLogSumExp-18.
    """

    keepdims: bool = False

    name = "logsumexp"
    smoothness = "smooth"

    def _of(self, b: Emitter, x: Value, axes: Value | None) -> Value:
        if not x.dtype.is_complex:
            top = b.max(x, axes, keepdims=True)
            shift = b.where(b.isfinite(top), top, 0.0)
        else:
            top = b.max(b.real(x), axes, keepdims=True)
            shift = b.cast(b.where(b.isfinite(top), top, 0.0), dtype=x.dtype)
        made = b.log(self._sum(b, b.exp(x - shift), axes, keepdims=True)) + shift
        if self.keepdims:
            return made
        return b.squeeze(made, axes) if axes is not None else b.reshape(made, b.constant([], "int64"))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, axes = (*node.operands, None)[:2]
        y = node.results[0]
        if x.dtype.is_half:
            x, y, dy = (b.cast(v, dtype="float32") for v in (x, y, dy))
        y = kept(b, b.where(b.equal(y, -math.inf), 0.0, y), x, axes, keepdims=self.keepdims)
        dx = kept(b, dy, x, axes, keepdims=self.keepdims) * b.adjoint(b.exp(x - y))
        if dx.dtype is not node.operands[0].dtype:
            dx = b.cast(dx, dtype=node.operands[0].dtype)
        return (dx, None)[: len(node.operands)]
