"""What is known of every value of a frozen graph before it runs: its type, and of shapes and counts their value.

A description is a number of `Inference.described`. Most values are described by their type alone, by one gather.
Only integers and bools of rank 0 or 1 can carry a known value; those nodes alone are looked at one by one, in
topological order.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias

import numpy as np

from irlib.graph import Column, Graph, Role
from irlib.inference import Entry, Inference, known_of_variable
from irlib.op import MAX_KNOWN, Composite, Known, Op
from irlib.types import TensorType, Type

__all__ = ["Descriptions", "describe_graph"]

MAX_CONTEXTS = 64
"""For how many different sets of known operands one body is described; after that, for none known."""

Knowns: TypeAlias = tuple[Known, ...]
_Request: TypeAlias = tuple[Graph, Knowns]


def describe_graph(graph: Graph, inference: Inference) -> Column:
    """int64[values]: the description of each value, numbered by `inference`.

    Never raises on content: a value whose op's rule fails is described by its declared type.
    """
    return Descriptions(inference).of(graph)


class Descriptions:
    """Descriptions of graphs, and of bodies for what is known of their operands; each made once."""

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self._found: dict[tuple[int, Knowns], Column] = {}
        self._contexts: dict[int, int] = {}
        self._kept: dict[int, Graph] = {}  # ids are keys above, so the graphs must outlive them
        self._entries: dict[tuple[int, int, tuple[int, ...]], Entry] = {}

    def of(self, graph: Graph, knowns: Knowns = ()) -> Column:
        """int64[values]: the description of each value of `graph`, given what is known of its inputs."""
        request = self.context(graph, knowns)
        stack = [self._describe(*request)]
        while stack:
            needed = next(stack[-1], None)
            if needed is None:
                stack.pop()
            else:
                stack.append(self._describe(*needed))
        return self._found[id(graph), request[1]]

    def context(self, graph: Graph, knowns: Knowns) -> _Request:
        """`graph` with `knowns` in normal form: () where nothing is known, or where too many sets were asked for."""
        self._kept[id(graph)] = graph
        if all(k is None for k in knowns):
            return graph, ()
        if (id(graph), knowns) in self._found:
            return graph, knowns
        count = self._contexts[id(graph)] = self._contexts.get(id(graph), 0) + 1
        return graph, knowns if count <= MAX_CONTEXTS else ()

    def infer(self, op: Op, operands: Sequence[int], body: Graph | None) -> Entry:
        """`Inference.infer`, remembered, for an op of a graph that was described. Raises: as that does."""
        key = (id(op), id(body), tuple(operands))
        found = self._entries.get(key)
        if found is None:
            found = self._entries[key] = self.inference.infer(op, operands, body)
        return found

    def known(self, description: int) -> Known:
        """What a description says of the value; None for -1."""
        return None if description < 0 else self.inference.described[description].known

    def of_body(self, body: Graph, operands: Sequence[int]) -> _Request:
        """The context in which a body is used on operands so described; absent ones have no input."""
        return self.context(body, tuple(self.known(d) for d in operands if d >= 0))

    def _describe(self, graph: Graph, knowns: Knowns) -> Generator[_Request, None, None]:
        """Fills `_found`; yields every body that has to be described first."""
        if (id(graph), knowns) in self._found:
            return
        by_type = np.array([self.inference.describe(t) for t in graph.types], np.int64)
        column = by_type[graph.type]
        overlay: dict[int, int] = {}
        for node, known in zip(graph.inputs, knowns, strict=False):
            self._note(graph, int(graph.first[node.index]), known, overlay)
        carries = np.array([carries_known(t) for t in graph.types], bool)
        if carries.any():
            yield from self._propagate(graph, column, np.flatnonzero(carries[graph.type]), overlay)
        if overlay:
            column[list(overlay)] = list(overlay.values())
        self._found[id(graph), knowns] = column

    def _propagate(
        self, graph: Graph, column: Column, values: Column, overlay: dict[int, int]
    ) -> Generator[_Request, None, None]:
        nodes = np.unique(graph.owner[values])
        start = graph.start[nodes]
        count = graph.start[nodes + 1] - start
        flat = graph.operand[np.repeat(start - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))]
        by_type = np.where(flat < 0, -1, column[flat]).tolist() if len(column) else []
        operands = flat.tolist()
        ends = np.cumsum(count).tolist()
        memory: dict[tuple[int, ...], Knowns] = {}
        begin = 0
        for kind, first, end in zip(graph.kind[nodes].tolist(), graph.first[nodes].tolist(), ends, strict=True):
            if kind < 0:
                variable = graph.variables[~kind]
                if variable.role is Role.CONSTANT:
                    self._note(graph, first, known_of_variable(variable.tensor), overlay)
                continue
            key = (kind, *[overlay.get(v, d) for v, d in zip(operands[begin:end], by_type[begin:end], strict=True)])
            begin = end
            found = memory.get(key)
            if found is None:
                found = memory[key] = yield from self._knowns_of(graph.ops[kind], graph.bodies[kind], key[1:])
            for result, known in enumerate(found):
                self._note(graph, first + result, known, overlay)

    def _note(self, graph: Graph, value: int, known: Known, overlay: dict[int, int]) -> None:
        if known is None or value >= len(graph.type):
            return
        declared = graph.value_type(value)
        if _fits(declared, known):
            overlay[value] = self.inference.describe(declared, known)

    def _knowns_of(self, op: Op, body: Graph | None, operands: Sequence[int]) -> Generator[_Request, None, Knowns]:
        """What is known of the results of `op` on operands so described."""
        if isinstance(op, Composite) and body is not None:
            request = self.of_body(body, operands)
            yield request
            column = self._found[id(request[0]), request[1]]
            return tuple(self.known(int(column[body.output_value(o)])) for o in body.outputs)
        try:
            entry = self.infer(op, operands, body)
        except Exception:  # noqa: BLE001 a rule that fails tells nothing here; validation reports it
            return ()
        return tuple(self.inference.described[d].known for d in entry.results)


def carries_known(t: Type) -> bool:
    """Whether inference carries values of this type: integers and bools of rank 0 or 1, not too long."""
    if not isinstance(t, TensorType) or t.dtype.kind not in ("bool", "int", "uint"):
        return False
    if t.shape is None or not t.shape:
        return True
    return len(t.shape) == 1 and not (isinstance(t.shape[0], int) and t.shape[0] > MAX_KNOWN)


def _fits(declared: Type, known: Known) -> bool:
    """Whether `known` can be the value of a `declared` type; in a wrong file it may not be."""
    if not carries_known(declared):
        return False
    shape = declared.shape if isinstance(declared, TensorType) else None
    if shape is None:
        return True
    if not isinstance(known, tuple):
        return len(shape) == 0
    return len(shape) == 1 and not (isinstance(shape[0], int) and shape[0] != len(known))
