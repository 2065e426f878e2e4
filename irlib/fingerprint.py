"""The fingerprint of a graph: what makes it equal to another, whatever it shares and however deep it nests.

Graphs hold graphs (bodies, regions), and one may be held many times over: comparing them by walking would take a time
exponential in a file of a few kilobytes. Each graph is therefore reduced once, those within it first, to a hash that
stands for it wherever it is held.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any

from irlib.tensor import Tensor

if TYPE_CHECKING:
    from irlib.graph import Graph

__all__ = ["fingerprint"]


def fingerprint(graph: Graph) -> bytes:
    """SHA-256 over all that a graph states. Good within one process: it is no part of the format (see `digest`)."""
    stack = [graph]
    while stack:
        current = stack[-1]
        inner = [g for g in _held(current) if "_fingerprint" not in vars(g)]
        if inner:
            stack += inner
            continue
        stack.pop()
        if "_fingerprint" not in vars(current):
            vars(current)["_fingerprint"] = _made(current)
    made: bytes = vars(graph)["_fingerprint"]
    return made


def _held(graph: Graph) -> list[Graph]:
    """The graphs among the bodies and the attributes of the ops."""
    values: list[Any] = [*graph.bodies]
    for op in graph.ops:
        values += op.attribute_values().values()
    found = []
    while values:
        value = values.pop()
        if isinstance(value, tuple):
            values += value
        elif isinstance(value, type(graph)):
            found.append(value)
    return found


def _made(graph: Graph) -> bytes:
    digest = hashlib.sha256()
    stated = (
        graph.name,
        [(type(op).__qualname__, op.dialect, op.name, op.version, _key(op.attribute_values())) for op in graph.ops],
        [None if body is None else _key(body) for body in graph.bodies],
        [(v.role.name, repr(v.type), None if v.tensor is None else _key(v.tensor)) for v in graph.variables],
        [repr(t) for t in graph.types],
        [(o.name, int(o.node), int(o.result), o.role.name, o.of) for o in graph.outputs],
        [repr(s) for s in graph.symbols],
        graph.metadata,
        dict(graph.names),
        {node: repr(at) for node, at in graph.locations.items()},
    )
    digest.update(repr(stated).encode())
    for column in (graph.kind, graph.first, graph.type, graph.start, graph.operand):
        digest.update(f"{column.dtype}{column.shape}".encode())
        digest.update(column.tobytes())
    return digest.digest()


def _key(value: Any) -> Any:
    """`value` of a kind whose repr only the same value has."""
    match value:
        case Tensor():
            return ("tensor", value.fingerprint)
        case float():
            return ("float", struct.pack("<d", value))  # tells -0.0 from 0.0, and is equal where it is nan
        case tuple():
            return [_key(item) for item in value]
        case dict():
            return [(name, _key(item)) for name, item in value.items()]
    known = vars(value).get("_fingerprint") if hasattr(value, "__dict__") else None
    return ("graph", known) if known is not None else (type(value).__name__, repr(value))
