"""What the values of a graph are called in emitted code: as their author called them, or by a number."""

from __future__ import annotations

from collections.abc import Container

from irlib.converters.numpy_code.names import Names
from irlib.graph import Graph, OutputRole

__all__ = ["ValueNames"]


class ValueNames:
    """Identifiers of the values of `graph`, each made when first asked for and then kept.

    `automatic` has the node names that nobody gave: they say what belongs together (``v3`` and ``d_v3``), and keep no
    value from being written where it is used.
    """

    def __init__(self, graph: Graph, names: Names, automatic: Container[str] = ()) -> None:
        self.names = names
        self._graph = graph
        self._automatic = automatic
        self._found: dict[int, str] = {}
        self._symbols: dict[str, str] = {}
        self._several = len(graph.type) != len(graph.kind)
        self._outputs: dict[int, str] = {}
        for o in graph.outputs:
            of = {OutputRole.GRADIENT: f"d_{o.of}", OutputRole.UPDATE: f"new_{o.of}"}
            self._outputs.setdefault(graph.output_value(o), of.get(o.role, o.name))

    def is_given(self, node: int) -> bool:
        """Whether the author gave the node a name."""
        name = self._graph.names.get(node)
        return name is not None and name not in self._automatic

    def wish(self, value: int) -> str:
        """What the value would be called if that were free."""
        node, result = self._graph.source(value) if self._several else (value, 0)
        name = self._graph.names.get(node)
        if name is not None and name not in self._automatic:
            if name.startswith("operands") and name[8:].isdigit():
                return f"x{name[8:]}"
            return name if not result else f"{name}_{result}"
        output = self._outputs.get(value)
        if output is not None:
            return output
        if name is not None:
            return name if not result else f"{name}_{result}"
        return f"v{value}"

    def of(self, value: int) -> str:
        """The identifier of a value."""
        found = self._found.get(value)
        if found is None:
            found = self._found[value] = self.names.fresh(self.wish(value))
        return found

    def symbol(self, name: str) -> str:
        """The identifier of a symbol."""
        found = self._symbols.get(name)
        if found is None:
            found = self._symbols[name] = self.names.fresh(name)
        return found
