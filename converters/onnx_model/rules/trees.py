"""Ensembles of trees: every row walks down all trees at once, as many steps as the deepest has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from irlib import regions
from irlib.builder import Builder
from irlib.converters.onnx_model.rules.forest import Forest, classic_forest, compact_forest
from irlib.converters.onnx_model.rules.operands import dims_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.converters.onnx_model.rules.scores import ML, chosen, class_labels, transformed, two_classes
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value

_AGGREGATES = ("AVERAGE", "SUM", "MIN", "MAX")


@rule("TreeEnsembleRegressor", 1, dialect=ML)
def tree_ensemble_regressor(b: Emitter, n: OnnxOp, x: Value) -> Any:
    forest = classic_forest(n, "target")
    scores = _aggregated(b, x, forest, n["aggregate_function"])
    base = _values(n, "base_values")
    if base is not None:
        scores = b.add(scores, b.constant(base, scores.dtype))
    return _as_float32(b, transformed(b, n["post_transform"], scores))


@rule("TreeEnsembleClassifier", 1, dialect=ML)
def tree_ensemble_classifier(b: Emitter, n: OnnxOp, x: Value) -> Any:
    labels = class_labels(b, n, "classlabels_int64s")
    forest = classic_forest(n, "class")
    binary = set(n["class_ids"] or ()) == {0} and labels.shape == (2,)
    scores = _aggregated(b, x, forest, "SUM")
    base = _values(n, "base_values")
    if binary:
        score = b.slice(scores, [0], [1], [1])
        if base is not None:
            score = b.add(score, b.constant(base[-1:], score.dtype))
        weights = _values(n, "class_weights")
        positive = weights is not None and bool((weights >= 0).all())
        label, both = two_classes(b, n, labels, score, positive=positive, complement=positive)
        return label, _as_float32(b, both)
    if base is not None:
        scores = b.add(scores, b.constant(base, scores.dtype))
    return chosen(b, labels, scores), _as_float32(b, transformed(b, n["post_transform"], scores))


@rule("TreeEnsemble", 5, dialect=ML)
def tree_ensemble(b: Emitter, n: OnnxOp, x: Value) -> Any:
    how = n["aggregate_function"]
    if not 0 <= how < len(_AGGREGATES):
        raise AttributeValueError(f"aggregate_function {how}, expected 0 to 3", code="IR302")
    scores = _aggregated(b, x, compact_forest(n), _AGGREGATES[how])
    made = transformed(b, n["post_transform"], scores)
    return made if made.dtype is x.dtype else b.cast(made, dtype=x.dtype)


def _values(n: OnnxOp, name: str) -> Any:
    """Floats that are given as a list, or (from version 3 on) as a tensor; None where they are not."""
    tensor = n[f"{name}_as_tensor"] if n.version >= 3 else None
    if tensor is not None:
        return tensor.array.reshape(-1)
    return np.array(n[name], np.float32) if n[name] else None


def _as_float32(b: Emitter, x: Any) -> Any:
    return x if x.dtype.name == "float32" else b.cast(x, dtype="float32")


def _aggregated(b: Emitter, x: Value, forest: Forest, how: str) -> Any:
    """What the leaves that the rows reach say, over all trees: [rows, targets]."""
    if how not in _AGGREGATES:
        raise AttributeValueError(f"aggregate_function {how!r}, expected one of {', '.join(_AGGREGATES)}", code="IR302")
    leaves = _reached(b, x, forest)
    weights = b.constant(forest.weights)
    if how in ("SUM", "AVERAGE"):
        total = b.sum(b.take(weights, leaves, axis=0), [1])
        return b.divide(total, len(forest.roots)) if how == "AVERAGE" else total
    # a leaf that says nothing of a target takes no part; without any, the target is 0
    said = b.take(b.constant(forest.said), leaves, axis=0)
    neutral = b.constant(np.array(np.inf if how == "MIN" else -np.inf, forest.weights.dtype))
    found = b.where(said, b.take(weights, leaves, axis=0), neutral)
    best = b.min(found, [1]) if how == "MIN" else b.max(found, [1])
    return b.where(b.any(said, [1]), best, 0)


def _reached(b: Emitter, x: Value, forest: Forest) -> Any:
    """The leaf of each row in each tree: int64[rows, trees]. It has no derivative: comparisons have none."""
    x = b.stop_gradient(x)
    kind = forest.thresholds.dtype.name
    data = x if x.dtype.name == "float64" else b.cast(x, dtype=kind) if x.dtype.name != kind else x
    table = {
        "feature": b.constant(forest.features),
        "threshold": b.constant(forest.thresholds.astype(data.dtype.name)),
        "mode": b.constant(forest.modes),
        "yes": b.constant(forest.yes),
        "no": b.constant(forest.no),
        "missing": b.constant(forest.missing),
    }
    if forest.members is not None:
        table["members"] = b.constant(forest.members.astype(data.dtype.name))
    rows = dims_of(b, x, [0])
    roots = b.constant(forest.roots)
    start = b.broadcast_to(roots, b.concat(rows, b.constant([len(forest.roots)], "int64"), axis=0))
    if not forest.depth:
        return start

    def step(b: Builder, carry: Any, _: Any) -> tuple[Any, Any]:
        return _next(b, carry, data, table, forest), ()

    last, _ = regions.scan(cast(Builder, b), step, start, b.iota(b.constant(forest.depth, "int64")))
    return last


def _next(b: Emitter, at: Any, data: Any, table: Mapping[str, Any], forest: Forest) -> Any:
    """The nodes after one step; a leaf is its own."""

    def of(name: str) -> Any:
        return b.take(table[name], at, axis=0)

    seen, limit, mode = b.take_along_axis(data, of("feature"), axis=1), of("threshold"), of("mode")
    comparisons = (b.less_equal, b.less, b.greater_equal, b.greater, b.equal, b.not_equal)
    holds: Any = None
    for number in sorted(set(forest.modes.tolist())):
        if number == 6:
            made = b.any(b.equal(b.unsqueeze(seen, [2]), b.take(table["members"], at, axis=0)), [2])
        else:
            made = comparisons[number](seen, limit)
        holds = made if holds is None else b.where(b.equal(mode, b.constant(number, mode.dtype)), made, holds)
    if forest.missing.any():
        holds = b.logical_or(holds, b.logical_and(b.isnan(seen), of("missing")))
    return b.where(holds, of("yes"), of("no"))
