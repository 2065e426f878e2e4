"""``irlib doctor``: what ails a network."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irlib.cli.files import existing, opened, written
from irlib.cli.optimizers import optimizer_of, optimizing
from irlib.cli.verb import verb

if TYPE_CHECKING:
    from irlib.doctor import Diagnosis, Weight

__all__ = ["command"]

FILE = click.Path(dir_okay=False, path_type=Path)


@verb(
    "doctor",
    "irlib doctor model.pb --data batch.npz",
    "irlib doctor trained.pb --data batch.npz --loss loss --json",
    "irlib doctor model.pb --data batch.npz --optimizer sgd --lr 0.1 --picture layers.svg",
)
@existing()
@click.option(
    "--data", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An .npz with an array for each input: one batch.",
)  # fmt: skip
@click.option("--loss", metavar="NAME", help="The output to differentiate; default: the loss.")
@optimizing
@click.option("--picture", type=FILE, help="Draw bars per layer, on a logarithmic axis, as an .svg picture.")
@click.option("--cast", is_flag=True, help="Convert numbers to the declared dtypes.")
@click.option("--json", "as_json", is_flag=True, help="Print figures and findings as JSON.")
def command(
    *,
    file: Path,
    data: Path,
    loss: str | None,
    optimizer: str,
    lr: float | None,
    weight_decay: float | None,
    picture: Path | None,
    cast: bool,
    as_json: bool,
) -> int:
    """Look for what keeps a network from learning.

    One forward and one backward pass over a batch, and one step of the optimizer: the scales of activations and
    gradients, and the part of itself that a step moves each weight, layer by layer; and findings with their usual
    remedies. Exit status 1 where there are findings.
    """
    from irlib.cli.arrays import feeds_for
    from irlib.cli.train import arrays_and_keys
    from irlib.doctor import diagnose

    graph = opened(file)
    arrays, keys = arrays_and_keys(graph, data)
    feeds = feeds_for(graph, {**arrays, **keys}, cast=cast, path=data)
    made = diagnose(graph, feeds, loss, optimizer_of(optimizer, lr, weight_decay))
    if picture is not None:
        from irlib.doctor.picture import bars

        with written(picture) as destination:
            destination.write(bars(made, graph.name))
    if as_json:
        weights = [{**asdict(w), "ratio": w.ratio} for w in made.weights]
        told = {**asdict(made), "weights": weights, "ok": made.ok}
        click.echo(json.dumps(_plain(told), indent=2))
    else:
        for line in _lines(made):
            click.echo(line)
    return 0 if made.ok else 1


def _plain(value: object) -> object:
    """NaN and infinity, which JSON has not, as null."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and (value != value or abs(value) == float("inf")) else value  # noqa: PLR0124


def _lines(made: Diagnosis) -> list[str]:
    told = [f"loss {made.loss:.6g}"]
    if made.activations:
        told.append(f"{'activation':<28} {'scale':>9} {'gradient':>9} {'saturated':>9} {'dead':>6}")
    told += [
        f"{f'{a.name} ({a.op})':<28} {a.scale:>9.3g} {a.gradient:>9.3g} {a.saturated:>9.0%} {a.dead:>6.0%}"
        for a in made.activations
    ]
    told += [
        f"{s.name}: gradient {s.first:.3g} at the first of {s.steps} steps, {s.last:.3g} at the last"
        for s in made.sequences
    ]
    if made.weights:
        told.append(f"{'parameter':<28} {'scale':>9} {'gradient':>9} {'update/weight':>13}")
    told += [f"{w.name:<28} {w.scale:>9.3g} {w.gradient:>9.3g} {_ratio(w):>13}" for w in made.weights]
    return [*told, *(str(finding) for finding in made.findings), *(["nothing found"] if made.ok else [])]


def _ratio(w: Weight) -> str:
    return f"{w.ratio:.3g}" if w.scale else "of 0"
