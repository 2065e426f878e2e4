from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from irlib import serde
from irlib.builder import Builder
from irlib.errors import FileError
from irlib.graph import Graph
from irlib.serde.assemble import assemble
from irlib.serde.binary_write import encode
from irlib.serde.canonical import canonical
from irlib.serde.flatten import flatten
from irlib.serde.raw import RawGraph, RawModel
from tests.serde.corpus import CORPUS


def _written_out(g: RawGraph) -> RawGraph:
    """The same tables with every column there, so that rows can be moved."""
    results = np.ones(len(g.kind), np.uint32) if g.results is None else g.results
    operand = g.operand
    if operand is None:
        counts = np.bincount(g.target, minlength=len(g.kind))
        operand = (np.arange(len(g.target)) - (np.cumsum(counts) - counts)[g.target]).astype(np.uint32)
    return RawGraph._replace(
        g,
        results=results,
        type=g.type if g.type_run is None else np.repeat(g.type, g.type_run),
        type_run=None,
        result=np.zeros(len(g.source), np.uint32) if g.result is None else g.result,
        operand=operand,
    )


def shuffled(g: RawGraph, seed: int) -> RawGraph:
    """The same graph with its nodes, edges, names and tables in another order."""
    rng = np.random.default_rng(seed)
    g = _written_out(g)
    assert g.results is not None
    assert g.result is not None
    assert g.operand is not None
    order = rng.permutation(len(g.kind))  # order[new] = old
    place = np.argsort(order).astype(np.uint32)
    ops, types = rng.permutation(len(g.ops)), rng.permutation(len(g.types))
    op_place, type_place = np.argsort(ops).astype(np.int32), np.argsort(types).astype(np.uint32)
    first = np.cumsum(g.results) - g.results
    values = [np.arange(first[i], first[i] + g.results[i]) for i in order]
    kind = g.kind[order]
    kind[kind >= 0] = op_place[kind[kind >= 0]] if len(g.ops) else kind[kind >= 0]
    edges = rng.permutation(len(g.source))
    names = rng.permutation(len(g.name_nodes))
    at = g.locations
    return RawGraph._replace(
        g,
        ops=tuple(g.ops[i] for i in ops),
        types=tuple(g.types[i] for i in types),
        kind=kind,
        results=g.results[order],
        type=type_place[g.type[np.concatenate(values).astype(np.int64)]] if len(g.kind) else g.type,
        source=place[g.source][edges] if len(g.kind) else g.source,
        target=place[g.target][edges] if len(g.kind) else g.target,
        result=g.result[edges],
        operand=g.operand[edges],
        name_nodes=place[g.name_nodes[names]] if len(names) else g.name_nodes,
        name_texts=tuple(g.name_texts[i] for i in names),
        outputs=tuple(o._replace(node=int(place[o.node])) for o in g.outputs),
        symbols=g.symbols[::-1],
        locations=None
        if at is None
        else at._replace(node=place[at.node][::-1], file=at.file[::-1], line=at.line[::-1]),
        metadata=g.metadata[::-1],
    )


# nodes that no output needs have no place but the one they were given
@pytest.mark.parametrize("name", [n for n in CORPUS if n != "dead_nodes"])
@pytest.mark.parametrize("seed", range(5))
def test_a_file_with_its_nodes_in_any_order_is_saved_to_the_same_bytes(name: str, seed: int) -> None:
    graph = CORPUS[name]()
    model = flatten(graph)
    other = RawModel(shuffled(model.graph, seed), tuple(shuffled(g, seed) for g in model.graphs))
    data = encode(other)
    assert serde.to_bytes(serde.from_bytes(data)) == serde.to_bytes(graph)


def test_a_file_in_another_order_says_so_in_a_warning() -> None:
    model = flatten(CORPUS["mlp"]())
    graph, findings = assemble(RawModel(shuffled(model.graph, 1)), lambda keyed: pytest.fail(str(keyed)))
    assert graph is not None
    assert [(f.code, f.severity) for f in findings] == [("IR108", "warning")]


def test_entries_that_nothing_uses_are_left_out() -> None:
    model = flatten(CORPUS["mlp"]())
    more = model.graph._replace(types=(*model.graph.types, CORPUS["every_type"]().types[2]))
    assert serde.to_bytes(serde.from_bytes(encode(RawModel(more)))) == serde.to_bytes(CORPUS["mlp"]())


def test_equal_graphs_are_stored_once() -> None:
    model = flatten(CORPUS["regions"]())
    assert len(model.graphs) == 3  # inner, the branch that uses it, the branch used twice


def test_canonical_form_of_a_canonical_graph_is_itself() -> None:
    form = canonical(CORPUS["regions"]())
    assert canonical(form) is form


def test_the_sign_of_a_zero_attribute_tells_ops_apart() -> None:
    from tests.serde.test_round_trip import _with_attributes

    assert serde.to_bytes(_with_attributes({"a": 0.0})) != serde.to_bytes(_with_attributes({"a": -0.0}))
    assert serde.to_bytes(_with_attributes({"a": 1})) != serde.to_bytes(_with_attributes({"a": True}))


def _nested(depth: int) -> Graph:
    b = Builder("level 0")
    b.output("y", b.tanh(b.input("x", "float32[]")))
    graph = b.build()
    for level in range(1, depth):
        b = Builder(f"level {level}")
        b.output("y", b.call(b.input("x", "float32[]"), graph=graph)[0])
        graph = b.build()
    return graph


def test_graphs_nest_up_to_the_limit() -> None:
    graph = _nested(40)
    assert serde.from_bytes(serde.to_bytes(graph)) == graph


def test_graphs_that_nest_deeper_are_refused_when_written() -> None:
    with pytest.raises(FileError, match="IR517"):
        serde.to_bytes(_nested(70))


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import irlib.serde as s; from tests.serde.corpus import CORPUS; "
        "print([s.digest(make()) for make in CORPUS.values()])"
    )
    found = set()
    for seed in ("0", "1", str(random.Random(5).randrange(2**32))):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        found.add(done.stdout)
    assert len(found) == 1


def test_a_long_chain_needs_no_deep_stack() -> None:
    b = Builder("chain")
    x: Any = b.input("x", "float32[]")
    for _ in range(20_000):
        x = b.tanh(x)
    b.output("y", x)
    graph = b.build()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(250)
    try:
        assert serde.from_bytes(serde.to_bytes(graph)) == graph
    finally:
        sys.setrecursionlimit(limit)
