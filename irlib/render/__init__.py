"""Pictures of graphs, as SVG and as text for Graphviz and Mermaid: ops square, variables round, inputs dashed.

>>> import irlib
>>> from irlib.render import mermaid
>>> b = irlib.Builder("line")
>>> b.output("y", b.tanh(b.input("x", "float32[n]")))
>>> print(mermaid(b.build()), end="")
flowchart TB
  n0(("x<br/>float32[n]")):::input
  n1["tanh<br/>float32[n]"]:::op
  o0(("y")):::output
  n0 --> n1
  n1 --> o0
  classDef op fill:#fff,stroke:#333
  ...
"""

from __future__ import annotations

from irlib.render.dot import dot
from irlib.render.mermaid import mermaid
from irlib.render.outline import outline
from irlib.render.plot import plot
from irlib.render.svg import svg

__all__ = ["dot", "mermaid", "outline", "plot", "svg"]
