"""Vectors of losses of densities; expected results by their definitions, and by scipy's distributions."""

from typing import Any

import numpy as np
from scipy import special, stats

from irlib.ops import density as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(31)
MEAN, VARIANCE = RNG.standard_normal((2, 3)), RNG.uniform(0.3, 2, (2, 3))
PRIOR_MEAN, PRIOR_VARIANCE = RNG.standard_normal(3), RNG.uniform(0.3, 2, (2, 1))
LOGITS, MEANS = RNG.standard_normal((2, 3)), RNG.standard_normal((2, 3, 2))
VARIANCES, TARGET = RNG.uniform(0.3, 2, (2, 3, 2)), RNG.standard_normal((2, 2))


def divergence(m: Any, v: Any, prior: Any = 0.0, spread: Any = 1.0) -> Any:
    """KL of normal distributions, as cross entropy less entropy."""
    cross = 0.5 * np.log(2 * np.pi * spread) + (v + (m - prior) ** 2) / (2 * spread)
    return cross - stats.norm(scale=np.sqrt(v)).entropy()


def mixture(logits: Any, mean: Any, variance: Any, target: Any) -> Any:
    """The negative of the logarithm of the sum of weighted densities."""
    densities = stats.norm.pdf(target[..., None, :], mean, np.sqrt(variance)).prod(-1)
    return -np.log((special.softmax(logits, -1) * densities).sum(-1))


def reduced(f: Any) -> list[tuple[str, Any]]:
    return [("mean", lambda *a: np.mean(f(*a))), ("sum", lambda *a: np.sum(f(*a))), ("none", f)]


VECTORS = [
    *[v(ops.GaussianKl(r), MEAN, VARIANCE, expected=f) for r, f in reduced(divergence)],
    v(ops.GaussianKl("none"), MEAN, VARIANCE, PRIOR_MEAN, PRIOR_VARIANCE, expected=divergence),
    v(ops.GaussianKl(), MEAN, VARIANCE, None, PRIOR_VARIANCE, name="gaussian_kl:a prior of mean 0",
      expected=lambda m, v, _, s: np.mean(divergence(m, v, 0.0, s))),
    v(ops.GaussianKl(), MEAN.astype(np.float16), VARIANCE.astype(np.float16), rtol=1e-3,
      expected=lambda m, v: np.mean(divergence(m.astype(np.float64), v.astype(np.float64))).astype(np.float16)),
    *[v(ops.MixtureNll(r), LOGITS, MEANS, VARIANCES, TARGET, expected=f) for r, f in reduced(mixture)],
    v(ops.MixtureNll("none"), LOGITS[0], MEANS[0], VARIANCES[0, :, :1], TARGET, name="mixture_nll:one mixture for all",
      expected=mixture),
]  # fmt: skip
