"""The loss curve of a training as a picture: SVG, written by hand, since it is two lines and two axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, isfinite, log10
from typing import Any

__all__ = ["curve"]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 70, 20, 20, 45
COLOURS = {"loss": "#1f6fb4", "validation": "#d1495b"}


def curve(history: Sequence[Mapping[str, Any]], title: str = "") -> str:
    """The losses of each epoch as an SVG picture; on a logarithmic axis where they are positive and span a decade."""
    lines = {
        name: [(float(line["epoch"]), float(line[name])) for line in history if isfinite(line.get(name, float("nan")))]
        for name in COLOURS
    }
    values = [y for points in lines.values() for _, y in points] or [0.0, 1.0]
    logarithmic = min(values) > 0 and max(values) / min(values) > 10
    ticks = _decades(values) if logarithmic else _steps(min(values), max(values))
    low, high = ticks[0], ticks[-1]
    last = max([x for points in lines.values() for x, _ in points], default=1.0)

    def across(x: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * ((x - 1) / (last - 1) if last > 1 else 0.5)

    def down(y: float) -> float:
        part = (log10(y / low) / log10(high / low)) if logarithmic else (y - low) / (high - low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part

    made = [_axes(ticks, down, across, int(last), title)]
    for k, (name, points) in enumerate((n, p) for n, p in lines.items() if p):
        path = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
        colour, at = COLOURS[name], TOP + 18 + 18 * k
        made.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        made += [f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="2" fill="{colour}"/>' for x, y in points]
        made.append(f'<text x="{WIDTH - RIGHT - 90}" y="{at}" fill="{colour}">{name} {points[-1][1]:.4g}</text>')
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    return "\n".join([head, f'<rect {size} fill="white"/>', *made, "</svg>", ""])


def _axes(ticks: Sequence[float], down: Any, across: Any, last: int, title: str) -> str:
    made = [f'<text x="{LEFT}" y="{TOP - 6}">{_escaped(title)}</text>']
    for y in ticks:
        at = f"{down(y):.1f}"
        made.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}" stroke="#dddddd"/>')
        made.append(f'<text x="{LEFT - 6}" y="{at}" text-anchor="end" dominant-baseline="middle">{y:.4g}</text>')
    numbers = sorted({round(x) for x in _steps(1, max(last, 2)) if 1 <= x <= last - (last - 1) / 12} | {1, last})
    below = HEIGHT - BOTTOM + 18
    made += [f'<text x="{across(x):.1f}" y="{below}" text-anchor="middle">{x}</text>' for x in numbers]
    made.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">epoch</text>')
    return "\n".join(made)


def _decades(values: Sequence[float]) -> list[float]:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return [10.0**k for k in range(low, max(high, low + 1) + 1)]


def _steps(low: float, high: float) -> list[float]:
    """Round numbers from at most `low` to at least `high`."""
    span = high - low or abs(high) or 1.0
    unit = 10.0 ** floor(log10(span))
    step = next(s * unit for s in (0.1, 0.2, 0.5, 1.0, 2.0) if span / (s * unit) <= 6)
    first = floor(low / step)
    return [k * step for k in range(first, max(ceil(high / step), first + 1) + 1)]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
