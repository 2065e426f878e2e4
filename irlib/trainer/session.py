"""A training under way: epochs of mini-batches through one training step, with checkpoints and early stopping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf, isfinite
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.errors import StructureError
from irlib.graph import Graph, OutputRole
from irlib.interpreters.targets import compile
from irlib.trainer import checkpoint as checkpoints
from irlib.trainer.batches import Batches
from irlib.trainer.checkpoint import Progress
from irlib.trainer.failure import failure
from irlib.trainer.log import Tell
from irlib.training.schedule import Schedule
from irlib.training.state import updates
from irlib.training.step import STATE

__all__ = ["Report", "Session", "judged"]

Report = Callable[[int, int, float], None]
"""Called after each step with how many steps are done, how many there are, and the loss of the step."""


class Session:
    """One run of a training. `progress` is where it is, and all that it needs to go on."""

    def __init__(
        self, model: Graph, step: Graph, batches: Batches, held: Batches | None, rate: float | Schedule, engine: str
    ) -> None:
        self.model = model
        self.step = step
        self.batches = batches
        self.progress = Progress()
        self.fingerprint = ""
        self._loss = _loss_of(step)
        self._step = compile(step, engine)
        self._held = held
        self._model = compile(model, engine) if held is not None else None
        self._rate = _rate_of(rate)

    def dtypes(self) -> dict[str, Any]:
        """Of every variable that has a value from step to step."""
        return {str(n.name): n.type.dtype.numpy for n in (*self.step.parameters, *self.step.buffers)}  # type: ignore[union-attr]

    def run(
        self, epochs: int, patience: int | None, at: Path | None, every: int | None, report: Report | None, tell: Tell
    ) -> str:
        """Train up to `epochs` epochs in all; returns why it ended: ``epochs`` or ``patience``."""
        now = self.progress
        while now.epoch <= epochs:
            if patience is not None and _is_over(now.history, patience):
                return "patience"
            started = perf_counter()
            for feeds in self.batches.epoch(now.epoch, now.batch):
                value = self._one(feeds)
                if report is not None:
                    report(now.step, epochs * self.batches.per_epoch, value)
                if at is not None and every is not None and now.step % every == 0:
                    checkpoints.write(at, now, self.fingerprint)
            tell(self._finish_epoch(perf_counter() - started, keep_best=patience is not None))
            if at is not None:
                checkpoints.write(at, now, self.fingerprint)
        return "epochs"

    def _one(self, feeds: dict[str, Any]) -> float:
        now = self.progress
        outputs = self._step({**feeds, **now.values})
        value = float(outputs[self._loss])
        if not isfinite(value):
            where = f"graph {self.model.name!r}, epoch {now.epoch}, step {now.step + 1}"
            raise failure(self.model, where, value, now.values, feeds)
        now.values = updates(self.step, outputs)
        now.step += 1
        now.batch += 1
        now.loss_sum += value * len(next(iter(feeds.values())))
        return value

    def _finish_epoch(self, seconds: float, *, keep_best: bool) -> dict[str, Any]:
        now = self.progress
        rows = min(self.batches.per_epoch * self.batches.size, self.batches.count)
        line: dict[str, Any] = {"epoch": now.epoch, "step": now.step, "loss": now.loss_sum / rows}
        if self._held is not None:
            line["validation"] = self._validated(self._held)
        before = min((judged(past) for past in now.history), default=inf)
        if keep_best and (judged(line) < before or not now.best):
            now.best = dict(now.values)
        line["rate"] = self._rate(now.values)
        line["seconds"] = round(seconds, 3)
        now.history.append(line)
        now.epoch, now.batch, now.loss_sum = now.epoch + 1, 0, 0.0
        return line

    def _validated(self, held: Batches) -> float:
        """The mean loss on the validation data."""
        assert self._model is not None
        own = {name: v for name, v in self.progress.values.items() if name in self.model.by_name}
        total = sum(n * float(self._model({**feeds, **own})[self._loss]) for n, feeds in held.in_order())
        return total / held.count


def _rate_of(rate: float | Schedule) -> Callable[[Mapping[str, Any]], float]:
    """A function from the values of a step's buffers to the learning rate of the step after it."""
    if not isinstance(rate, Schedule):
        return lambda values: float(rate)
    b = Builder("rate")
    state = {slot: b.input(f"{STATE}.{slot}", (np.asarray(v).dtype, np.shape(v))) for slot, v in rate.initial().items()}
    done = b.input(f"{STATE}.step", ("int64", ()))
    b.output("rate", rate.rate(b, b.cast(done, dtype="float64"), state))
    graph = b.build()
    program = compile(graph)
    names = [str(n.name) for n in graph.inputs]
    zero = np.array(0, np.int64)
    return lambda values: float(program({name: values.get(name, zero) for name in names})["rate"])


def _loss_of(step: Graph) -> str:
    first = step.outputs[0]
    if first.role is not OutputRole.LOSS:
        t = step.value_type(step.output_value(first))
        raise StructureError(
            f"output {first.name!r} is {t}, expected a scalar loss", code="IR405", where=f"graph {step.name!r}"
        )
    return first.name


def judged(line: Mapping[str, Any]) -> float:
    """The loss that an epoch is judged by: that on the validation data where there is any."""
    return float(line.get("validation", line["loss"]))


def _is_over(history: Sequence[Mapping[str, Any]], patience: int) -> bool:
    """Whether the last `patience` epochs were no better than the best before them."""
    if len(history) <= patience:
        return False
    losses = [judged(line) for line in history]
    return min(losses[-patience:]) >= min(losses[:-patience])
