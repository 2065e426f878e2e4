"""What an ONNX model says that a graph has no place for, kept in its metadata so that export can say it again.

Only what deviates is kept: a node without a name, a docstring or further outputs takes nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from irlib.converters.onnx_model.dtypes import type_proto
from irlib.types import Type

__all__ = ["Notes", "stored"]

_CHUNK = 1 << 18  # characters of one metadata value; a file allows a megabyte


class Notes:
    """Gathered while a graph is read, keyed by the name of the irlib node (the ONNX name of its first output)."""

    def __init__(self) -> None:
        self.names: dict[str, str | int] = {}
        """ONNX node names; a number is how much of the key the name is, as in ``conv1`` of ``conv1_output_0``."""
        self.outputs: dict[str, list[str]] = {}
        """All output names, where there are several or the first is not named."""
        self.extras: dict[str, dict[str, Any]] = {}
        """Docstrings, overloads and metadata properties of nodes."""
        self.constants: dict[str, str] = {}
        """The constants that were Constant nodes, and the attribute that held the value."""
        self.values: dict[str, dict[str, Any]] = {}
        """Of inputs, outputs and initializers: docstring, metadata properties."""
        self.defaults: dict[str, list[str]] = {}
        """Attributes that were written although they have their default, of nodes that became primitives."""
        self.types: dict[str, list[str]] = {}
        """Of inputs and outputs: a TypeProto, and the type as irlib knows it. It holds as long as that does."""
        self.graph: dict[str, Any] = {}
        self._encoded: dict[Type, bytes] = {}

    def node(self, node: Any, key: str | None) -> None:
        """Note what is special of a node."""
        if key is None:
            return
        if node.name:
            self.names[key] = len(node.name) if key.startswith(node.name) else node.name
        if len(node.output) > 1 or node.output[0] != key:
            self.outputs[key] = list(node.output)
        blank = len(node.input) > 0 and not node.input[-1]
        if blank or node.doc_string or node.overload or len(node.metadata_props):
            extra: dict[str, Any] = {
                "doc": node.doc_string,
                "overload": node.overload,
                "metadata": properties(node.metadata_props),
            }
            extra["operands"] = len(node.input) if blank else 0  # the last ones absent, yet written
            self.extras[key] = {k: v for k, v in extra.items() if v}

    def constant(self, name: str, attributes: Mapping[str, Any], node: Any) -> None:
        """Note that a constant was a node."""
        self.constants[name] = next(iter(attributes))

    def value(self, info: Any) -> None:
        """Note what is special of an input, an output or an initializer."""
        extra = {"doc": info.doc_string, "metadata": properties(info.metadata_props)}
        kept = {k: v for k, v in extra.items() if v}
        if kept:
            self.values[info.name] = kept

    def type(self, info: Any, known: Type, symbols: Mapping[str, str]) -> None:
        """Note the declared type of an input or output, with what is known of it, where it is said in another way."""
        said = info.type.SerializeToString(deterministic=True)
        expected = self._encoded.get(known)
        if expected is None:
            expected = self._encoded[known] = type_proto(known, symbols).SerializeToString(deterministic=True)
        if said != expected:
            self.types[info.name] = [base64.b64encode(said).decode(), str(known)]

    def metadata(self) -> dict[str, str]:
        """All of it as metadata of a graph."""
        parts = {
            "onnx.graph": self.graph, "onnx.names": self.names, "onnx.outputs": self.outputs,
            "onnx.nodes": self.extras, "onnx.constants": self.constants, "onnx.values": self.values,
            "onnx.defaults": self.defaults, "onnx.types": self.types,
        }  # fmt: skip
        made: dict[str, str] = {}
        for key, part in parts.items():
            if part:
                made.update(stored(key, part))
        return made


def properties(props: Any) -> dict[str, str]:
    """Metadata properties as a dict."""
    return {p.key: p.value for p in props}


def stored(key: str, value: Any) -> dict[str, str]:
    """A JSON value under one metadata key, or where it is long under several: ``key``, ``key.1``, .."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True)
    if len(text) <= _CHUNK:
        return {key: text}
    chunks = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
    return {key if i == 0 else f"{key}.{i}": chunk for i, chunk in enumerate(chunks)}


def recalled(metadata: Mapping[str, str], key: str) -> Any:
    """What `stored` put there; None where nothing is. Raises: ValueError when it is not JSON."""
    if key not in metadata:
        return None
    parts, i = [metadata[key]], 1
    while f"{key}.{i}" in metadata:
        parts.append(metadata[f"{key}.{i}"])
        i += 1
    return json.loads("".join(parts))


__all__ += ["properties", "recalled"]
