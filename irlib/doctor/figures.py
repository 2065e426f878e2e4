"""What is measured of a network in one forward and one backward pass, and one step of an optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from irlib.autodiff import carries_cotangent, prepared
from irlib.builder import Builder
from irlib.graph import Graph, Node
from irlib.interpreters.numpy_ref.algorithms import backward, forward, is_finite
from irlib.interpreters.targets import run
from irlib.ops.control_flow import Scan
from irlib.training.optimizer import Optimizer
from irlib.training.state import updates
from irlib.training.step import training_step

__all__ = ["Activation", "Figures", "Sequence", "Weight", "measured"]

SATURATES = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "hardsigmoid": (0.0, 1.0), "softsign": (-1.0, 1.0)}
"""The activations that flatten out, and the values they flatten out at. Names are as dialects agree on them."""

RECTIFIES = ("relu", "relu6", "thresholdedrelu")
BENDS = ("leakyrelu", "prelu", "elu", "selu", "celu", "gelu", "silu", "swish", "mish", "hardswish")
ACTIVATIONS = (*SATURATES, *RECTIFIES, *BENDS)

NEAR = 0.02
"""How near to its end, as a part of its range, an activation counts as saturated."""

FEW_EXAMPLES = 4
"""Examples without which it is not said that a unit is 0 for all: of fewer, many units are."""


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
    """Part of the values near an end of the range of one that flattens out."""
    dead: float
    """Part of the units of a rectifier that are 0 for every example."""


@dataclass(frozen=True)
class Weight:
    """A parameter: its scale, that of its gradient, and that of what a step of the optimizer adds to it."""

    name: str
    type: str
    scale: float
    gradient: float
    update: float
    alike: bool
    """Whether all its units, in values and in gradients, are equal: they will never differ."""

    @property
    def ratio(self) -> float:
        """Update over weight: the part of itself that a step moves it."""
        return self.update / self.scale if self.scale else float("inf") if self.update else 0.0


@dataclass(frozen=True)
class Sequence:
    """A recurrence over the steps of a sequence: the derivatives of what goes into its first and its last step."""

    name: str
    steps: int
    first: float
    """Root of the mean square of the derivatives of the loss, by what the first step is given."""
    last: float


@dataclass
class Figures:
    """All that is measured, in the order of the graph."""

    loss: float
    activations: list[Activation] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)
    sequences: list[Sequence] = field(default_factory=list)
    bad: str | None = None
    """The value whose derivative is the first in the backward pass that is not finite."""


def measured(model: Graph, feeds: Mapping[str, Any], loss: str, optimizer: Optimizer) -> Figures:
    """The figures of `model` on a batch, for the derivatives of output `loss`."""
    labels, named = _named(model)
    graph = prepared(named)
    v = forward(graph, feeds)
    d: dict[int, Any] = {}
    bad: list[str] = []

    def observe(_: Graph, value: int, array: Any) -> None:
        d[value] = array
        if not bad and not is_finite(array):
            bad.append(str(graph.nodes[graph.source(value).node]))

    wrt = [str(n.name) for n in graph.parameters if carries_cotangent(n.type)]
    gradients = backward(graph, feeds, loss, wrt, None, observe)
    made = Figures(float(np.asarray(v[graph.value_named(loss)]).reshape(())), bad=bad[0] if bad else None)
    for name, (label, op) in labels.items():
        at = int(graph.first[graph.node_named(name)])
        if at in d:
            made.activations.append(_activation(label, op, _wide(v[at]), _wide(d[at])))
    made.sequences += _sequences(graph, d)
    moved = updates(step, run(step, feeds)) if (step := _step(model, loss, wrt, optimizer)) is not None else {}
    for name in wrt:
        w, dw = _wide(v[int(graph.first[graph.node_named(name)])]), _wide(gradients[name])
        update = _rms(_wide(moved[name]) - w)
        alike = any(_alike(w, axis) and _alike(dw, axis) for axis in _unit_axes(w))
        made.weights.append(Weight(name, str(graph.nodes[name].type), _rms(w), _rms(dw), update, alike))
    return made


def _sequences(graph: Graph, d: Mapping[int, Any]) -> Iterator[Sequence]:
    """Every recurrence whose steps take parts of a value that the loss depends on."""
    for node in graph.nodes:
        if not isinstance(node.op, Scan) or not node.op.carries:
            continue
        scanned = graph.operand_values(node.index).tolist()[node.op.carries :][: node.op.scanned]
        for value, axis, reverse in zip(scanned, node.op.axes_in, node.op.reverse_in, strict=True):
            if value in d and d[value].shape[axis] > 1:
                steps = np.moveaxis(_wide(d[value]), axis, 0)[:: -1 if reverse else 1]
                yield Sequence(node.label, len(steps), _rms(steps[0]), _rms(steps[-1]))
                break


def _step(model: Graph, loss: str, wrt: list[str], optimizer: Optimizer) -> Graph | None:
    return training_step(model, loss, optimizer, wrt=wrt) if wrt else None


def _named(model: Graph) -> tuple[dict[str, tuple[str, str]], Graph]:
    """The labels and ops of the activations, by names that they have in the graph returned: else it is `model`.

    A body takes the place of a composite that has no derivative of its own, and the name is all that stays.
    """
    b = Builder(model.name)
    b.declare(model.symbols)
    values = b.absorb(model, {}, named=True)
    found: dict[str, tuple[str, str]] = {}
    for node in model.nodes:
        op = _activation_of(node)
        if op is not None:
            name = str(node.name) if node.name is not None else _fresh(b, f"{op}.{node.index}")
            if node.name is None:
                b.named(values[int(model.first[node.index])], name)
            found[name] = (node.label, op)
    for o in model.outputs:
        b.output(o.name, values[model.output_value(o)], role=o.role, of=o.of)
    return found, b.build()


def _fresh(b: Builder, name: str) -> str:
    while name in b.taken_names():
        name += "_"
    return name


def _activation_of(node: Node) -> str | None:
    """The name of the op, if it is an activation."""
    return None if node.op is None or node.op.name.lower().replace("_", "") not in ACTIVATIONS else node.op.name


def _activation(name: str, op: str, values: Any, derivatives: Any) -> Activation:
    saturated = dead = 0.0
    kind = op.lower().replace("_", "")
    if kind in SATURATES and values.size:
        low, high = SATURATES[kind]
        edge = NEAR * (high - low)
        saturated = float(np.mean((values < low + edge) | (values > high - edge)))
    if kind in RECTIFIES and values.ndim >= 2 and values.size:
        unit = 1 if values.ndim > 3 else -1  # channels of images, else features
        units = np.moveaxis(values, unit, -1).reshape(-1, values.shape[unit])
        dead = float(np.mean(np.all(units == 0, axis=0))) if len(units) >= FEW_EXAMPLES else 0.0
    return Activation(name, op, _rms(values), _rms(derivatives), saturated, dead)


def _wide(array: Any) -> Any:
    return np.asarray(array).astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _rms(array: Any) -> float:
    return float(np.sqrt(np.mean(np.abs(array) ** 2))) if array.size else 0.0


def _unit_axes(array: Any) -> tuple[int, ...]:
    """Along which axes the units of a layer may lie: of a matrix either, of a convolution the first."""
    return () if array.ndim < 2 else (0, 1) if array.ndim == 2 else (0,)


def _alike(array: Any, axis: int) -> bool:
    """Whether there are several units along an axis and all are equal."""
    return array.shape[axis] > 1 and array.size > 0 and bool(np.all(array == np.take(array, [0], axis)))
