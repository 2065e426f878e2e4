"""One step of training as a graph: the loss, its gradient, and the update of every parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.autodiff import gradient
from irlib.builder import Builder
from irlib.errors import IRTypeError, StructureError
from irlib.graph import Graph, Output, OutputRole, Role
from irlib.training.clipping import clipped_by_norm, clipped_by_value
from irlib.training.optimizer import SGD, Optimizer, as_optimizer
from irlib.training.schedule import Schedule, as_schedule, require
from irlib.types import DTYPES, TensorType

__all__ = ["STATE", "sgd_step", "training_step"]

STATE = "optimizer"
"""What the buffers are called that belong to no parameter: ``optimizer.step`` and those of a schedule."""


def training_step(
    model: Graph,
    loss: str | None = None,
    optimizer: Optimizer | str = "sgd",
    *,
    wrt: Sequence[str] | None = None,
    outputs: Sequence[str] = (),
    clip_value: float | None = None,
    clip_norm: float | None = None,
) -> Graph:
    """The graph of one step: outputs `loss`, those named in `outputs`, and ``new_w`` for each parameter w.

    ``new_w`` has role update-of(w). What the optimizer and its schedule remember are buffers, ``w.slot`` and
    ``optimizer.slot``, each with an update-of output; updates that the model has itself (running statistics) stay.
    `loss` is the model's loss where it is None, `wrt` every float parameter, `optimizer` one of `irlib.training` or its
    name. Gradients are clipped by value, then by the norm of all, before the optimizer sees them.

    Half floats are updated in float32, in which their slots are too, and rounded once.

    Raises: DerivativeError as `gradient` does; StructureError for a `wrt` that is no parameter; UnsupportedError for an
    unknown optimizer.
    """
    rule = as_optimizer(optimizer)
    for name, limit in (("clip_value", clip_value), ("clip_norm", clip_norm)):
        require(limit is None or limit > 0, name, limit, "more than 0")
    kept = _kept(model, loss, outputs)
    differentiated = gradient(model, kept[0], wrt, outputs=kept)
    b = Builder(f"{model.name}.step", share=True)
    b.declare(model.symbols)
    b.metadata.update(model.metadata)
    values = b.absorb(differentiated, {}, named=True)
    for o in differentiated.outputs[: len(kept)]:
        value = values[differentiated.output_value(o)]
        b.output(o.name, value, role=_role(o, value, is_loss=o.name == kept[0]), of=o.of)
    gradients: dict[str, Any] = {
        _parameter(model, str(o.of)): values[differentiated.output_value(o)]
        for o in differentiated.outputs[len(kept) :]
    }
    if clip_value is not None:
        gradients = clipped_by_value(b, gradients, clip_value)
    if clip_norm is not None:
        gradients = clipped_by_norm(b, gradients, clip_norm)
    pace = _Pace(b, rule.learning_rate, values[differentiated.output_value(differentiated.outputs_by_name[kept[0]])])
    for name, dw in gradients.items():
        _update(b, rule, name, dw, pace)
    pace.finish()
    return b.build(prune=True)


def sgd_step(
    model: Graph,
    of: str | None = None,
    learning_rate: float = 0.1,
    wrt: Sequence[str] | None = None,
    *,
    outputs: Sequence[str] = (),
) -> Graph:
    """The graph of one step of gradient descent on output `of` (see `training_step`)."""
    return training_step(model, of, SGD(learning_rate), wrt=wrt, outputs=outputs)


class _Pace:
    """The learning rate and the number of a step. State that nothing asks for is not made."""

    def __init__(self, b: Builder, rate: float | Schedule, loss: Any) -> None:
        self.b = b
        self._number = rate
        self._schedule = as_schedule(rate)
        self._loss = loss
        self._done: Any = None
        self._made: Any = None
        self._state: dict[str, Any] = {}

    def rate(self, like: Any) -> Any:
        if not isinstance(self._number, Schedule):
            return self.b.constant(float(self._number), like.dtype)
        made = self.scheduled()
        return made if like.dtype is made.dtype else self.b.cast(made, dtype=like.dtype)

    def scheduled(self) -> Any:
        if not isinstance(self._number, Schedule):
            return self.b.constant(float(self._number), "float64")
        if self._made is None:
            self._state = {slot: _buffer(self.b, f"{STATE}.{slot}", v) for slot, v in self._schedule.initial().items()}
            self._made = self._schedule.rate(self.b, self.done(), self._state)
        return self._made

    def number(self) -> Any:
        return self.done() + 1.0

    def done(self) -> Any:
        """How many steps were done before, in float64; exact up to 2**53 of them."""
        if self._done is None:
            self._done = _buffer(self.b, f"{STATE}.step", np.array(0, np.int64))
        return self.b.cast(self._done, dtype="float64")

    def finish(self) -> None:
        """The updates of what was asked for."""
        b = self.b
        if self._state:
            loss = b.reshape(b.cast(self._loss, dtype="float64"), [])
            after = self._schedule.after(b, self.done(), self._state, loss)
            for slot, before in self._state.items():
                _updated(b, before, after[slot])
        if self._done is not None:
            _updated(b, self._done, self._done + 1)


def _update(b: Builder, rule: Optimizer, name: str, dw: Any, pace: _Pace) -> None:
    w = b.value(name)
    dtype = w.dtype
    if dtype.is_complex and rule.slots.keys() - {"velocity"}:
        raise IRTypeError(f"parameter {name!r} is {w.type}, expected a real float", code="IR204", where=b.name)
    wide = DTYPES["float32"] if dtype.is_half else dtype
    before = {slot: _buffer(b, f"{name}.{slot}", _initial(w, wide, v)) for slot, v in rule.slots.items()}
    old, dw = (v if wide is dtype else b.cast(v, dtype=wide) for v in (w, dw))
    new, after = rule.update(b, old, dw, before, pace)
    _updated(b, w, new if wide is dtype else b.cast(new, dtype=dtype), name)
    for slot in rule.slots:
        _updated(b, before[slot], after[slot])


def _buffer(b: Builder, name: str, value: Any) -> Any:
    return b.buffer(_fresh(b, name), value)


def _updated(b: Builder, variable: Any, new: Any, name: str | None = None) -> None:
    of = name if name is not None else b.label(variable.id)[1:]
    b.output(_fresh(b, f"new_{of}"), new, role=OutputRole.UPDATE, of=of)


def _initial(w: Any, dtype: Any, value: float) -> Any:
    """`value` in the shape of the parameter, or a type where the shape is not known yet."""
    t = w.type
    if not isinstance(t, TensorType) or not t.is_static or t.shape is None:
        return t.with_dtype(dtype)
    return np.full(tuple(int(str(d)) for d in t.shape), value, dtype.numpy)


def _role(o: Output, value: Any, *, is_loss: bool) -> OutputRole:
    return OutputRole.LOSS if is_loss and value.shape == () else o.role


def _kept(model: Graph, loss: str | None, outputs: Sequence[str]) -> list[str]:
    """The outputs of the model that the step has too: the loss first, and updates of buffers last."""
    losses = [o.name for o in model.outputs if o.role is OutputRole.LOSS]
    results = [o.name for o in model.outputs if o.role is not OutputRole.UPDATE]
    first = [loss] if loss is not None else losses if len(losses) == 1 else results[:1]
    missing = [name for name in (*first, *outputs) if name not in model.outputs_by_name]
    if missing:
        known = ", ".join(model.outputs_by_name)
        raise StructureError(
            f"no output is named {missing[0]!r}, expected one of: {known[:400]}",
            code="IR113", where=f"graph {model.name!r}",
        )  # fmt: skip
    updates = [o.name for o in model.outputs if o.role is OutputRole.UPDATE]
    return list(dict.fromkeys([*first, *outputs, *updates]))


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
