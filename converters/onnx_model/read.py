"""ONNX in: a file, bytes or ModelProto to a graph, or to everything that is wrong with it."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import irlib.converters.onnx_model.dialect  # what the ops of ONNX mean
import irlib.ops  # noqa: F401  what they are made of
from irlib.builder import Builder
from irlib.collector import collector_paused
from irlib.converters.onnx_model.external import Folder
from irlib.converters.onnx_model.graphs import BROKEN, GraphReader
from irlib.converters.onnx_model.initializers import add_initializers
from irlib.converters.onnx_model.model import Model
from irlib.converters.onnx_model.names import clean
from irlib.converters.onnx_model.notes import properties, stored
from irlib.converters.onnx_model.roles import KEY, said_roles
from irlib.errors import FileError, IRError, SafetyError
from irlib.graph import Graph, OutputRole, Role
from irlib.validate.finding import Finding, Report
from irlib.validate.place import shown

__all__ = ["MAX_FILE", "check", "from_onnx", "read"]

MAX_FILE = 2**31
"""The largest model file in bytes: what a protobuf message can be. Larger models have external data."""


def from_onnx(source: Any, *, strict: bool = True) -> Graph:
    """The graph of an ONNX model: a path, the bytes of a file, or a ModelProto.

    Nodes keep the names of their first outputs; float initializers are parameters, others constants, statistics of
    BatchNormalization buffers. Each op is a composite of dialect ``ai.onnx`` with a body, or the primitive it equals.
    Without `strict`, operands of types that an operator's schema does not list are taken where irlib's ops take them,
    and what is declared of values that nodes make counts for nothing: some exporters declare shapes that do not hold.

    Raises: the first error of `check` as an IRError of its kind, the others as its notes.
    """
    graph, report = read(source, strict=strict)
    report.raise_errors()
    assert graph is not None
    return graph


def check(source: Any) -> Report:
    """Everything that is wrong with an ONNX model; never raises on what it contains."""
    return read(source)[1]


@collector_paused()
def read(source: Any, *, strict: bool = True) -> tuple[Graph | None, Report]:
    """The graph of a model, None where there is an error in it, and everything found."""
    subject = os.fspath(source) if isinstance(source, str | os.PathLike) else "ONNX model"
    try:
        proto, folder = _message(source)
    except IRError as error:
        return None, Report((Finding.of(error),), subject)
    try:
        model = Model(proto, folder, strict=strict)
        graph = _graph(model, proto)
    except IRError as error:
        return None, Report((Finding.of(error),), subject)
    except (TypeError, AttributeError):
        place = _not_text(proto)
        if not place:
            raise
        return None, Report((Finding("IR850", "error", place, "a text that is not UTF-8"),), subject)
    report = Report(tuple(model.findings), subject)
    return (graph if report.ok else None), report


def _message(source: Any) -> tuple[Any, Folder | None]:
    try:
        import onnx
    except ImportError as error:
        raise FileError("reading ONNX needs the onnx package", code="IR324", remedy="pip install onnx") from error

    if isinstance(source, onnx.ModelProto):
        return source, None
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return _parsed(_bytes_of(path)), Folder(Path(os.path.realpath(path)).parent)
    return _parsed(bytes(source)), None


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size >= MAX_FILE:
                raise SafetyError(
                    f"{os.fstat(file.fileno()).st_size} bytes, expected less than {MAX_FILE}", code="IR511"
                )
            return file.readall()
    except IRError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot be read: {reason}", code="IR500") from error


def _parsed(data: bytes) -> Any:
    import onnx
    from google.protobuf.message import DecodeError

    proto = onnx.ModelProto()
    try:
        proto.ParseFromString(data)
    except DecodeError as error:
        raise FileError("the bytes are no ONNX model", code="IR850", remedy="get the file again") from error
    if not proto.HasField("graph"):
        raise FileError("an ONNX model without a graph", code="IR850")
    return proto


def _not_text(proto: Any) -> str:
    """Where a model has bytes for a text; empty where it has none. A parser of proto2 lets them through."""
    waiting: list[tuple[Any, str]] = [(proto, "model")]
    while waiting:
        message, place = waiting.pop()
        for field, value in message.ListFields():
            if field.type not in (field.TYPE_STRING, field.TYPE_MESSAGE):
                continue
            values = value if field.type != field.TYPE_STRING or not isinstance(value, str | bytes) else [value]
            values = [values] if hasattr(values, "ListFields") else values
            for k, item in enumerate(values):
                here = f"{place}.{field.name}[{k}]"
                if isinstance(item, bytes):
                    return here
                if not isinstance(item, str):
                    waiting.append((item, here))
    return ""


def _graph(model: Model, proto: Any) -> Graph | None:
    graph = proto.graph
    b = Builder(clean(graph.name) or "graph")
    place = f"graph '{shown(graph.name)}'"
    reader = GraphReader(model, b, place, model.opsets)
    held = {t.name for t in graph.initializer} | {t.values.name for t in graph.sparse_initializer}
    # until IR version 4 every initializer had to be an input as well, and none was meant to be fed
    overridable = {i.name for i in graph.input if i.name in held} if model.ir_version >= 4 else set()
    variables, outputs = said_roles(proto)
    _inputs(reader, graph, held, variables)
    add_initializers(reader, graph, overridable, {k: v for k, v in variables.items() if v is not Role.INPUT})
    reader.declared = {v.name: v for v in graph.value_info}
    reader.read(graph.node)
    _outputs(reader, graph, outputs)
    if any(f.severity == "error" for f in model.findings):
        return None
    reader.note_types([info for info in (*graph.input, *graph.output) if info.type.WhichOneof("value")])
    reader.note_values(graph.value_info)
    reader.notes.graph.update(_about_graph(graph, held))
    b.metadata.update(reader.notes.metadata())
    b.metadata.update(stored("onnx.model", _about_model(model, proto)))
    if len(proto.functions):
        packed = [base64.b64encode(f.SerializeToString(deterministic=True)).decode() for f in proto.functions]
        b.metadata.update(stored("onnx.functions", packed))
    return b.build()


def _inputs(reader: GraphReader, graph: Any, held: set[str], said: Mapping[str, Role]) -> None:
    model = reader.model
    seen: set[str] = set()
    for info in graph.input:
        where = f"{reader.place}, input {shown(info.name)!r}"
        if info.name in seen or not info.name:
            model.add(
                "IR112" if info.name else "IR111", where, "named twice" if info.name else "an input without a name"
            )
            continue
        seen.add(info.name)
        reader.notes.value(info)
        if info.name in held:
            continue
        try:
            make = {Role.PARAMETER: reader.b.parameter, Role.BUFFER: reader.b.buffer}.get(
                said.get(info.name, Role.INPUT)
            )
            reader.values[info.name] = (make or reader.b.input)(clean(info.name), model.symbols.type(info.type))
        except IRError as error:
            model.add_error(error, where)
            reader.values[info.name] = BROKEN


def _outputs(reader: GraphReader, graph: Any, said: Mapping[str, tuple[OutputRole, str | None]]) -> None:
    model, b = reader.model, reader.b
    for info in graph.output:
        where = f"{reader.place}, output {shown(info.name)!r}"
        found = reader.values.get(info.name)
        if found is None:
            model.add("IR102", where, "nothing of this name is defined")
        elif found is not BROKEN:
            reader.check_declared(info, found, where)
            reader.notes.value(info)
            try:
                role, of = said.get(info.name, (OutputRole.RESULT, None))
                if of is not None and of not in b.taken_names():
                    role, of = OutputRole.RESULT, None
                b.output(clean(info.name), found, role=role, of=of)
            except IRError as error:
                model.add_error(error, where)


def _about_graph(graph: Any, held: set[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if graph.doc_string:
        made["doc"] = graph.doc_string
    if len(graph.metadata_props):
        made["metadata"] = properties(graph.metadata_props)
    if any(i.name in held for i in graph.input):
        made["inputs"] = [i.name for i in graph.input]  # initializers among them, in this order
    sparse = [t.values.name for t in graph.sparse_initializer]
    if sparse:
        made["sparse"] = sparse
    return made


def _about_model(model: Model, proto: Any) -> dict[str, Any]:
    made = {
        "ir_version": model.ir_version,
        "opsets": {d or "ai.onnx": v for d, v in model.opsets.items()},
        "producer": proto.producer_name,
        "producer_version": proto.producer_version,
        "domain": proto.domain,
        "model_version": int(proto.model_version),
        "doc": proto.doc_string,
        "metadata": {k: v for k, v in properties(proto.metadata_props).items() if k != KEY},
        "symbols": model.symbols.renamed,
        "name": "" if clean(proto.graph.name) == proto.graph.name else proto.graph.name,
    }
    return {k: v for k, v in made.items() if v}
