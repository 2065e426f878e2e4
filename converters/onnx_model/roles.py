"""Roles that ONNX has no word for, kept in the metadata of the model: what import would not guess."""

from __future__ import annotations

import json
from typing import Any

from irlib.converters.onnx_model.dtypes import dtype_of_number
from irlib.converters.onnx_model.initializers import roles_of_operands
from irlib.graph import Graph, OutputRole, Role

__all__ = ["KEY", "noted_roles", "said_roles"]

KEY = "irlib.roles"


def said_roles(proto: Any) -> tuple[dict[str, Role], dict[str, tuple[OutputRole, str | None]]]:
    """The roles of variables and of outputs that a model's metadata says; what it says wrongly is passed over."""
    text = next((p.value for p in proto.metadata_props if p.key == KEY), "{}")
    try:
        found = json.loads(text)
        variables, outputs = found.get("variables", {}), found.get("outputs", {})
        named = {str(r): r for r in Role}
        kinds = {str(r): r for r in OutputRole}
        return (
            {str(name): named[role] for name, role in variables.items() if role in named},
            {str(name): (kinds[role], of) for name, (role, of) in outputs.items() if role in kinds},
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}, {}


def noted_roles(graph: Graph, proto: Any) -> dict[str, str]:
    """The metadata property that says them, or nothing where import finds the same by itself."""
    guessed = roles_of_operands(proto)
    variables: dict[str, str] = {}
    held = {t.name for t in proto.initializer} | {t.values.name for t in proto.sparse_initializer}
    inputs = {i.name for i in proto.input}
    actual = {str(n.name): n.variable.role for n in map(graph.nodes.__getitem__, graph.variable_nodes) if n.name}
    for tensor in [*proto.initializer, *(t.values for t in proto.sparse_initializer)]:
        role = actual.get(tensor.name, Role.CONSTANT)
        default = guessed.get(tensor.name)
        if default is None:
            floats = dtype_of_number(tensor.data_type).is_differentiable
            default = Role.PARAMETER if floats else Role.BUFFER if tensor.name in inputs else Role.CONSTANT
        if role is not default:
            variables[tensor.name] = str(role)
    for name in inputs - held:
        if actual.get(name, Role.INPUT) is not Role.INPUT:
            variables[name] = str(actual[name])
    outputs = {o.name: [str(o.role), o.of] for o in graph.outputs if o.role is not OutputRole.RESULT}
    made = {k: v for k, v in (("variables", variables), ("outputs", outputs)) if v}
    return {KEY: json.dumps(made, sort_keys=True, separators=(",", ":"))} if made else {}
