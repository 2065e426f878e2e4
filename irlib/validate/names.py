"""Names: well-formed, unique, and one namespace for nodes and outputs; strings within their limits."""

from __future__ import annotations

from collections.abc import Iterator

from irlib.errors import NameConflictError
from irlib.graph import Graph, Role
from irlib.naming import MAX_NAME, check_name
from irlib.validate.finding import Finding
from irlib.validate.place import node_place, shown

__all__ = ["MAX_METADATA", "check_names"]

MAX_METADATA = 2**20
"""The longest metadata value, in bytes."""


def check_names(graph: Graph, place: str) -> Iterator[Finding]:
    """What is wrong with the names of nodes, variables and outputs, and with the graph's other strings."""
    yield from _check_nodes(graph, place)
    yield from _check_outputs(graph, place)
    yield from _check_strings(graph, place)


def _check_nodes(graph: Graph, place: str) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for node, name in graph.names.items():
        if not _is_plain(name):
            yield from _check_form(name, node_place(place, graph, node))
        other = seen.setdefault(name, node)
        if other != node:
            where = node_place(place, graph, node)
            yield Finding("IR112", "error", where, f"node {other} has this name too", "rename one of them")
    for node in graph.variable_nodes:
        variable = graph.variables[~int(graph.kind[node])]
        if node not in graph.names and variable.role is not Role.CONSTANT:
            yield Finding("IR111", "error", node_place(place, graph, node), f"a {variable.role} needs a name")


def _check_outputs(graph: Graph, place: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for output in graph.outputs:
        where = f"{place}, output '{shown(output.name)}'"
        if not _is_plain(output.name):
            yield from _check_form(output.name, where)
        if output.name in seen:
            yield Finding("IR112", "error", where, "there are two outputs of this name", "rename one of them")
        seen.add(output.name)
        node = graph.by_name.get(output.name)
        if node is not None and node != output.node:
            what = "it is not of the node of this name"
            yield Finding("IR112", "error", where, what, "rename the output or that node")


def _check_strings(graph: Graph, place: str) -> Iterator[Finding]:
    named = [("name", graph.name), *(("file of a location", f) for f in {at.file for at in graph.locations.values()})]
    for key, value in graph.metadata:
        named += [("metadata key", key), ("metadata value", value)]
    for what, text in named:
        most = MAX_METADATA if what == "metadata value" else MAX_NAME
        if _size(text) > most:
            long = f"the {what} is {_size(text)} bytes long, expected at most {most}"
            yield Finding("IR511", "error", place, long)
    keys = [key for key, _ in graph.metadata]
    for key in sorted({k for k in keys if keys.count(k) > 1} if len(set(keys)) < len(keys) else ()):
        yield Finding("IR505", "error", place, f"metadata {shown(key)!r} is there twice")


def _is_plain(name: str) -> bool:
    """Decides the common case without the cost of the full rule."""
    return 0 < len(name) < 1000 and name.isascii() and name.isprintable()


def _check_form(name: str, where: str) -> Iterator[Finding]:
    try:
        check_name(name, "")
        name.encode()
    except NameConflictError as error:
        yield Finding(error.code, "error", where, error.what, error.remedy)
    except UnicodeEncodeError:
        yield Finding("IR111", "error", where, f"{name[:40]!r} is not Unicode text", "choose another name")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
