"""Losses: the negative log likelihood, and the cross entropy of a softmax."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.methods import Emitter, Value


@rule("NegativeLogLikelihoodLoss", 12)
def negative_log_likelihood_loss(b: Emitter, n: OnnxOp, x: Value, target: Value, weight: Value | None) -> Any:
    return b.nll_loss(x, target, weight, axis=1, ignore_index=n["ignore_index"], reduction=n["reduction"])


@rule("SoftmaxCrossEntropyLoss", 12)
def softmax_cross_entropy_loss(b: Emitter, n: OnnxOp, scores: Value, labels: Value, weight: Value | None) -> Any:
    loss = b.cross_entropy(
        scores, labels, weight, axis=1, ignore_index=n["ignore_index"], reduction=n["reduction"]
    )  # fmt: skip
    return loss if n.outputs == 1 else (loss, b.log_softmax(scores, axis=1))
