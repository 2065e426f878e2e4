"""The options that say how parameters are updated, for the verbs that update them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from irlib.training import Optimizer
    from irlib.training.schedule import Schedule

__all__ = ["SCHEDULES", "optimizer_of", "optimizing", "schedule_of"]

OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw")
SCHEDULES = ("constant", "step", "exponential", "cosine", "one-cycle", "plateau")


def optimizing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --optimizer, --lr and --weight-decay."""
    for option in (
        click.option("--weight-decay", type=click.FloatRange(0), help="Weight decay; default: that of the optimizer."),
        click.option("--lr", type=click.FloatRange(0), help="The learning rate; default: that of the optimizer."),
        click.option(
            "--optimizer", type=click.Choice(OPTIMIZERS), default="adam", show_default=True,
            help="How parameters are updated.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def optimizer_of(name: str, rate: float | Schedule | None, decay: float | None) -> Optimizer:
    """The optimizer of that name; what is None is its default."""
    from irlib.training.optimizer import OPTIMIZERS as RULES

    given: dict[str, Any] = {"learning_rate": rate, "weight_decay": decay}
    return RULES[name](**{k: v for k, v in given.items() if v is not None})


def schedule_of(kind: str, rate: float, total: int, epoch: int, warm_up: int) -> float | Schedule:
    """A schedule over a training of `total` steps, `epoch` of them in an epoch, after `warm_up` steps."""
    from irlib import training

    left = max(total - warm_up, 2)
    made: dict[str, Callable[[], float | Schedule]] = {
        "constant": lambda: rate,
        "step": lambda: training.step_decay(rate, max(left // 3, 1), 0.1),
        "exponential": lambda: training.exponential(rate, 0.01 ** (1 / left)),
        "cosine": lambda: training.cosine(rate, left),
        "one-cycle": lambda: training.one_cycle(rate, max(left, 4)),
        "plateau": lambda: training.reduce_on_plateau(rate, every=epoch, patience=3),
    }
    following = made[kind]()
    return training.warm_up(following, warm_up) if warm_up else following
