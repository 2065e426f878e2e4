"""Writes `docs/cli.md`: the help of every command, as it is printed.

python -m tools.cli_page [--check]
"""

from __future__ import annotations

import inspect
import sys

import click

from irlib.cli import VERBS
from irlib.cli import command as irlib_command
from irlib.cli.verb import Verb
from tools.generated import ROOT, command

TARGET = ROOT / "docs" / "cli.md"

HEAD = """\
# The command `irlib`

Generated from the command itself by `python -m tools.cli_page`; do not edit.

| exit status | meaning |
|---|---|
| 0 | done; for `check`: valid; for `diff`: equal |
| 1 | an error, in one line on stderr; for `check`: findings; for `diff`: different |
| 2 | a wrong call |
| 70 | a bug in irlib: an exception that is no `IRError` reached the top |
| 130 | interrupted |

An error reads `error: where: what is wrong; what to do [code]`; the codes are in [codes.md](codes.md). Files are
written whole or not at all: on an error the old file stays. A FILE is a model: `.pb` or `.json`, irlib's own forms, or
`.onnx`.
"""


def made() -> str:
    """The text of the page, made from the parameters: how click lays out its help differs between its versions."""
    top = click.Context(irlib_command, info_name="irlib")
    parts = [HEAD, _options(irlib_command)]
    for name in VERBS:
        found = irlib_command.get_command(top, name)
        assert isinstance(found, Verb)
        parts.append(_section(name, found))
    return "\n".join(parts)


def _section(name: str, verb: Verb) -> str:
    arguments = [str(p.metavar) for p in verb.params if isinstance(p, click.Argument)]
    usage = " ".join(["irlib", name, "[OPTIONS]", *arguments])
    examples = "\n".join(verb.examples)
    text = inspect.cleandoc(verb.help or "")
    return f"## {usage}\n\n{text}\n\n{_options(verb)}\n```sh\n{examples}\n```\n"


def _options(of: click.Command) -> str:
    rows = [_row(p) for p in of.params if isinstance(p, click.Option)]
    return "| option | |\n|---|---|\n" + "".join(rows)


def _row(option: click.Option) -> str:
    value = "" if option.is_flag else f" {_value(option)}"
    text = option.help or ""
    shown = option.show_default and option.default is not None
    default = f" Default: `{option.default}`." if shown else ""
    names = ", ".join([*option.opts, *option.secondary_opts])
    return f"| `{names}{value}` | {text}{default} |\n"


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "\\|".join(str(c) for c in option.type.choices)
    return option.metavar or option.type.name.split()[0].upper()


if __name__ == "__main__":
    sys.exit(command(TARGET, made, sys.argv[1:]))
