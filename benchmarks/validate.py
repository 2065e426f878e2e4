"""What checking a graph costs: a million nodes on one type, on many types, and of shape arithmetic.

    python -m benchmarks.validate [NODES]

Prints the best of several runs; the target for the first is 250 ms.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import irlib
from benchmarks.files import chain
from irlib.graph import Graph
from irlib.validate import check_graph


def many_types(count: int) -> Graph:
    """A thousand inputs of different shapes, each with a chain of its own: a thousand times as many signatures."""
    b = irlib.Builder("many")
    for i in range(1000):
        x: Any = b.input(f"x{i}", ("float32", (i + 1, 64)))
        for _ in range(count // 3000):
            x = b.add(b.multiply(b.tanh(x), x), x)
        b.output(f"y{i}", x)
    return b.build()


def shapes(count: int) -> Graph:
    """Integer arithmetic on the dims of an input, of which every value is known as an expression."""
    b = irlib.Builder("shapes")
    n: Any = b.shape_of(b.input("x", "float32[a, b]"))
    for _ in range(count // 2):
        n = b.multiply(b.add(n, 1), 1)
    b.output("y", n)
    return b.build()


def broken(count: int) -> Graph:
    """The chain with a declared type that every third node contradicts."""
    graph = chain(count)
    types = (*graph.types, irlib.Builder().input("x", "float64[batch, 64]").type)
    return dataclasses.replace(graph, types=types, type=(np.arange(count) % 3 == 1).astype(np.int32))


def best(call: Callable[[], object], runs: int = 5) -> float:
    """Milliseconds of the fastest run."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times) * 1e3


def main() -> None:
    """Print one line per kind of graph."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for name, make, nodes in (
        ("one type", chain, count),
        ("1000 types", many_types, count // 4),
        ("shape arithmetic", shapes, count // 100),
        ("every third node wrong", broken, count),
    ):
        graph = make(nodes)
        report = check_graph(graph)
        print(
            f"{name:24} {len(graph):9} nodes  {best(partial(check_graph, graph)):8.1f} ms  "
            f"{len(report.findings)} findings"
        )


if __name__ == "__main__":
    main()
