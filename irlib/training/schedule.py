"""Learning rates that change from step to step: functions of the number of steps done, or of the losses so far.

A schedule stands where an optimizer takes a learning rate: ``adam(cosine(1e-3, steps=1000))``. What it has to remember
is a buffer of the training step, so a saved step continues where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, pi
from typing import Any

import numpy as np

from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value

__all__ = [
    "Constant",
    "Cosine",
    "Exponential",
    "OneCycle",
    "ReduceOnPlateau",
    "Schedule",
    "StepDecay",
    "WarmUp",
]


def require(condition: bool, what: str, got: Any, expected: str) -> None:  # noqa: FBT001  it is what is required
    """Raises: AttributeValueError unless `condition` holds."""
    if not condition:
        raise AttributeValueError(f"{what} is {got}, expected {expected}", code="IR302")


class Schedule:
    """A learning rate as a graph. Subclasses give `rate`, and `initial` and `after` where they remember anything."""

    def initial(self) -> dict[str, Any]:
        """What it remembers before the first step: arrays by name."""
        return {}

    def rate(self, b: Emitter, done: Value, state: Mapping[str, Value]) -> Value:
        """The rate of this step, a float64 scalar, when `done` steps (a float64 scalar) were done before it."""
        raise NotImplementedError(f"{type(self).__name__}.rate")

    def after(self, b: Emitter, done: Value, state: Mapping[str, Value], loss: Value) -> dict[str, Value]:
        """What it remembers after this step, whose loss (a float64 scalar) was `loss`."""
        return {}


@dataclass(frozen=True)
class Constant(Schedule):
    """The same rate at every step."""

    learning_rate: float

    def rate(self, b: Emitter, done: Value, state: Mapping[str, Value]) -> Value:
        return b.constant(self.learning_rate, "float64")  # type: ignore[no-any-return]


@dataclass(frozen=True)
class StepDecay(Schedule):
    """The rate times `factor` after every `every` steps. Source: torch.optim.lr_scheduler.StepLR."""

    learning_rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        require(self.every >= 1, "every", self.every, "at least 1")

    def rate(self, b: Emitter, done: Value, state: Mapping[str, Value]) -> Value:
        return self.learning_rate * self.factor ** b.floor(done / float(self.every))


@dataclass(frozen=True)
class Exponential(Schedule):
    """The rate times `factor` after every step. Source: torch.optim.lr_scheduler.ExponentialLR."""

    learning_rate: float
    factor: float

    def rate(self, b: Emitter, done: Value, state: Mapping[str, Value]) -> Value:
        return self.learning_rate * self.factor**done


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a period of a cosine, from the rate at the first step to `minimum` after `steps` steps, and back again.

    Source: torch.optim.lr_scheduler.CosineAnnealingLR.
    """

    learning_rate: float
    steps: int
    minimum: float = 0.0

    def __post_init__(self) -> None:
        require(self.steps >= 1, "steps", self.steps, "at least 1")

    def rate(self, b: Emitter, done: Value, state: Mapping[str, Value]) -> Value:
        return _between(b, self.learning_rate, self.minimum, done / float(self.steps))


def _between(b: Emitter, start: float, end: float, part: Value) -> Value:
    """On half a period of a cosine from `start`, where `part` is 0, to `end`, where it is 1."""
    return end + (start - end) * 0.5 * (1.0 + b.cos(part * pi))


@dataclass(frozen=True)
class WarmUp(Schedule):
    """From `start` times the rate up to the rate along a line of `steps` steps; then as `following` says.

    `following` is a rate or a schedule, which begins to count when the line ends.
    Source: torch.optim.lr_scheduler.LinearLR, and SequentialLR of it and another.
    """

    following: float | Schedule
    steps: int
    start: float = 1.0 / 3.0

    def __post_init__(self) -> None:
        require(self.steps >= 1, "steps", self.steps, "at least 1")

    @property
    def _then(self) -> Schedule:
        return as_schedule(self.following)

    def initial(self) -> dict[str, Any]:
        return self._then.initial()

    def rate(self, b: Emitter, done: Value, state: Mapping[str, Value]) -> Value:
        part = b.minimum(done / float(self.steps), 1.0)
        return self._then.rate(b, self._later(b, done), state) * (self.start + (1.0 - self.start) * part)

    def after(self, b: Emitter, done: Value, state: Mapping[str, Value], loss: Value) -> dict[str, Value]:
        started = done >= float(self.steps)
        made = self._then.after(b, self._later(b, done), state, loss)
        return {name: b.where(started, value, state[name]) for name, value in made.items()}

    def _later(self, b: Emitter, done: Value) -> Value:
        return b.maximum(done - float(self.steps), 0.0)


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up from `maximum` / `initial_divisor` to `maximum`, then down to the first rate / `final_divisor`, along cosines.

    It goes up over `rising` of the `steps` steps. After the last step the rate stays.
    Source: torch.optim.lr_scheduler.OneCycleLR with two phases, without the cycle of the momentum.
    """

    maximum: float
    steps: int
    rising: float = 0.3
    initial_divisor: float = 25.0
    final_divisor: float = 1e4

    def __post_init__(self) -> None:
        require(self.steps >= 2, "steps", self.steps, "at least 2")
        require(1 < self.rising * self.steps < self.steps, "rising", self.rising, "more than 1 step, and not all")

    def rate(self, b: Emitter, done: Value, state: Mapping[str, Value]) -> Value:
        first = self.maximum / self.initial_divisor
        top, last = self.rising * self.steps - 1.0, self.steps - 1.0
        up = _between(b, first, self.maximum, done / top)
        down = _between(
            b, self.maximum, first / self.final_divisor, b.minimum((done - top) / (last - top), 1.0)
        )  # fmt: skip
        return b.where(done <= top, up, down)


@dataclass(frozen=True)
class ReduceOnPlateau(Schedule):
    """The rate times `factor` when more than `patience` means of losses in a row are no better than the best so far.

    A mean is over `every` steps (an epoch, say). Better is below best * (1 - threshold). After a reduction `cooldown`
    means do not count. The rate does not fall below `minimum`.
    Source: torch.optim.lr_scheduler.ReduceLROnPlateau, stepped with each mean.
    """

    learning_rate: float
    every: int = 1
    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    cooldown: int = 0
    minimum: float = 0.0

    def __post_init__(self) -> None:
        require(self.every >= 1, "every", self.every, "at least 1")
        require(0 < self.factor < 1, "factor", self.factor, "a number between 0 and 1")

    def initial(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "rate": np.array(self.learning_rate),
            "best": np.array(inf),
            "bad": np.array(0, np.int64),
            "cooldown": np.array(0, np.int64),
        }
        return made if self.every == 1 else {**made, "loss_sum": np.array(0.0)}

    def rate(self, b: Emitter, done: Value, state: Mapping[str, Value]) -> Value:
        return state["rate"]

    def after(self, b: Emitter, done: Value, state: Mapping[str, Value], loss: Value) -> dict[str, Value]:
        if self.every == 1:
            return self._judged(b, state, loss)
        total = state["loss_sum"] + loss
        complete = b.equal(b.remainder(done + 1.0, float(self.every)), 0.0)
        judged = self._judged(b, state, total / float(self.every))
        made = {name: b.where(complete, value, state[name]) for name, value in judged.items()}
        return {**made, "loss_sum": b.where(complete, 0.0, total)}

    def _judged(self, b: Emitter, state: Mapping[str, Value], metric: Value) -> dict[str, Value]:
        better = metric < state["best"] * (1.0 - self.threshold)
        cooling = state["cooldown"] > 0
        bad = b.where(b.logical_or(better, cooling), 0, state["bad"] + 1)
        over = bad > self.patience
        lower = b.maximum(state["rate"] * self.factor, self.minimum)
        waited = b.where(cooling, state["cooldown"] - 1, state["cooldown"])
        return {
            # torch leaves a rate alone that would fall by less than this
            "rate": b.where(b.logical_and(over, state["rate"] - lower > 1e-8), lower, state["rate"]),
            "best": b.where(better, metric, state["best"]),
            "bad": b.where(over, 0, bad),
            "cooldown": b.where(over, self.cooldown, waited),
        }


constant, step_decay, exponential, cosine = Constant, StepDecay, Exponential, Cosine
warm_up, one_cycle, reduce_on_plateau = WarmUp, OneCycle, ReduceOnPlateau
"""The names of the field, written as functions are: what `irlib.training` offers."""


def as_schedule(rate: float | Schedule) -> Schedule:
    """A schedule as it is, a number as one that is constant."""
    return rate if isinstance(rate, Schedule) else Constant(float(rate))
