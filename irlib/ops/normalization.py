"""Normalizations: values brought to mean 0 and variance 1, or length 1, over some of their axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.errors import AttributeValueError, IRTypeError, SafetyError
from irlib.inference import require_rank
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Operand, normalized_axis, register
from irlib.ops.widened import Widened, in_float32
from irlib.shapes import join_dims, require_dtype, same_dtype
from irlib.types import MAX_RANK, TensorType

__all__ = [
    "BatchNormInference",
    "BatchNormTraining",
    "GroupNorm",
    "InstanceNorm",
    "LayerNorm",
    "LpNormalize",
    "RmsNorm",
]

_MOST_NEIGHBOURS = 4096


def centred(b: Emitter, x: Any, axes: list[int], epsilon: float) -> tuple[Any, Any]:
    """`x` less its mean over `axes`, and one over its standard deviation."""
    away = x - b.mean(x, axes, keepdims=True)
    return away, 1.0 / b.sqrt(b.mean(away * away, axes, keepdims=True) + epsilon)


class _Floats(Widened):
    """Floats of one dtype in, a result like `x` out."""

    def _typed(self, x: Operand, *others: Operand | None) -> TensorType:
        require_dtype(x, ("float",), "x")
        same_dtype(x, *others)
        return x.tensor


class _TrailingAxes(_Floats):
    """Over all axes from `axis` on."""

    axis: int

    def _axes(self, x: Any) -> list[int]:
        if not -MAX_RANK <= self.axis < MAX_RANK:
            raise AttributeValueError(f"axis {self.axis}, expected -{MAX_RANK} <= axis < {MAX_RANK}", code="IR303")
        if self.axis < 0:
            return list(range(self.axis, 0))
        return list(range(self.axis, require_rank(x.operand, "x")))

    def _check(self, x: Operand, *others: Operand | None) -> TensorType:
        if x.rank is not None:
            normalized_axis(self.axis, x.rank)
        for k, other in enumerate(others):
            if other is not None and other.rank is not None and x.rank is not None and other.rank > x.rank:
                raise IRTypeError(
                    f"operand {k + 1} is {other.type}, expected one that broadcasts to {x.type}", code="IR206"
                )
        return self._typed(x, *others)


@register
@dataclass(frozen=True)
class LayerNorm(_TrailingAxes):
    """`x` less its mean over all axes from `axis` on, divided by the standard deviation, times `scale` plus `bias`.

    Type: x: T[..], scale: T[..], bias: T[..] -> T[..] of the shape of x; T is a float dtype. Scale and bias broadcast
    to x, and may be absent.
    (C1) epsilon is added to the variance, which is divided by the number of elements.
    (C2) half floats are computed in float32.
    Source: ONNX LayerNormalization-17; Ba and others 2016.
    """

    axis: int = -1
    epsilon: float = 1e-5
    name = "layer_norm"

    def infer(self, x: Operand, scale: Operand | None = None, bias: Operand | None = None) -> TensorType:
        return self._check(x, scale, bias)

    def body(self, b: Emitter, x: Any, scale: Any = None, bias: Any = None) -> Any:
        away, inverse = centred(b, x, self._axes(x), self.epsilon)
        y = away * inverse
        if scale is not None:
            y = y * scale
        return y if bias is None else y + bias

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        needs = (*node.needs, False, False)

        def rule(dy: Any, x: Any, scale: Any = None, bias: Any = None) -> tuple[Any, ...]:
            axes = self._axes(x)
            away, inverse = centred(b, x, axes, self.epsilon)
            unit = away * inverse
            d_unit = dy if scale is None else dy * scale
            kept = b.mean(d_unit, axes, keepdims=True) + unit * b.mean(d_unit * unit, axes, keepdims=True)
            d_scale = b.sum_to(dy * unit, b.shape(scale)) if needs[1] else None
            d_bias = b.sum_to(dy, b.shape(bias)) if needs[2] else None
            return (inverse * (d_unit - kept), d_scale, d_bias)[: len(node.operands)]

        return in_float32(b, rule, dy, *node.operands)  # type: ignore[no-any-return]


@register
@dataclass(frozen=True)
class RmsNorm(_TrailingAxes):
    """`x` divided by the root of the mean of its squares over all axes from `axis` on, times `scale`.

    Type: x: T[..], scale: T[..] -> T[..] of the shape of x; T is a float dtype. Scale broadcasts to x, or is absent.
    (C1) epsilon is added to the mean of the squares.
    (C2) half floats are computed in float32.
    Source: ONNX RMSNormalization-23; Zhang and Sennrich 2019.
    """

    axis: int = -1
    epsilon: float = 1e-5
    name = "rms_norm"

    def infer(self, x: Operand, scale: Operand | None = None) -> TensorType:
        return self._check(x, scale)

    def body(self, b: Emitter, x: Any, scale: Any = None) -> Any:
        y = x / b.sqrt(b.mean(x * x, self._axes(x), keepdims=True) + self.epsilon)
        return y if scale is None else y * scale


def per_channel(b: Emitter, p: Any, x: Any, axis: int) -> Any:
    """A vector with one element per channel, shaped to stand beside `x`."""
    rank = require_rank(x.operand, "x")
    at = normalized_axis(axis, rank)
    return b.reshape(p, [-1, *[1] * (rank - 1 - at)])


def check_channels(x: Operand, axis: int, *vectors: Operand | None) -> None:
    """Raises: IRTypeError when a vector has not one element per channel of `x`."""
    if x.shape is None:
        return
    channels = x.shape[normalized_axis(axis, len(x.shape))]
    for k, vector in enumerate(vectors):
        if vector is None or vector.shape is None:
            continue
        if len(vector.shape) != 1:
            raise IRTypeError(f"operand {k + 1} is {vector.type}, expected a vector", code="IR207")
        join_dims(channels, vector.shape[0], f"channels of x and operand {k + 1}")


@register
@dataclass(frozen=True)
class BatchNormInference(_Floats):
    """`x` less `mean`, divided by the root of `variance`, times `scale` plus `bias`, channel by channel.

    Type: x: T[..], scale: T[c], bias: T[c], mean: T[c], variance: T[c] -> T[..]; T is a float dtype, c the dim `axis`.
    (C1) epsilon is added to the variance.
    Source: ONNX BatchNormalization-15, training_mode=0.
    """

    axis: int = 1
    epsilon: float = 1e-5
    name = "batch_norm_inference"

    def infer(self, x: Operand, scale: Operand, bias: Operand, mean: Operand, variance: Operand) -> TensorType:
        check_channels(x, self.axis, scale, bias, mean, variance)
        return self._typed(x, scale, bias, mean, variance)

    def body(self, b: Emitter, x: Any, scale: Any, bias: Any, mean: Any, variance: Any) -> Any:
        factor = scale / b.sqrt(variance + self.epsilon)
        return (x - per_channel(b, mean, x, self.axis)) * per_channel(b, factor, x, self.axis) + per_channel(
            b, bias, x, self.axis
        )


@register
@dataclass(frozen=True)
class BatchNormTraining(_Floats):
    """`x` brought to mean 0 and variance 1 over all axes but `axis`, times `scale` plus `bias`; and the new statistics.

    Type: x: T[..], scale: T[c], bias: T[c], mean: T[c], variance: T[c] -> T[..], T[c], T[c]; T is a float dtype, c the
    dim `axis`. Results: y, and the running mean and variance: momentum * old + (1 - momentum) * of this batch.
    (C1) epsilon is added to the variance of the batch, which is divided by the number of elements.
    Source: ONNX BatchNormalization-15, training_mode=1.
    """

    axis: int = 1
    epsilon: float = 1e-5
    momentum: float = 0.9
    name = "batch_norm_training"
    results = ("y", "running_mean", "running_variance")

    def infer(
        self, x: Operand, scale: Operand, bias: Operand, mean: Operand, variance: Operand
    ) -> tuple[TensorType, TensorType, TensorType]:
        check_channels(x, self.axis, scale, bias, mean, variance)
        return self._typed(x, scale, bias, mean, variance), mean.tensor, variance.tensor

    def body(self, b: Emitter, x: Any, scale: Any, bias: Any, mean: Any, variance: Any) -> Any:
        rank = require_rank(x.operand, "x")
        at = normalized_axis(self.axis, rank)
        axes = [a for a in range(rank) if a != at]
        of_batch = b.mean(x, axes)
        away = x - per_channel(b, of_batch, x, at)
        spread = b.mean(away * away, axes)
        factor = scale / b.sqrt(spread + self.epsilon)
        y = away * per_channel(b, factor, x, at) + per_channel(b, bias, x, at)
        old, new = self.momentum, 1.0 - self.momentum
        return y, mean * old + of_batch * new, variance * old + spread * new


@register
@dataclass(frozen=True)
class GroupNorm(_Floats):
    """`x` brought to mean 0 and variance 1 over groups of channels and all axes behind them, times `scale` plus `bias`.

    Type: x: T[n, c, ..], scale: T[c], bias: T[c] -> T[n, c, ..]; T is a float dtype. Scale and bias may be absent.
    (C1) `groups` divides c.
    (C2) epsilon is added to the variance, which is divided by the number of elements.
    Source: ONNX GroupNormalization-21; Wu and He 2018.
    """

    groups: int = 1
    epsilon: float = 1e-5
    name = "group_norm"

    def __post_init__(self) -> None:
        if self.groups < 1:
            raise AttributeValueError(f"groups is {self.groups}, expected at least 1", code="IR302")

    def infer(self, x: Operand, scale: Operand | None = None, bias: Operand | None = None) -> TensorType:
        if x.shape is not None:
            if len(x.shape) < 2:
                raise IRTypeError(f"x is {x.type}, expected rank 2 or more", code="IR207")
            if isinstance(x.shape[1], int) and x.shape[1] % self.groups:
                raise IRTypeError(f"x has {x.shape[1]} channels, expected a multiple of {self.groups}", code="IR207")
            check_channels(x, 1, scale, bias)
        return self._typed(x, scale, bias)

    def body(self, b: Emitter, x: Any, scale: Any = None, bias: Any = None) -> Any:
        require_rank(x.operand, "x")
        batch = b.take(b.shape(x), [0], axis=0)
        grouped = b.reshape(x, b.concat(batch, b.constant([self.groups, -1], "int64"), axis=0))
        away, inverse = centred(b, grouped, [-1], self.epsilon)
        y = b.reshape(away * inverse, b.shape(x))
        if scale is not None:
            y = y * per_channel(b, scale, x, 1)
        return y if bias is None else y + per_channel(b, bias, x, 1)


@register
@dataclass(frozen=True)
class InstanceNorm(_Floats):
    """`x` brought to mean 0 and variance 1 over all axes behind the channels, times `scale` plus `bias`.

    Type: x: T[n, c, ..], scale: T[c], bias: T[c] -> T[n, c, ..]; T is a float dtype.
    (C1) epsilon is added to the variance, which is divided by the number of elements.
    Source: ONNX InstanceNormalization-22.
    """

    epsilon: float = 1e-5
    name = "instance_norm"

    def infer(self, x: Operand, scale: Operand, bias: Operand) -> TensorType:
        if x.shape is not None:
            if len(x.shape) < 3:
                raise IRTypeError(f"x is {x.type}, expected rank 3 or more", code="IR207")
            check_channels(x, 1, scale, bias)
        return self._typed(x, scale, bias)

    def body(self, b: Emitter, x: Any, scale: Any, bias: Any) -> Any:
        rank = require_rank(x.operand, "x")
        away, inverse = centred(b, x, list(range(2, rank)), self.epsilon)
        return away * inverse * per_channel(b, scale, x, 1) + per_channel(b, bias, x, 1)


@register
@dataclass(frozen=True)
class LpNormalize(_Floats):
    """`x` divided by its p-norm along `axis`, p being 1 or 2; 0 where that is 0.

    Type: x: T[..] -> T[..]; T is a float dtype.
    (C1) where the norm is 0, so are the result and the derivative.
    Source: ONNX LpNormalization-22.
    """

    axis: int = -1
    p: int = 2
    name = "lp_normalize"

    def __post_init__(self) -> None:
        if self.p not in (1, 2):
            raise AttributeValueError(f"p is {self.p}, expected 1 or 2", code="IR302")

    def infer(self, x: Operand) -> TensorType:
        if x.rank is not None:
            normalized_axis(self.axis, x.rank)
        return self._typed(x)

    def body(self, b: Emitter, x: Any) -> Any:
        if self.p == 1:
            return b.safe_divide(x, b.sum(b.abs(x), [self.axis], keepdims=True))
        square = b.sum(x * x, [self.axis], keepdims=True)
        nothing = b.equal(square, 0)
        # the root of 1 instead of 0: no infinite slope where nothing is divided
        return b.where(nothing, 0, x) / b.sqrt(b.where(nothing, 1, square))


@register
@dataclass(frozen=True)
class LocalResponseNorm(_Floats):
    """`x` divided by (bias + alpha / size * the sum of the squares of `size` neighbouring channels) ** beta.

    Type: x: T[n, c, ..] -> T[n, c, ..]; T is a float dtype.
    (C1) the neighbours of channel i are i - (size - 1) // 2 to i + size // 2, as far as there are such.
    Source: ONNX LRN-13.
    """

    size: int = 5
    alpha: float = 0.0001
    beta: float = 0.75
    bias: float = 1.0
    name = "local_response_norm"

    def __post_init__(self) -> None:
        if self.size < 1:
            raise AttributeValueError(f"size is {self.size}, expected at least 1", code="IR302")

    def infer(self, x: Operand) -> TensorType:
        if x.rank is not None and x.rank < 2:
            raise IRTypeError(f"x is {x.type}, expected rank 2 or more", code="IR207")
        return self._typed(x)

    def body(self, b: Emitter, x: Any) -> Any:
        rank = require_rank(x.operand, "x")
        rest, most = [0] * (rank - 2), x.shape[1] if isinstance(x.shape[1], int) else None
        # neighbours beyond the other end of the channels there are none
        before, after = (
            n if most is None else min(n, max(most - 1, 0)) for n in ((self.size - 1) // 2, self.size // 2)
        )
        if before + after > _MOST_NEIGHBOURS:
            raise SafetyError(f"size {self.size}, expected at most {_MOST_NEIGHBOURS}", code="IR511")
        squares = b.pad(x * x, [0, before, *rest, 0, after, *rest], b.constant(0, x.dtype))
        channels = b.take(b.shape(x), [1], axis=0)
        total: Any = b.slice(squares, [0], channels, [1])
        for k in range(1, before + after + 1):
            total = total + b.slice(squares, [k], channels + k, [1])
        return x / b.power(total * (self.alpha / self.size) + self.bias, self.beta)
