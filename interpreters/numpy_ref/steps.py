"""Steps: what a plan is made of, and how late values get to where they are used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from irlib.graph import Graph
from irlib.interpreters.numpy_ref.budget import Budget
from irlib.interpreters.numpy_ref.eager import as_runtime, execute
from irlib.op import Op, Operand
from irlib.types import TensorType, Type

if TYPE_CHECKING:
    from irlib.interpreters.numpy_ref.memory import Fresh

__all__ = ["Plan", "Uses", "copying", "deferred", "is_bindable", "live_nodes", "release", "storing", "storing_all"]

Uses = list[tuple[list[Any], int]]
"""Where a late value goes: argument lists and positions in them."""


@dataclass(slots=True)
class Plan:
    """Steps and where feeds go in and outputs come out. Holds the arrays it runs in: one run at a time."""

    steps: list[tuple[Callable[..., Any], Sequence[Any]]]
    nodes: list[int]
    """The node of each step, for messages."""
    feeds: dict[str, Uses]
    fresh: list[Fresh]
    """Outputs written by a kernel, whose arrays are made anew for each run."""
    outputs: list[tuple[str, list[Any], bool]]
    """Name, the cell that holds the array, and whether it must be copied out."""
    cost: Budget
    types: dict[str, Type]
    """The type of each output where it is known."""


def is_bindable(o: Operand | None) -> bool:
    """Whether a kernel can be bound to it: not a tensor of a shape that is known only when it runs."""
    return o is None or not isinstance(o.type, TensorType) or o.type.is_static


def deferred(op: Op, body: Graph | None) -> Callable[..., Any]:
    """A call that finds the kernel when the values are there."""
    return lambda *arrays: execute(op, arrays, body)


def copying(call: Callable[..., Any], positions: Sequence[int]) -> Callable[..., Any]:
    """`call`, with copies of the arrays at `positions`."""

    def step(*arguments: Any) -> Any:
        copied = list(arguments)
        for k in positions:
            copied[k] = arguments[k].copy() if isinstance(arguments[k], np.ndarray) else arguments[k]
        return call(*copied)

    return step


def storing(call: Callable[..., Any], uses: Uses) -> Callable[..., None]:
    """`call`, its one result put where it is used."""

    def step(*arguments: Any) -> None:
        made = call(*arguments)
        # an op whose number of results varies gives a tuple also where it is one
        result = as_runtime(made[0] if type(made) is tuple else made)
        for target, position in uses:
            target[position] = result

    return step


def storing_all(call: Callable[..., Any], uses: list[Uses]) -> Callable[..., None]:
    """`call`, each of its results put where it is used."""

    def step(*arguments: Any) -> None:
        made = call(*arguments)
        for mine, result in zip(uses, made if isinstance(made, tuple) else (made,), strict=True):
            array = as_runtime(result)
            for target, position in mine:
                target[position] = array

    return step


def release(uses: Uses) -> None:
    """Let go of a late array after its last use."""
    for target, position in uses:
        target[position] = None


def live_nodes(graph: Graph) -> bytearray | None:
    """1 for each node that an output needs; None where that is every node."""
    count = len(graph)
    used = np.zeros(len(graph.type), bool)
    used[graph.operand[graph.operand >= 0]] = True
    for o in graph.outputs:
        used[graph.output_value(o)] = True
    consumed = np.zeros(count, bool)
    consumed[graph.owner[used]] = True
    if consumed[graph.kind >= 0].all():
        return None
    live = bytearray(count)
    owner, start, operand = graph.owner.tolist(), graph.start.tolist(), graph.operand.tolist()
    stack = [o.node for o in graph.outputs]
    while stack:
        node = stack.pop()
        if not live[node]:
            live[node] = 1
            stack.extend(owner[i] for i in operand[start[node] : start[node + 1]] if i >= 0)
    return live
