"""Writes `docs/ops.md`: every op, by family, from what is registered.

python -m tools.op_table [--check]
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from typing import Any

from irlib.op import REGISTRY, Composite, Op, signature_of
from irlib.ops import load_all
from tools.generated import ROOT, command

TARGET = ROOT / "docs" / "ops.md"

HEAD = """\
# Ops

Generated from the registered ops by `python -m tools.op_table`; do not edit. {primitives} primitives and {composites}
composites in the dialect `irlib`. The docstring of each op, which `help(irlib.Builder.matmul)` prints, has its type
rule, its constraints, its accumulator and its derivative at kinks and ties.

- **operands**: those in brackets may be absent, the one with `..` repeats. An op with several results says so.
- **attributes**: with their defaults.
- **derivative**: *smooth* (agrees with the complex step), *linear* (agrees with the adjoint test), *other* (kinks, ties
  or special cases: see [the law of gradients](gradient_law.md)), *zero* (by definition), *none* (asking for it is an
  error). Of a composite it is that of its body, or its own where the body's is numerically poor.
- **kind**: a composite has a body of other ops, which is in every file that uses it.
"""


def made() -> str:
    """The text of the page."""
    load_all()
    classes = [c for c in REGISTRY.values() if c.dialect == "irlib"]
    families: dict[str, list[type[Op]]] = {}
    for cls in classes:
        families.setdefault(cls.__module__.removeprefix("irlib.ops."), []).append(cls)
    composites = sum(issubclass(c, Composite) for c in classes)
    parts = [HEAD.format(primitives=len(classes) - composites, composites=composites)]
    parts += [_section(family, families[family]) for family in sorted(families)]
    return "\n".join(parts)


def _section(family: str, classes: list[type[Op]]) -> str:
    rows = "\n".join(_row(cls) for cls in sorted(classes, key=lambda c: (c.name, c.version)))
    head = "| op | meaning | operands | attributes | derivative | kind | source |\n|---|---|---|---|---|---|---|\n"
    return f"## {family.replace('_', ' ').capitalize()}\n\n{head}{rows}\n"


def _row(cls: type[Op]) -> str:
    version = f" v{cls.version}" if cls.version > 1 else ""
    kind = "composite" if issubclass(cls, Composite) else "primitive"
    cells = (
        f"`{cls.name}`{version}",
        meaning_of(cls),
        operands_of(cls),
        attributes_of(cls),
        _derivative(cls),
        kind,
        _source(cls),
    )
    return "| " + " | ".join(_cell(c) for c in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def meaning_of(cls: type[Op]) -> str:
    """The first sentence of the docstring's first paragraph."""
    paragraph = " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())
    return paragraph.removesuffix(".")


def operands_of(cls: type[Op]) -> str:
    """The names of the operands, and those of several results."""
    signature = signature_of(cls)
    shown = []
    for index, operand in enumerate(signature.operands):
        if signature.variadic and index == len(signature.operands) - 1:
            shown.append(f"`{operand}`..")
        else:
            shown.append(f"`{operand}`" if index < signature.required else f"[`{operand}`]")
    several = "" if cls.results == ("y",) or len(cls.results) == 1 else f" → {', '.join(f'`{r}`' for r in cls.results)}"
    return ", ".join(shown) + several


def attributes_of(cls: type[Op]) -> str:
    """The attributes, with their defaults."""
    return ", ".join(_attribute(field) for field in cls.attributes())


def _attribute(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING:
        return f"`{field.name}`"
    return f"`{field.name}={field.default}`"


def _derivative(cls: type[Op]) -> str:
    if issubclass(cls, Composite):
        return "its own" if cls.has_vjp() else "of its body"
    return "none" if cls.vjp is Op.vjp and cls.smoothness != "zero" else cls.smoothness


def _source(cls: type[Op]) -> str:
    found = re.search(r"^Source:\s*(.+?)(?:\n\s*\n|\n\S+:|\Z)", inspect.getdoc(cls) or "", re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()).removesuffix(".") if found else ""


if __name__ == "__main__":
    sys.exit(command(TARGET, made, sys.argv[1:]))
