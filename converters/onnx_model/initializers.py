"""Initializers as bound variables: parameters where they are floats, buffers (running statistics) or constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from irlib.converters.onnx_model.names import clean
from irlib.converters.onnx_model.tensors import dense_of, read_sparse, read_tensor
from irlib.errors import IRError
from irlib.graph import Role
from irlib.tensor import Tensor
from irlib.validate.place import shown

if TYPE_CHECKING:
    from irlib.converters.onnx_model.graphs import GraphReader

__all__ = ["add_constants", "add_initializers", "initializers_of"]

# operands that are state which is not trained, or floats that say what to do rather than take part
_ROLES: dict[str, dict[int, Role]] = {
    "BatchNormalization": {3: Role.BUFFER, 4: Role.BUFFER},
    "Resize": {1: Role.CONSTANT, 2: Role.CONSTANT},
    "Upsample": {1: Role.CONSTANT},
    "NonMaxSuppression": {3: Role.CONSTANT, 4: Role.CONSTANT},
    "Dropout": {1: Role.CONSTANT},
}


def initializers_of(reader: GraphReader, graph: Any) -> Iterator[tuple[str, Any, Tensor | None]]:
    """Name, message and tensor of each initializer; None for one that cannot be read, which is noted."""
    for kind, protos in (("initializer", graph.initializer), ("sparse initializer", graph.sparse_initializer)):
        for proto in protos:
            name = proto.name if kind == "initializer" else proto.values.name
            try:
                if kind == "initializer":
                    yield name, proto, read_tensor(proto, reader.model.reading.external)
                else:
                    reader.model.spend_dense(proto.dims)
                    yield name, proto.values, dense_of(read_sparse(proto, reader.model.reading.external))
            except IRError as error:
                reader.model.add_error(error, f"{reader.place}, {kind} {shown(name)!r}")
                yield name, proto, None


def add_constants(reader: GraphReader, graph: Any) -> None:
    """The initializers of a subgraph: constants, for a region has no variables of its own that could be trained."""
    from irlib.converters.onnx_model.graphs import BROKEN

    for name, _, tensor in initializers_of(reader, graph):
        if name in reader.values:
            reader.model.add("IR112", reader.place, f"initializer {shown(name)!r} is defined twice")
            continue
        reader.values[name] = BROKEN if tensor is None else reader.b.constant(tensor, name=clean(name))


def add_initializers(
    reader: GraphReader, graph: Any, overridable: set[str], said: Mapping[str, Role] | None = None
) -> None:
    """The initializers of the main graph. One that is also an input may be fed: it is a parameter or a buffer."""
    from irlib.converters.onnx_model.graphs import BROKEN

    roles = roles_of_operands(graph) | dict(said or {})
    b = reader.b
    for name, proto, tensor in initializers_of(reader, graph):
        if name in reader.values or not name:
            what = f"initializer {shown(name)!r} is defined twice" if name else "an initializer without a name"
            reader.model.add("IR112" if name else "IR111", reader.place, what)
            continue
        if tensor is None:
            reader.values[name] = BROKEN
            continue
        role = roles.get(name)
        if role is None:
            differentiable = tensor.dtype.is_differentiable
            role = Role.PARAMETER if differentiable else Role.BUFFER if name in overridable else Role.CONSTANT
        make = {Role.PARAMETER: b.parameter, Role.BUFFER: b.buffer}.get(role)
        key = clean(name)
        reader.values[name] = b.constant(tensor, name=key) if make is None else make(key, tensor)
        if proto.doc_string or len(proto.metadata_props):
            reader.notes.value(proto)


def roles_of_operands(graph: Any) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for node in graph.node:
        special = _ROLES.get(node.op_type)
        if special is None:
            continue
        for k, role in special.items():
            if k < len(node.input) and node.input[k]:
                found[node.input[k]] = role
    return found
