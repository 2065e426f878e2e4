"""What classifiers and regressors of ai.onnx.ml do with their scores: transform them, and name the best class."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.rule import OnnxOp
from irlib.errors import AttributeValueError
from irlib.methods import Emitter

__all__ = ["ML", "chosen", "class_labels", "transformed", "two_classes"]

ML = "ai.onnx.ml"
_TRANSFORMS = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")


def transformed(b: Emitter, how: str | int, scores: Any) -> Any:
    """Scores after `post_transform`, which is a name or (of TreeEnsemble) its number."""
    name = _TRANSFORMS[how] if isinstance(how, int) and 0 <= how < len(_TRANSFORMS) else how
    if name == "NONE":
        return scores
    if name == "SOFTMAX":
        return b.softmax(scores, axis=-1)
    if name == "LOGISTIC":
        return b.sigmoid(scores)
    if name == "PROBIT":
        return b.multiply(b.erfinv(b.subtract(b.multiply(scores, 2), 1)), 2**0.5)
    if name != "SOFTMAX_ZERO":
        raise AttributeValueError(f"post_transform {how!r}, expected one of {', '.join(_TRANSFORMS)}", code="IR302")
    # a score of 0 takes no part and stays 0
    none = b.equal(scores, 0)
    weights = b.softmax(b.where(none, float("-inf"), scores), axis=-1)
    return b.where(none, 0, weights)


def class_labels(b: Emitter, n: OnnxOp, integers: str = "classlabels_ints") -> Any:
    """The labels of all classes, as a vector."""
    if n["classlabels_strings"]:
        return b.constant(np.array(n["classlabels_strings"], dtype=object))
    if n[integers]:
        return b.constant(list(n[integers]), "int64")
    raise AttributeValueError(f"neither classlabels_strings nor {integers} is given", code="IR302")


def chosen(b: Emitter, labels: Any, scores: Any) -> Any:
    """The label of the largest score of each row."""
    return b.take(labels, b.argmax(scores, axis=1), axis=0)


def two_classes(b: Emitter, n: OnnxOp, labels: Any, score: Any, *, positive: bool, complement: bool) -> tuple[Any, Any]:
    """Label and both scores from the score of the second class alone: [rows, 1].

    `positive`: the score is a probability, since all weights are; otherwise its sign decides. `complement`: the other
    score is 1 less this one, otherwise its negative. What the specification leaves open here is as onnxruntime has it:
    of the transforms only the logistic one is made.
    """
    above = b.squeeze(b.greater(score, 0.5 if positive else 0), [1])
    label = b.take(labels, b.cast(above, dtype="int64"), axis=0)
    if n["post_transform"] == "LOGISTIC" and not positive:
        return label, b.sigmoid(b.concat(b.negative(score), score, axis=1))
    other = b.subtract(1, score) if complement else b.negative(score)
    return label, b.concat(other, score, axis=1)
