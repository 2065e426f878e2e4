"""``irlib diff``: what changed between two models?"""

from __future__ import annotations

import sys
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
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="As a unified diff, or for programs.",
)  # fmt: skip
def command(*, a: Path, b: Path, form: str) -> int:
    """Compare two models.

    Nodes are matched by name, and by what they compute, not by their place in the file.

    Exit status: 0 the graphs are equal, 1 they differ.
    """
    import irlib

    difference = irlib.diff(opened(a), opened(b))
    if form == "json":
        import json

        click.echo(json.dumps(difference.to_json(), indent=2))
    elif not difference.equal:
        click.echo(coloured(str(difference)) if sys.stdout.isatty() else str(difference))
    return 0 if difference.equal else 1


def coloured(text: str) -> str:
    """A unified diff in colour, for a terminal."""
    colours = {"-": "red", "+": "green", "@": "cyan", "#": "bright_black"}
    return "\n".join(click.style(line, fg=colours.get(line[:1])) for line in text.split("\n"))
