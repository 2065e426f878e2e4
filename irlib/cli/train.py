"""``irlib train``: a model fitted to data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irlib.cli.files import ModelOut, existing, opened, save, written
from irlib.cli.optimizers import SCHEDULES, optimizer_of, optimizing, schedule_of
from irlib.cli.verb import verb

if TYPE_CHECKING:
    from irlib import Graph
    from irlib.trainer import Trained
    from irlib.training import Optimizer

__all__ = ["arrays_and_keys", "command"]

ENGINES = ("reference", "numpy")
FILE = click.Path(dir_okay=False, path_type=Path)


@verb(
    "train",
    "irlib train model.pb --data train.npz -o trained.pb",
    "irlib train model.pb --data train.npz --optimizer sgd --lr 0.1 --validation 0.2 --curve loss.svg -o trained.pb",
    "irlib train model.pb --data train.npz --checkpoint run.ckpt --resume -o trained.pb",
)
@existing()
@click.option(
    "--data", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An .npz with an array for each input, all with equally many rows.",
)  # fmt: skip
@click.option("--loss", metavar="NAME", help="The output to make small; default: the loss, or the first output.")
@optimizing
@click.option(
    "--schedule", type=click.Choice(SCHEDULES), default="constant", show_default=True,
    help="How the rate changes over the training: by a factor of 10 after each third (step), along an exponential to a "
    "hundredth, along half a cosine to 0, up and down (one-cycle), or when the loss stands still (plateau).",
)  # fmt: skip
@click.option("--warm-up", type=click.IntRange(0), default=0, help="Steps on which the rate rises to its value.")
@click.option("--epochs", type=click.IntRange(1), default=10, show_default=True, help="How often all rows are seen.")
@click.option("--batch-size", type=click.IntRange(1), default=32, show_default=True, help="How many rows a step sees.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides order, split and random keys.")
@click.option(
    "--validation", type=click.FloatRange(0, 1, max_open=True), default=0.0, help="Part of the rows held out."
)
@click.option("--patience", type=click.IntRange(1), help="Stop after so many epochs without a better loss.")
@click.option(
    "--restarts", type=click.IntRange(1), default=1, show_default=True,
    help="Train so many times, each from other first values and with its own seed, and write the best model.",
)  # fmt: skip
@click.option("--ensemble", is_flag=True, help="Write the mean of the models of all restarts as one model.")
@click.option("--clip-norm", type=click.FloatRange(0, min_open=True), help="Largest length of all gradients together.")
@click.option("--clip-value", type=click.FloatRange(0, min_open=True), help="Largest element of a gradient.")
@click.option("--checkpoint", type=FILE, help="Write progress here after each epoch; --resume goes on from it.")
@click.option("--every", type=click.IntRange(1), help="Write the checkpoint also after so many steps.")
@click.option("--resume", is_flag=True, help="Go on from the checkpoint, if there is one.")
@click.option("--log", type=FILE, help="Write a line of JSON for each epoch.")
@click.option("--curve", type=FILE, help="Write the loss curve as an .svg picture.")
@click.option("--cast", is_flag=True, help="Convert numbers to the declared dtypes.")
@click.option(
    "--engine", type=click.Choice(ENGINES), default="reference", show_default=True, help="What runs the training step."
)
@click.option("-o", "--output", "out", required=True, type=ModelOut(), help="Where to write the trained model.")
@click.option("--step", "step_out", type=ModelOut(), help="Write the training step too, with all its state.")
def command(
    *,
    file: Path,
    data: Path,
    optimizer: str,
    lr: float | None,
    weight_decay: float | None,
    schedule: str,
    warm_up: int,
    checkpoint: Path | None,
    resume: bool,
    curve: Path | None,
    cast: bool,
    out: Path,
    step_out: Path | None,
    **options: Any,
) -> None:
    """Train a model on data.

    The rows are shuffled into mini-batches, anew in each epoch. The same files and options give the same bits, also
    when the training was killed and resumed.
    """
    if resume and checkpoint is None:
        raise click.UsageError("--resume goes on from a checkpoint: name it with --checkpoint")
    if options["every"] is not None and checkpoint is None:
        raise click.UsageError("--every says how often a checkpoint is written: name it with --checkpoint")
    if options["ensemble"] and options["restarts"] == 1:
        raise click.UsageError("--ensemble is of several restarts: say how many with --restarts")
    graph = opened(file)
    arrays = _data(graph, data, cast=cast)
    rule = optimizer_of(optimizer, lr, weight_decay)
    if schedule != "constant" or warm_up:
        rule = _scheduled(rule, schedule, warm_up, arrays, options)
    made = _trained(graph, arrays, optimizer=rule, checkpoint=checkpoint, resume=resume, **options)
    save(made.model, out)
    if step_out is not None:
        save(made.step, step_out)
    if curve is not None:
        from irlib.trainer.curve import curve as picture

        with written(curve) as destination:
            destination.write(picture(made.history, graph.name))
    for line in _shown(made):
        click.echo(line)


def _data(graph: Graph, path: Path, *, cast: bool) -> dict[str, Any]:
    """The rows in a file; random keys, which it need not have, are drawn by the training."""
    arrays, keys = arrays_and_keys(graph, path)
    from irlib.cli.arrays import feeds_for

    feeds = feeds_for(graph, {**arrays, **keys}, cast=cast, path=path)
    return {name: a for name, a in feeds.items() if name not in keys}


def arrays_and_keys(graph: Graph, path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays in a file, and a key of zeros for each input that is a random key and not among them."""
    import numpy as np

    from irlib.cli.arrays import read_npz
    from irlib.trainer.batches import is_key

    arrays = read_npz(path)
    return arrays, {str(n.name): np.zeros(2, np.uint32) for n in graph.inputs if is_key(n) and n.name not in arrays}


def _scheduled(
    rule: Optimizer, schedule: str, warm_up: int, arrays: dict[str, Any], options: dict[str, Any]
) -> Optimizer:
    """The optimizer with a learning rate that changes over all steps of the training."""
    from dataclasses import replace

    rows = max((len(a) for a in arrays.values() if a.ndim), default=1)
    epoch = -(-(rows - round(options["validation"] * rows)) // options["batch_size"])
    rate = schedule_of(schedule, float(rule.learning_rate), epoch * options["epochs"], epoch, warm_up)  # type: ignore[arg-type]
    return replace(rule, learning_rate=rate)


def _trained(graph: Graph, arrays: dict[str, Any], **options: Any) -> Trained:
    from time import perf_counter

    import irlib
    from irlib.cli.progress import progress

    whole = options["epochs"] * options["restarts"]
    with progress("training", whole) as advance:
        first, started = 0, 0.0

        def report(done: int, total: int, loss: float) -> None:
            nonlocal first, started
            if not started:
                first, started = done, perf_counter()
            rate = (done - first) / max(perf_counter() - started, 1e-9)
            epochs = done * whole / total
            advance(
                int(epochs), f"epoch {int(epochs)} of {whole}, step {done}, loss {loss:.4g}, {rate:.0f} steps/s"
            )  # fmt: skip

        trained: Trained = irlib.train(graph, arrays, report=report, **options)
    return trained


def _shown(made: Trained) -> list[str]:
    """What came of it, in words."""
    first, last = made.history[0], made.history[-1]
    best = min(made.history, key=lambda line: line.get("validation", line["loss"]))
    told = [
        f"loss {first['loss']:.6g} after epoch 1, {last['loss']:.6g} after epoch {last['epoch']} (step {last['step']})"
    ]
    if "validation" in last:
        told.append(
            f"validation loss {last['validation']:.6g}, best {best['validation']:.6g} after epoch {best['epoch']}"
        )
    if len(made.members) > 1:
        told.insert(0, f"restart {made.best + 1} of {len(made.members)} is the best")
    if made.stopped == "patience":
        told.append(f"stopped early; the model is that of epoch {best['epoch']}")
    return told
