"""One step of training as a graph: the loss, its gradient, and the update of every parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from irlib.autodiff import gradient
from irlib.builder import Builder
from irlib.errors import StructureError
from irlib.graph import Graph, OutputRole, Role
from irlib.methods import Emitter, Value
from irlib.types import TensorType

__all__ = ["Rule", "State", "training_step"]

State: TypeAlias = Mapping[str, Value]
"""What a rule remembers of one parameter from step to step, by the name of the slot."""


class Rule(Protocol):
    """How a parameter is updated, written once on an emitter, as a derivative rule is."""

    @property
    def slots(self) -> tuple[str, ...]:
        """What it remembers of each parameter, each in the parameter's dtype and shape; zeros before the first step."""

    def update(self, b: Emitter, w: Value, dw: Value, state: State) -> tuple[Value, State]:
        """The parameter and its slots after the step, given both before it and the parameter's gradient."""


def training_step(
    model: Graph, rule: Rule, of: str | None = None, wrt: Sequence[str] | None = None, *, outputs: Sequence[str] = ()
) -> Graph:
    """The graph of one step: outputs `of` (the loss), those named in `outputs`, and ``new_w`` for each parameter w.

    ``new_w`` has role update-of(w). Each slot of the rule becomes a buffer ``w.slot`` with an output ``new_w.slot``.
    `of` is the loss where it is None, `wrt` every float parameter.

    Raises: DerivativeError as `gradient` does; StructureError for a `wrt` that is no parameter.
    """
    kept = _kept(model, of, outputs)
    differentiated = gradient(model, of, wrt, outputs=kept)
    b = Builder(f"{model.name}.step", share=True)
    b.declare(model.symbols)
    b.metadata.update(model.metadata)
    values = b.absorb(differentiated, {}, named=True)
    for o in differentiated.outputs[: len(kept)]:
        b.output(o.name, values[differentiated.output_value(o)], role=o.role, of=o.of)
    for o in differentiated.outputs[len(kept) :]:
        _update(b, rule, _parameter(model, str(o.of)), values[differentiated.output_value(o)])
    return b.build(prune=True)


def _update(b: Builder, rule: Rule, name: str, dw: Any) -> None:
    w = b.value(name)
    state = {slot: b.buffer(f"{name}.{slot}", _initial(w)) for slot in rule.slots}
    new, after = rule.update(b, w, dw, state)
    b.output(_fresh(b, f"new_{name}"), new, role=OutputRole.UPDATE, of=name)
    for slot in rule.slots:
        b.output(_fresh(b, f"new_{name}.{slot}"), after[slot], role=OutputRole.UPDATE, of=f"{name}.{slot}")


def _initial(w: Value) -> Any:
    """Zeros like the parameter, or its type where the shape is not known yet."""
    t = w.type
    if not isinstance(t, TensorType) or not t.is_static or t.shape is None:
        return t
    return np.zeros(tuple(int(str(d)) for d in t.shape), t.dtype.numpy)


def _kept(model: Graph, of: str | None, outputs: Sequence[str]) -> list[str]:
    """The outputs of the model that the step has too, the loss first."""
    losses = [o.name for o in model.outputs if o.role is OutputRole.LOSS]
    first = [of] if of is not None else losses if len(losses) == 1 else [o.name for o in model.outputs[:1]]
    missing = [name for name in (*first, *outputs) if name not in model.outputs_by_name]
    if missing:
        known = ", ".join(model.outputs_by_name)
        raise StructureError(
            f"no output is named {missing[0]!r}, expected one of: {known[:400]}",
            code="IR113", where=f"graph {model.name!r}",
        )  # fmt: skip
    return [*first, *(name for name in outputs if name not in first)]


def _parameter(model: Graph, name: str) -> str:
    variable = model.nodes[name].variable
    if variable is None or variable.role is not Role.PARAMETER:
        raise StructureError(
            f"{name!r} is no parameter and cannot be trained", code="IR404", where=f"graph {model.name!r}"
        )
    return name


def _fresh(b: Builder, name: str) -> str:
    """`name`, with a number behind it where it is taken."""
    taken = b.taken_names()
    numbered = (f"{name}.{k}" for k in range(2, len(taken) + 3))
    return name if name not in taken else next(n for n in numbered if n not in taken)
