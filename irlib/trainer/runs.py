"""Training a model on data: one run, or several from other first values, of which the best or all are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from irlib.errors import AttributeValueError
from irlib.graph import Graph
from irlib.serde import digest
from irlib.tensor import Tensor
from irlib.trainer import checkpoint as checkpoints
from irlib.trainer.batches import Batches, data_digest, permutation, split
from irlib.trainer.log import Tell, logging
from irlib.trainer.session import Report, Session, judged
from irlib.training.ensemble import ensemble as mean_of
from irlib.training.optimizer import Optimizer, as_optimizer
from irlib.training.state import with_values
from irlib.training.step import training_step

__all__ = ["Trained", "redrawn", "train"]


class Trained(NamedTuple):
    """What a training made; of several runs, what is said of one is said of the best."""

    model: Graph
    """The model with its parameters and buffers trained; where it could stop early, those after the best epoch. Of an
    ensemble, the mean of all members."""
    step: Graph
    """The training step with all its state: it goes on from here."""
    history: list[dict[str, Any]]
    """Of each epoch: its number, the steps done, the mean loss, that on the validation data, the learning rate of the
    next step, the seconds it took."""
    stopped: str
    """Why it ended: ``epochs`` or ``patience``."""
    members: tuple[Graph, ...] = ()
    """The model as each run trained it, in order."""
    best: int = 0
    """Which of them has the least loss, on the validation data where there is any."""


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
    restarts: int = 1,
    ensemble: bool = False,
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

    With `restarts`, so many runs are made, the first from the values that the model has, each other from its own
    (see `redrawn`) and with its own seed. The best is returned; with `ensemble`, a model whose outputs are the means of
    those of all (see `irlib.training.ensemble`).

    `checkpoint` is written after each epoch, with `every` also after so many steps; with `resume` a training goes on
    from it and ends in the same bits as one that was never stopped. Of several runs, each has its own, with its number
    behind the name. `log` gets a line of JSON for each epoch. `loss`, `optimizer`, `wrt` and the clipping are those of
    `training_step`; `engine` is a target of `irlib.compile`.

    Raises: FeedError for data that does not fit; ExecutionError where a loss is not finite, naming the first node that
    made it; FileError for a checkpoint of another training; UnsupportedError for an unknown engine.
    """
    numbers = {"epochs": epochs, "batch_size": batch_size, "patience": patience, "every": every, "restarts": restarts}
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise AttributeValueError(f"{name} is {number}, expected at least 1", code="IR302")
    rule = as_optimizer(optimizer)
    rows, held = _parts(data, validation, seed)
    runs: list[Trained] = []
    with logging(log) as tell:
        for k in range(restarts):
            start = model if k == 0 else redrawn(model, seed + k, wrt)
            step = training_step(start, loss, rule, wrt=wrt, clip_value=clip_value, clip_norm=clip_norm)
            aside = Batches(start, held, batch_size, seed) if held else None
            batches = Batches(step, rows, batch_size, seed + k)
            session = Session(start, step, batches, aside, rule.learning_rate, engine)
            facts = [digest(step), data_digest(rows), data_digest(held), batches.size, seed + k, patience]
            session.fingerprint = sha256(json.dumps(facts).encode()).hexdigest()
            at = None if checkpoint is None else Path(f"{checkpoint}.{k}" if restarts > 1 else checkpoint)
            if resume and at is not None and at.exists():
                session.progress = checkpoints.read(at, session.fingerprint, session.dtypes())
            here = _numbered(tell, k if restarts > 1 else None)
            for line in session.progress.history:
                here(line)
            stopped = session.run(epochs, patience, at, every, _shifted(report, k, restarts), here)
            runs.append(_trained(session, stopped, early=patience is not None))
    final = [min(map(judged, r.history)) if patience is not None else judged(r.history[-1]) for r in runs]
    best = int(np.argmin(final))
    members = tuple(r.model for r in runs)
    chosen = runs[best]._replace(members=members, best=best)
    return chosen._replace(model=mean_of(members)) if ensemble else chosen


def redrawn(model: Graph, seed: int, wrt: Sequence[str] | None = None) -> Graph:
    """`model` with other first values: those of each parameter (in `wrt`, where it is given) in another order.

    So they are of the distribution they were drawn from, whichever that was, and where all are equal, as zeros are,
    they stay. What was made to be orthogonal is so no more.
    """
    chosen: dict[str, Any] = {}
    for node in model.parameters:
        tensor: Tensor | None = None if node.variable is None else node.variable.tensor
        if tensor is not None and (wrt is None or node.name in wrt):
            flat = tensor.array.reshape(-1)
            order = permutation(flat.size, "restart", seed, node.name)
            chosen[str(node.name)] = flat[order].reshape(tensor.array.shape)
    return with_values(model, chosen)


def _parts(data: Mapping[str, Any], validation: float | Mapping[str, Any], seed: int) -> tuple[dict[str, Any], ...]:
    """The rows to train on, and those set aside."""
    rows = {name: np.asarray(a) for name, a in data.items()}
    if isinstance(validation, Mapping):
        return rows, {name: np.asarray(a) for name, a in validation.items()}
    if not 0 <= validation < 1:
        raise AttributeValueError(f"validation is {validation}, expected a part between 0 and 1", code="IR302")
    return split(rows, validation, seed) if validation else (rows, {})


def _trained(session: Session, stopped: str, *, early: bool) -> Trained:
    now = session.progress
    values = now.best if early else now.values
    own = {name: v for name, v in values.items() if name in session.model.by_name}
    return Trained(with_values(session.model, own), with_values(session.step, now.values), now.history, stopped)


def _numbered(tell: Tell, k: int | None) -> Tell:
    return tell if k is None else lambda line: tell({"restart": k, **line})


def _shifted(report: Report | None, k: int, restarts: int) -> Report | None:
    """`report` for run `k`, told of the steps of all runs."""
    if report is None or restarts == 1:
        return report
    return lambda done, total, loss: report(k * total + done, restarts * total, loss)
