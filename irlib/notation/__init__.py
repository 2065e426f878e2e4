"""The text form: one line per node, written for people, read back exactly.

>>> import irlib
>>> b = irlib.Builder("line")
>>> b.output("y", b.tanh(b.input("x", "float32[n]")))
>>> print(irlib.text(b.build()), end="")
graph line {
  symbol n
  %x = input : float32[n]
  %1 = tanh(%x) : float32[n]
  output y = %1
}
"""

from __future__ import annotations

from irlib.notation.read import parse_text
from irlib.notation.write import text

__all__ = ["parse_text", "text"]
