"""Results of traced code: the arrays in what a function returns become outputs by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.builder import Builder, GraphValue
from irlib.converters.numpy_code.arguments import is_object
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.refusal import TraceError
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["give_outputs", "leaves"]


def give_outputs(tape: Tape, result: Any, name: str = "out") -> None:
    """Make every array and number in `result` an output of the graph on `tape`: ``out``, ``out.0``, ``out.grads.W1``.

    None, strings and what else is no number are left out. Raises: TraceError where nothing is left.
    """
    b = tape.b
    assert isinstance(b, Builder)
    found = leaves(result, name)
    if not found:
        raise TraceError(
            f"the function returns {type(result).__name__}, expected arrays, or dicts, lists or tuples of them",
            code="IR886",
        )
    for output, leaf in found:
        value = lift(leaf).value
        placed = value if isinstance(value, GraphValue) else b.placed(value)  # type: ignore[attr-defined]
        node = b._node_of(placed.id)
        if b._names.get(node) == f"{output}_1" and output not in b._by_name:
            b.named(placed, output)  # the source calls it so too
        if b._by_name.get(output, node) != node:
            raise TraceError(
                f"an argument is called {output!r}, as is an output", code="IR886", remedy="rename the argument"
            )
        b.output(output, placed)


def leaves(result: Any, name: str) -> list[tuple[str, Any]]:
    """The arrays and numbers in nested containers and objects, by dotted name."""
    if isinstance(result, Handle | np.ndarray | np.generic | bool | int | float | complex):
        return [(name, result)]
    items: list[tuple[Any, Any]] = []
    if isinstance(result, dict):
        items = list(result.items())
    elif isinstance(result, tuple) and hasattr(result, "_fields"):
        items = list(zip(result._fields, result, strict=True))
    elif isinstance(result, list | tuple):
        items = list(enumerate(result))
    elif is_object(result):
        items = list(vars(result).items())
    return [leaf for key, item in items for leaf in leaves(item, f"{name}.{key}")]
