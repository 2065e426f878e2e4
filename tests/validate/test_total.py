"""Validation is total: whatever is wrong with the columns and tables of a graph, it reports, and raises nothing."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import numpy as np
import pytest

from irlib.graph import Graph, OutputRole, Role, Symbol, Variable
from irlib.tensor import Tensor
from irlib.types import parse_type
from irlib.validate import check_graph
from irlib.validate.formats import FORMATS
from tests.ops.test_vectors import build
from tests.vectors import ALL

COLUMNS = ("kind", "first", "type", "start", "operand")
TYPES = [
    parse_type(t)
    for t in ("float32[...]", "int64[2]", "int64[]", "bool[n]", "string[?]", "complex64[0, 3]", "sequence<float32[n]>",
              "optional<int64[3]>", "float64[1, 1, 1, 1]", "uint8[70]")
]  # fmt: skip


def in_column(rng: random.Random, graph: Graph) -> Graph:
    name = rng.choice(COLUMNS)
    column = getattr(graph, name).copy()
    if not len(column):
        return graph
    if rng.random() < 0.1:
        return dataclasses.replace(graph, **{name: column[: rng.randrange(len(column))].copy()})
    column[rng.randrange(len(column))] = rng.choice([-3, -2, -1, 0, 1, 2, 3, len(graph), 2**31 - 1])
    return dataclasses.replace(graph, **{name: column})


def in_types(rng: random.Random, graph: Graph) -> Graph:
    types = list(graph.types)
    types[rng.randrange(len(types))] = rng.choice(TYPES)
    return dataclasses.replace(graph, types=tuple(types))


def in_ops(rng: random.Random, graph: Graph) -> Graph:
    other = rng.choice(ALL).op
    return dataclasses.replace(graph, ops=(*graph.ops[:-1], other)) if graph.ops else graph


def in_bodies(rng: random.Random, graph: Graph) -> Graph:
    return dataclasses.replace(graph, bodies=(graph,) * rng.choice([0, len(graph.ops), len(graph.ops) + 1]))


def in_variables(rng: random.Random, graph: Graph) -> Graph:
    if not graph.variables:
        return graph
    made = Variable(
        rng.choice(list(Role)), rng.choice(TYPES), rng.choice([None, Tensor(np.zeros(2)), Tensor(np.array([5, -7]))])
    )
    return dataclasses.replace(graph, variables=(made, *graph.variables[1:]))


def in_outputs(rng: random.Random, graph: Graph) -> Graph:
    if not graph.outputs:
        return graph
    made = dataclasses.replace(
        graph.outputs[0],
        node=rng.choice([-1, 0, len(graph) - 1, len(graph)]),
        result=rng.choice([-1, 0, 1]),
        role=rng.choice(list(OutputRole)),
        of=rng.choice([None, "x0", "nothing"]),
    )
    return dataclasses.replace(graph, outputs=(made, *graph.outputs[1:]))


def in_names(rng: random.Random, graph: Graph) -> Graph:
    names = {**graph.names, rng.choice([-1, 0, len(graph) - 1, len(graph)]): rng.choice(["", "x0", "\x00", "\ud800"])}
    return dataclasses.replace(
        graph, names=names, symbols=(Symbol(rng.choice(["", "n", "a b"]), rng.choice([-1, 5]), 3),)
    )


MUTATIONS: list[Any] = [in_column, in_types, in_ops, in_bodies, in_variables, in_outputs, in_names]


@pytest.mark.parametrize("seed", range(8))
def test_mutated_graph_is_reported_on(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(400):
        vector = rng.choice(ALL)
        graph = build(vector, vector.operands)
        for _ in range(rng.randint(1, 3)):
            graph = rng.choice(MUTATIONS)(rng, graph)
        report = check_graph(graph)
        for write in FORMATS.values():
            write([report]).encode()
