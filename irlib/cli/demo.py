"""``irlib demo``: the main job, end to end."""

from __future__ import annotations

from pathlib import Path

import click

from irlib.cli.verb import verb

__all__ = ["command"]


@verb(
    "demo",
    "irlib demo --out /tmp/demo",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("irlib-demo"), show_default=True,
    help="The folder to write to.",
)  # fmt: skip
@click.option("--quick", is_flag=True, help="Train for a few steps only; the figures are worse.")
def command(*, out: Path, quick: bool) -> None:
    """See it all work, on real data, in a minute.

    Three models are built, saved, loaded, checked, run forward and backward, gradient-checked and trained: logistic
    regression and a three-layer sigmoid network on handwritten digits, and a third-order polynomial. The network's
    gradients are compared with the four equations of backpropagation written by hand in numpy. Each is trained by a
    graph that holds a step of gradient descent.
    """
    from irlib.cli.demonstration import demonstrate

    demonstrate(out, quick=quick)
