"""The model file, and the file of its large tensors beside it, each written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from irlib.errors import FileError
from irlib.serde.durable import Replacement

__all__ = ["ONE_FILE", "write_model"]

ONE_FILE = 2**31 - 2**20
"""What a protobuf message can hold, with room for what is no tensor."""
_SMALLEST = 1024
_ALIGNED = 4096
_EXTERNAL = 1  # TensorProto.DataLocation


def write_model(proto: Any, path: Path, external: int | None) -> None:
    """Write a model. Tensors of `external` bytes or more go to ``NAME.data``; None: only where they must.

    The data is put in place first, so that a model never names data that is not there.

    Raises: FileError when the files cannot be written; the old ones stay.
    """
    tensors = list(_tensors(proto))
    if external is None and sum(len(t.raw_data) for t in tensors) > ONE_FILE:
        external = _SMALLEST
    large = [t for t in tensors if external is not None and len(t.raw_data) >= max(external, 1)]
    try:
        if not large:
            _replace(path, [proto.SerializeToString()])
            return
        data = path.with_name(f"{path.name}.data")
        kept = [(t, t.raw_data) for t in large]
        parts, at = [], 0
        for tensor, raw in kept:
            gap = -at % _ALIGNED
            parts += [b"\0" * gap, raw]
            _point(tensor, data.name, at + gap, len(raw))
            at += gap + len(raw)
        try:
            with Replacement(data) as sidecar, Replacement(path) as file:
                sidecar.write(p for p in parts if p)
                file.write([proto.SerializeToString()])
                sidecar.commit()
                file.commit()
        finally:  # the message that is given back holds its tensors
            for tensor, raw in kept:
                tensor.ClearField("external_data")
                tensor.ClearField("data_location")
                tensor.raw_data = raw
    except OSError as error:
        raise FileError(f"cannot be written: {error.strerror or error}", code="IR500", where=str(path)) from error


def _replace(path: Path, parts: list[bytes]) -> None:
    with Replacement(path) as file:
        file.write(parts)
        file.commit()


def _point(tensor: Any, location: str, offset: int, length: int) -> None:
    tensor.ClearField("raw_data")
    tensor.data_location = _EXTERNAL
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))


def _tensors(proto: Any) -> Any:
    """The initializers of all graphs and the values of Constant nodes."""
    waiting = [proto.graph]
    while waiting:
        graph = waiting.pop()
        yield from graph.initializer
        for node in graph.node:
            for a in node.attribute:
                if a.HasField("g"):
                    waiting.append(a.g)
                waiting.extend(a.graphs)
