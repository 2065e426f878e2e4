"""The command `irlib`: one module per verb, imported when the verb is used.

`main` is the one door: whatever goes wrong behind it ends in a line on stderr and an exit status, never in a traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from irlib.cli import failure

__all__ = ["VERBS", "command", "main"]

VERBS = {
    "check": "irlib.cli.check",
    "show": "irlib.cli.show",
    "info": "irlib.cli.info",
    "diff": "irlib.cli.diff",
    "run": "irlib.cli.run",
    "grad": "irlib.cli.grad",
    "train": "irlib.cli.train",
    "doctor": "irlib.cli.doctor",
    "convert": "irlib.cli.convert",
    "demo": "irlib.cli.demo",
}
"""Where each verb is: a module with a click command called `command`. In the order of `irlib --help`."""


class Verbs(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        found = import_module(VERBS[cmd_name]).command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            ctx.fail(f"there is no command {name!r}{_nearest(name)}; irlib --help lists them")
        return super().resolve_command(ctx, args)


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    found = get_close_matches(name, VERBS, n=1)
    return f", did you mean {found[0]!r}?" if found else ""


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  click's signature
    if wanted:
        from irlib import __version__

        click.echo(f"irlib {__version__}")
        ctx.exit()


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--traceback", is_flag=True, help="On an error, print the Python traceback too.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
@click.pass_context
def command(ctx: click.Context, *, traceback: bool) -> None:
    """Check, show, run, differentiate and convert computation graphs.

    A FILE is a model: .pb or .json, irlib's own forms, or .onnx.

    Exit status: 0 done; 1 an error, a finding or a difference; 2 a wrong call.
    """
    if traceback and isinstance(ctx.obj, failure.Manner):
        ctx.obj.traceback = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command on `arguments` (else those of the process) and return its exit status."""
    failure.print_anything()
    manner = failure.Manner()
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        status = command.main(given, prog_name="irlib", standalone_mode=False, obj=manner)
        sys.stdout.flush()
    except SystemExit as stop:  # click leaves this way on a broken pipe
        failure.silence_output()
        return stop.code if isinstance(stop.code, int) else 1
    except BaseException as error:  # noqa: BLE001  the one place that may: nothing escapes the command
        return failure.report(error, manner)
    return status if isinstance(status, int) else 0
