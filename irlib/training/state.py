"""From step to step: what a step gave becomes what the next is fed, and at the end what the model holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from irlib.errors import FeedError, IRTypeError
from irlib.graph import Graph, OutputRole, Role, Variable
from irlib.tensor import Tensor
from irlib.types import TensorType

__all__ = ["updates", "values_of", "with_values"]


def updates(step: Graph, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the next step is fed: the value of each update-of output, by the name of its variable."""
    return {str(o.of): outputs[o.name] for o in step.outputs if o.role is OutputRole.UPDATE}


def values_of(model: Graph) -> dict[str, Any]:
    """The parameters and buffers of `model` that have a value, by name."""
    variables = [(str(n.name), n.variable) for n in (*model.parameters, *model.buffers)]
    return {name: v.tensor.array for name, v in variables if v is not None and v.tensor is not None}


def with_values(model: Graph, values: Mapping[str, Any]) -> Graph:
    """`model` with other values of the parameters and buffers named; the graph is otherwise the same.

    Raises: FeedError for a name that is no parameter or buffer, IRTypeError for another dtype or shape.
    """
    variables = list(model.variables)
    for name, value in values.items():
        index = model.by_name.get(name)
        kind = 0 if index is None else int(model.kind[index])
        if kind >= 0 or variables[~kind].role not in (Role.PARAMETER, Role.BUFFER):
            raise FeedError(f"{name!r} is no parameter or buffer", code="IR601", where=f"graph {model.name!r}")
        variables[~kind] = _with_value(variables[~kind], Tensor(np.asarray(value)), f"graph {model.name!r}, {name!r}")
    return replace(model, variables=tuple(variables))


def _with_value(variable: Variable, tensor: Tensor, where: str) -> Variable:
    declared, got = variable.type, tensor.type
    fits = (
        isinstance(declared, TensorType)
        and declared.dtype is got.dtype
        and (declared.shape is None or _fits(declared.shape, tensor.shape))
    )
    if not fits:
        raise IRTypeError(f"got {got}, expected {declared}", code="IR235", where=where)
    return Variable(variable.role, declared, tensor)


def _fits(declared: tuple[Any, ...], shape: tuple[int, ...]) -> bool:
    """Whether a shape is the one declared; a dim that is no number holds for any."""
    return len(declared) == len(shape) and all(
        not isinstance(d, int) or d == n for d, n in zip(declared, shape, strict=True)
    )
