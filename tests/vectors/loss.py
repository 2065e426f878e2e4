"""Vectors of losses; expected results by their definitions."""

from typing import Any

import numpy as np
from scipy import special

from irlib.ops import loss as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(13)
X = RNG.standard_normal((2, 3))
T = X + np.array([[0.25, -1.5, 2.0], [-0.5, 0.375, 1.25]])
P = np.array([[0.25, 0.5, 0.9], [0.1, 0.75, 0.6]])
Q = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])
SIGN = np.array([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]])
LOGITS = RNG.standard_normal((4, 3))
LABELS = np.array([2, 0, 1, 2])
SKIPPED = np.array([2, -100, 1, 0])
WEIGHT = np.array([0.5, 2.0, 1.5])
SPACE, SPACE_LABELS = RNG.standard_normal((2, 3, 4)), np.array([[0, 1, 2, 1], [2, 2, 0, 1]])


def reduced(f: Any) -> list[tuple[str, Any]]:
    return [("mean", lambda *a: np.mean(f(*a))), ("sum", lambda *a: np.sum(f(*a))), ("none", f)]


def huber(x: Any, t: Any, delta: float = 0.7) -> Any:
    a = np.abs(x - t)
    return np.where(a <= delta, 0.5 * a * a, delta * (a - 0.5 * delta))


def smooth(x: Any, t: Any, beta: float = 0.7) -> Any:
    a = np.abs(x - t)
    return np.where(a < beta, 0.5 * a * a / beta, a - 0.5 * beta)


def bce(p: Any, t: Any) -> Any:
    return -(t * np.log(p) + (1 - t) * np.log(1 - p))


def with_logits(x: Any, t: Any, w: Any = 1.0, pos: Any = 1.0) -> Any:
    s = special.expit(x)
    return -w * (pos * t * np.log(s) + (1 - t) * np.log(1 - s))


def nll(
    x: Any, labels: Any, weight: Any = None, *, ignore: Any = None, smoothing: float = 0.0, reduction: str = "mean"
) -> Any:
    """Of rows of logarithms of probabilities."""
    w = np.ones(x.shape[-1]) if weight is None else weight
    total, norm = np.zeros(len(x)), 0.0
    for n, label in enumerate(labels):
        if label == ignore:
            continue
        total[n] = -(1 - smoothing) * w[label] * x[n, label] - smoothing * np.mean(w * x[n])
        norm += w[label]
    return {"none": total, "sum": total.sum(), "mean": total.sum() / norm}[reduction]


def ce(x: Any, labels: Any, weight: Any = None, **how: Any) -> Any:
    return nll(special.log_softmax(x, -1), labels, weight, **how)


def in_space(x: Any, labels: Any) -> Any:
    return ce(np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]), labels.reshape(-1))


VECTORS = [
    *[v(ops.MseLoss(r), X, T, expected=f) for r, f in reduced(lambda x, t: (x - t) ** 2)],
    *[v(ops.L1Loss(r), X, T[:, :1], expected=f) for r, f in reduced(lambda x, t: np.abs(x - t))],
    *[v(ops.HuberLoss(0.7, r), X, T, expected=f) for r, f in reduced(huber)],
    *[v(ops.SmoothL1Loss(0.7, r), X, T, expected=f) for r, f in reduced(smooth)],
    v(ops.SmoothL1Loss(0.0), X, T, expected=lambda x, t: np.mean(np.abs(x - t))),
    *[v(ops.HingeLoss(1.0, r), X, SIGN, expected=f, wrt=(0,))
      for r, f in reduced(lambda x, t: np.maximum(0, 1 - t * x))],
    *[v(ops.KlDiv(reduction=r), X, Q, expected=f) for r, f in reduced(lambda x, q: q * (np.log(q) - x))],
    v(ops.KlDiv(), X, np.array([0.0, 0.25, 0.75]), wrt=(0,), name="kl_div:a zero",
      expected=lambda x, q: np.mean(special.xlogy(q, q) - q * x)),
    v(ops.KlDiv(log_target=True), X, T, expected=lambda x, t: np.mean(np.exp(t) * (t - x))),
    *[v(ops.BinaryCrossEntropy(r), P, Q, expected=f) for r, f in reduced(bce)],
    v(ops.BinaryCrossEntropy(), P, Q, WEIGHT, expected=lambda p, t, w: np.mean(w * bce(p, t))),
    *[v(ops.BinaryCrossEntropyWithLogits(r), X, Q, expected=f) for r, f in reduced(with_logits)],
    v(ops.BinaryCrossEntropyWithLogits("none"), X, Q, WEIGHT, WEIGHT + 1.0, expected=with_logits),
    v(ops.BinaryCrossEntropyWithLogits(), X, Q, None, WEIGHT, name="binary_cross_entropy_with_logits:positive",
      expected=lambda x, t, w, p: np.mean(with_logits(x, t, 1.0, p))),
    *[v(ops.GaussianNll(reduction=r), X, T, P, expected=f)
      for r, f in reduced(lambda m, t, s: 0.5 * (np.log(s) + (t - m) ** 2 / s))],
    v(ops.GaussianNll(full=True), X, T, P,
      expected=lambda m, t, s: np.mean(0.5 * (np.log(2 * np.pi * s) + (t - m) ** 2 / s))),
    *[v(ops.NllLoss(reduction=r), LOGITS, LABELS, expected=lambda x, i, r=r: nll(x, i, reduction=r))
      for r in ("mean", "sum", "none")],
    v(ops.NllLoss(ignore_index=-100), LOGITS, SKIPPED, WEIGHT, wrt=(0,),
      expected=lambda x, i, w: nll(x, i, w, ignore=-100)),
    *[v(ops.CrossEntropy(reduction=r), LOGITS, LABELS, expected=lambda x, i, r=r: ce(x, i, reduction=r))
      for r in ("mean", "sum", "none")],
    v(ops.CrossEntropy(), LOGITS, LABELS.astype(np.int32), WEIGHT, expected=ce),
    v(ops.CrossEntropy(ignore_index=-100), LOGITS, SKIPPED, expected=lambda x, i: ce(x, i, ignore=-100)),
    v(ops.CrossEntropy(ignore_index=-100, label_smoothing=0.2), LOGITS, SKIPPED, WEIGHT,
      expected=lambda x, i, w: ce(x, i, w, ignore=-100, smoothing=0.2)),
    v(ops.CrossEntropy(label_smoothing=0.1), LOGITS, LABELS, expected=lambda x, i: ce(x, i, smoothing=0.1)),
    v(ops.CrossEntropy(axis=1), SPACE, SPACE_LABELS, expected=in_space),
    v(ops.CrossEntropy(), LOGITS.astype(np.float16), LABELS, rtol=1e-3,
      expected=lambda x, i: np.asarray(ce(x.astype(np.float64), i)).astype(np.float16)),
]  # fmt: skip
