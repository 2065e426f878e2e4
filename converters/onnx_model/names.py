"""Names of a model: what a subgraph uses from outside, the order of nodes, and names that irlib cannot keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from irlib.converters.onnx_model.model import MAX_DEPTH
from irlib.errors import SafetyError

__all__ = ["clean", "cycle_or_disorder", "free_names", "subgraphs"]

_BAD = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST = 4000


def clean(name: str) -> str:
    """`name`, or one made from it that irlib can keep."""
    if len(name) < 1000 and (name.isprintable() or not _BAD.search(name)):
        return name
    made = _BAD.sub(lambda m: f"\\x{ord(m[0]):02x}", name)
    return made.encode()[:_LONGEST].decode(errors="ignore")


def subgraphs(node: Any) -> Iterator[Any]:
    """The graphs among the attributes of a node."""
    for a in node.attribute:
        if a.HasField("g"):
            yield a.g
        yield from a.graphs


def free_names(graph: Any, depth: int = 0) -> dict[str, None]:
    """The names a subgraph uses and does not define, nested ones included, in the order of their first use.

    Recursive as the message is; a parser of protobuf nests no deeper than a hundred messages.

    Raises: SafetyError when subgraphs nest deeper than `MAX_DEPTH`.
    """
    if depth > MAX_DEPTH:
        raise SafetyError(f"subgraphs nest deeper than {MAX_DEPTH}", code="IR517")
    bound = {i.name for i in graph.input}
    bound.update(t.name for t in graph.initializer)
    bound.update(t.values.name for t in graph.sparse_initializer)
    for node in graph.node:
        bound.update(node.output)
    free: dict[str, None] = {}
    for node in graph.node:
        for name in node.input:
            if name and name not in bound:
                free[name] = None
        for inner in subgraphs(node):
            for name in free_names(inner, depth + 1):
                if name not in bound:
                    free[name] = None
    for o in graph.output:
        if o.name and o.name not in bound:
            free[o.name] = None
    return free


def cycle_or_disorder(nodes: Any) -> tuple[list[int], tuple[int, str] | None]:
    """The nodes of one cycle, in order, empty where there is none; and the first node that stands before an operand's.

    Kahn's algorithm, then a walk backwards among what it leaves.
    """
    maker: dict[str, int] = {}
    for i, node in enumerate(nodes):
        for name in node.output:
            if name:
                maker.setdefault(name, i)
    operands: list[list[int]] = []
    disorder: tuple[int, str] | None = None
    for i, node in enumerate(nodes):
        used = [n for n in node.input if n in maker]
        for inner in subgraphs(node):
            used += [n for n in free_names(inner) if n in maker]
        operands.append([maker[n] for n in used])
        late = next((n for n in used if maker[n] >= i), None)
        if disorder is None and late is not None:
            disorder = (i, late)
    return _cycle(operands), disorder


def _cycle(operands: list[list[int]]) -> list[int]:
    consumers: list[list[int]] = [[] for _ in operands]
    waiting = [len(ids) for ids in operands]
    for i, ids in enumerate(operands):
        for j in ids:
            consumers[j].append(i)
    ready = [i for i, count in enumerate(waiting) if not count]
    while ready:
        for i in consumers[ready.pop()]:
            waiting[i] -= 1
            if not waiting[i]:
                ready.append(i)
    node = next((i for i, count in enumerate(waiting) if count), None)
    if node is None:
        return []
    seen: dict[int, int] = {}
    path: list[int] = []
    while node not in seen:
        seen[node] = len(path)
        path.append(node)
        node = next(j for j in operands[node] if waiting[j])
    return path[seen[node] :][::-1]
