"""From matched graphs to the list of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from irlib.difference.match import Matching, Side
from irlib.difference.result import Change, Difference
from irlib.difference.values import value_change
from irlib.graph import Graph, Output
from irlib.notation.attributes import write_attribute
from irlib.notation.words import label, quoted, word
from irlib.notation.write import node_lines, numbered, output_line, symbol_text
from irlib.op import Op

__all__ = ["compare"]


def compare(a: Graph, b: Graph, found: Matching) -> Difference:
    """Every change from `a` to `b`, whose nodes are matched."""
    variables, nodes = _Nodes(found).changes()
    return Difference(
        before=word(a.name),
        after=word(b.name),
        graph=()
        if a.name == b.name
        else (Change("renamed", a.name, f"graph {word(a.name)}", f"graph {word(b.name)}"),),
        symbols=_keyed({s.name: symbol_text(s) for s in a.symbols}, {s.name: symbol_text(s) for s in b.symbols}),
        metadata=_keyed(_entries(a), _entries(b)),
        variables=tuple(variables),
        nodes=tuple(nodes),
        outputs=_outputs(found),
    )


def _keyed(a: Mapping[str, str], b: Mapping[str, str]) -> tuple[Change, ...]:
    """Changes of things that have a key and a line."""
    made = []
    for key in dict.fromkeys([*a, *b]):
        before, after = a.get(key, ""), b.get(key, "")
        if before != after:
            made.append(Change("changed" if before and after else "added" if after else "removed", key, before, after))
    return tuple(made)


def _entries(graph: Graph) -> dict[str, str]:
    return {key: f"metadata {quoted(key)} = {quoted(value)}" for key, value in graph.metadata}


class _Nodes:
    """Compares the matched nodes, and lists those that have no match."""

    def __init__(self, found: Matching) -> None:
        self.found = found
        self.a = found.a
        self.b = found.b

    def changes(self) -> tuple[list[Change], list[Change]]:
        """Of variables, and of op nodes."""
        pairs: list[tuple[int, int, tuple[str, ...]]] = []
        for i, j in enumerate(self.a.other):
            if j < 0:
                pairs.append((i, -1, ()))
            else:
                details = tuple(self._details(i, j))
                if details or self._is_renamed(i, j):
                    pairs.append((i, j, details))
        pairs += [(-1, j, ()) for j, i in enumerate(self.b.other) if i < 0]
        before = self._lines(self.a, [i for i, _, _ in pairs if i >= 0])
        after = self._lines(self.b, [j for _, j, _ in pairs if j >= 0])
        variables: list[Change] = []
        nodes: list[Change] = []
        for i, j, details in pairs:
            side, node = (self.a, i) if i >= 0 else (self.b, j)
            kind = "added" if i < 0 else "removed" if j < 0 else "changed" if details else "renamed"
            name = label(side.graph.names.get(node), node)
            change = Change(kind, name, before.get(i, ""), after.get(j, ""), details)  # type: ignore[arg-type]
            (variables if side.is_variable(node) else nodes).append(change)
        return variables, nodes

    def _is_renamed(self, i: int, j: int) -> bool:
        return self.a.graph.names.get(i) != self.b.graph.names.get(j)

    def _lines(self, side: Side, nodes: list[int]) -> dict[int, str]:
        return dict(zip(nodes, node_lines(side.graph, nodes, numbered(side.graph)), strict=True)) if nodes else {}

    def _details(self, i: int, j: int) -> Iterable[str]:
        kind_a, kind_b = self.a.kind[i], self.b.kind[j]
        if kind_a < 0 and kind_b < 0:
            left, right = self.a.graph.variables[~kind_a], self.b.graph.variables[~kind_b]
            if left.role is not right.role:
                yield f"role: {left.role}, now {right.role}"
            yield from self._type_details(i, j)
            if (value := value_change(left.tensor, right.tensor)) is not None:
                yield value
            return
        if kind_a < 0 or kind_b < 0:
            yield f"kind: {self.a.what(i)}, now {self.b.what(j)}"
        elif self.a.number[i] != self.b.number[j]:
            yield from _op_details(self.a.graph.ops[kind_a], self.b.graph.ops[kind_b])
            if self.a.graph.bodies[kind_a] != self.b.graph.bodies[kind_b]:
                yield "body: another"
            yield from self._operand_details(i, j)
        yield from self._type_details(i, j)

    def _type_details(self, i: int, j: int) -> Iterable[str]:
        left, right = self.a.graph, self.b.graph
        types_a = [left.types[t] for t in left.type[left.first[i] : left.first[i + 1]].tolist()]
        types_b = [right.types[t] for t in right.type[right.first[j] : right.first[j + 1]].tolist()]
        if types_a != types_b:
            yield f"type: {', '.join(map(str, types_a))}, now {', '.join(map(str, types_b))}"

    def _operand_details(self, i: int, j: int) -> Iterable[str]:
        left, right = self.a.operands[i], self.b.operands[j]
        if len(left) != len(right):
            yield f"operands: {len(left)}, now {len(right)}"
        for k, ((n, r), (m, s)) in enumerate(zip(left, right, strict=False)):
            if r == s and (n == m == -1 or (n >= 0 and m >= 0 and self._same(n, m))):
                continue
            yield f"operand {k}: {self._value(self.a, n, r)}, now {self._value(self.b, m, s)}"

    def _same(self, n: int, m: int) -> bool:
        return self.a.other[n] == m or (self.b.other[m] < 0 and self.a.number[n] == self.b.number[m])

    def _value(self, side: Side, node: int, result: int) -> str:
        if node < 0:
            return "absent"
        several = int(side.graph.first[node + 1] - side.graph.first[node]) > 1
        return label(side.graph.names.get(node), node) + (f"#{result}" if several else "")


def _op_details(a: Op, b: Op) -> Iterable[str]:
    if (a.dialect, a.name, a.version) != (b.dialect, b.name, b.version):
        yield f"op: {a.dialect}.{a.name}:{a.version}, now {b.dialect}.{b.name}:{b.version}"
    values_a, values_b = a.attribute_values(), b.attribute_values()
    for key in dict.fromkeys([*values_a, *values_b]):
        left, right = values_a.get(key, _MISSING), values_b.get(key, _MISSING)
        if type(left) is not type(right) or (left != right and repr(left) != repr(right)):
            yield f"attribute {word(key)}: {_attribute(left)}, now {_attribute(right)}"


_MISSING = object()


def _attribute(value: Any) -> str:
    if value is _MISSING:
        return "not there"
    if isinstance(value, Graph) or (isinstance(value, tuple) and any(isinstance(v, Graph) for v in value)):
        return "a graph"
    return write_attribute(value, {}, whole=False)


def _outputs(found: Matching) -> tuple[Change, ...]:
    a, b = found.a, found.b
    made = []
    others = b.graph.outputs_by_name
    for output in a.graph.outputs:
        other = others.get(output.name)
        before = output_line(a.graph, output)
        if other is None:
            made.append(Change("removed", output.name, before))
        elif details := tuple(_output_details(found, output, other)):
            made.append(Change("changed", output.name, before, output_line(b.graph, other), details))
    made += [
        Change("added", output.name, "", output_line(b.graph, output))
        for output in b.graph.outputs
        if output.name not in a.graph.outputs_by_name
    ]
    return tuple(made)


def _output_details(found: Matching, a: Output, b: Output) -> Iterable[str]:
    if (a.role, a.of) != (b.role, b.of):
        yield f"role: {a.role}{f' {a.of}' if a.of else ''}, now {b.role}{f' {b.of}' if b.of else ''}"
    same = found.a.other[a.node] == b.node or found.a.number[a.node] == found.b.number[b.node]
    if not same or a.result != b.result:
        yield "value: of another node"
