"""What a verb is: a click command that says how it is used, by examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["Verb", "verb"]


class Verb(click.Command):
    """A command whose help ends with examples, each a line that can be typed."""

    def __init__(self, *arguments: Any, examples: tuple[str, ...], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            formatter.write("".join(f"{'':{formatter.current_indent}}{example}\n" for example in self.examples))


def verb(name: str, *examples: str) -> Callable[[Callable[..., Any]], Verb]:
    """Make the decorated function the command `name`. What it returns, where it is a number, is the exit status."""
    return click.command(name, cls=Verb, examples=examples)
