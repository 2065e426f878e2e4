"""Validation: everything that is wrong with a graph, as coded findings; it never raises on bad content.

>>> import irlib
>>> from irlib.validate import check_graph
>>> b = irlib.Builder("line")
>>> b.output("y", b.tanh(b.input("x", "float32[n]")), role="loss")
>>> print(check_graph(b.build()))
error IR405 graph 'line', output 'y': a loss is a float32[n], expected a float scalar; reduce it to a scalar, or ...
"""

from __future__ import annotations

from collections.abc import Iterator

import irlib.ops  # noqa: F401  an op is known when it is registered
from irlib.builder import body_of
from irlib.graph import Graph
from irlib.inference import Inference
from irlib.validate.columns import check_columns
from irlib.validate.finding import Finding, Report, Severity
from irlib.validate.names import check_names
from irlib.validate.nested import Nested, graphs_within
from irlib.validate.optable import check_ops
from irlib.validate.outputs import check_outputs
from irlib.validate.scattering import check_scatters
from irlib.validate.types import check_types
from irlib.validate.unused import check_unused
from irlib.validate.variables import check_symbols, check_type_table, check_variables

__all__ = ["Finding", "Report", "Severity", "check_graph", "require_valid"]

MAX_NODES = 10_000_000

_CHECKS = (check_ops, check_names, check_variables, check_type_table, check_symbols)


def check_graph(graph: Graph) -> Report:
    """All findings on `graph` and every graph within it, each with a stable code, its place and a remedy."""
    return Report(tuple(_findings(graph)))


def require_valid(graph: Graph) -> Graph:
    """`graph` itself, when it is valid.

    Raises: the first error as an IRError of its kind, with notes on the others.
    """
    check_graph(graph).raise_errors()
    return graph


def _findings(graph: Graph) -> Iterator[Finding]:
    nested = []
    broken = False
    for found in graphs_within(graph):
        nested.append(found)
        for finding in check_columns(found.graph, found.place):
            broken = True
            yield finding
    if broken:  # nothing that indexes columns can be trusted with these
        return
    total = sum(len(found.graph.kind) for found in nested)
    if total > MAX_NODES:
        yield Finding("IR511", "error", nested[0].place, f"{total} nodes, expected at most {MAX_NODES}")
        return
    for found in nested:
        yield from _findings_in(found)
    yield from check_types(graph, Inference(body_of))


def _findings_in(found: Nested) -> Iterator[Finding]:
    for check in _CHECKS:
        yield from check(found.graph, found.place)
    yield from check_outputs(found.graph, found.place)
    yield from check_scatters(found.graph, found.place)
    if not found.is_body:
        yield from check_unused(found.graph, found.place, is_region=found.is_region)
