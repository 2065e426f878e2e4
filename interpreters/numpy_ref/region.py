"""How kernels run regions: the one seam between control flow and the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.entry import constant_of
from irlib.interpreters.numpy_ref.program import Program
from irlib.op import Operand

__all__ = ["owned", "runner"]


def runner(graph: Graph, operands: Sequence[Operand | None] = (), first: int = 0) -> Callable[..., tuple[Any, ...]]:
    """A callable that runs a closed graph on runtime values, its inputs in order, and returns its outputs.

    `operands` are what the inputs from number `first` on are in every call: what is known of their values, bounds of
    slices and the like, is known within, so that shapes are.

    It is called again and again. Results stay what they are when it is called again, and may be, or look into,
    arguments or constants of the graph (see `owned`); arguments are not written to.
    """
    count = len(graph.inputs)
    known = tuple((first + k, o) for k, o in enumerate(operands) if o is not None and o.ints is not None)
    apply = Program(_knowing(graph, known) if known else graph).apply

    def run(*values: Any) -> tuple[Any, ...]:
        # absent optionals at the end may have been left out
        return apply(*values) if len(values) == count else apply(*values, *(None,) * (count - len(values)))

    return run


@lru_cache(maxsize=1024)
def _knowing(graph: Graph, known: tuple[tuple[int, Operand], ...]) -> Graph:
    """`graph` with constants for the inputs of which all numbers are known; the inputs stay and are not looked at."""
    b = Builder(graph.name)
    b.declare(graph.symbols)
    bound = {n.index: b.input(str(n.name), n.type) for n in graph.inputs}
    for k, operand in known:
        made = constant_of(operand)
        if made is not None:
            bound[graph.inputs[k].index] = b.constant(made)
    values = b.absorb(graph, bound, named=True)
    for o in graph.outputs:
        b.output(o.name, values[graph.output_value(o)], role=o.role, of=o.of)
    return b.build(prune=True)


def owned(results: tuple[Any, ...], operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """A region's results, copied where they are operands, constants or one another: a node's results are its own."""
    made: list[Any] = []
    held = [o for o in operands if isinstance(o, np.ndarray)]
    for result in results:
        if isinstance(result, np.ndarray):
            if not result.flags.writeable or any(np.may_share_memory(result, o) for o in held):
                result = result.copy()
            held.append(result)
        made.append(result)
    return tuple(made)
