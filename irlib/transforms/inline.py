"""Composites replaced by their bodies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from irlib.builder import Builder
from irlib.errors import BudgetError
from irlib.graph import Graph
from irlib.op import Composite, Op
from irlib.transforms.expansion import expanded_nodes
from irlib.types import TensorType

__all__ = ["decompose", "inline"]

MAX_NODES = 10_000_000


def decompose(graph: Graph) -> Graph:
    """`graph` in primitives only, wherever bodies are known."""
    return inline(graph, lambda op: isinstance(op, Composite))


def inline(graph: Graph, which: Callable[[Op], bool], keep: Collection[str] = ()) -> Graph:
    """`graph` with each composite node for which `which` holds replaced by the nodes of its body, and theirs.

    Names of replaced nodes go to the node that makes their result. Where that has a name already (the body hands an
    operand on), the name is gone, unless it is in `keep`: that of a tensor is then a node of its own, a cast to what
    it is. A composite whose body is not made yet stays.

    Raises: BudgetError when the result would have more than ten million nodes.
    """
    chosen = {k for k, op, body in graph.composites() if body is not None and which(op)}
    if not chosen:
        return graph
    count = expanded_nodes(graph, lambda op, body: [body] if body is not None and which(op) else [])
    if count > MAX_NODES:
        raise BudgetError(
            f"{count} nodes when composites are replaced by bodies, expected at most {MAX_NODES}", code="IR621",
            where=f"graph {graph.name!r}",
        )  # fmt: skip
    b = Builder(graph.name)
    b.metadata.update(graph.metadata)
    b.declare(graph.symbols)
    values = _Inliner(b, which, keep).copy(graph)
    for o in graph.outputs:
        b.output(o.name, values[graph.output_value(o)], role=o.role, of=o.of)
    return b.build()


class _Frame:
    """A graph being copied: where it stands, and where its results go."""

    __slots__ = ("at", "graph", "values")

    def __init__(self, graph: Graph, values: list[Any]) -> None:
        self.graph = graph
        self.values = values
        self.at = 0


class _Inliner:
    """Copies graphs with an explicit stack, so that deep nesting needs no recursion."""

    def __init__(self, b: Builder, which: Callable[[Op], bool], keep: Collection[str]) -> None:
        self.b = b
        self.which = which
        self.keep = keep

    def copy(self, graph: Graph) -> list[Any]:
        top = _Frame(graph, [None] * len(graph.type))
        stack = [top]
        while stack:
            frame = stack[-1]
            entered = self._advance(frame, named=frame is top)
            if entered is not None:
                stack.append(entered)
                continue
            stack.pop()
            if stack:
                self._return(frame, stack[-1], named=len(stack) == 1)
        return top.values

    def _advance(self, frame: _Frame, *, named: bool) -> _Frame | None:
        """Copy nodes of `frame` until a composite is to be entered (its frame is returned) or all are copied."""
        graph, values, b = frame.graph, frame.values, self.b
        names: Mapping[int, str] = graph.names if named else {}
        while frame.at < len(graph.kind):
            node = frame.at
            kind = int(graph.kind[node])
            v = int(graph.first[node])
            if kind < 0:
                if values[v] is None:
                    values[v] = b.copied(graph.variables[~kind], names.get(node), graph)
                frame.at += 1
                continue
            op, body = graph.ops[kind], graph.bodies[kind]
            operands = [None if i < 0 else values[i] for i in graph.operand_values(node).tolist()]
            if body is not None and self.which(op):
                return self._entered(body, operands)
            b.location = graph.locations.get(node) if named else b.location
            results = b.emit(op, operands, names.get(node), body)
            values[v : v + len(results)] = results
            frame.at += 1
        return None

    def _entered(self, body: Graph, operands: list[Any]) -> _Frame:
        values: list[Any] = [None] * len(body.type)
        present = (o for o in operands if o is not None)
        for node, operand in zip(body.inputs, present, strict=True):
            values[int(body.first[node.index])] = operand
        return _Frame(body, values)

    def _return(self, frame: _Frame, caller: _Frame, *, named: bool) -> None:
        node = caller.at
        v = int(caller.graph.first[node])
        results = [frame.values[frame.graph.output_value(o)] for o in frame.graph.outputs]
        name = caller.graph.names.get(node) if named else None
        if name is not None:
            given = self.b.name_if_free(results[0], name)
            if not given and name in self.keep and isinstance(results[0].type, TensorType):
                results[0] = self.b.named(self.b.cast(results[0], dtype=results[0].dtype), name)
        caller.values[v : v + len(results)] = results
        caller.at += 1
