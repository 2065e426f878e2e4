"""What changed between two graphs: by name where there is one, by structure where there is none.

>>> import irlib
>>> def line(slope):
...     b = irlib.Builder("line")
...     b.output("y", b.input("x", "float64[n]") * b.parameter("w", slope))
...     return b.build()
>>> print(irlib.diff(line(2.0), line(2.5)))
--- graph line
+++ graph line
@@ variables @@
-%w = parameter : float64[] = 2.0
+%w = parameter : float64[] = 2.5
#  value: max abs difference 0.5
"""

from __future__ import annotations

from irlib.difference.compare import compare
from irlib.difference.match import match
from irlib.difference.result import Change, Difference
from irlib.graph import Graph

__all__ = ["Change", "Difference", "diff"]


def diff(a: Graph, b: Graph) -> Difference:
    """The changes that make `b` of `a`: variables, nodes, outputs, symbols and metadata.

    Takes time linear in the size of the graphs. Order and locations are not compared; nodes without a name are matched
    by op and operands, back to named nodes, and a renamed node by everything else.
    """
    return compare(a, b, match(a, b))
