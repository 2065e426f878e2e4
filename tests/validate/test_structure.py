from __future__ import annotations

import random
from typing import Any

import networkx as nx
import numpy as np
import pytest

from irlib.validate.structure import Table, check_structure, find_cycle


def _column(*numbers: int) -> Any:
    return np.array(numbers, np.uint32)


def _table(**changes: Any) -> Table:
    """x, then first = f(x), then second = f(x, first)."""
    columns: dict[str, Any] = {
        "kind": np.array([-1, 0, 0], np.int32),
        "type": _column(0, 0, 0),
        "source": _column(0, 0, 1),
        "target": _column(1, 2, 2),
        "ops": 1,
        "variables": 1,
        "types": 1,
        "name_nodes": _column(1, 2),
        "name_texts": ("first", "second"),
        "outputs": [("y", 2, 0)],
    }
    return Table(**{**columns, **changes})


def _found(**changes: Any) -> list[tuple[str, str]]:
    _, findings = check_structure(_table(**changes))
    return [(f.code, f.where) for f in findings]


def test_a_table_becomes_the_columns_of_a_graph() -> None:
    columns, findings = check_structure(_table())
    assert findings == []
    assert columns is not None
    assert columns.start.tolist() == [0, 0, 1, 3]
    assert columns.operand.tolist() == [0, 0, 1]
    assert columns.first.tolist() == [0, 1, 2, 3]
    assert columns.is_sorted


def test_edges_in_any_order_are_put_in_their_places() -> None:
    columns, findings = check_structure(
        _table(source=_column(1, 0, 0), target=_column(2, 1, 2), operand=_column(2, 0, 0))
    )
    assert findings == []
    assert columns is not None
    assert columns.operand.tolist() == [0, 0, -1, 1]


def test_runs_of_types_are_spread_out() -> None:
    columns, _ = check_structure(_table(type=_column(1, 0), type_run=_column(1, 2), types=2))
    assert columns is not None
    assert columns.type.tolist() == [1, 0, 0]


def test_places_are_named_as_the_author_named_them() -> None:
    assert _found(kind=np.array([-1, 5, 0], np.int32)) == [("IR102", "node %first")]
    assert _found(source=_column(1, 0, 1)) == [("IR101", "node %first")]


def test_a_cycle_is_told_from_mere_disorder() -> None:
    columns, findings = check_structure(
        _table(
            kind=np.array([0, 0, -1], np.int32),
            source=_column(1, 2),
            target=_column(0, 1),
            outputs=[],
            name_nodes=_column(),
            name_texts=(),
        )
    )
    assert [(f.code, f.severity) for f in findings] == [("IR108", "warning")]
    assert columns is not None
    assert not columns.is_sorted


def test_many_findings_are_counted_not_listed() -> None:
    count = 1000
    _, findings = check_structure(
        Table(np.full(count, 7, np.int32), np.zeros(count, np.uint32), _column(), _column(), ops=1, types=1)
    )
    assert len(findings) == 5
    assert "and 995 more" in findings[-1].what


@pytest.mark.parametrize("seed", range(30))
def test_a_cycle_is_found_exactly_where_networkx_finds_one(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.randrange(1, 12)
    operands_of = [[rng.randrange(count) for _ in range(rng.randrange(3))] for _ in range(count)]
    graph = nx.DiGraph([(o, n) for n, operands in enumerate(operands_of) for o in operands])
    cycle = find_cycle(operands_of)
    assert bool(cycle) is (not nx.is_directed_acyclic_graph(graph))
    for node, following in zip(cycle, cycle[1:] + cycle[:1], strict=True):
        assert node in operands_of[following]


def test_a_long_cycle_is_found_without_recursion() -> None:
    count = 200_000
    assert len(find_cycle([[(i + 1) % count] for i in range(count)])) == count
