"""Training: epochs of mini-batches through one training step, with checkpoints, early stopping and a log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from math import inf, isfinite
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple, TextIO

import numpy as np

from irlib.errors import AttributeValueError, ExecutionError, StructureError
from irlib.graph import Graph, OutputRole
from irlib.interpreters.numpy_ref.algorithms import first_not_finite
from irlib.interpreters.targets import compile
from irlib.serde import digest
from irlib.trainer import checkpoint as checkpoints
from irlib.trainer.batches import Batches, data_digest, split
from irlib.trainer.checkpoint import Progress
from irlib.training.optimizer import Optimizer
from irlib.training.state import updates, with_values
from irlib.training.step import training_step

__all__ = ["Trained", "train"]

Report = Callable[[int, int, float], None]
"""Called after each step with how many steps are done, how many there are, and the loss of the step."""


class Trained(NamedTuple):
    """What a training made."""

    model: Graph
    """The model with its parameters and buffers trained; where it could stop early, those after the best epoch."""
    step: Graph
    """The training step with all its state: it goes on from here."""
    history: list[dict[str, Any]]
    """Of each epoch: its number, the steps done, the mean loss, that on the validation data, the seconds it took."""
    stopped: str
    """Why it ended: ``epochs`` or ``patience``."""


def train(
    model: Graph,
    data: Mapping[str, Any],
    *,
    loss: str | None = None,
    optimizer: Optimizer | str = "adam",
    epochs: int = 10,
    batch_size: int = 32,
    seed: int = 0,
    validation: float | Mapping[str, Any] = 0.0,
    patience: int | None = None,
    wrt: Sequence[str] | None = None,
    clip_value: float | None = None,
    clip_norm: float | None = None,
    checkpoint: str | Path | None = None,
    every: int | None = None,
    resume: bool = False,
    log: str | Path | None = None,
    report: Report | None = None,
    engine: str = "reference",
) -> Trained:
    """Train `model` on `data`, an array for each input with equally many rows.

    The rows are shuffled anew in each epoch; an input of type uint32[2] that the data lacks is a random key, drawn for
    each step. All of that follows from `seed`. `validation` is data, or the part of `data` to set aside. With
    `patience` training ends when the loss (on the validation data, where there is any) was not better than the best for
    so many epochs, and the model has the values after the best epoch.

    `checkpoint` is written after each epoch, with `every` also after so many steps; with `resume` a training goes on
    from it and ends in the same bits as one that was never stopped. `log` gets a line of JSON for each epoch. `loss`,
    `optimizer`, `wrt` and the clipping are those of `training_step`.

    Raises: FeedError for data that does not fit; ExecutionError where a loss is not finite, naming the first node that
    made it; FileError for a checkpoint of another training.
    """
    for name, number in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience), ("every", every)):
        if number is not None and number < 1:
            raise AttributeValueError(f"{name} is {number}, expected at least 1", code="IR302")
    step = training_step(model, loss, optimizer, wrt=wrt, clip_value=clip_value, clip_norm=clip_norm)
    data = {name: np.asarray(a) for name, a in data.items()}
    held: Mapping[str, Any] = {}
    if isinstance(validation, Mapping):
        held = {name: np.asarray(a) for name, a in validation.items()}
    elif validation:
        if not 0 < validation < 1:
            raise AttributeValueError(f"validation is {validation}, expected a part between 0 and 1", code="IR302")
        data, held = split(data, validation, seed)
    session = _Session(model, step, Batches(step, data, batch_size, seed), held, batch_size, seed, engine)
    session.fingerprint = sha256(
        json.dumps([digest(step), data_digest(data), data_digest(held), session.batches.size, seed, patience]).encode()
    ).hexdigest()
    at = None if checkpoint is None else Path(checkpoint)
    if resume and at is not None and at.exists():
        session.progress = checkpoints.read(at, session.fingerprint, session.dtypes())
    with _lines(log, session.progress.history) as tell:
        stopped = session.run(epochs, patience, at, every, report, tell)
    values = session.progress.best if patience is not None else session.progress.values
    own = {name: v for name, v in values.items() if name in model.by_name}
    return Trained(
        with_values(model, own), with_values(step, session.progress.values), session.progress.history, stopped
    )


class _Session:
    """A training under way."""

    def __init__(
        self, model: Graph, step: Graph, batches: Batches, held: Mapping[str, Any], size: int, seed: int, engine: str
    ) -> None:
        self.model = model
        self.step = step
        self.batches = batches
        self.loss = _loss_of(step)
        self.fingerprint = ""
        self.progress = Progress()
        self._step = compile(step, engine)
        self._held = Batches(model, held, size, seed) if held else None
        self._model = compile(model, engine) if held else None

    def dtypes(self) -> dict[str, Any]:
        """Of every variable that has a value from step to step."""
        return {str(n.name): n.type.dtype.numpy for n in (*self.step.parameters, *self.step.buffers)}  # type: ignore[union-attr]

    def run(
        self, epochs: int, patience: int | None, at: Path | None, every: int | None, report: Report | None,
        tell: Callable[[dict[str, Any]], None],
    ) -> str:  # fmt: skip
        """Train up to `epochs` epochs in all; returns why it ended."""
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
        value = float(outputs[self.loss])
        if not isfinite(value):
            raise self._failure(feeds, value)
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
            line["validation"] = self._validated()
        before = min((_judged(past) for past in now.history), default=inf)
        if keep_best and (_judged(line) < before or not now.best):
            now.best = dict(now.values)
        line["seconds"] = round(seconds, 3)
        now.history.append(line)
        now.epoch, now.batch, now.loss_sum = now.epoch + 1, 0, 0.0
        return line

    def _validated(self) -> float:
        """The mean loss on the validation data."""
        assert self._held is not None
        assert self._model is not None
        own = {name: v for name, v in self.progress.values.items() if name in self.model.by_name}
        total = sum(n * float(self._model({**feeds, **own})[self.loss]) for n, feeds in self._held.in_order())
        return total / self._held.count

    def _failure(self, feeds: dict[str, Any], value: float) -> ExecutionError:
        """Why the loss is not finite: the first node of the forward pass that made such a value."""
        where = f"graph {self.model.name!r}, epoch {self.progress.epoch}, step {self.progress.step + 1}"
        lower = "lower the learning rate, or clip the gradients (clip_norm)"
        for name, array in self.progress.values.items():
            if _is_bad(array):
                return ExecutionError(
                    f"the loss is {value}: {name!r} is not finite since the last step", code="IR614", where=where,
                    remedy=lower,
                )  # fmt: skip
        for name, array in feeds.items():
            if _is_bad(array):
                return ExecutionError(
                    f"the loss is {value}: the data for {name!r} is not finite", code="IR614", where=where,
                    remedy="leave such rows out",
                )  # fmt: skip
        own = {name: v for name, v in self.progress.values.items() if name in self.model.by_name}
        bad = first_not_finite(self.model, {**feeds, **own})
        node = None if bad is None else self.model.nodes[self.model.source(bad).node]
        first = "no node of the forward pass made it" if node is None else f"{node} is the first that is not finite"
        return ExecutionError(f"the loss is {value}: {first}", code="IR614", where=where, remedy=lower)


def _loss_of(step: Graph) -> str:
    first = step.outputs[0]
    if first.role is not OutputRole.LOSS:
        t = step.value_type(step.output_value(first))
        raise StructureError(
            f"output {first.name!r} is {t}, expected a scalar loss", code="IR405", where=f"graph {step.name!r}"
        )
    return first.name


def _is_bad(array: Any) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.kind in "fcV" and not np.isfinite(array).all()


def _judged(line: Mapping[str, Any]) -> float:
    return float(line.get("validation", line["loss"]))


def _is_over(history: Sequence[Mapping[str, Any]], patience: int) -> bool:
    """Whether the last `patience` epochs were no better than the best before them."""
    if len(history) <= patience:
        return False
    judged = [_judged(line) for line in history]
    return min(judged[-patience:]) >= min(judged[:-patience])


@contextmanager
def _lines(path: str | Path | None, history: Sequence[Mapping[str, Any]]) -> Iterator[Callable[[dict[str, Any]], None]]:
    """A function that writes a line of JSON; the file begins with the lines of a training that is resumed."""
    if path is None:
        yield lambda line: None
        return
    with Path(path).open("w", encoding="utf-8") as file:
        for line in history:
            _write(file, line)
        yield lambda line: _write(file, line)


def _write(file: TextIO, line: Mapping[str, Any]) -> None:
    file.write(json.dumps(line) + "\n")
    file.flush()
