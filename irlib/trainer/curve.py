"""The loss curve of a training as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irlib.render.plot import plot

__all__ = ["curve"]


def curve(history: Sequence[Mapping[str, Any]], title: str = "") -> str:
    """The losses of each epoch as an SVG picture; on a logarithmic axis where they are positive and span a decade."""
    lines = {
        name: [(float(line["epoch"]), float(line[name])) for line in history if name in line]
        for name in ("loss", "validation")
    }
    return plot(lines, title=title, x_name="epoch", last=True)
