"""The demonstration: three models on real data, from the first node to the trained file."""

from __future__ import annotations

from irlib.cli.demonstration.story import demonstrate

__all__ = ["demonstrate"]
