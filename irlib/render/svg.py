"""A graph as an SVG picture: squares for ops, circles for variables, dashed where they are inputs and outputs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import fsum

from irlib.errors import UnsupportedError
from irlib.graph import Graph
from irlib.render.chart import escaped
from irlib.render.drawing import Box
from irlib.render.layout import Layout, layout
from irlib.render.outline import Drawing, drawing

__all__ = ["svg"]

Point = tuple[float, float]

MOST = 3000
"""So many boxes are drawn; a picture of more shows nothing."""

RADIUS, LINE, MARGIN, PAD = 8.0, 13.0, 14.0, 8.0

_ROUND = {
    "input": 'fill="white" stroke="#1f6fb4" stroke-width="1.5" stroke-dasharray="3 2.5"',
    "output": 'fill="white" stroke="#b4531f" stroke-width="1.5" stroke-dasharray="3 2.5"',
    "parameter": 'fill="#dcebd9" stroke="#2e6b3a" stroke-width="1.5"',
    "buffer": 'fill="#f3e9cf" stroke="#8a6d3b" stroke-width="1.5"',
    "constant": 'fill="#eeeeee" stroke="#999999"',
}
_SQUARE = {
    "op": 'fill="white" stroke="#444444"',
    "layer": 'fill="#eef3f8" stroke="#444444" stroke-width="1.5"',
}


_TYPE = re.compile(r"(u?int|b?float|complex)\d|(bool|string|seq|optional)\b")


def svg(graph: Graph, *, layers: bool = False, depth: int = 1) -> str:
    """`graph` as a picture; with `layers` a box for each layer, as `outline` tells them by `depth` parts of names.

    Raises: UnsupportedError (IR623) for more boxes than can be drawn.
    """
    made = drawing(graph, layers=layers, depth=depth)
    if len(made.boxes) > MOST:
        raise UnsupportedError(
            f"{len(made.boxes)} boxes are more than can be drawn, at most {MOST}", code="IR623",
            where=f"graph {graph.name!r}", remedy="draw its layers, or a part of it",
        )  # fmt: skip
    return drawn(made)


def drawn(made: Drawing) -> str:
    """The picture of boxes and arrows."""
    index = {box.id: k for k, box in enumerate(made.boxes)}
    ends = list(dict.fromkeys((index[a.source], index[a.target]) for a in made.arrows))
    extents = [_extent(box) for box in made.boxes]
    placed = layout(extents, ends, [box.kind in _ROUND and box.kind != "output" for box in made.boxes])
    parts = _paths(made.boxes, extents, ends, placed)
    parts += [_shape(box, x, y) for box, x, y in zip(made.boxes, placed.x, placed.y, strict=True)]
    width, height = placed.width + 2 * MARGIN, placed.height + 2 * MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Helvetica, Arial, sans-serif" font-size="11">'
    marker = (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0.5 8 4 0 7.5z" fill="#666666"/></marker></defs>'
    )
    ground = f'<rect width="{width:.0f}" height="{height:.0f}" fill="white"/>'
    moved = f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">'
    return "\n".join([head, marker, ground, moved, *parts, "</g>", "</svg>", ""])


def _extent(box: Box) -> tuple[float, float, float]:
    """How far a box reaches to the left and right of its anchor, and its height."""
    text = max((_length(line, bold=k == 0) for k, line in enumerate(box.lines)), default=0.0)
    if box.kind in _ROUND:
        return RADIUS, RADIUS + 5 + text, max(2 * RADIUS, LINE * len(box.lines))
    half = max(text / 2 + PAD, 22.0)
    return half, half, LINE * len(box.lines) + PAD


def _length(text: str, *, bold: bool) -> float:
    """About how long a line of text is: narrow, wide and other characters."""
    units = fsum(0.3 if c in "iljtf.,:;|!'()[] " else 0.88 if c in "mwMW@%" or ord(c) > 0x2E7F else 0.6 for c in text)
    return units * (12.0 if bold else 11.0)


def _shape(box: Box, x: float, y: float) -> str:
    name = f"<title>{chr(10).join(map(escaped, box.lines))}</title>"
    left, _, height = _extent(box)
    if box.kind in _ROUND:
        radii = (RADIUS + 2.5, RADIUS) if box.kind == "buffer" else (RADIUS,)
        mark = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" {_ROUND[box.kind]}/>' for r in radii)
        at, anchor = x + RADIUS + 5, "start"
    else:
        place = f'x="{x - left:.1f}" y="{y - height / 2:.1f}" width="{2 * left:.1f}" height="{height:.1f}"'
        mark, at, anchor = f"<rect {place} {_SQUARE[box.kind]}/>", x, "middle"
    top = y - LINE * len(box.lines) / 2 + 10
    lines = [
        f'<text x="{at:.1f}" y="{top + LINE * k:.1f}" text-anchor="{anchor}"{_style(box, k)}>{escaped(line)}</text>'
        for k, line in enumerate(box.lines)
    ]
    return f"<g>{name}{mark}{''.join(lines)}</g>"


def _style(box: Box, k: int) -> str:
    """The first line is bold, types are grey and small."""
    if k == 0:
        return ' font-weight="bold"'
    grey = _TYPE.match(box.lines[k]) is not None or box.lines[k].endswith(" ops")
    return ' font-size="10" fill="#777777"' if grey else ""


def _paths(
    shapes: Sequence[Box], extents: Sequence[tuple[float, float, float]], ends: Sequence[tuple[int, int]], at: Layout
) -> list[str]:
    """The lines of the arrows: they leave below a box and enter above, side by side in the order they come from."""
    leave: list[list[int]] = [[] for _ in shapes]
    enter: list[list[int]] = [[] for _ in shapes]
    for k, (source, target) in enumerate(ends):
        leave[source].append(k)
        enter[target].append(k)
    first, last = [0.0] * len(ends), [0.0] * len(ends)
    for box, shape in enumerate(shapes):
        towards = sorted(leave[box], key=lambda k: at.bends[k][0][0] if at.bends[k] else at.x[ends[k][1]])
        come = sorted(enter[box], key=lambda k: at.bends[k][-1][0] if at.bends[k] else at.x[ends[k][0]])
        for ports, places in ((towards, first), (come, last)):
            room = 0.0 if shape.kind in _ROUND else min(1.2 * extents[box][0], 26.0 * (len(ports) - 1))
            for n, k in enumerate(ports):
                places[k] = at.x[box] + room * (n / (len(ports) - 1) - 0.5 if len(ports) > 1 else 0.0)
    made = []
    for k, (source, target) in enumerate(ends):
        below = at.y[source] + (RADIUS if shapes[source].kind in _ROUND else extents[source][2] / 2)
        above = at.y[target] - (RADIUS if shapes[target].kind in _ROUND else extents[target][2] / 2)
        made.append(_arrow((first[k], below), at.bends[k], (last[k], above)))
    return made


def _arrow(start: Point, bends: Sequence[tuple[float, float, float]], end: Point) -> str:
    """A line that is upright within rows and bends between them."""
    x, y = start
    path = [f"M{x:.1f} {y:.1f}"]
    for a, top, bottom in (*bends, (*end, end[1])):
        half = (y + top) / 2
        path.append(f"C{x:.1f} {half:.1f} {a:.1f} {half:.1f} {a:.1f} {top:.1f}")
        path.append(f"V{bottom:.1f}" if bottom > top else "")
        x, y = a, bottom
    return f'<path d="{"".join(path)}" fill="none" stroke="#666666" marker-end="url(#head)"/>'
