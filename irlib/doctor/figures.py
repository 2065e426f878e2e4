"""What is measured of a network in one forward and one backward pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from irlib.autodiff import carries_cotangent, prepared
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.algorithms import backward, forward

__all__ = ["Activation", "Figures", "Weight", "measured"]

SATURATES = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}
"""The activations that flatten out, and the values they flatten out at."""

RECTIFIES = ("relu",)

NEAR = 0.02
"""How near to its end, as a part of its range, an activation counts as saturated."""


@dataclass(frozen=True)
class Activation:
    """An activation: the scale of its values and of their derivatives, and the units that do nothing."""

    name: str
    op: str
    scale: float
    """Root of the mean square of the values."""
    gradient: float
    """Root of the mean square of the derivatives of the loss."""
    saturated: float
    """Part of the values near an end of the range of tanh or sigmoid."""
    dead: float
    """Part of the units of a rectifier that are 0 for every example."""


@dataclass(frozen=True)
class Weight:
    """A parameter: its scale and that of its gradient."""

    name: str
    type: str
    scale: float
    gradient: float
    alike: bool
    """Whether all its columns, of values and of gradients, are equal: units that will never differ."""

    @property
    def ratio(self) -> float:
        """Gradient over weight: times the learning rate, the part of itself that a step moves it."""
        return self.gradient / self.scale if self.scale else float("inf") if self.gradient else 0.0


@dataclass
class Figures:
    """All that is measured, in the order of the graph."""

    loss: float
    activations: list[Activation] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)


def measured(model: Graph, feeds: Mapping[str, Any], loss: str) -> Figures:
    """The figures of `model` on a batch, for the derivatives of output `loss`."""
    graph = prepared(model)
    v = forward(graph, feeds)
    d: dict[int, Any] = {}

    def observe(_: Graph, value: int, array: Any) -> None:
        d[value] = array

    wrt = [str(n.name) for n in graph.parameters if carries_cotangent(n.type)]
    gradients = backward(graph, feeds, loss, wrt, None, observe)
    made = Figures(float(np.asarray(v[graph.value_named(loss)]).reshape(())))
    for node in graph.nodes:
        if node.op is not None and node.op.name in (*SATURATES, *RECTIFIES):
            at = int(graph.first[node.index])
            if at in d:
                made.activations.append(_activation(node.label, node.op.name, _wide(v[at]), _wide(d[at])))
    for name in wrt:
        w, dw = _wide(v[int(graph.first[graph.node_named(name)])]), _wide(gradients[name])
        made.weights.append(Weight(name, str(graph.nodes[name].type), _rms(w), _rms(dw), _alike(w) and _alike(dw)))
    return made


def _activation(name: str, op: str, values: Any, derivatives: Any) -> Activation:
    saturated = dead = 0.0
    if op in SATURATES and values.size:
        low, high = SATURATES[op]
        edge = NEAR * (high - low)
        saturated = float(np.mean((values < low + edge) | (values > high - edge)))
    if op in RECTIFIES and values.ndim >= 2 and values.size:
        unit = 1 if values.ndim > 3 else -1  # channels of images, else features
        units = np.moveaxis(values, unit, -1).reshape(-1, values.shape[unit])
        dead = float(np.mean(np.all(units == 0, axis=0)))
    return Activation(name, op, _rms(values), _rms(derivatives), saturated, dead)


def _wide(array: Any) -> Any:
    return np.asarray(array).astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _rms(array: Any) -> float:
    return float(np.sqrt(np.mean(np.abs(array) ** 2))) if array.size else 0.0


def _alike(array: Any) -> bool:
    """Whether a matrix of several columns has equal ones."""
    return array.ndim == 2 and array.shape[1] > 1 and bool(np.all(array == array[:, :1]))
