"""The canonical order of a graph's nodes: the one the writer emits, the same however the nodes were listed.

Inputs, parameters and buffers come first, in the order of the signature; then every other node in depth-first
post-order from the outputs, operands in their order; then what no output needs, in depth-first post-order from where
it stands. Iterative: a chain of a million nodes needs no deeper stack than one of three.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["depth_first"]


def depth_first(leading: Sequence[int], roots: Iterable[int], operands_of: Sequence[Sequence[int]]) -> list[int]:
    """`leading` nodes, then every node reachable from `roots` in depth-first post-order, each once."""
    count = len(operands_of)
    seen = bytearray(count)
    order = list(leading)
    for node in order:
        seen[node] = 1
    stack: list[int] = []
    for root in roots:
        if seen[root]:
            continue
        stack.append(root)
        while stack:
            node = stack[-1]
            state = seen[node]
            if state == 0:
                seen[node] = 2
                stack.extend(operand for operand in reversed(operands_of[node]) if not seen[operand])
            else:
                stack.pop()
                if state == 2:
                    seen[node] = 1
                    order.append(node)
    return order
