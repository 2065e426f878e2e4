"""The model file, and the file of its large tensors beside it, each written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from irlib.converters.onnx_model.write.outside import EXTERNAL, Outside, raw_parts
from irlib.converters.onnx_model.write.protos import raw_of
from irlib.errors import FileError, SafetyError
from irlib.graph import Graph
from irlib.serde.durable import Replacement
from irlib.tensor import Tensor

__all__ = ["ONE_FILE", "least_outside", "write_model"]

ONE_FILE = 2**31 - 2**20
"""What a protobuf message can hold, with room for what is no tensor."""
_SMALLEST = 1024
_ALIGNED = 4096


def least_outside(graph: Graph, *, to_file: bool, external: int | None) -> int | None:
    """From how many bytes on tensors stand outside of the message: as asked for, or where it could not hold all.

    Raises: SafetyError where it could not and there is no file to put them beside.
    """
    tensors = [v.tensor for v in graph.variables if v.tensor is not None and v.tensor.dtype.kind != "string"]
    total = sum(t.array.nbytes for t in tensors)
    if total > ONE_FILE and not to_file:
        raise SafetyError(
            f"tensors of {total} bytes, expected at most {ONE_FILE} in a model in memory", code="IR511",
            where=f"graph {graph.name!r}", remedy="give the path of a file",
        )  # fmt: skip
    if external is not None and to_file:
        return external
    return _SMALLEST if total > ONE_FILE else None


def write_model(proto: Any, path: Path, outside: Outside) -> None:
    """Write a model, and the tensors `outside` of it to ``NAME.data``.

    The data is put in place first, so that a model never names data that is not there.

    Raises: FileError when the files cannot be written; the old ones stay.
    """
    placed = [(t, tensor) for t in _tensors(proto) if (tensor := outside.tensor_of(t)) is not None]
    try:
        if not placed:
            with Replacement(path) as file:
                file.write([proto.SerializeToString()])
                file.commit()
            return
        data = path.with_name(f"{path.name}.data")
        gaps, at = [], 0
        for message, tensor in placed:
            length = -(-tensor.array.size * tensor.dtype.bits // 8)
            gaps.append(-at % _ALIGNED)
            _point(message, data.name, at + gaps[-1], length)
            at += gaps[-1] + length
        with Replacement(data) as sidecar, Replacement(path) as file:
            sidecar.write(_parts(placed, gaps))
            file.write([proto.SerializeToString()])
            sidecar.commit()
            file.commit()
        if at <= ONE_FILE:  # the message that is given back holds its tensors
            for message, tensor in placed:
                message.ClearField("external_data")
                message.ClearField("data_location")
                message.raw_data = raw_of(tensor)
    except OSError as error:
        raise FileError(f"cannot be written: {error.strerror or error}", code="IR500", where=str(path)) from error


def _parts(placed: list[tuple[Any, Tensor]], gaps: list[int]) -> Iterator[Any]:
    for (_, tensor), gap in zip(placed, gaps, strict=True):
        if gap:
            yield b"\0" * gap
        yield from raw_parts(tensor)


def _point(message: Any, location: str, offset: int, length: int) -> None:
    message.ClearField("external_data")
    message.data_location = EXTERNAL
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        message.external_data.add(key=key, value=str(value))


def _tensors(proto: Any) -> Any:
    """The initializers of all graphs."""
    waiting = [proto.graph]
    while waiting:
        graph = waiting.pop()
        yield from graph.initializer
        for node in graph.node:
            for a in node.attribute:
                if a.HasField("g"):
                    waiting.append(a.g)
                waiting.extend(a.graphs)
