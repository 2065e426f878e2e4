"""Elements put around the spatial axes of a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irlib.builder import Builder
from irlib.errors import AttributeValueError
from irlib.nn.parameters import fresh_name

__all__ = ["known_mode", "pad"]

MODES = {"constant": "constant", "zeros": "constant", "reflect": "reflect", "edge": "edge", "replicate": "edge",
         "circular": "wrap", "wrap": "wrap"}  # fmt: skip
"""What the op `pad` calls a mode, by the names that are in use for it."""

Pads = int | Sequence[int | Sequence[int]]


def pad(
    b: Builder, x: Any, padding: Pads, *, mode: str = "constant", value: float = 0.0, name: str | None = None
) -> Any:
    """`x` with elements before and after it along its last axes.

    `padding` is a number for both sides of all axes behind batch and channels, or a row for each of the last axes, in
    their order: a number for both sides, or two, before and after. `mode` is constant (`value`), reflect (mirrored at
    the element on the border), edge (that element again) or circular (from the other end).
    """
    kind = known_mode(mode)
    rows = [padding] * (x.rank - 2) if isinstance(padding, int) else list(padding)
    pairs = [(row, row) if isinstance(row, int) else tuple(row) for row in rows]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise AttributeValueError(f"padding is {padding}, expected numbers, or two for each axis", code="IR302")
    pads = [before for before, _ in pairs] + [after for _, after in pairs]
    fill = b.constant(value, x.dtype) if kind == "constant" else None
    return b.pad(x, pads, fill, axes=list(range(-len(pairs), 0)), mode=kind, name=fresh_name(b, name, "pad"))


def known_mode(mode: str) -> str:
    """What the op calls this mode. Raises: AttributeValueError (IR302) for one that there is not."""
    if mode not in MODES:
        raise AttributeValueError(f"the mode of padding is {mode!r}, expected one of {', '.join(MODES)}", code="IR302")
    return MODES[mode]
