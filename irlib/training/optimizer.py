"""Optimizers: how a parameter is updated, given its gradient and what is remembered of the steps before.

Each is written once on an emitter, as a derivative rule is, and becomes part of the graph of a training step. What it
remembers of a parameter is a buffer in the parameter's shape. The definitions are those of torch.optim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from irlib.errors import UnsupportedError
from irlib.methods import Emitter, Value
from irlib.synonyms import also_called
from irlib.training.schedule import Schedule, require

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "Pace",
    "RMSprop",
    "State",
    "as_optimizer",
]  # fmt: skip

State: TypeAlias = Mapping[str, Value]
"""What is remembered of one parameter from step to step, by the name of the slot."""


class Pace(Protocol):
    """What one step has besides the parameters; scalars, in the dtype of a parameter where that is given."""

    def rate(self, like: Value) -> Value:
        """The learning rate of this step."""

    def number(self) -> Value:
        """The number of this step, from 1, in float64."""

    def scheduled(self) -> Value:
        """The learning rate of this step in float64."""


@dataclass(frozen=True)
class Optimizer:
    """Base of optimizers: a learning rate, which may be a schedule, and weight decay added to the gradient."""

    learning_rate: float | Schedule = 0.1
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.learning_rate, Schedule):
            require(self.learning_rate >= 0, "learning_rate", self.learning_rate, "at least 0")
        require(self.weight_decay >= 0, "weight_decay", self.weight_decay, "at least 0")

    @property
    def slots(self) -> Mapping[str, float]:
        """What it remembers of each parameter, and the value that each element of it begins with."""
        return {}

    def update(self, b: Emitter, w: Value, dw: Value, state: State, pace: Pace) -> tuple[Value, State]:
        """The parameter and its slots after the step, given both before it and the parameter's gradient."""
        raise NotImplementedError(f"{type(self).__name__}.update")

    def decayed(self, w: Value, dw: Value) -> Value:
        """The gradient with that of weight_decay / 2 * w ** 2 added."""
        return dw + self.weight_decay * w if self.weight_decay else dw


@also_called(lr="learning_rate")
@dataclass(frozen=True)
class SGD(Optimizer):
    """Gradient descent: w - rate * dw. It remembers nothing. Source: torch.optim.SGD."""

    def update(self, b: Emitter, w: Value, dw: Value, state: State, pace: Pace) -> tuple[Value, State]:
        return w - pace.rate(w) * self.decayed(w, dw), {}


@also_called(lr="learning_rate")
@dataclass(frozen=True)
class Momentum(Optimizer):
    """Heavy ball: velocity' = momentum * velocity + dw, w - rate * velocity'. Source: torch.optim.SGD with momentum."""

    momentum: float = 0.9

    @property
    def slots(self) -> Mapping[str, float]:
        return {"velocity": 0.0}

    def update(self, b: Emitter, w: Value, dw: Value, state: State, pace: Pace) -> tuple[Value, State]:
        velocity = self.momentum * state["velocity"] + self.decayed(w, dw)
        return w - pace.rate(w) * velocity, {"velocity": velocity}


@also_called(lr="learning_rate")
@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum that looks ahead: w - rate * (dw + momentum * velocity'). Source: torch.optim.SGD with nesterov."""

    def update(self, b: Emitter, w: Value, dw: Value, state: State, pace: Pace) -> tuple[Value, State]:
        dw = self.decayed(w, dw)
        velocity = self.momentum * state["velocity"] + dw
        return w - pace.rate(w) * (dw + self.momentum * velocity), {"velocity": velocity}


@also_called(lr="learning_rate", eps="epsilon")
@dataclass(frozen=True)
class RMSprop(Optimizer):
    """Gradients divided by the root of their running mean square, or, `centered`, by their running deviation.

    Source: torch.optim.RMSprop.
    """

    learning_rate: float | Schedule = 0.01
    alpha: float = 0.99
    epsilon: float = 1e-8
    momentum: float = 0.0
    centered: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 <= self.alpha < 1, "alpha", self.alpha, "at least 0 and below 1")

    @property
    def slots(self) -> Mapping[str, float]:
        asked = {"square_mean": True, "gradient_mean": self.centered, "velocity": self.momentum > 0}
        return {name: 0.0 for name, wanted in asked.items() if wanted}

    def update(self, b: Emitter, w: Value, dw: Value, state: State, pace: Pace) -> tuple[Value, State]:
        dw = self.decayed(w, dw)
        spread = square = _averaged(state["square_mean"], dw * dw, self.alpha)
        made = {"square_mean": square}
        if self.centered:
            mean = made["gradient_mean"] = _averaged(state["gradient_mean"], dw, self.alpha)
            spread = square - mean * mean
        move = dw / (b.sqrt(spread) + self.epsilon)
        if self.momentum > 0:
            move = made["velocity"] = self.momentum * state["velocity"] + move
        return w - pace.rate(w) * move, made


@also_called(lr="learning_rate", lr_decay="rate_decay", initial_accumulator_value="initial", eps="epsilon")
@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Gradients divided by the root of the sum of all their squares. Source: torch.optim.Adagrad."""

    learning_rate: float | Schedule = 0.01
    rate_decay: float = 0.0
    initial: float = 0.0
    epsilon: float = 1e-10

    @property
    def slots(self) -> Mapping[str, float]:
        return {"square_sum": self.initial}

    def update(self, b: Emitter, w: Value, dw: Value, state: State, pace: Pace) -> tuple[Value, State]:
        dw = self.decayed(w, dw)
        total = state["square_sum"] + dw * dw
        rate = pace.rate(w)
        if self.rate_decay:
            rate = _as(b, pace.scheduled() / (1.0 + (pace.number() - 1.0) * self.rate_decay), w)
        return w - rate * (dw / (b.sqrt(total) + self.epsilon)), {"square_sum": total}


@also_called(lr="learning_rate", betas=("beta1", "beta2"), eps="epsilon")
@dataclass(frozen=True)
class Adam(Optimizer):
    """Running means of the gradient and its square, both without the bias of the first steps.

    w - rate * m / (1 - beta1 ** t) / (sqrt(v / (1 - beta2 ** t)) + epsilon). Source: torch.optim.Adam.
    """

    learning_rate: float | Schedule = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, beta in (("beta1", self.beta1), ("beta2", self.beta2)):
            require(0 <= beta < 1, name, beta, "at least 0 and below 1")

    @property
    def slots(self) -> Mapping[str, float]:
        return {"first_moment": 0.0, "second_moment": 0.0}

    def update(self, b: Emitter, w: Value, dw: Value, state: State, pace: Pace) -> tuple[Value, State]:
        dw = self.decayed(w, dw)
        first = _averaged(state["first_moment"], dw, self.beta1)
        second = _averaged(state["second_moment"], dw * dw, self.beta2)
        # the corrections are scalars: put where they cost one pass over the parameter less
        root = b.sqrt(1.0 - self.beta2 ** pace.number())
        factor = pace.scheduled() * root / (1.0 - self.beta1 ** pace.number())
        move = first / (b.sqrt(second) + _as(b, root * self.epsilon, w))
        return w - _as(b, factor, w) * move, {"first_moment": first, "second_moment": second}


@also_called(lr="learning_rate", betas=("beta1", "beta2"), eps="epsilon")
@dataclass(frozen=True)
class AdamW(Adam):
    """Adam whose weight decay shrinks the parameter and not the moments. Source: torch.optim.AdamW."""

    weight_decay: float = 0.01

    def decayed(self, w: Value, dw: Value) -> Value:
        return dw

    def update(self, b: Emitter, w: Value, dw: Value, state: State, pace: Pace) -> tuple[Value, State]:
        if self.weight_decay:
            w = w * _as(b, 1.0 - pace.scheduled() * self.weight_decay, w)
        return super().update(b, w, dw, state, pace)


def _averaged(mean: Value, new: Value, keep: float) -> Value:
    return mean + (new - mean) * (1.0 - keep)


def _as(b: Emitter, scalar: Value, like: Value) -> Value:
    """A float64 scalar in the dtype of a parameter."""
    return scalar if like.dtype is scalar.dtype else b.cast(scalar, dtype=like.dtype)


sgd, momentum, nesterov, rmsprop = SGD, Momentum, Nesterov, RMSprop
adagrad, adam, adamw = Adagrad, Adam, AdamW
"""The names of the field, written as functions are: what `irlib.training` offers."""

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "rmsprop": rmsprop,
    "adagrad": adagrad,
    "adam": adam,
    "adamw": adamw,
}


def as_optimizer(optimizer: Optimizer | str) -> Optimizer:
    """An optimizer as it is, a name as the optimizer of that name with its defaults.

    Raises: UnsupportedError for another name.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    if optimizer not in OPTIMIZERS:
        raise UnsupportedError(
            f"there is no optimizer {optimizer!r}", code="IR325", remedy=f"use one of: {', '.join(OPTIMIZERS)}"
        )
    return OPTIMIZERS[optimizer]()
