"""Shapes that inference knows, as constants: what is computed with them need not be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.builder import Builder, GraphValue
from irlib.graph import Graph
from irlib.op import Op
from irlib.transforms.simplify import rebuilt
from irlib.types import TensorType

__all__ = ["Deciding", "decided"]


class Deciding(Builder):
    """A builder that puts a constant in place of an unnamed result whose every number inference knows."""

    def emit(
        self, op: Op, operands: Sequence[Any], name: str | None = None, body: Graph | None = None
    ) -> tuple[GraphValue, ...]:
        made = super().emit(op, operands, name, body)
        return made if name is not None or len(made) != 1 else (self._constant_of(made[0]),)

    def _constant_of(self, value: GraphValue) -> GraphValue:
        t, ints = value.type, value.ints
        if ints is None or isinstance(value.known, bool) or not isinstance(t, TensorType) or not t.dtype.is_integer:
            return value
        if self.variable_of(value) is not None:
            return value
        return self.constant(np.array(ints, t.dtype.numpy).reshape(() if t.rank == 0 else (len(ints),)))


def decided(graph: Graph) -> Graph:
    """`graph` with what inference knows as constants; one whose nodes all have names is as its author wrote it."""
    unnamed = {int(i) for i in np.flatnonzero(graph.kind >= 0)} - graph.names.keys()
    return rebuilt(graph, Deciding(graph.name), prune=_all_serve(graph)) if unnamed else graph


def _all_serve(graph: Graph) -> bool:
    """Whether every op has a result that is used: then nodes that a constant leaves without use can go."""
    used = np.zeros(len(graph.type), bool)
    used[graph.operand[graph.operand >= 0]] = True
    used[[graph.output_value(o) for o in graph.outputs]] = True
    return bool(np.all(np.logical_or.reduceat(used, graph.first[:-1])[graph.kind >= 0])) if len(graph.kind) else True
