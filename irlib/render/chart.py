"""Charts as SVG, written by hand: what all have in common. Scales with round numbers, the frame, and text."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

__all__ = ["COLOURS", "Scale", "decades", "escaped", "picture", "steps", "text"]

COLOURS = ("#1f6fb4", "#d1495b", "#2e8b57", "#8a6d3b", "#7a5ab8", "#5a6a72")
"""Of the first thing drawn, the second, and so on: told apart also by those who do not see red from green."""


class Scale:
    """Where numbers lie between two places of a picture; `ticks` are the round numbers to name along it."""

    def __init__(self, ticks: Sequence[float], start: float, end: float, *, logarithmic: bool) -> None:
        self.ticks = ticks
        self.logarithmic = logarithmic
        self._start, self._end = start, end

    def __call__(self, x: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        part = log10(x / low) / log10(high / low) if self.logarithmic else (x - low) / (high - low)
        return self._start + (self._end - self._start) * part


def decades(values: Sequence[float]) -> list[float]:
    """Powers of ten from at most the least to at least the largest of positive values."""
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return [10.0**k for k in range(low, max(high, low + 1) + 1)]


def steps(low: float, high: float) -> list[float]:
    """Round numbers, equally far apart, from at most `low` to at least `high`."""
    span = high - low or abs(high) or 1.0
    unit = 10.0 ** floor(log10(span))
    step = next(s * unit for s in (0.1, 0.2, 0.5, 1.0, 2.0) if span / (s * unit) <= 6)
    first = floor(low / step)
    return [k * step for k in range(first, max(ceil(high / step), first + 1) + 1)]


def text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = "black") -> str:
    """A line of text, its middle or an end at a place."""
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {where}>{escaped(words)}</text>"


def picture(width: float, height: float, parts: Sequence[str]) -> str:
    """A whole SVG file of these elements."""
    size = f'width="{width:.0f}" height="{height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    return "\n".join([head, f'<rect {size} fill="white"/>', *parts, "</svg>", ""])


def escaped(words: str) -> str:
    """Text as XML says it; characters that XML cannot have are shown as marks."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in words)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
