"""Losses of densities: the divergence of Gaussians, and the likelihood of their mixtures."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi
from typing import Any

from irlib.errors import IRTypeError
from irlib.methods import Emitter
from irlib.op import Operand, register
from irlib.ops.loss import Elementwise, Loss
from irlib.shapes import broadcast_shapes, join_dims, require_dtype, same_dtype
from irlib.types import TensorType

__all__ = ["GaussianKl", "MixtureNll"]


@register
@dataclass(frozen=True)
class GaussianKl(Elementwise):
    """The divergence of normal distributions, KL(N(mean, variance) || N(prior_mean, prior_variance)).

    It is half of variance / prior_variance + (mean - prior_mean)**2 / prior_variance - 1 - log(variance /
    prior_variance), element by element.
    Type: mean: T[..], variance: T[..], prior_mean: T[..], prior_variance: T[..] -> T[] (reduction none: T[broadcast]);
    T is a float dtype. The prior may be absent: mean 0, variance 1.
    (C1) half floats are computed in float32.
    Source: torch.distributions.kl_divergence of Normal and Normal; Kingma and Welling 2014, appendix B.
    """

    reduction: str = "mean"
    name = "gaussian_kl"

    def infer(
        self, mean: Operand, variance: Operand, prior_mean: Operand | None = None,
        prior_variance: Operand | None = None,
    ) -> TensorType:  # fmt: skip
        return self._infer(mean, variance, prior_mean, prior_variance)

    def of(self, b: Emitter, mean: Any, variance: Any, prior_mean: Any = None, prior_variance: Any = None) -> Any:
        apart = b.square(mean if prior_mean is None else mean - prior_mean)
        if prior_variance is not None:
            variance, apart = variance / prior_variance, apart / prior_variance
        return (variance + apart - 1 - b.log(variance)) * 0.5


@register
@dataclass(frozen=True)
class MixtureNll(Loss):
    """The negative logarithm of the density of `target` under a mixture of normal distributions.

    The components have weights softmax(logits), means and variances, these of each feature alone (diagonal).
    Type: logits: T[.., k], mean: T[.., k, d], variance: T[.., k, d], target: T[.., d] -> T[] (reduction none: T[..]);
    T is a float dtype.
    (C1) leading dims broadcast, and so do those of mean and variance. Variances are positive; nothing is clamped.
    (C2) half floats are computed in float32.
    Source: torch.distributions.MixtureSameFamily; Bishop, Mixture density networks (1994).
    """

    reduction: str = "mean"
    name = "mixture_nll"

    def infer(self, logits: Operand, mean: Operand, variance: Operand, target: Operand) -> TensorType:
        given = (logits, mean, variance, target)
        for operand, what, least in zip(given, ("logits", "mean", "variance", "target"), (1, 2, 2, 1), strict=True):
            require_dtype(operand, ("float",), what)
            if operand.shape is not None and len(operand.shape) < least:
                raise IRTypeError(f"{what} is {operand.type}, expected rank {least} or more", code="IR207")
        same_dtype(*given)
        spread = broadcast_shapes([mean.shape, variance.shape])
        if logits.shape is None or target.shape is None or spread is None:
            return self._typed(logits.tensor.with_shape(None))
        join_dims(logits.shape[-1], spread[-2], "components of logits and of mean")
        join_dims(target.shape[-1], spread[-1], "features of target and of mean")
        lead = broadcast_shapes([logits.shape[:-1], spread[:-2], target.shape[:-1]])
        return self._typed(logits.tensor.with_shape(lead))

    def body(self, b: Emitter, logits: Any, mean: Any, variance: Any, target: Any) -> Any:
        apart = b.square(b.unsqueeze(target, [-2]) - mean) / variance
        of_each = b.sum(apart + b.log(variance) + log(2 * pi), [-1]) * -0.5
        return self._reduced(b, b.negative(b.logsumexp(b.log_softmax(logits) + of_each, [-1])))
