"""Several models as one, whose outputs are the means of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from irlib.builder import Builder
from irlib.errors import StructureError
from irlib.graph import Graph, Node, OutputRole, Role
from irlib.types import TensorType

__all__ = ["ensemble"]


def ensemble(models: Sequence[Graph], outputs: Sequence[str] | None = None) -> Graph:
    """One model of the inputs that all have: each output is the mean of that output of the models.

    `outputs` are those to keep; where it is None, all that are floats and no updates. Parameters and buffers are called
    ``member.k.name``. A loss is the mean of the losses, not the loss of the mean.

    Raises: StructureError when the models differ in inputs or outputs, or nothing is left to be averaged.
    """
    if not models:
        raise StructureError("got no models, expected one or more", code="IR118", where="ensemble")
    first = models[0]
    names = list(outputs) if outputs is not None else [o.name for o in first.outputs if _is_averaged(first, o)]
    if not names:
        raise StructureError(
            "no output is a float", code="IR118", where=f"graph {first.name!r}", remedy="nothing can be averaged"
        )
    b = Builder(f"{first.name}.ensemble")
    b.declare(first.symbols)
    inputs = {str(n.name): b.input(str(n.name), n.type) for n in first.inputs}
    found: dict[str, list[Any]] = {name: [] for name in names}
    for k, model in enumerate(models):
        where = f"member {k} (graph {model.name!r})"
        if {str(n.name): n.type for n in model.inputs} != {name: v.type for name, v in inputs.items()}:
            raise StructureError(f"{where} has other inputs than the first", code="IR118", where="ensemble")
        values = b.absorb(model, {n.index: _variable(b, n, k, inputs) for n in _variables(model)})
        for name in names:
            o = model.outputs_by_name.get(name)
            if o is None or not _is_averaged(model, o):
                raise StructureError(f"{where} has no float output {name!r}", code="IR118", where="ensemble")
            found[name].append(values[model.output_value(o)])
    for name, values in found.items():
        mean = values[0] if len(values) == 1 else reduce(add, values) / float(len(values))
        b.output(name, mean, role=first.outputs_by_name[name].role)
    return b.build(prune=True)


def _is_averaged(model: Graph, o: Any) -> bool:
    t = model.value_type(model.output_value(o))
    is_number = isinstance(t, TensorType) and t.dtype.kind in ("float", "complex")
    return is_number and o.role in (OutputRole.RESULT, OutputRole.LOSS)


def _variables(model: Graph) -> list[Node]:
    return [n for n in (model.nodes[int(i)] for i in model.variable_nodes) if _role(n) is not Role.CONSTANT]


def _role(n: Node) -> Role | None:
    return None if n.variable is None else n.variable.role


def _variable(b: Builder, n: Node, k: int, inputs: dict[str, Any]) -> Any:
    """The shared input, or the parameter or buffer of member `k`."""
    assert n.variable is not None
    if n.variable.role is Role.INPUT:
        return inputs[str(n.name)]
    make = b.parameter if n.variable.role is Role.PARAMETER else b.buffer
    return make(f"member.{k}.{n.name}", n.type if n.variable.tensor is None else n.variable.tensor)
