"""``irlib show``: a model to be read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irlib.cli.files import existing, opened
from irlib.cli.verb import verb

if TYPE_CHECKING:
    from irlib import Graph

__all__ = ["command"]


@verb(
    "show",
    "irlib show model.pb",
    "irlib show model.pb --format svg --layers > model.svg",
    "irlib show model.pb --format dot | dot -Tpdf > model.pdf",
)
@existing()
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "svg", "dot", "mermaid"]), default="text",
    show_default=True, help="The text form, the JSON form, a picture, or a drawing for Graphviz or Mermaid.",
)  # fmt: skip
@click.option("--weights", is_flag=True, help="Write large tensors out; the text form else gives their hash.")
@click.option("--layers", is_flag=True, help="Draw a box for each layer: for all nodes whose names begin alike.")
@click.option(
    "--depth", type=click.IntRange(min=1), default=1, show_default=True,
    help="How many parts of a name, divided by dots, tell a layer.",
)  # fmt: skip
@click.option("--decompose", is_flag=True, help="Put bodies in the place of composites: primitives only.")
def command(*, file: Path, form: str, weights: bool, layers: bool, depth: int, decompose: bool) -> None:
    """Print a model, one node a line, or draw it."""
    graph = opened(file)
    if decompose:
        import irlib

        graph = irlib.decompose(graph)
    if form in DRAWINGS:
        click.echo(_drawn(graph, form, layers=layers, depth=depth), nl=False)
        return
    text = FORMS[form](graph, weights)
    if form == "text" and sys.stdout.isatty():
        text = coloured(text)
    click.echo(text, nl=not text.endswith("\n"))


def _text(graph: Graph, weights: bool) -> str:  # noqa: FBT001  a row of a table
    import irlib

    made: str = irlib.text(graph, weights=weights)
    return made


def _json(graph: Graph, weights: bool) -> str:  # noqa: FBT001
    """The JSON form, which always has every tensor in it."""
    from irlib.serde.canonical import canonical
    from irlib.serde.flatten import flatten
    from irlib.serde.json import encode

    return encode(flatten(canonical(graph))).decode()


def _drawn(graph: Graph, form: str, *, layers: bool, depth: int) -> str:
    from irlib import render

    made: str = getattr(render, form)(graph, layers=layers, depth=depth)
    return made


FORMS: dict[str, Callable[[Graph, bool], str]] = {"text": _text, "json": _json}
"""What prints a graph, by the name of the form."""


DRAWINGS = ("svg", "dot", "mermaid")
"""The forms that are pictures, each a function of `irlib.render`."""


def coloured(text: str) -> str:
    """The text form with its keywords, labels and types in colour, for a terminal."""
    import re

    styles = {"label": "cyan", "word": "yellow", "type": "green"}
    pattern = re.compile(
        r'(?P<text>"(?:[^"\\]|\\.)*")'
        r"|(?P<label>%[\w.]+)"
        r"|(?P<word>\b(?:graph|body|symbol|output|input|parameter|constant|buffer)\b)"
        r"|(?P<type>\b(?:bool|string|u?int\d+|b?float\d+\w*|complex\d+)\[[^\]]*\])"
    )

    def painted(match: re.Match[str]) -> str:
        colour = styles.get(match.lastgroup or "")
        return click.style(match.group(), fg=colour) if colour else match.group()

    return pattern.sub(painted, text)
