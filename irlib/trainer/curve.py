"""The loss curve of a training as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from irlib.render.chart import COLOURS, Scale, decades, picture, steps, text

__all__ = ["curve"]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 70, 20, 20, 45
LINES = ("loss", "validation")


def curve(history: Sequence[Mapping[str, Any]], title: str = "") -> str:
    """The losses of each epoch as an SVG picture; on a logarithmic axis where they are positive and span a decade."""
    lines = {
        name: [(float(line["epoch"]), float(line[name])) for line in history if isfinite(line.get(name, float("nan")))]
        for name in LINES
    }
    values = [y for points in lines.values() for _, y in points] or [0.0, 1.0]
    logarithmic = min(values) > 0 and max(values) / min(values) > 10
    ticks = decades(values) if logarithmic else steps(min(values), max(values))
    down = Scale(ticks, HEIGHT - BOTTOM, TOP, logarithmic=logarithmic)
    last = max([x for points in lines.values() for x, _ in points], default=1.0)

    def across(x: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * ((x - 1) / (last - 1) if last > 1 else 0.5)

    made = [text(LEFT, TOP - 6, title)]
    for y in ticks:
        at = f"{down(y):.1f}"
        made.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}" stroke="#dddddd"/>')
        made.append(text(LEFT - 6, down(y) + 4, f"{y:.4g}", anchor="end"))
    made += _epochs(across, int(last))
    for k, (name, points) in enumerate((n, p) for n, p in lines.items() if p):
        path = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
        colour = COLOURS[LINES.index(name)]
        made.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        made += [f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="2" fill="{colour}"/>' for x, y in points]
        words = f"{name} {points[-1][1]:.4g}"
        made.append(text(WIDTH - RIGHT - 150 * k, TOP - 6, words, anchor="end", colour=colour))
    return picture(WIDTH, HEIGHT, made)


def _epochs(across: Any, last: int) -> list[str]:
    """The numbers along the axis of epochs."""
    numbers = sorted({round(x) for x in steps(1, max(last, 2)) if 1 <= x <= last - (last - 1) / 12} | {1, last})
    made = [text(across(x), HEIGHT - BOTTOM + 18, str(x), anchor="middle") for x in numbers]
    return [*made, text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "epoch", anchor="middle")]
