"""``irlib run``: the forward pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irlib.cli.files import existing, opened, written
from irlib.cli.verb import verb

if TYPE_CHECKING:
    from irlib import Graph

__all__ = ["command"]

inputs_option = click.option(
    "--inputs", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An .npz with an array for each input; parameters may be given too, in place of their own values.",
)  # fmt: skip
cast_option = click.option("--cast", is_flag=True, help="Convert numbers to the declared dtypes.")


@verb(
    "run",
    "irlib run model.pb --inputs in.npz -o out.npz",
    "irlib run model.pb --inputs in.npz --trace",
)
@existing()
@inputs_option
@click.option(
    "-o", "--output", "out", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the outputs to this .npz; without it they are printed, long ones in part.",
)  # fmt: skip
@cast_option
@click.option("--trace", is_flag=True, help="Print each v(i) of the forward pass as it is computed.")
@click.option("--nan-check", is_flag=True, help="Fail at the first node whose value is not finite, naming it.")
@click.option("--budget-bytes", type=click.IntRange(1), help="Refuse a run that would hold more bytes than this.")
def command(
    *,
    file: Path,
    inputs: Path | None,
    out: Path | None,
    cast: bool,
    trace: bool,
    nan_check: bool,
    budget_bytes: int | None,
) -> None:
    """Run a model forward.

    The reference interpreter computes it in the dtypes declared.
    """
    if out is not None and out.suffix != ".npz":
        raise click.BadParameter(f"{out}: outputs are written as .npz", param_hint="'-o'")
    graph = opened(file)
    feeds = feeds_from(graph, inputs, cast=cast)
    outputs = _outputs(graph, feeds, trace=trace, nan_check=nan_check, budget_bytes=budget_bytes)
    if out is None:
        for name, value in outputs.items():
            click.echo(f"{name}: {shown(value)}")
        return
    from irlib.cli.arrays import write_npz

    with written(out, binary=True) as destination:
        write_npz(destination, outputs)


def feeds_from(graph: Graph, inputs: Path | None, *, cast: bool) -> dict[str, Any]:
    """The feeds in the file `inputs`, checked against the graph."""
    from irlib.cli.arrays import feeds_for, read_npz

    arrays = {} if inputs is None else read_npz(inputs)
    return feeds_for(graph, arrays, cast=cast, path=inputs if inputs is not None else f"graph {graph.name!r}")


def _outputs(
    graph: Graph, feeds: dict[str, Any], *, trace: bool, nan_check: bool, budget_bytes: int | None
) -> dict[str, Any]:
    import irlib
    from irlib.interpreters.numpy_ref.budget import Budget

    budget = None if budget_bytes is None else Budget(bytes=budget_bytes)
    program = irlib.compile(graph, budget=budget)
    if not trace and not nan_check:
        outputs: dict[str, Any] = program(feeds)
        return outputs
    from irlib.cli.tracing import watched_forward

    program.planned(feeds)  # checks feeds and budget before the first node runs
    return watched_forward(graph, feeds, trace=trace, nan_check=nan_check)


def shown(value: Any) -> str:
    """A value as one screen can show it: its type, and its elements, in the middle left out."""
    import numpy as np

    from irlib.types import type_of

    if value is None:
        return "absent"
    if isinstance(value, list):
        return f"{type_of(value)} of {len(value)}"
    with np.printoptions(threshold=20, edgeitems=3, precision=6, linewidth=100):
        text = str(value)
    return f"{type_of(value)}{chr(10) if chr(10) in text else ' '}{text}"
