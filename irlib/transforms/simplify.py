"""Transforms that change how a graph is written, not what it computes: share, prune."""

from __future__ import annotations

from irlib.builder import Builder
from irlib.graph import Graph

__all__ = ["prune", "rebuilt", "share"]


def share(graph: Graph) -> Graph:
    """`graph` with equal unnamed nodes (the same op on the same operands) made one."""
    return rebuilt(graph, Builder(graph.name, share=True))


def prune(graph: Graph) -> Graph:
    """`graph` without the nodes that no output needs; inputs, parameters and buffers stay."""
    return rebuilt(graph, Builder(graph.name), prune=True)


def rebuilt(graph: Graph, b: Builder, *, prune: bool = False) -> Graph:
    """`graph` appended to an empty builder, with its names, outputs and metadata, and frozen."""
    b.metadata.update(graph.metadata)
    b.declare(graph.symbols)
    values = b.absorb(graph, {}, named=True)
    for o in graph.outputs:
        b.output(o.name, values[graph.output_value(o)], role=o.role, of=o.of)
    return b.build(prune=prune)
