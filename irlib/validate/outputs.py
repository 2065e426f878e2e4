"""The role table: what each output says it is of is there, and fits in type and shape."""

from __future__ import annotations

from collections.abc import Iterator

from irlib.graph import Graph, Output, OutputRole, Role
from irlib.inference import unify
from irlib.types import TensorType, Type
from irlib.validate.finding import Finding
from irlib.validate.place import shown

__all__ = ["check_outputs"]

_OF_SOMETHING = (OutputRole.GRADIENT, OutputRole.UPDATE)


def check_outputs(graph: Graph, place: str) -> Iterator[Finding]:
    """What is wrong with the roles of the outputs."""
    if not graph.outputs:
        yield Finding("IR804", "warning", place, "the graph has no outputs", "give it one, or it computes nothing")
    updated: dict[str, str] = {}
    for output in graph.outputs:
        where = f"{place}, output '{shown(output.name)}'"
        found = graph.value_type(graph.output_value(output))
        if output.role is OutputRole.LOSS:
            yield from _check_loss(found, where)
        if output.role in _OF_SOMETHING:
            yield from _check_of(graph, output, found, where)
        elif output.of is not None:
            what = f"a {output.role} that is of '{shown(output.of)}', expected nothing there"
            yield Finding("IR402", "error", where, what, "leave `of` out, or make it gradient-of or update-of")
        if output.role is OutputRole.UPDATE and output.of is not None:
            other = updated.setdefault(output.of, output.name)
            if other != output.name:
                what = f"output '{shown(other)}' is an update of '{shown(output.of)}' too"
                yield Finding("IR406", "error", where, what, "keep one of them")


def _check_loss(found: Type, where: str) -> Iterator[Finding]:
    if not (isinstance(found, TensorType) and found.dtype.is_float and found.shape in ((), None)):
        what = f"a loss is a {found}, expected a float scalar"
        yield Finding("IR405", "error", where, what, "reduce it to a scalar, or make it a result")


def _check_of(graph: Graph, output: Output, found: Type, where: str) -> Iterator[Finding]:
    node = None if output.of is None else graph.by_name.get(output.of)
    if node is None:
        what = "it does not say of what" if output.of is None else f"nothing is named '{shown(output.of)}'"
        yield Finding("IR402", "error", where, f"{output.role}: {what}", "name a variable of the graph")
        return
    kind = int(graph.kind[node])
    variable = graph.variables[~kind] if kind < 0 else None
    if output.role is OutputRole.UPDATE and (variable is None or variable.role not in (Role.PARAMETER, Role.BUFFER)):
        what = f"an update of {variable.role if variable else 'node'} %{shown(str(output.of))}"
        yield Finding("IR404", "error", where, f"{what}, expected a parameter or buffer")
    expected = graph.value_type(int(graph.first[node]))
    if not unify(found, expected):
        what = f"{output.role} %{shown(str(output.of))} is {found}, expected {expected}"
        yield Finding("IR403", "error", where, what)
