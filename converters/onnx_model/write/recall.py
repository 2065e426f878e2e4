"""What import noted of an ONNX model in the metadata of its graph, asked for by the names of nodes."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from irlib.converters.onnx_model.dtypes import Symbols
from irlib.converters.onnx_model.notes import recalled
from irlib.converters.onnx_model.write.protos import value_info
from irlib.errors import IRError
from irlib.inference import unify
from irlib.types import Type

__all__ = ["Extras", "Recalled"]

_MOST_OPERANDS = 64  # of those that may be absent


class Recalled:
    """The notes of one graph; empty where it did not come from ONNX."""

    def __init__(self, metadata: Mapping[str, str]) -> None:
        def part(key: str) -> dict[str, Any]:
            try:
                found = recalled(metadata, key)
            except ValueError:  # somebody else's metadata
                found = None
            return found if isinstance(found, dict) else {}

        self.graph = part("onnx.graph")
        self.model = part("onnx.model")
        self.constants = part("onnx.constants")
        self.values = part("onnx.values")
        self._types = part("onnx.types")
        self._names = part("onnx.names")
        self._outputs = part("onnx.outputs")
        self._nodes = part("onnx.nodes")
        self._defaults = part("onnx.defaults")

    def outputs(self, key: str, count: int) -> list[str | None]:
        """The names of the outputs of a node, as far as they are noted."""
        found = self._outputs.get(key)
        if isinstance(found, list) and len(found) >= count and all(isinstance(n, str) for n in found):
            return [*found[:count]]
        return [key] if found is None else []

    def node_name(self, key: str) -> str:
        found = self._names.get(key, "")
        return key[:found] if isinstance(found, int) else str(found)

    def extras(self, key: str | None) -> Extras | None:
        """What a node of this name had; None where nothing is known."""
        return None if key is None else Extras(self, key)

    def describe(self, proto: Any, key: str) -> None:
        """Give a NodeProto its name, docstring, overload and metadata again."""
        name = self.node_name(key)
        if name:
            proto.name = name
        noted = self._nodes.get(key)
        if not isinstance(noted, dict):
            return
        if noted.get("doc"):
            proto.doc_string = str(noted["doc"])
        if noted.get("overload"):
            proto.overload = str(noted["overload"])
        count = noted.get("operands", 0)
        if isinstance(count, int) and len(proto.input) < count <= _MOST_OPERANDS:
            proto.input.extend([""] * (count - len(proto.input)))
        add_properties(proto, noted.get("metadata"))

    def _declared(self, key: str) -> tuple[Any, str]:
        """The TypeProto the model gave an input or output, and the type irlib knew; None where it is not noted."""
        import onnx

        noted = self._types.get(key)
        try:
            encoded, known = noted  # type: ignore[misc]
            return onnx.TypeProto.FromString(base64.b64decode(encoded)), str(known)
        except Exception:  # noqa: BLE001  metadata may hold anything
            return None, ""

    def said(self, key: str) -> Type | None:
        """The type that the model declared of an input or output, where it is noted."""
        proto, _ = self._declared(key)
        try:
            return None if proto is None else Symbols().type(proto)
        except IRError:
            return None

    def maps(self, key: str) -> Any:
        """The TypeProto of an output that the model declared as a sequence of maps, or None."""
        proto, _ = self._declared(key)
        return proto if proto is not None and proto.sequence_type.elem_type.HasField("map_type") else None

    def value_info(self, name: str, t: Type, symbols: Mapping[str, str], key: str | None = None) -> Any:
        """A ValueInfoProto of an input or output: its type as the model said it, while that is what is known of it."""
        made = value_info(name, t, symbols)
        key = name if key is None else key
        proto, known = self._declared(key)
        if proto is not None and known == str(t):
            found = self.said(key)
            # those of a subgraph may be left out
            if proto.WhichOneof("value") is None or (found is not None and unify(found, t)):
                made.type.CopyFrom(proto)
        return made

    def add_value_info(self, proto: Any, values: Sequence[Any], symbols: Mapping[str, str]) -> None:
        """Declare the values between nodes that the model declared; runtimes make use of their types."""
        names = self.graph.get("value_info")
        if not isinstance(names, list):
            return
        types = {v.name: v.type for v in values if v is not None and v.name is not None and v.type is not None}
        for name in names:
            if name in types:
                info = self.value_info(name, types[name], symbols)
                self.describe_value(info, name)
                proto.value_info.append(info)

    def describe_value(self, info: Any, name: str) -> None:
        """Give a ValueInfoProto or TensorProto its docstring and metadata again."""
        noted = self.values.get(name)
        if isinstance(noted, dict):
            if noted.get("doc"):
                info.doc_string = str(noted["doc"])
            add_properties(info, noted.get("metadata"))


class Extras:
    """The notes of one node."""

    __slots__ = ("_recalled", "key")

    def __init__(self, recalled: Recalled, key: str) -> None:
        self._recalled = recalled
        self.key = key

    @property
    def defaults(self) -> tuple[str, ...]:
        return tuple(self._recalled._defaults.get(self.key, ()))

    def describe(self, proto: Any) -> None:
        self._recalled.describe(proto, self.key)


def add_properties(proto: Any, properties: Any) -> None:
    """Metadata properties from a dict."""
    if isinstance(properties, dict):
        for key, value in properties.items():
            proto.metadata_props.add(key=str(key), value=str(value))


__all__ += ["add_properties"]
