"""A diagnosis as a picture: bars per layer on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from textwrap import wrap
from typing import NamedTuple

from irlib.doctor.diagnosis import Diagnosis
from irlib.render.chart import COLOURS, Scale, decades, picture, text

__all__ = ["bars"]

WIDTH, LEFT, RIGHT, BAR, GAP, HEAD = 720, 230, 70, 10, 8, 44
FOUND = "#c02020"
LONGEST, WORDS = 32, 105
USUAL = 1e-3
"""The part of itself by which a step moves a weight in a training that goes well, about."""


class _Row(NamedTuple):
    """A layer: its label, its figures, and the codes of what was found of it."""

    label: str
    figures: tuple[float, ...]
    codes: str


def bars(made: Diagnosis, title: str = "") -> str:
    """The scales of activations and parameters, their gradients and updates, as an SVG picture."""
    activations = [
        _Row(f"{a.name} ({a.op})", (a.scale, a.gradient), _codes(made, f"node {a.name}")) for a in made.activations
    ]
    weights = [
        _Row(w.name, (w.scale, w.gradient, w.ratio), _codes(made, f"parameter {w.name!r}")) for w in made.weights
    ]
    parts = [text(12, 20, f"{title}  loss {made.loss:.4g}".strip())]
    y = 34.0
    for heading, names, rows, mark in (
        ("activations", ("values", "gradients"), activations, None),
        ("parameters", ("values", "gradients", "update / weight"), weights, USUAL),
    ):
        if rows:
            drawn, y = _panel(y, heading, names, rows, mark)
            parts += drawn
    for finding in made.findings:
        for line in wrap(str(finding), WORDS, subsequent_indent="    "):
            parts.append(text(12, y + 12, line, colour=FOUND))
            y += 16
    return picture(WIDTH, y + 16, parts)


def _panel(
    y: float, heading: str, names: Sequence[str], rows: Sequence[_Row], mark: float | None
) -> tuple[list[str], float]:
    """A heading with its legend, the axis, and a group of bars per row; and where it ends."""
    shown = [x for row in rows for x in (*row.figures, *([mark] if mark else [])) if isfinite(x) and x > 0] or [1.0]
    ticks = decades([*shown, max(shown) * 1.01])
    every = 1 + len(ticks) // 12
    across = Scale(ticks, LEFT, WIDTH - RIGHT, logarithmic=True)
    top, group = y + HEAD, len(names) * BAR + GAP
    bottom = top + group * len(rows)
    parts = [text(12, y + 16, heading)]
    for k, name in enumerate(names):
        parts.append(f'<rect x="{LEFT + 130 * k}" y="{y + 7}" width="10" height="10" fill="{COLOURS[k]}"/>')
        parts.append(text(LEFT + 130 * k + 15, y + 16, name))
    for k, x in enumerate(ticks):
        at = f"{across(x):.1f}"
        parts.append(f'<line x1="{at}" x2="{at}" y1="{top - 4}" y2="{bottom}" stroke="#dddddd"/>')
        if k % every == 0:
            parts.append(text(across(x), top - 8, f"{x:.0e}".replace("e-0", "e-").replace("e+0", "e"), anchor="middle"))
    if mark is not None:
        at = f"{across(mark):.1f}"
        parts.append(
            f'<line x1="{at}" x2="{at}" y1="{top}" y2="{bottom}" stroke="{COLOURS[2]}" stroke-dasharray="4 3"/>'
        )
    for k, row in enumerate(rows):
        parts += _group(top + group * k, row, across)
    return parts, bottom + 14


def _group(y: float, row: _Row, across: Scale) -> list[str]:
    """The label and the bars of a row; of a figure that is 0 or not finite, the word."""
    colour = FOUND if row.codes else "black"
    label = row.label if len(row.label) <= LONGEST else f"{row.label[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
    middle = y + len(row.figures) * BAR / 2 + 4
    parts = [text(LEFT - 8, middle, label, anchor="end", colour=colour)]
    if row.codes:
        parts.append(text(WIDTH - RIGHT + 6, middle, row.codes, colour=colour))
    for k, x in enumerate(row.figures):
        top = y + k * BAR
        if not (isfinite(x) and x > 0):
            words = "0" if x == 0 else "none: it is 0" if x > 0 else "NaN"
            parts.append(f'<g font-size="9">{text(LEFT + 3, top + 8, words, colour=COLOURS[k])}</g>')
            continue
        width = across(x) - LEFT
        parts.append(f'<rect x="{LEFT}" y="{top + 1:.1f}" width="{width:.1f}" height="{BAR - 2}" fill="{COLOURS[k]}"/>')
    return parts


def _codes(made: Diagnosis, place: str) -> str:
    """The codes of what was found at a place."""
    return " ".join(dict.fromkeys(f.code for f in made.findings if place in f.where))
