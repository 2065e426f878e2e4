"""Findings on a network: what the figures mean, and the usual remedies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from irlib.doctor.figures import Activation, Figures, Sequence, Weight, measured
from irlib.errors import DerivativeError
from irlib.graph import Graph, OutputRole
from irlib.interpreters.numpy_ref.algorithms import source_of_nonfinite
from irlib.training.optimizer import Optimizer, as_optimizer
from irlib.validate.finding import Finding

__all__ = ["Diagnosis", "diagnose"]

VANISHING = 1e-3
"""The gradient at the first activation as a part of that at the last, below which it is told to vanish."""

FORGETTING = 1e-6
"""The same of the first step of a sequence and the last: every recurrence forgets, and some have to."""

EXPLODING = 1e3
MOSTLY = 0.5
"""Part of saturated values, and of dead units, from which it is told."""

FEWEST = 3
"""Activations that a network has at least before its depth is blamed."""

WIDE_INPUT = 20.0
UNEVEN_INPUT = 100.0
"""How much the scales of features may differ: of the largest from the usual, or of many from the largest."""

MANY = 0.1
"""Part of the features that have to be smaller by so much: some, as pixels at a rim, hardly ever are other than 0."""


@dataclass(frozen=True)
class Diagnosis:
    """What was measured, and what it means."""

    loss: float
    activations: tuple[Activation, ...]
    weights: tuple[Weight, ...]
    sequences: tuple[Sequence, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def diagnose(
    model: Graph, feeds: Mapping[str, Any], loss: str | None = None, optimizer: Optimizer | str = "adam"
) -> Diagnosis:
    """Look at one forward and one backward pass of `model` over a batch, and at a first step of `optimizer`.

    `loss` is the output that is differentiated, where it is None the loss of the model.

    Raises: DerivativeError where there is no loss to be found; FeedError, ExecutionError.
    """
    of = loss if loss is not None else _loss_of(model)
    with np.errstate(all="ignore"):
        figures = measured(model, feeds, of, as_optimizer(optimizer))
    where = f"graph {model.name!r}"
    found = list(_not_finite(model, feeds, figures))
    if not found:
        found = [finding.at(where) for rule in RULES for finding in rule(figures)]
    found += [finding.at(where) for finding in _unscaled(model, feeds)]
    return Diagnosis(
        figures.loss, tuple(figures.activations), tuple(figures.weights), tuple(figures.sequences), tuple(found)
    )


def _loss_of(model: Graph) -> str:
    losses = [o.name for o in model.outputs if o.role is OutputRole.LOSS]
    if len(losses) == 1:
        return losses[0]
    raise DerivativeError(
        f"the model has {len(losses)} losses", code="IR704", where=f"graph {model.name!r}", remedy="name one"
    )


def _not_finite(model: Graph, feeds: Mapping[str, Any], figures: Figures) -> Iterator[Finding]:
    """Where a loss or gradient that is not finite comes from. What a mask puts in and a softmax takes out is sound."""
    where = f"graph {model.name!r}"
    guard = "guard its operands (safe_divide, clip, a larger epsilon), or scale them"
    if not np.isfinite(figures.loss):
        value = source_of_nonfinite(model, feeds)
        node = None if value is None else model.nodes[model.source(value).node]
        if node is not None and node.op is None:
            yield Finding("IR908", "error", where, f"{node} has values that are not finite", "mend the data")
        else:
            what = f"{'the loss' if node is None else node} is the first to make NaN or infinity"
            yield Finding("IR908", "error", where, what, guard)
    elif figures.bad is not None:
        what = f"the loss is finite, but its derivative with respect to {figures.bad} is the first that is not"
        yield Finding("IR908", "error", where, what, guard)


def _depth(figures: Figures) -> Iterator[Finding]:
    """Gradients that shrink or grow on the way from the last activation to the first."""
    if len(figures.activations) < FEWEST:
        return
    first, last = figures.activations[0], figures.activations[-1]
    if last.gradient == 0:
        return
    ratio = first.gradient / last.gradient
    told = f"the gradient is {first.gradient:.2g} at {first.name}, {ratio:.1g} of that at {last.name}"
    if ratio < VANISHING:
        remedy = "use fewer layers, batch normalization, skip connections, rectifiers, or for sequences an LSTM or GRU"
        yield Finding("IR901", "warning", "", f"vanishing gradients: {told}", remedy)
    elif ratio > EXPLODING:
        yield Finding(
            "IR902", "warning", "", f"exploding gradients: {told}", "clip them (clip_norm), or draw smaller weights"
        )


def _steps(figures: Figures) -> Iterator[Finding]:
    """Gradients that shrink or grow on the way from the last step of a sequence to the first."""
    for s in figures.sequences:
        if s.last == 0:
            continue
        ratio = s.first / s.last
        told = f"the gradient is {s.first:.2g} at the first of {s.steps} steps, {ratio:.1g} of that at the last"
        if ratio < FORGETTING:
            remedy = "use an LSTM or GRU, shorter sequences, or attention"
            yield Finding("IR901", "warning", f"node {s.name}", f"vanishing gradients: {told}", remedy)
        elif ratio > EXPLODING:
            remedy = "clip them (clip_norm), or draw smaller recurrent weights"
            yield Finding("IR902", "warning", f"node {s.name}", f"exploding gradients: {told}", remedy)


def _units(figures: Figures) -> Iterator[Finding]:
    """Units that hardly change, or never do."""
    for a in figures.activations:
        if a.saturated >= MOSTLY:
            yield Finding(
                "IR903", "warning", f"node {a.name}", f"{100 * a.saturated:.0f} % of its values ({a.op}) are saturated",
                "draw smaller weights (xavier), scale the inputs, lower the learning rate, or normalize the layer",
            )  # fmt: skip
        if a.dead >= MOSTLY:
            yield Finding(
                "IR904", "warning", f"node {a.name}", f"{100 * a.dead:.0f} % of its units are 0 for the whole batch",
                "lower the learning rate, draw weights by he_normal, or use leaky_relu",
            )  # fmt: skip


def _parameters(figures: Figures) -> Iterator[Finding]:
    """Parameters that all learn the same, or nothing."""
    for w in figures.weights:
        if w.gradient == 0:
            what = "its gradient is 0: the loss does not depend on it here"
            remedy = "leave it out, or look for what cuts its path (dead units, weights of 0 behind it)"
            yield Finding("IR906", "warning", f"parameter {w.name!r}", what, remedy)
        if w.alike:
            yield Finding(
                "IR905", "warning", f"parameter {w.name!r}", "all its units are equal, and so are their gradients",
                "draw it at random: units that begin alike stay alike",
            )  # fmt: skip


RULES: tuple[Callable[[Figures], Iterator[Finding]], ...] = (_depth, _steps, _units, _parameters)


def _unscaled(model: Graph, feeds: Mapping[str, Any]) -> Iterator[Finding]:
    """Inputs far from mean 0 and deviation 1, or whose features differ widely in scale."""
    remedy = "bring each feature to mean 0 and deviation 1"
    for node in model.inputs:
        array = feeds.get(str(node.name))
        if not isinstance(array, np.ndarray) or array.dtype.kind != "f" or array.size < 2:
            continue
        wide = array.astype(np.float64)
        scale = float(np.sqrt(np.mean(wide**2)))
        if scale > WIDE_INPUT:
            yield Finding("IR907", "warning", f"input {node.name!r}", f"its values are about {scale:.3g}", remedy)
        elif array.ndim == 2:
            spread = wide.std(axis=0)
            spread = spread[spread > 0]
            if spread.size > 1 and _is_uneven(spread):
                what = f"its features vary by {spread.min():.2g} to {spread.max():.2g}"
                yield Finding("IR907", "warning", f"input {node.name!r}", what, remedy)


def _is_uneven(spread: Any) -> bool:
    largest = spread.max()
    small = float(np.mean(spread * UNEVEN_INPUT < largest))
    return bool(largest > UNEVEN_INPUT * np.median(spread)) or small >= MANY
