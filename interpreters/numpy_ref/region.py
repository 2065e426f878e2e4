"""How kernels run regions: the one seam between control flow and the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.graph import Graph
from irlib.interpreters.numpy_ref.program import Program

__all__ = ["owned", "runner"]


def runner(graph: Graph) -> Callable[..., tuple[Any, ...]]:
    """A callable that runs a closed graph on runtime values, its inputs in order, and returns its outputs.

    It is called again and again. Results stay what they are when it is called again, and may be, or look into,
    arguments or constants of the graph (see `owned`); arguments are not written to.
    """
    count = len(graph.inputs)
    apply = Program(graph).apply

    def run(*values: Any) -> tuple[Any, ...]:
        # absent optionals at the end may have been left out
        return apply(*values) if len(values) == count else apply(*values, *(None,) * (count - len(values)))

    return run


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
