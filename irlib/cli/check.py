"""``irlib check``: is it valid?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from irlib.cli.files import existing, face
from irlib.cli.verb import verb

if TYPE_CHECKING:
    from irlib.validate import Report

__all__ = ["command"]


@verb(
    "check",
    "irlib check model.pb other.onnx",
    "irlib check --format github model.pb",
)
@existing(many=True)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True,
    help="How findings are printed; sarif and github are for code scanning and pull requests.",
)  # fmt: skip
@click.option(
    "--verify/--no-verify",
    default=True,
    help="Read the weights file and compare its SHA-256 with the model's, or do not.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail.")
def command(
    *, files: tuple[Path, ...], form: Literal["text", "json", "sarif", "github"], verify: bool, strict: bool
) -> int:
    """Say whether models are valid.

    All that is wrong with one is reported at once. Every finding has a stable code, a place and a remedy.

    Exit status: 0 valid, 1 findings; warnings alone are no failure unless --strict.
    """
    from irlib.validate.formats import FORMATS

    reports = [_report(path, verify=verify) for path in files]
    click.echo(FORMATS[form](reports), nl=False)
    failed = [r for r in reports if not r.ok or (strict and any(f.severity == "warning" for f in r))]
    return 1 if failed else 0


def _report(path: Path, *, verify: bool) -> Report:
    report: Report = face("check")(path, verify=verify)
    return report
