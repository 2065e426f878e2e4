"""Stochastic gradient descent: w - learning_rate * dw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from irlib.graph import Graph
from irlib.methods import Emitter, Value
from irlib.training.step import State, training_step

__all__ = ["SGD", "sgd_step"]


@dataclass(frozen=True)
class SGD:
    """Plain gradient descent; it remembers nothing from step to step."""

    learning_rate: float

    @property
    def slots(self) -> tuple[str, ...]:
        return ()

    def update(self, b: Emitter, w: Value, dw: Value, state: State) -> tuple[Value, State]:
        return w - self.learning_rate * dw, state


def sgd_step(
    model: Graph,
    of: str | None = None,
    learning_rate: float = 0.1,
    wrt: Sequence[str] | None = None,
    *,
    outputs: Sequence[str] = (),
) -> Graph:
    """The graph of one step of gradient descent on output `of` (see `training_step`)."""
    return training_step(model, SGD(learning_rate), of, wrt, outputs=outputs)
