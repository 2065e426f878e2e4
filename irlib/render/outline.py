"""What there is to draw of a graph at the level of its layers: one box for all nodes of a name.

Nodes called ``hidden.weight``, ``hidden.bias``, ``hidden`` and what lies between them are the layer ``hidden``. A layer
of one op is drawn as that op; constants stand in the boxes that use them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from irlib.graph import Graph, OutputRole, Role
from irlib.op import Composite
from irlib.render.drawing import Arrow, Box, arrows, boxes, cut
from irlib.types import TensorType

__all__ = ["Drawing", "drawing", "outline"]

FEW = 3
"""So many parameters of a layer are drawn each alone, more of them as one circle."""

HEAVY = ("convolution", "convolution_transpose", "matmul", "einsum", "scan", "while_loop", "cond")
"""The primitives that a layer is known by; composites are too."""


class Drawing(NamedTuple):
    """Boxes, and arrows between them by their identifiers."""

    boxes: list[Box]
    arrows: list[Arrow]


def drawing(graph: Graph, *, layers: bool, depth: int) -> Drawing:
    """Every node of `graph`, or with `layers` its outline."""
    return outline(graph, depth) if layers else Drawing(list(boxes(graph)), list(arrows(graph)))


def outline(graph: Graph, depth: int = 1) -> Drawing:
    """`graph` with a box for all nodes whose names begin with the same `depth` parts, which dots or slashes divide."""
    return _Outline(graph, depth).drawn()


class _Outline:
    def __init__(self, graph: Graph, depth: int) -> None:
        self.graph = graph
        self.owner, self.first = graph.owner.tolist(), graph.first.tolist()
        start, operand = graph.start.tolist(), graph.operand.tolist()
        self.operands = [
            [self.owner[v] for v in operand[start[i] : start[i + 1]] if v >= 0] for i in range(len(graph.kind))
        ]
        self.users: list[list[int]] = [[] for _ in self.operands]
        for node, sources in enumerate(self.operands):
            for source in sources:
                self.users[source].append(node)
        self.kind = graph.kind.tolist()
        self.prefix = _prefixes(graph, depth)
        self.layers = self._layers()

    def drawn(self) -> Drawing:
        """The boxes in the order of the nodes, then the outputs; every arrow once."""
        shown = self._shown()
        boxes: dict[str, Box] = {}
        for node, box in shown.items():
            if box not in boxes:
                boxes[box] = self._box(node, box)
        pairs = {
            (shown[source], shown[node]): None
            for node, sources in enumerate(self.operands)
            if node in shown
            for source in sources
            if source in shown and shown[source] != shown[node]
        }
        for index, output in enumerate(self.graph.outputs):
            if not self._is_hidden(output.node, output.role):
                at = f"o{index}"
                role = () if output.role in (OutputRole.RESULT, OutputRole.LOSS) else (cut(str(output.role)),)
                boxes[at] = Box(at, "output", (cut(output.name), *role))
                pairs[shown[output.node], at] = None
        return Drawing(list(boxes.values()), [Arrow(a, b, "") for a, b in pairs])

    # which nodes are one box

    def _layers(self) -> dict[int, str]:
        """The layer of each node that is drawn within one; a layer that would make a cycle of boxes is none."""
        members = dict(self.prefix)
        for output in self.graph.outputs:
            of = self.graph.by_name.get(output.of) if output.of is not None else None
            if of is not None and output.role is OutputRole.UPDATE and self._role(of) is Role.BUFFER:
                members.setdefault(output.node, self.prefix.get(of, ""))
        names = sorted({name for name in members.values() if name})
        while True:
            layers = self._hulls({n: name for n, name in members.items() if name in names})
            counts = Counter(name for node, name in layers.items() if self.kind[node] >= 0)
            layers = self._with_own({node: name for node, name in layers.items() if counts[name] > 1})
            cyclic = self._cyclic(layers)
            if not cyclic:
                return layers
            names = [name for name in names if name not in cyclic]

    def _hulls(self, members: Mapping[int, str]) -> dict[int, str]:
        """The members, and the nodes that lie on a path from one member of a layer to another."""
        bits = {name: 1 << k for k, name in enumerate(sorted(set(members.values())))}
        below, above = ([0] * len(self.operands) for _ in range(2))
        for node in range(len(self.operands)):
            own = bits[members[node]] if node in members else 0
            below[node] = own
            for source in self.operands[node]:
                below[node] |= below[source]
        for node in reversed(range(len(self.operands))):
            own = bits[members[node]] if node in members else 0
            above[node] = own
            for user in self.users[node]:
                above[node] |= above[user]
        made = dict(members)
        for node, (a, b) in enumerate(zip(below, above, strict=True)):
            if node not in made and a & b:
                low = (a & b) & -(a & b)
                made[node] = next(name for name, bit in bits.items() if bit == low)
        return made

    def _with_own(self, layers: dict[int, str]) -> dict[int, str]:
        """The layers with the variables that one of them alone uses, whatever their names."""
        own = dict(layers)
        for node, users in enumerate(self.users):
            names = {layers.get(user) for user in users}
            (name, *others) = names or {None}
            if name is not None and not others and self._role(node) in (Role.PARAMETER, Role.BUFFER, Role.CONSTANT):
                own[node] = name
        return own

    def _cyclic(self, layers: Mapping[int, str]) -> set[str]:
        """The layers on a cycle of boxes, and those behind one."""
        of = [layers.get(node, node) for node in range(len(self.operands))]
        into: dict[object, set[object]] = {box: set() for box in of}
        out: dict[object, set[object]] = {box: set() for box in of}
        for node, sources in enumerate(self.operands):
            for source in sources:
                if of[source] != of[node]:
                    into[of[node]].add(of[source])
                    out[of[source]].add(of[node])
        left = {box: len(sources) for box, sources in into.items()}
        ready = [box for box, count in left.items() if count == 0]
        while ready:
            box = ready.pop()
            del left[box]
            for user in out[box]:
                left[user] -= 1
                if left[user] == 0:
                    ready.append(user)
        return {box for box in left if isinstance(box, str)}

    def _shown(self) -> dict[int, str]:
        """The box of each node that is drawn."""
        made: dict[int, str] = {}
        bundles = Counter(
            (name, self._role(node)) for node, name in self.layers.items() if self.kind[node] < 0 and self._is_own(node)
        )
        numbers = {name: k for k, name in enumerate(dict.fromkeys(self.layers.values()))}
        outputs = {o.node for o in self.graph.outputs}
        for node in range(len(self.operands)):
            layer = self.layers.get(node)
            role = self._role(node)
            if role is Role.CONSTANT:
                if self._is_drawn(node, outputs):
                    made[node] = f"n{node}"
            elif role is None and layer is not None:
                made[node] = f"g{numbers[layer]}"
            elif role is not None and layer is not None and self._is_own(node) and bundles[layer, role] > FEW:
                made[node] = f"{str(role)[0]}{numbers[layer]}"
            else:
                made[node] = f"n{node}"
        return made

    def _role(self, node: int) -> Role | None:
        kind = self.kind[node]
        return None if kind >= 0 else self.graph.variables[~kind].role

    def _is_own(self, node: int) -> bool:
        """Whether only the layer of a variable uses it."""
        return all(self.layers.get(user) == self.layers.get(node) for user in self.users[node])

    def _is_drawn(self, node: int, outputs: Iterable[int]) -> bool:
        """Whether a constant has a circle of its own: no small one has, and none that only layers use."""
        tensor = self.graph.variables[~self.kind[node]].tensor
        small = tensor is not None and tensor.array.size <= 8
        within = all(user in self.layers for user in self.users[node])
        return node in outputs or not (small or within)

    def _is_hidden(self, node: int, role: OutputRole) -> bool:
        return role is OutputRole.UPDATE and node in self.layers

    # what a box says

    def _box(self, node: int, id: str) -> Box:
        layer, role = self.layers.get(node), self._role(node)
        if id[0] in "pb" and layer is not None and role is not None:
            count = sum(self._role(n) is role and self._is_own(n) for n, name in self.layers.items() if name == layer)
            return Box(id, str(role), (f"{count} {role}s",))
        if id[0] == "g" and layer is not None:
            return Box(id, "layer", (cut(layer), *self._summary(layer)))
        types = tuple(cut(str(t)) for t in self.graph.nodes[node].types[:2])
        name = self.graph.names.get(node)
        if role is None:
            op = self.graph.ops[self.kind[node]].name
            word = " ".join([op, *self._small(node)])
            return Box(id, "op", (*(() if name in (None, op) else (cut(str(name)),)), cut(word), *types))
        return Box(id, str(role), (cut(self._short(node, name or "constant")), *types))

    def _short(self, node: int, name: str) -> str:
        """A parameter's name without that of its layer, where the layer is what it points to."""
        prefix = self.prefix.get(node)
        near = {self.layers.get(user, self.graph.names.get(user)) for user in self.users[node]}
        rest = "" if prefix is None else name.lstrip("/")[len(prefix) + 1 :]
        return rest if near == {prefix} and rest else name

    def _summary(self, layer: str) -> tuple[str, ...]:
        """What a layer is known by, and of how many ops it is."""
        nodes = [n for n, name in sorted(self.layers.items()) if name == layer and self.kind[n] >= 0]
        ops = [self.graph.ops[self.kind[n]] for n in nodes]
        real = [op for n, op in zip(nodes, ops, strict=True) if _is_real(self.graph, n)]
        heavy = list(dict.fromkeys(op.name for op in real if isinstance(op, Composite) or op.name in HEAVY))
        known = heavy or list(dict.fromkeys(op.name for op in ops))
        return (cut(", ".join(known[:FEW]) + (", .." if len(known) > FEW else "")), f"{len(ops)} ops")

    def _small(self, node: int) -> list[str]:
        """The small constants among the operands, as numbers."""
        made = []
        for source in self.operands[node]:
            if self._role(source) is Role.CONSTANT:
                tensor = self.graph.variables[~self.kind[source]].tensor
                if tensor is not None and tensor.array.size <= 8:
                    made.append(_number(tensor.array))
        return made


def _is_real(graph: Graph, node: int) -> bool:
    """Whether a node makes floats, and not shapes or indices."""
    t = graph.nodes[node].types[0]
    return isinstance(t, TensorType) and t.dtype.is_differentiable


def _number(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
    if array.dtype.kind in "iub" or array.dtype.kind == "f":
        values = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in array.reshape(-1).tolist()]
        return values[0] if array.ndim == 0 else f"[{', '.join(values)}]"
    return str(array.dtype)


def _prefixes(graph: Graph, depth: int) -> dict[int, str]:
    """Of each named node that shares its first parts with another, these parts: ``enc.norm`` and ``/enc/Add`` alike."""
    parts = {node: re.split(r"[./]", name.lstrip("/")) for node, name in graph.names.items()}
    heads = {node: ".".join(words[:depth]) for node, words in parts.items()}
    several = {heads[node] for node, words in parts.items() if len(words) > depth}
    return {node: head for node, head in heads.items() if head in several}
