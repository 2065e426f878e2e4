"""Every op in files: the graph of each test vector, with the composites' bodies, in both forms and back."""

from __future__ import annotations

import pytest

from irlib import serde
from irlib.builder import Builder
from irlib.graph import Graph
from irlib.serde.assemble import assemble
from irlib.serde.flatten import flatten
from irlib.serde.json import decode, encode
from irlib.tensor import Tensor
from irlib.types import type_of
from tests.vectors import ALL
from tests.vectors.vector import Vector


def _graph(vector: Vector) -> Graph:
    b = Builder("vector")
    operands = [
        None
        if operand is None
        else b.constant(Tensor(operand))
        if i in vector.static
        else b.input(f"x{i}", type_of(operand))
        for i, operand in enumerate(vector.operands)
    ]
    for k, result in enumerate(b.emit(vector.op, operands)):
        b.output(f"y{k}", result)
    return b.build()


# one of each op: what a file holds does not depend on the operands' values
_FIRST = {v.op: v for v in reversed(ALL)}


@pytest.mark.parametrize("vector", _FIRST.values(), ids=lambda v: str(v.op)[:60])
def test_an_op_comes_back_from_both_forms(vector: Vector) -> None:
    graph = _graph(vector)
    data = serde.to_bytes(graph)
    again = serde.from_bytes(data)
    assert again == graph
    assert serde.to_bytes(again) == data
    raw, findings = decode(encode(flatten(graph)))
    assert raw is not None, findings
    other, findings = assemble(raw, lambda keyed: pytest.fail(str(keyed)))
    assert other is not None, findings
    assert serde.to_bytes(other) == data
