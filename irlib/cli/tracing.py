"""The two passes, watched: a line for each v(i) and each d(i)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
import numpy as np

import irlib.interpreters.numpy_ref.kernels  # noqa: F401  the algorithms run on registered kernels
from irlib.cli.failure import one_line
from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.algorithms import backward, forward
from irlib.types import type_of

if TYPE_CHECKING:
    from irlib.graph import Graph, Node
    from irlib.op import Op

__all__ = ["watched_backward", "watched_forward"]

MOST_SHOWN = 6
"""The most elements a line shows; of a larger array it gives smallest, mean and largest."""


def watched_forward(graph: Graph, feeds: Mapping[str, Any], *, trace: bool, nan_check: bool) -> dict[str, Any]:
    """The outputs of `graph`, node by node; `trace` prints each value, `nan_check` stops at one that is not finite.

    Raises: ExecutionError naming the first node whose value is not finite.
    """

    def observe(graph: Graph, value: int, array: Any) -> None:
        if trace:
            click.echo(line(graph, value, array, "v"))
        if nan_check:
            _require_finite(graph, value, array)

    values = forward(graph, feeds, observe)
    return {o.name: values[graph.output_value(o)] for o in graph.outputs}


def watched_backward(
    graph: Graph, feeds: Mapping[str, Any], of: str, wrt: Sequence[str], cotangent: Any = None
) -> dict[str, Any]:
    """The derivatives of output `of`, each cotangent printed when it is complete."""
    return backward(
        graph, feeds, of, wrt, cotangent, lambda graph, value, array: click.echo(line(graph, value, array, "d"))
    )


def line(graph: Graph, value: int, array: Any, letter: str) -> str:
    """``v(7) %h = tanh(%z) : float32[2] [0.1 0.2]``."""
    node = graph.nodes[graph.source(value).node]
    made = str(node.variable and node.variable.role) if node.op is None else f"{node.op.name}({_given(node, node.op)})"
    return one_line(f"{letter}({value}) {graph.label(value)} = {made} : {told(array)}")


def _given(node: Node, op: Op) -> str:
    """The operands, and the attributes that are not at their default."""
    values = node.graph.operand_values(node.index).tolist()
    operands = ["absent" if v < 0 else node.graph.label(v) for v in values]
    defaults = {f.name: f.default for f in op.attributes()}
    attributes = [f"{k}={v}" for k, v in op.attribute_values().items() if k not in defaults or v != defaults[k]]
    return ", ".join([*operands, *attributes])


def told(array: Any) -> str:
    """An array's type and its elements, or of a larger one what they lie between."""
    if array is None:
        return "absent"
    if not isinstance(array, np.ndarray):
        return str(type_of(array))
    if array.size <= MOST_SHOWN or array.dtype.kind not in "biufc":
        with np.printoptions(threshold=MOST_SHOWN, edgeitems=2, precision=6, floatmode="maxprec"):
            return f"{type_of(array)} {' '.join(str(array).split())}"
    if array.dtype.kind == "c":
        array = np.abs(array)
    with np.errstate(all="ignore"):
        return f"{type_of(array)} min {array.min():.6g} mean {array.mean(dtype=np.float64):.6g} max {array.max():.6g}"


def _require_finite(graph: Graph, value: int, array: Any) -> None:
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fc" or np.isfinite(array).all():
        return
    node = graph.nodes[graph.source(value).node]
    nans, size = int(np.isnan(array).sum()), array.size
    infinities = size - int(np.isfinite(array).sum()) - nans
    raise ExecutionError(
        f"of {size} elements {nans} are NaN and {infinities} infinite; its operands are finite",
        code="IR610", where=f"graph {graph.name!r}, {node}", remedy="look at its operands with --trace",
    )  # fmt: skip
