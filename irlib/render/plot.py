"""Lines and dots over two axes, as an SVG picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from irlib.render.chart import COLOURS, Scale, decades, picture, steps, text

__all__ = ["plot"]

LEFT, RIGHT, TOP, BOTTOM = 70, 20, 26, 45

Points = Sequence[tuple[float, float]]


def plot(
    lines: Mapping[str, Points],
    *,
    dots: Mapping[str, Points] | None = None,
    title: str = "",
    x_name: str = "",
    x_log: bool = False,
    y_log: bool | None = None,
    last: bool = False,
    size: tuple[int, int] = (640, 360),
) -> str:
    """A picture of `lines` (points joined) and `dots` (points alone), each with its name in its colour.

    The axis of y is logarithmic with `y_log`; where that is None, where all is positive and spans a decade. Points that
    are not finite, or have no logarithm where it is asked for, are left out; where every x is a whole number, so are
    the numbers below. `last` puts the last value of a line behind its name.
    """
    groups = [(name, _kept(points, x_log=x_log, y_log=y_log is True), False) for name, points in lines.items()]
    groups += [(name, _kept(points, x_log=x_log, y_log=y_log is True), True) for name, points in (dots or {}).items()]
    groups = [group for group in groups if group[1]]
    points = [p for _, group, _ in groups for p in group] or [(1.0, 1.0), (2.0, 2.0)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    y_log = min(ys) > 0 and max(ys) / min(ys) > 10 if y_log is None else y_log
    width, height = size
    across = Scale(_ends(xs), LEFT, width - RIGHT, logarithmic=x_log)
    down = Scale(decades(ys) if y_log else steps(min(ys), max(ys)), height - BOTTOM, TOP, logarithmic=y_log)
    numbers = decades(xs) if x_log else steps(min(xs), max(xs))
    whole = all(x.is_integer() for x in xs)
    made = [text(LEFT, TOP - 10, title), *_rows(down, width), *_columns(across, numbers, size, whole=whole)]
    made.append(text((LEFT + width - RIGHT) / 2, height - 8, x_name, anchor="middle"))
    words = [f"{name} {group[-1][1]:.4g}" if last and not alone else name for name, group, alone in groups]
    made += _names(words, width)
    for k, (_, group, alone) in enumerate(groups):
        colour = COLOURS[k % len(COLOURS)]
        places = [(f"{across(x):.1f}", f"{down(y):.1f}") for x, y in group]
        if not alone:
            path = " ".join(",".join(p) for p in places)
            made.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if alone or len(places) <= 60:
            made.append(f'<g fill="{colour}" fill-opacity="{0.45 if alone else 1}">')
            made += [f'<circle cx="{x}" cy="{y}" r="2"/>' for x, y in places]
            made.append("</g>")
    return picture(width, height, made)


def _names(words: Sequence[str], width: int) -> list[str]:
    """What is drawn, each in its colour, side by side above the frame at the right."""
    made, at = [], float(width - RIGHT)
    for k in reversed(range(len(words))):
        made.append(text(at, TOP - 10, words[k], anchor="end", colour=COLOURS[k % len(COLOURS)]))
        at -= 6.6 * len(words[k]) + 14
    return made


def _rows(down: Scale, width: int) -> list[str]:
    """A line and its number for each of the ticks."""
    made = []
    for y in down.ticks:
        at = f"{down(y):.1f}"
        made.append(f'<line x1="{LEFT}" x2="{width - RIGHT}" y1="{at}" y2="{at}" stroke="#dddddd"/>')
        made.append(text(LEFT - 6, down(y) + 4, f"{y:.4g}", anchor="end"))
    return made


def _columns(across: Scale, numbers: Sequence[float], size: tuple[int, int], *, whole: bool) -> list[str]:
    """Both ends of the axis below, and the round numbers that are not too near to one."""
    width, height = size
    below, ends = height - BOTTOM, across.ticks
    room = (width - LEFT - RIGHT) / 12
    inside = [x for x in numbers if ends[0] < x < ends[-1] and (x == int(x) or not whole)]
    kept = [x for x in inside if min(abs(across(x) - across(e)) for e in ends) > room]
    made = [f'<line x1="{LEFT}" x2="{width - RIGHT}" y1="{below}" y2="{below}" stroke="#888888"/>']
    for x in (ends[0], *kept, *ends[1:]):
        made.append(f'<line x1="{across(x):.1f}" x2="{across(x):.1f}" y1="{below}" y2="{below + 4}" stroke="#888888"/>')
        made.append(text(across(x), below + 18, f"{x:.4g}", anchor="middle"))
    return made


def _ends(values: Sequence[float]) -> list[float]:
    """The least and the largest; where they are one, twice that, or from 0 to 1."""
    low, high = min(values), max(values)
    return [low, high] if high > low else sorted([low, 2 * low]) if low else [0.0, 1.0]


def _kept(points: Points, *, x_log: bool, y_log: bool) -> list[tuple[float, float]]:
    """The points that have a place."""
    made = [(float(x), float(y)) for x, y in points if isfinite(x) and isfinite(y)]
    return [(x, y) for x, y in made if (x > 0 or not x_log) and (y > 0 or not y_log)]
