"""One ONNX graph, subgraph or function under construction: names, nodes, initializers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from irlib.converters.onnx_model import schemas
from irlib.converters.onnx_model.dtypes import dtype_of_number
from irlib.converters.onnx_model.names import free_names, subgraphs
from irlib.converters.onnx_model.write.protos import attribute_proto
from irlib.converters.onnx_model.write.values import Site, Val
from irlib.tensor import Tensor
from irlib.types import DTYPES, TensorType, Type

if TYPE_CHECKING:
    from irlib.converters.onnx_model.write.models import ModelWriter
    from irlib.graph import Graph

__all__ = ["Scope"]


class Scope:
    """Where nodes are appended. `parent` is the scope around a subgraph; a function has none and is `closed`."""

    def __init__(self, model: ModelWriter, parent: Scope | None = None, *, closed: bool = False) -> None:
        self.model = model
        self.parent = parent
        self.closed = closed
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.names: set[str] = set()
        self.promised: set[str] = set()
        """Names that values of this graph are going to have: a subgraph before them must not take one."""
        self.constants: list[Any] = []
        """Constant nodes, which stand before all others."""
        self.staying: set[int] = set()
        """The nodes, by id, that stay although nothing uses their outputs: nothing did in the irlib graph either."""
        self.pools: dict[tuple[str, str], tuple[Val, Val]] = {}
        """Values and places of each MaxPool, by operand and attributes; places that nothing uses do not stay."""
        self.site: Site | None = None
        self._maker: dict[str, int] = {}
        self._constants: dict[Any, Val] = {}

    # Names

    def sees(self, name: str) -> bool:
        """Whether `name` is defined here or around."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return True
            scope = scope.parent
        return False

    def promise(self, graph: Graph) -> None:
        """Keep the names that `graph` asks for free of those in subgraphs, which may not hide an outer name."""
        self.promised.update(graph.names.values())
        self.promised.update(o.name for o in graph.outputs)
        self.model.taken.update(self.promised)

    def _is_free(self, name: str) -> bool:
        scope = self.parent
        while scope is not None:
            if name in scope.promised:
                return False
            scope = scope.parent
        return not self.sees(name)

    def claim(self, wanted: str) -> str:
        """`wanted`, where it is free here and around, else a name made from it."""
        name = wanted if self._is_free(wanted) else self.model.fresh(wanted)
        self.names.add(name)
        self.model.taken.add(name)
        return name

    def temporary(self, base: str) -> str:
        name = self.model.fresh(base)
        self.names.add(name)
        return name

    @property
    def root(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    # Values

    def name_of(self, v: Val | None) -> str:
        """The name a node uses for a value; a constant becomes an initializer when it is first asked for."""
        if v is None:
            return ""
        if v.name is None:
            assert v.tensor is not None
            v.scope.hold(v)
        assert v.name is not None
        return v.name

    def hold(self, v: Val, attribute: str | None = None) -> None:
        """Make a constant an initializer, or a Constant node with the value in `attribute`."""
        assert v.tensor is not None
        v.name = self.claim(v.wanted) if v.wanted is not None else self.temporary("constant")
        if attribute is None and not self.closed:
            self.initializers.append(self.model.outside.proto(v.tensor, v.name))
            return
        self.constants.append(self.proto("Constant", (), (v.name,), [_constant(attribute, v.tensor)]))

    def variable(self, tensor: Tensor, wanted: str | None) -> Val:
        """A constant of the graph. Those without a name are one where they are equal, in the outermost graph."""
        if wanted is not None:
            return Val(self, tensor.type, None, tensor, wanted)
        root = self.root
        found = root._constants.get(tensor)
        if found is None:
            found = root._constants[tensor] = Val(root, tensor.type, None, tensor)
            if tensor.array.size == 1 and tensor.array.dtype.kind in "biuf":
                found.fill = float(tensor.array.reshape(()))
        return found

    def const(self, value: Any, dtype: Any = "int64") -> Val:
        """A constant for a node: numbers, lists or an array."""
        to = DTYPES[dtype] if isinstance(dtype, str) else dtype
        return self.variable(Tensor(np.asarray(value).astype(to.numpy)), None)

    # Nodes

    def proto(self, name: str, inputs: Iterable[str], outputs: Iterable[str], attributes: Iterable[Any] = ()) -> Any:
        import onnx

        return onnx.NodeProto(op_type=name, input=inputs, output=outputs, attribute=attributes)

    def op(
        self, name: str, *operands: Val | None, outputs: int | Sequence[Type | None] = 1, type: Type | None = None,
        **attributes: Any,
    ) -> Any:  # fmt: skip
        """Append an op of ai.onnx and return its result, or a tuple of them where `outputs` is not 1.

        `type` is the type of the single result, where rows that follow need it: the dtype is that of the first operand
        otherwise. An attribute that is None is left out.

        Raises: UnsupportedError where the opset does not have the op, or not for these types.
        """
        given = {k: v for k, v in attributes.items() if v is not None}
        while operands and operands[-1] is None:
            operands = operands[:-1]
        found = self._checked(name, operands, given)
        inputs = [self.name_of(v) for v in operands]
        inputs += [""] * (found.inputs[0] - len(inputs))
        count = outputs if isinstance(outputs, int) else len(outputs)
        types = (type,) * count if isinstance(outputs, int) else tuple(outputs)
        names = [self.temporary(name.lower()) for _ in range(count)]
        protos = [attribute_proto(k, v, found.attributes[k].kind) for k, v in given.items()]
        self.append(self.proto(name, inputs, names, protos))
        default = _default_type(name, operands, given)
        made = tuple(Val(self, t if t is not None else default, n) for t, n in zip(types, names, strict=True))
        return made[0] if outputs == 1 else made

    def _checked(self, name: str, operands: Sequence[Val | None], attributes: dict[str, Any]) -> schemas.OpSchema:
        site, opset = self.site, self.model.opset
        assert site is not None
        found = schemas.schema("", name, opset)
        if found is None:
            known = schemas.versions("", name)
            raise site.unsupported(f"{name} is not in opset {opset}", f"use opset={known[0]}" if known else "")
        unknown = [k for k in attributes if k not in found.attributes]
        if unknown or len(operands) > found.inputs[1]:
            what = f"attribute {unknown[0]!r}" if unknown else f"{len(operands)} operands"
            raise site.unsupported(f"{name}-{found.since} with {what} is not in opset {opset}", "use a newer opset")
        given = [v is not None for v in operands]
        missing = [k for k, needed in enumerate(found.required) if needed and not any(given[k : k + 1])]
        if missing:
            what = f"{name}-{found.since} without operand {missing[0]}"
            raise site.unsupported(f"{what} is not in opset {opset}", "use a newer opset")
        misfit = found.misfit(tuple([None if v is None else v.type for v in operands]))
        if misfit:
            raise site.unsupported(f"ONNX cannot say it: {name}-{found.since}: {misfit}", "cast the operand")
        return found

    def append(self, node: Any) -> None:
        """Append a node whose output names are claimed."""
        at = len(self.nodes)
        self.nodes.append(node)
        for name in node.output:
            if name:
                self._maker[name] = at

    def rename(self, v: Val, wanted: str, start: int) -> bool:
        """Call a value that a node from `start` on made `wanted`; False where that cannot be done."""
        at = self._maker.get(v.name or "")
        if at is None or at < start or v.scope is not self or v.tensor is not None:
            return False
        later = self.nodes[at:]
        if any(v.name in free_names(g) for node in later[1:] for g in subgraphs(node)):
            return False
        old, new = str(v.name), self.claim(wanted)
        for node in later:
            for names in (node.input, node.output):
                for k, name in enumerate(names):
                    if name == old:
                        names[k] = new
        self.names.discard(old)
        self._maker[new] = self._maker.pop(old)
        v.name = new
        return True

    def maker(self, name: str) -> Any:
        """The node of this scope that makes `name`, or None."""
        at = self._maker.get(name)
        return None if at is None else self.nodes[at]

    def _without_places(self, node: Any) -> None:
        """Leave out the second output of a MaxPool that was written here, not one that came so."""
        if any(places.name == node.output[1] for _, places in self.pools.values()):
            del node.output[1:]

    def swept(self, needed: Iterable[str]) -> list[Any]:
        """The nodes without those that serve nothing; `needed` are the outputs' names."""
        used = set(needed)
        kept = []
        for node in reversed(self.nodes):
            if id(node) in self.staying or any(o in used for o in node.output if o):
                if node.op_type == "MaxPool" and len(node.output) > 1 and node.output[1] not in used:
                    self._without_places(node)
                kept.append(node)
                used.update(node.input)
                for g in subgraphs(node):
                    used.update(free_names(g))
        return [*self.constants, *kept[::-1]]


_RESULT: dict[str, str] = {
    **dict.fromkeys(("Shape", "Size", "NonZero", "ArgMax", "ArgMin", "SequenceLength"), "int64"),
    **dict.fromkeys(("Equal", "Greater", "Less", "LessOrEqual", "GreaterOrEqual", "IsNaN", "IsInf"), "bool"),
}
"""The dtype of results that is not that of the first operand."""


def _default_type(name: str, operands: Sequence[Val | None], attributes: dict[str, Any]) -> Type | None:
    if name in _RESULT:
        return TensorType(DTYPES[_RESULT[name]], None)
    if name == "Cast":
        return TensorType(dtype_of_number(attributes["to"]), None)
    types = [v.type for v in operands if v is not None and v.type is not None]
    if name == "Where" and len(types) > 1:
        types = types[1:]
    first = types[0] if types else None
    return TensorType(first.dtype, None) if isinstance(first, TensorType) else first


def _constant(attribute: str | None, tensor: Tensor) -> Any:
    """The attribute of a Constant node that holds `tensor`."""
    if attribute in (None, "value", "sparse_value"):
        return attribute_proto("value", tensor, 4)
    assert attribute is not None
    items = tensor.array.reshape(-1).tolist()
    kind = {"value_float": 1, "value_int": 2, "value_string": 3}.get(attribute)
    if kind is not None:
        return attribute_proto(attribute, items[0], kind)
    return attribute_proto(attribute, items, {"value_floats": 6, "value_ints": 7, "value_strings": 8}[attribute])
