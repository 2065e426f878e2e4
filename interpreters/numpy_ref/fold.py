"""What is known before the run, computed before the run: constant folding, and specialization to types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from irlib.builder import Builder, GraphValue
from irlib.errors import FeedError, IRError
from irlib.graph import Graph, Role, Variable
from irlib.inference import unify
from irlib.interpreters.numpy_ref.eager import execute
from irlib.op import DIALECTS, REGISTRY, Op
from irlib.transforms.simplify import rebuilt
from irlib.types import TensorType, Type, as_type

__all__ = ["fold", "specialize"]

MAX_FOLDED = 1 << 20
"""Bytes up to which a result is kept as a constant; a larger one is cheaper to compute than to store."""


def fold(graph: Graph) -> Graph:
    """`graph` with every node that constants, or the shapes of its operands, decide made a constant."""
    return rebuilt(graph, _Folder(graph.name, {}), prune=True)


def specialize(model: Graph, types: Mapping[str, Type | str]) -> Graph:
    """The model for inputs of these types: types inferred anew, bodies made for them, constants folded.

    Raises: FeedError when a type contradicts the declared one or names no variable; IRTypeError where ops do not fit.
    """
    import irlib.interpreters.numpy_ref.kernels  # noqa: F401  folding runs kernels

    given = {name: as_type(t) for name, t in types.items()}
    where = f"graph {model.name!r}"
    for name, t in given.items():
        if name not in model.by_name or model.nodes[name].variable is None:
            raise FeedError(f"got a type for {name!r}, expected the name of a variable", code="IR601", where=where)
        declared = model.nodes[name].type
        if not unify(t, declared):
            raise FeedError(f"got {t} for {name!r}, expected {declared}", code="IR603", where=where)
    return rebuilt(model, _Folder(model.name, given), prune=True)


class _Folder(Builder):
    """A builder that computes what it can instead of appending it."""

    def __init__(self, name: str, types: Mapping[str, Type]) -> None:
        super().__init__(name)
        self.types = types
        self.values: dict[int, Any] = {}  # value id -> array, of constants

    def _variable(self, variable: Variable, name: str | None, known: Any = None) -> GraphValue:
        if name is not None and name in self.types and variable.tensor is None:
            variable = Variable(variable.role, self.types[name])
        made = super()._variable(variable, name, known)
        if variable.role is Role.CONSTANT and variable.tensor is not None:
            self.values[made.id] = variable.tensor.array
        return made

    def emit(
        self, op: Op, operands: Sequence[Any], name: str | None = None, body: Graph | None = None
    ) -> tuple[GraphValue, ...]:
        arrays = [None if v is None else self.values.get(v.id) for v in operands]
        computed = all(a is not None for a, v in zip(arrays, operands, strict=True) if v is not None)
        if computed and operands and not op.regions():
            try:
                with np.errstate(all="ignore"):
                    results = execute(op, arrays, body)
            except IRError:
                results = ()  # it is to fail where it stands, when it runs
            if results and all(isinstance(r, np.ndarray) and r.nbytes <= MAX_FOLDED for r in results):
                return tuple(self.constant(r, name=name if len(results) == 1 else None) for r in results)
        # a body was made for the old types; where its class or its dialect's rules are here, a new one is made
        remade = (op.dialect, op.name, op.version) in REGISTRY or op.dialect in DIALECTS
        made = super().emit(op, operands, name, None if remade else body)
        return tuple(self._decided(v) if len(made) == 1 and name is None else v for v in made)

    def _decided(self, value: GraphValue) -> GraphValue:
        """A constant, where inference already knows every number of an integer value."""
        t, ints = value.type, value.ints
        if ints is None or isinstance(value.known, bool) or not isinstance(t, TensorType) or not t.dtype.is_integer:
            return value
        array = np.array(ints, t.dtype.numpy).reshape(() if t.rank == 0 else (len(ints),))
        return self.constant(array)
