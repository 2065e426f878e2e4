"""Constant indices of a scatter that sets one place twice: which update wins would depend on nothing the file says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from irlib.graph import Graph, Role
from irlib.tensor import Array
from irlib.types import TensorType
from irlib.validate.finding import Finding

__all__ = ["check_scatters"]


def check_scatters(graph: Graph, place: str) -> Iterator[Finding]:
    """An error for each scatter with reduction set whose constant indices name a place more than once."""
    for kind, op in enumerate(graph.ops):
        doubled = _DOUBLED.get(op.name) if op.dialect == "irlib" else None
        if doubled is None or op.attribute_values().get("reduction") != "set":
            continue
        for node in np.flatnonzero(graph.kind == kind).tolist():
            indices = _constant(graph, node, 1)
            x = graph.value_type(int(graph.operand_values(node)[0]))
            if indices is not None and isinstance(x, TensorType) and doubled(op, x, indices):
                yield Finding(
                    "IR237", "error", f"{place}, {graph.nodes[node]}", "constant indices name one place more than once",
                    "give each place one update, or use reduction add, multiply, max or min",
                )  # fmt: skip


def _constant(graph: Graph, node: int, operand: int) -> Array | None:
    values = graph.operand_values(node)
    if len(values) <= operand or values[operand] < 0:
        return None
    variable = graph.nodes[graph.source(int(values[operand])).node].variable
    if variable is None or variable.tensor is None or variable.role is not Role.CONSTANT:
        return None
    array: Array = variable.tensor.array
    return array


def _from_front(indices: Array, size: Any) -> Array:
    """Indices counted from the front, where the dim is known; those from the back stay apart where it is not."""
    return np.where(indices < 0, indices + size, indices) if isinstance(size, int) else indices


def _dim(x: TensorType, axis: int) -> Any:
    return None if x.shape is None or not -len(x.shape) <= axis < len(x.shape) else x.shape[axis]


def _scatter(op: Any, x: TensorType, indices: Array) -> bool:
    flat = _from_front(indices.reshape(-1), _dim(x, op.axis))
    return len(np.unique(flat)) < len(flat)


def _along_axis(op: Any, x: TensorType, indices: Array) -> bool:
    if not -indices.ndim <= op.axis < indices.ndim:
        return False
    ordered = np.sort(_from_front(indices, _dim(x, op.axis)), axis=op.axis)
    return bool((np.diff(ordered, axis=op.axis) == 0).any())


def _nd(op: Any, x: TensorType, indices: Array) -> bool:
    if indices.ndim == 0 or not indices.shape[-1] or indices.ndim <= op.batch_dims:
        return False
    sizes = [_dim(x, op.batch_dims + k) for k in range(indices.shape[-1])]
    columns = np.stack([_from_front(indices[..., k], size) for k, size in enumerate(sizes)], axis=-1)
    batches = columns.reshape(-1, *columns.shape[op.batch_dims :]) if op.batch_dims else columns[None]
    return any(len(np.unique(rows, axis=0)) < len(rows) for rows in (b.reshape(-1, b.shape[-1]) for b in batches))


# by name: a check of a graph without scatters need not import their family
_DOUBLED: dict[str, Callable[[Any, TensorType, Array], bool]] = {
    "scatter": _scatter,
    "scatter_along_axis": _along_axis,
    "scatter_nd": _nd,
}
