"""From a canonical graph to the tables of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from irlib.graph import Column, Graph
from irlib.serde.attributes import attributes_of
from irlib.serde.canonical import canonical, nested
from irlib.serde.raw import GraphRef, Keyed, RawGraph, RawLocations, RawModel, RawOp, RawOutput, RawVariable, Weights
from irlib.tensor import Tensor

__all__ = ["flatten"]


def flatten(graph: Graph, keyed: Mapping[int, Keyed] | None = None, weights: Weights | None = None) -> RawModel:
    """The model that states `graph`, in canonical form.

    `keyed` says, by index in the canonical graph's table of variables, which tensors are in the weights file.
    """
    *inner, own = nested(canonical(graph))
    place = {id(g): i for i, g in enumerate(inner)}
    return RawModel(_raw(own, place, keyed or {}), tuple([_raw(g, place, {}) for g in inner]), weights)


def _raw(graph: Graph, place: Mapping[int, int], keyed: Mapping[int, Keyed]) -> RawGraph:
    results = np.diff(graph.first)
    type_column, type_run = _runs(graph.type)
    source, target, result, operand = _edges(graph)
    return RawGraph(
        name=graph.name,
        ops=tuple([_raw_op(op, body, place) for op, body in zip(graph.ops, graph.bodies, strict=True)]),
        variables=tuple(
            [RawVariable(v.role.value, _tensor(v.tensor, keyed.get(i))) for i, v in enumerate(graph.variables)]
        ),
        types=graph.types,
        kind=graph.kind,
        type=type_column,
        type_run=type_run,
        source=source,
        target=target,
        results=None if bool((results == 1).all()) else results.astype(np.uint32),
        result=result,
        operand=operand,
        name_nodes=np.fromiter(graph.names, np.uint32, len(graph.names)),
        name_texts=tuple(graph.names.values()),
        outputs=tuple([RawOutput(o.name, o.node, o.result, o.role.value, o.of) for o in graph.outputs]),
        symbols=graph.symbols,
        locations=_locations(graph),
        metadata=graph.metadata,
    )


def _tensor(tensor: Tensor | None, keyed: Keyed | None) -> Tensor | Keyed | None:
    return tensor if keyed is None else keyed


def _raw_op(op: Any, body: Graph | None, place: Mapping[int, int]) -> RawOp:
    attributes = tuple([(name, _value(value, place)) for name, value in attributes_of(op)])
    return RawOp(op.dialect, op.name, op.version, attributes, None if body is None else place[id(body)])


def _value(value: Any, place: Mapping[int, int]) -> Any:
    if isinstance(value, Graph):
        return GraphRef(place[id(value)])
    if isinstance(value, tuple) and value and isinstance(value[0], Graph):
        return tuple([GraphRef(place[id(g)]) for g in value])
    return value


def _runs(column: Column) -> tuple[Column, Column | None]:
    """The column of types, as runs where that is no longer."""
    if not len(column):
        return column.astype(np.uint32), None
    begins = np.flatnonzero(np.concatenate([[True], column[1:] != column[:-1]]))
    if 2 * len(begins) > len(column):
        return column.astype(np.uint32), None
    lengths = np.diff(np.append(begins, len(column)))
    return column[begins].astype(np.uint32), lengths.astype(np.uint32)


def _edges(graph: Graph) -> tuple[Column, Column, Column | None, Column | None]:
    target = np.repeat(np.arange(len(graph.kind)), np.diff(graph.start))
    value = graph.operand
    operand = None
    if len(value) and int(value.min()) < 0:
        there = value >= 0
        operand = (np.arange(len(value)) - graph.start[target])[there].astype(np.uint32)
        target, value = target[there], value[there]
    source = graph.owner[value]
    result = value - graph.first[source]
    return (
        source.astype(np.uint32),
        target.astype(np.uint32),
        result.astype(np.uint32) if result.any() else None,
        operand,
    )


def _locations(graph: Graph) -> RawLocations | None:
    if not graph.locations:
        return None
    files: dict[str, int] = {}
    file = [files.setdefault(at.file, len(files)) for at in graph.locations.values()]
    return RawLocations(
        tuple(files),
        np.fromiter(graph.locations, np.uint32, len(graph.locations)),
        np.array(file, np.uint32),
        np.array([at.line for at in graph.locations.values()], np.uint32),
    )
