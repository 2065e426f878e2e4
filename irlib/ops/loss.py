"""Losses. `reduction` is mean, sum or none (the loss of each element or example)."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi
from typing import Any

from irlib.errors import AttributeValueError, IRTypeError
from irlib.inference import require_rank
from irlib.methods import Emitter
from irlib.op import Operand, normalized_axis, register
from irlib.ops.widened import Widened
from irlib.shapes import elementwise_type, require_dtype, same_dtype
from irlib.types import Shape, TensorType

__all__ = ["CrossEntropy", "MseLoss", "NllLoss"]

REDUCTIONS = ("mean", "sum", "none")


class Loss(Widened):
    reduction: str

    def __post_init__(self) -> None:
        if self.reduction not in REDUCTIONS:
            raise AttributeValueError(
                f"reduction is {self.reduction!r}, expected one of {', '.join(REDUCTIONS)}", code="IR302"
            )

    def _typed(self, t: TensorType) -> TensorType:
        return t if self.reduction == "none" else t.with_shape(())

    def _reduced(self, b: Emitter, loss: Any) -> Any:
        return loss if self.reduction == "none" else b.sum(loss) if self.reduction == "sum" else b.mean(loss)


class Elementwise(Loss):
    """A loss of corresponding elements, which broadcast."""

    def _infer(self, *operands: Operand | None) -> TensorType:
        given = [o for o in operands if o is not None]
        require_dtype(given[0], ("float",), "operand")
        return self._typed(elementwise_type(given, same_dtype(*given)))

    def body(self, b: Emitter, *operands: Any) -> Any:
        return self._reduced(b, self.of(b, *operands))

    def of(self, b: Emitter, *operands: Any) -> Any:
        """The loss of each element."""
        raise NotImplementedError(f"{type(self).__name__}.of")


class _OfTwo(Elementwise):
    def infer(self, x: Operand, target: Operand) -> TensorType:
        return self._infer(x, target)


@register
@dataclass(frozen=True)
class MseLoss(_OfTwo):
    """(x - target) ** 2.

    Type: x: T[..], target: T[..] -> T[] (reduction none: T[broadcast]); T is a float dtype.
    Source: torch.nn.functional.mse_loss.
    """

    reduction: str = "mean"
    name = "mse_loss"

    def of(self, b: Emitter, x: Any, target: Any) -> Any:
        return b.square(x - target)


@register
@dataclass(frozen=True)
class L1Loss(_OfTwo):
    """abs(x - target).

    Type: x: T[..], target: T[..] -> T[] (reduction none: T[broadcast]); T is a float dtype.
    (C1) the derivative where they are equal is 0.
    Source: torch.nn.functional.l1_loss.
    """

    reduction: str = "mean"
    name = "l1_loss"

    def of(self, b: Emitter, x: Any, target: Any) -> Any:
        return b.abs(x - target)


@register
@dataclass(frozen=True)
class HuberLoss(_OfTwo):
    """Half the square of x - target up to `delta`, and a line of slope delta beyond.

    Type: x: T[..], target: T[..] -> T[] (reduction none: T[broadcast]); T is a float dtype.
    Source: torch.nn.functional.huber_loss; Huber 1964.
    """

    delta: float = 1.0
    reduction: str = "mean"
    name = "huber_loss"

    def of(self, b: Emitter, x: Any, target: Any) -> Any:
        apart = x - target
        size = b.abs(apart)
        return b.where(size <= self.delta, apart * apart * 0.5, size * self.delta - 0.5 * self.delta**2)


@register
@dataclass(frozen=True)
class SmoothL1Loss(_OfTwo):
    """Half the square of x - target divided by `beta` up to beta, and the distance less beta / 2 beyond.

    Type: x: T[..], target: T[..] -> T[] (reduction none: T[broadcast]); T is a float dtype.
    (C1) with beta 0 it is the distance; its derivative where they are equal is 0.
    Source: torch.nn.functional.smooth_l1_loss.
    """

    beta: float = 1.0
    reduction: str = "mean"
    name = "smooth_l1_loss"

    def of(self, b: Emitter, x: Any, target: Any) -> Any:
        apart = x - target
        size = b.abs(apart)
        if self.beta == 0:
            return size
        return b.where(size < self.beta, apart * apart * (0.5 / self.beta), size - 0.5 * self.beta)


@register
@dataclass(frozen=True)
class HingeLoss(_OfTwo):
    """max(0, margin - target * x), for targets -1 and 1.

    Type: x: T[..], target: T[..] -> T[] (reduction none: T[broadcast]); T is a float dtype.
    (C1) the derivative where target * x is the margin is 0.
    Source: scikit-learn hinge_loss.
    """

    margin: float = 1.0
    reduction: str = "mean"
    name = "hinge_loss"

    def of(self, b: Emitter, x: Any, target: Any) -> Any:
        return b.relu(self.margin - target * x)


@register
@dataclass(frozen=True)
class KlDiv(_OfTwo):
    """target * (log(target) - x): `x` is the logarithm of a probability, and with `log_target` so is the target.

    Type: x: T[..], target: T[..] -> T[] (reduction none: T[broadcast]); T is a float dtype.
    (C1) where the target is 0, so are the loss and its derivatives.
    Source: torch.nn.functional.kl_div.
    """

    log_target: bool = False
    reduction: str = "mean"
    name = "kl_div"

    def of(self, b: Emitter, x: Any, target: Any) -> Any:
        if self.log_target:
            return b.exp(target) * (target - x)
        nothing = b.equal(target, 0)
        return b.xlogy(target, target) - b.where(nothing, 0, target) * b.where(nothing, 0, x)


@register
@dataclass(frozen=True)
class BinaryCrossEntropy(Elementwise):
    """-(target * log(x) + (1 - target) * log(1 - x)), times `weight` where there is one.

    Type: x: T[..], target: T[..], weight: T[..] -> T[] (reduction none: T[broadcast]); T is a float dtype.
    (C1) a term whose factor is 0 is 0. Nothing is clamped: log(0) is -inf.
    Source: torch.nn.functional.binary_cross_entropy.
    """

    reduction: str = "mean"
    name = "binary_cross_entropy"

    def infer(self, x: Operand, target: Operand, weight: Operand | None = None) -> TensorType:
        return self._infer(x, target, weight)

    def of(self, b: Emitter, x: Any, target: Any, weight: Any = None) -> Any:
        loss = b.negative(b.xlogy(target, x) + b.xlog1py(1 - target, b.negative(x)))
        return loss if weight is None else loss * weight


@register
@dataclass(frozen=True)
class BinaryCrossEntropyWithLogits(Elementwise):
    """The binary cross entropy of sigmoid(x), without overflow; times `weight` where there is one.

    Type: x: T[..], target: T[..], weight: T[..], positive_weight: T[..] -> T[] (reduction none: T[broadcast]); T is a
    float dtype.
    (C1) the term of the positive class is multiplied by positive_weight where there is one.
    Source: torch.nn.functional.binary_cross_entropy_with_logits.
    """

    reduction: str = "mean"
    name = "binary_cross_entropy_with_logits"

    def infer(
        self, x: Operand, target: Operand, weight: Operand | None = None, positive_weight: Operand | None = None
    ) -> TensorType:
        return self._infer(x, target, weight, positive_weight)

    def of(self, b: Emitter, x: Any, target: Any, weight: Any = None, positive_weight: Any = None) -> Any:
        if positive_weight is None:
            loss = b.softplus(x) - x * target
        else:
            loss = (1 - target) * x + (1 + (positive_weight - 1) * target) * b.softplus(b.negative(x))
        return loss if weight is None else loss * weight


@register
@dataclass(frozen=True)
class GaussianNll(Elementwise):
    """Half of log(variance) + (target - mean) ** 2 / variance; `full` adds log(2 pi) / 2.

    Type: mean: T[..], target: T[..], variance: T[..] -> T[] (reduction none: T[broadcast]); T is a float dtype.
    (C1) a variance below epsilon is taken for epsilon, with derivative 0.
    Source: torch.nn.functional.gaussian_nll_loss.
    """

    full: bool = False
    epsilon: float = 1e-6
    reduction: str = "mean"
    name = "gaussian_nll"

    def infer(self, mean: Operand, target: Operand, variance: Operand) -> TensorType:
        return self._infer(mean, target, variance)

    def of(self, b: Emitter, mean: Any, target: Any, variance: Any) -> Any:
        spread = b.where(variance < self.epsilon, self.epsilon, variance)
        loss = (b.log(spread) + b.square(target - mean) / spread) * 0.5
        return loss + 0.5 * log(2 * pi) if self.full else loss


class _OfClasses(Loss):
    """A loss of logarithms of probabilities and integer labels."""

    axis: int
    ignore_index: int | None

    def infer(self, x: Operand, labels: Operand, weight: Operand | None = None) -> TensorType:
        require_dtype(x, ("float",), "x")
        require_dtype(labels, ("int32", "int64"), "labels")
        if weight is not None:
            same_dtype(x, weight)
            if weight.rank not in (None, 1):
                raise IRTypeError(f"weight is {weight.type}, expected a vector", code="IR207")
        shape: Shape | None = labels.shape
        if x.shape is not None:
            at = normalized_axis(self.axis, len(x.shape))
            if shape is not None and len(shape) != len(x.shape) - 1:
                raise IRTypeError(f"labels are {labels.type}, expected rank {len(x.shape) - 1}", code="IR207")
            shape = shape if shape is not None else x.shape[:at] + x.shape[at + 1 :]
        return self._typed(x.tensor.with_shape(shape))

    def _parts(self, b: Emitter, x: Any, labels: Any, weight: Any) -> tuple[Any, Any, Any]:
        """Labels that can be looked up, which examples count, and the weight of each; None where all, or 1 for all."""
        valid = None if self.ignore_index is None else b.not_equal(labels, self.ignore_index)
        if valid is not None:
            labels = b.where(valid, labels, 0)
        factor = None if weight is None else b.take(weight, labels, axis=0)
        if valid is not None:
            factor = b.cast(valid, dtype=x.dtype) if factor is None else b.where(valid, factor, 0)
        return labels, valid, factor

    def _picked(self, b: Emitter, logs: Any, labels: Any) -> Any:
        return b.squeeze(b.take_along_axis(logs, b.unsqueeze(labels, [self.axis]), axis=self.axis), [self.axis])

    def _averaged(self, b: Emitter, loss: Any, factor: Any) -> Any:
        """The loss reduced: a mean is over the weights of the examples."""
        if self.reduction != "mean" or factor is None:
            return self._reduced(b, loss)
        return b.sum(loss) / b.sum(factor)


@register
@dataclass(frozen=True)
class NllLoss(_OfClasses):
    """The negative of the logarithm of probability in `x` of each label, times the weight of its class.

    Type: x: T[.., c, ..], labels: int32[..] or int64[..], weight: T[c] -> T[] (reduction none: T[..]); T is a float
    dtype, c the dim `axis`.
    (C1) an example whose label is ignore_index counts for nothing.
    (C2) the mean is the sum divided by the sum of the examples' weights.
    Source: ONNX NegativeLogLikelihoodLoss-22.
    """

    axis: int = -1
    ignore_index: int | None = None
    reduction: str = "mean"
    name = "nll_loss"
    smoothness = "other"

    def body(self, b: Emitter, x: Any, labels: Any, weight: Any = None) -> Any:
        labels, _, factor = self._parts(b, x, labels, weight)
        loss = b.negative(self._picked(b, x, labels))
        return self._averaged(b, loss if factor is None else loss * factor, factor)


@register
@dataclass(frozen=True)
class CrossEntropy(_OfClasses):
    """The negative of the logarithm of the softmax probability of each label, times the weight of its class.

    Type: x: T[.., c, ..], labels: int32[..] or int64[..], weight: T[c] -> T[] (reduction none: T[..]); T is a float
    dtype, c the dim `axis`.
    (C1) an example whose label is ignore_index counts for nothing.
    (C2) the mean is the sum divided by the sum of the examples' weights.
    (C3) label_smoothing gives that much of the target to all classes alike.
    Source: ONNX SoftmaxCrossEntropyLoss-13; torch.nn.functional.cross_entropy.
    """

    axis: int = -1
    ignore_index: int | None = None
    label_smoothing: float = 0.0
    reduction: str = "mean"
    name = "cross_entropy"
    smoothness = "other"

    def body(self, b: Emitter, x: Any, labels: Any, weight: Any = None) -> Any:
        labels, valid, factor = self._parts(b, x, labels, weight)
        logs = b.log_softmax(x, axis=self.axis)
        loss = b.negative(self._picked(b, logs, labels))
        if factor is not None:
            loss = loss * factor
        if self.label_smoothing:
            loss = loss * (1 - self.label_smoothing) + self._uniform(b, logs, valid, weight) * self.label_smoothing
        return self._averaged(b, loss, factor)

    def _uniform(self, b: Emitter, logs: Any, valid: Any, weight: Any) -> Any:
        """The loss where every class is as likely a label."""
        if weight is not None:
            behind = -self.axis - 1 if self.axis < 0 else require_rank(logs.operand, "x") - 1 - self.axis
            logs = logs * b.reshape(weight, [-1, *[1] * behind])
        loss = b.negative(b.mean(logs, [self.axis]))
        return loss if valid is None else b.where(valid, loss, 0)
