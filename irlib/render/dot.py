"""A graph as text for Graphviz: ``dot -Tsvg``."""

from __future__ import annotations

from irlib.graph import Graph
from irlib.render.drawing import cut
from irlib.render.outline import drawing

__all__ = ["dot"]

_SHAPES = {
    "op": "shape=box",
    "layer": 'shape=box, style=filled, fillcolor="#eef3f8"',
    "input": "shape=circle, style=dashed",
    "parameter": "shape=circle, style=solid, penwidth=1.5",
    "buffer": "shape=circle, style=solid, peripheries=2",
    "constant": 'shape=circle, style=filled, fillcolor="#eeeeee", color="#999999"',
    "output": "shape=circle, style=dashed, fontcolor=blue",
}


def dot(graph: Graph, *, layers: bool = False, depth: int = 1) -> str:
    """`graph` in the DOT language. Ops are boxes; parameters solid, inputs and outputs dashed, constants grey circles.

    With `layers` there is a box for each layer; see `irlib.render.outline`.
    """
    made = drawing(graph, layers=layers, depth=depth)
    lines = [f"digraph {_quoted((cut(graph.name),))} {{", "  rankdir=TB;", "  node [fontname=Helvetica, fontsize=11];"]
    lines += [f"  {box.id} [{_SHAPES[box.kind]}, label={_quoted(box.lines)}];" for box in made.boxes]
    for arrow in made.arrows:
        label = f' [label="{arrow.label}", fontsize=9]' if arrow.label else ""
        lines.append(f"  {arrow.source} -> {arrow.target}{label};")
    return "\n".join([*lines, "}", ""])


def _quoted(lines: tuple[str, ...]) -> str:
    r"""A quoted string with line breaks. A backslash is doubled: no name can write an escape such as \N or \G."""
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in lines)
    return '"' + "\\n".join(escaped) + '"'
