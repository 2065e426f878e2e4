"""``irlib diff``: what changed between two models?"""

from __future__ import annotations

from pathlib import Path

import click

from irlib.cli.files import opened
from irlib.cli.verb import verb

__all__ = ["command"]

_model = click.Path(exists=True, dir_okay=False, path_type=Path)


@verb(
    "diff",
    "irlib diff before.pb after.pb",
)
@click.argument("a", metavar="A", type=_model)
@click.argument("b", metavar="B", type=_model)
def command(*, a: Path, b: Path) -> int:
    """Compare two models.

    Nodes are matched by name, and by what they compute, not by their place in the file.

    Exit status: 0 the graphs are equal, 1 they differ.
    """
    import irlib

    difference = irlib.diff(opened(a), opened(b))
    if difference.equal:
        return 0
    click.echo(str(difference))
    return 1
