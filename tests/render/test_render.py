"""Drawings: shapes by kind, labels that are safe whatever a name holds."""

from __future__ import annotations

import re
from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest

import irlib
from irlib.graph import Graph
from irlib.render import dot, mermaid

HOSTILE = [
    'a"]; evil', "\\N\\", "a\nb", "<script>alert(1)</script>", "`code`", "#35;", "x -->|y| z", "%%{init}%%", "\x1b[31m",
    "\u202e", "]):::op", "|", "end", "&quot;",
]  # fmt: skip


def dense() -> Graph:
    b = irlib.Builder("dense")
    x = b.input("x", "float32[batch, 3]")
    w = b.parameter("w", np.ones(3, np.float32))
    s = b.buffer("s", "float32[3]")
    h = b.add(x * w, s, name="h")
    b.output("y", b.multiply(h, b.constant(np.float32(0.5))))
    b.output("s_next", b.tanh(s), role="update-of", of="s")
    return b.build()


def test_dot_is_as_agreed(golden: Callable[[str, str], None]) -> None:
    golden(dot(dense()), "render/dense.dot")


def test_mermaid_is_as_agreed(golden: Callable[[str, str], None]) -> None:
    golden(mermaid(dense()), "render/dense.mmd")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_stays_inside_its_dot_label(name: str) -> None:
    b = irlib.Builder("g")
    b.input("x", "float32[]")
    text = dot(_named(name))
    string = r'"(?:[^"\\\n]|\\.)*"'
    statement = (
        rf"  (?:n\d+|o\d+) \[(?:[a-z]+=(?:[a-z0-9.]+|{string})(?:, )?)+\];|  n\d+ -> [no]\d+.*;|  rankdir=TB;|  node .*"
    )
    head, *body, end, empty = text.split("\n")
    assert re.fullmatch(rf"digraph {string} {{", head)
    assert all(re.fullmatch(statement, line) for line in body)
    assert (end, empty) == ("}", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_stays_inside_its_mermaid_label(name: str) -> None:
    text = mermaid(_named(name))
    label = r'"(?:[\w .,:/*+\-()\[\]?]|#\d+;|<br/>)*"'
    for line in text.split("\n")[1:]:
        assert re.fullmatch(
            rf"  [no]\d+[(\[>]+{label}[)\]]+:::[a-z]+|  n\d+ -->(\|[\d:]+\|)? [no]\d+|  classDef .*|", line
        )


def _named(name: str) -> Graph:
    plain = re.sub(r"[\x00-\x1f]", "?", name)
    b = irlib.Builder(name)
    x = b.input(plain, "float32[]")
    b.output(f"{plain}!", b.add(x, x, name=f"{plain}?"))
    return b.build()


def test_networkx_has_nodes_edges_and_operand_positions() -> None:
    graph = dense()
    made = irlib.to_networkx(graph)
    assert isinstance(made, nx.MultiDiGraph)
    assert made.number_of_nodes() == len(graph)
    h = graph.node_named("h")
    assert made.nodes[h]["op"] == "add"
    assert sorted(data["operand"] for _, _, data in made.in_edges(h, data=True)) == [0, 1]
    assert made.nodes[graph.node_named("w")]["role"] == "parameter"


def test_networkx_keeps_both_edges_of_a_square() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[]")
    b.output("y", x * x)
    assert irlib.to_networkx(b.build()).number_of_edges(0, 1) == 2


def test_networkx_graph_is_acyclic() -> None:
    assert nx.is_directed_acyclic_graph(irlib.to_networkx(dense()))
