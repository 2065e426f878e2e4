"""Types re-inferred and compared with what the graph declares, once per distinct signature.

By induction over the topological order it is enough to check each node against the declared types of its operands: when
every node's declared results follow from its operands' declared types, all of them follow from the variables'. Bodies
of composites and regions are checked the same way, each once; a body for what is known of its operands at its use.
"""

from __future__ import annotations

from collections.abc import Iterator

from irlib.described import Descriptions, Knowns
from irlib.errors import IRError
from irlib.graph import Column, Graph, Role
from irlib.inference import Inference, unify
from irlib.op import Composite
from irlib.types import Type
from irlib.validate.finding import Finding
from irlib.validate.nested import regions_of
from irlib.validate.place import graph_place, node_place
from irlib.validate.signatures import Group, signatures

__all__ = ["check_types"]


def check_types(graph: Graph, inference: Inference) -> Iterator[Finding]:
    """What is wrong with the types of `graph`, of the bodies of its composites and of its regions."""
    descriptions = Descriptions(inference)
    waiting: list[tuple[Graph, Knowns, str]] = [(graph, (), graph_place(graph))]
    seen: set[tuple[int, Knowns]] = {(id(graph), ())}
    reported: set[Finding] = set()
    while waiting:
        current, knowns, place = waiting.pop()
        checker = _Checker(current, knowns, place, descriptions)
        for finding in checker.findings():
            if finding not in reported:  # a body is checked once per context, and may be wrong in all of them
                reported.add(finding)
                yield finding
        for inner, inner_knowns, inner_place in reversed(checker.inner):
            key = (id(inner), inner_knowns)
            if key not in seen:
                seen.add(key)
                waiting.append((inner, inner_knowns, inner_place))


class _Checker:
    """Checks one graph, and notes in `inner` the graphs within it: graph, what is known of its inputs, place."""

    def __init__(self, graph: Graph, knowns: Knowns, place: str, descriptions: Descriptions) -> None:
        self.graph = graph
        self.place = place
        self.descriptions = descriptions
        self.inference = descriptions.inference
        self.description: Column = descriptions.of(graph, knowns)
        self.inner: list[tuple[Graph, Knowns, str]] = []

    def findings(self) -> Iterator[Finding]:
        for group in signatures(self.graph, self.description):
            yield from self._check(group)

    def _check(self, group: Group) -> Iterator[Finding]:
        graph = self.graph
        kind, operands, results = group.signature
        op, body = graph.ops[kind], graph.bodies[kind]
        for region in regions_of(op):
            self.inner.append((region, (), f"{node_place(self.place, graph, group.first)}, {graph_place(region)}"))
        if isinstance(op, Composite) and body is not None:
            yield from self._check_body(group, body)
        try:
            inferred = [self.inference.described[d].type for d in self.descriptions.infer(op, operands, body).results]
        except IRError as error:
            yield self._finding(group, error.code, error.what, error.remedy)
            return
        except Exception as error:  # noqa: BLE001 the validator is total: a rule that breaks down is a finding
            yield self._finding(group, "IR234", f"the type rule of {op.name} failed: {type(error).__name__}: {error}")
            return
        yield from self._compare(group, inferred, [graph.types[t] for t in results])

    def _compare(self, group: Group, inferred: list[Type], declared: list[Type]) -> Iterator[Finding]:
        if len(inferred) != len(declared):
            what = f"{len(declared)} results are declared, expected {len(inferred)}"
            yield self._finding(group, "IR231", what)
            return
        for index, (is_declared, is_inferred) in enumerate(zip(declared, inferred, strict=True)):
            if not unify(is_declared, is_inferred):
                which = f"result {index} is" if len(declared) > 1 else "is"
                what = f"{which} declared {is_declared}, its operands give {is_inferred}"
                yield self._finding(group, "IR230", what, "correct the declared type, or the op")

    def _check_body(self, group: Group, body: Graph) -> Iterator[Finding]:
        kind, operands, _ = group.signature
        context = self.descriptions.of_body(body, operands)
        name = self.graph.ops[kind].name
        self.inner.append((*context, f"{self.place}, body of {name}"))
        free = [v.role for v in body.variables if v.role not in (Role.INPUT, Role.CONSTANT)]
        if free:
            yield self._finding(group, "IR107", f"the body of {name} has a free {free[0]}")
        present = [d for d in operands if d >= 0]
        if len(present) != len(body.inputs):
            what = f"the body of {name} has {len(body.inputs)} inputs, the node {len(present)} operands"
            yield self._finding(group, "IR232", what)
            return
        for node, description in zip(body.inputs, present, strict=True):
            operand = self.inference.described[description].type
            if not unify(node.type, operand):
                what = f"input {node.label} of the body of {name} is {node.type}, the operand is {operand}"
                yield self._finding(group, "IR232", what)

    def _finding(self, group: Group, code: str, what: str, remedy: str = "") -> Finding:
        nodes = group.nodes
        others = f" (and {len(nodes) - 1} more nodes like it)" if len(nodes) > 1 else ""
        where = node_place(self.place, self.graph, int(nodes[0]))
        return Finding(code, "error", where, f"{what}{others}", remedy)
