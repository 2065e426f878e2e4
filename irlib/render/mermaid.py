"""A graph as a Mermaid flowchart, which GitHub and many editors draw inside Markdown."""

from __future__ import annotations

import re

from irlib.graph import Graph
from irlib.render.outline import drawing

__all__ = ["mermaid"]

_FRAMES = {
    "op": ('["', '"]'),
    "layer": ('[["', '"]]'),
    "input": ('(("', '"))'),
    "parameter": ('(("', '"))'),
    "buffer": ('((("', '")))'),
    "constant": ('(["', '"])'),
    "output": ('(("', '"))'),
}
_STYLES = {
    "op": "fill:#fff,stroke:#333",
    "layer": "fill:#eef3f8,stroke:#333",
    "input": "fill:#fff,stroke:#333,stroke-dasharray:5 4",
    "parameter": "fill:#fff,stroke:#333,stroke-width:2px",
    "buffer": "fill:#fff,stroke:#333",
    "constant": "fill:#eee,stroke:#999",
    "output": "fill:#def,stroke:#69c,stroke-dasharray:5 4",
}
_SPECIAL = re.compile(r"[^\w .,:/*+\-()\[\]?]")


def mermaid(graph: Graph, *, layers: bool = False, depth: int = 1) -> str:
    """`graph` as a flowchart. Ops are boxes; parameters solid, inputs and outputs dashed circles.

    With `layers` there is a box for each layer; see `irlib.render.outline`.
    """
    made = drawing(graph, layers=layers, depth=depth)
    lines = ["flowchart TB"]
    for box in made.boxes:
        left, right = _FRAMES[box.kind]
        lines.append(f"  {box.id}{left}{'<br/>'.join(map(escaped, box.lines))}{right}:::{box.kind}")
    for arrow in made.arrows:
        label = f"|{arrow.label}|" if arrow.label else ""
        lines.append(f"  {arrow.source} -->{label} {arrow.target}")
    lines += [f"  classDef {kind} {style}" for kind, style in _STYLES.items()]
    return "\n".join([*lines, ""])


def escaped(text: str) -> str:
    """`text` with every character that could mean something to Mermaid, Markdown or HTML as its entity code."""
    return _SPECIAL.sub(lambda found: f"#{ord(found.group())};", text)
