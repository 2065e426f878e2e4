"""``irlib grad``: the backward pass, as a graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irlib.cli.files import ModelOut, existing, opened, save
from irlib.cli.run import cast_option, inputs_option
from irlib.cli.verb import verb

if TYPE_CHECKING:
    from irlib import Graph

__all__ = ["command"]


@verb(
    "grad",
    "irlib grad model.pb --of loss --wrt w,b -o grad.pb",
    "irlib grad model.pb --of loss --trace --inputs in.npz",
)
@existing()
@click.option("--of", "ofs", metavar="NAME", help="The output to differentiate; default: the loss, or the only output.")
@click.option(
    "--wrt", metavar="NAMES",
    help="The values to differentiate with respect to, separated by commas; default: every float parameter.",
)  # fmt: skip
@click.option("--keep", metavar="NAMES", help="Outputs of the model that the gradient graph has too.")
@click.option(
    "--cotangents", is_flag=True, help="Let the gradient graph have an input d_NAME for each output, not the seed 1."
)
@click.option("-o", "--output", "out", type=ModelOut(), help="Where to write the gradient graph.")
@click.option("--trace", is_flag=True, help="Run it too, on --inputs, and print each d(i) of the backward pass.")
@inputs_option
@cast_option
def command(
    *,
    file: Path,
    ofs: str | None,
    wrt: str | None,
    keep: str | None,
    cotangents: bool,
    out: Path | None,
    trace: bool,
    inputs: Path | None,
    cast: bool,
) -> None:
    """Write the gradient of a model, a graph too.

    It has an output d_w for each w, of role gradient-of, and can be run, shown, checked and differentiated again.
    """
    if out is None and not trace:
        raise click.UsageError("say where to write the gradient with -o, or watch it with --trace")
    import irlib

    graph = opened(file)
    of = None if ofs is None else names(graph, ofs)
    made = irlib.gradient(
        graph,
        of=of,
        wrt=None if wrt is None else names(graph, wrt),
        cotangents=cotangents,
        outputs=[] if keep is None else names(graph, keep),
    )
    if trace:
        _trace(graph, made, of, inputs, cotangents=cotangents, cast=cast)
    if out is not None:
        save(made, out)


def names(graph: Graph, text: str) -> list[str]:
    """The names in a list separated by commas; a name may itself hold one."""
    if text in graph.outputs_by_name or text in graph.by_name:
        return [text]
    return [name.strip() for name in text.split(",")]


def _trace(
    graph: Graph, gradient: Graph, of: list[str] | None, inputs: Path | None, *, cotangents: bool, cast: bool
) -> None:
    from irlib.cli.arrays import feeds_for, read_npz
    from irlib.cli.tracing import watched_backward
    from irlib.graph import OutputRole

    losses = [o.name for o in graph.outputs if o.role is OutputRole.LOSS]
    name, *others = of if of is not None else losses or [graph.outputs[0].name]
    if others:
        raise click.UsageError("--trace watches one output; name one with --of")
    arrays: dict[str, Any] = {} if inputs is None else read_npz(inputs)
    # the gradient graph has what it needs of the model's variables, and the cotangents as inputs
    cotangent = arrays.pop(f"d_{name}", None) if cotangents else None
    feeds = feeds_for(graph, arrays, cast=cast, path=inputs if inputs is not None else f"graph {graph.name!r}")
    wrt = [o.of for o in gradient.outputs if o.role is OutputRole.GRADIENT and o.of is not None]
    for target, d in watched_backward(graph, feeds, name, wrt, cotangent).items():
        from irlib.cli.tracing import told

        click.echo(f"d_{target} : {told(d)}")
