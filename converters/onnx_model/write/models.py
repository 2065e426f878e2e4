"""A graph as an ONNX model: its inputs, initializers, outputs and roles, and the file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import irlib.ops  # noqa: F401  the composites a graph may hold
from irlib.collector import collector_paused
from irlib.converters.onnx_model import schemas
from irlib.converters.onnx_model.roles import noted_roles
from irlib.converters.onnx_model.write.decide import decided
from irlib.converters.onnx_model.write.files import least_outside, write_model
from irlib.converters.onnx_model.write.functions import Functions
from irlib.converters.onnx_model.write.gemm import with_gemms
from irlib.converters.onnx_model.write.nodes import Writer
from irlib.converters.onnx_model.write.outside import Outside
from irlib.converters.onnx_model.write.protos import maps_type, sparse_proto
from irlib.converters.onnx_model.write.recall import Recalled, add_properties
from irlib.converters.onnx_model.write.regions import output_name
from irlib.converters.onnx_model.write.scope import Scope
from irlib.converters.onnx_model.write.values import Site, Val
from irlib.errors import AttributeValueError, FileError, IRError, UnsupportedError
from irlib.graph import Graph, Output, OutputRole, Role
from irlib.op import ForeignOp, Op
from irlib.types import TensorType

__all__ = ["OLDEST", "ModelWriter", "to_onnx"]

OLDEST = 17
"""The oldest opset that primitives are written in. What came in an older one can leave in it as it came."""


@collector_paused()
def to_onnx(
    model: Graph,
    path: str | os.PathLike[str] | None = None,
    *,
    opset: int | None = None,
    inline: bool = True,
    external: int | None = None,
) -> Any:
    """The ONNX ModelProto of a graph, also written to `path` where one is given, whole or not at all.

    Ops that came from ONNX leave as they came. Other composites leave as the ONNX op that is equal, where there is
    one; else as the nodes of their bodies, or without `inline` as calls of functions of the model. Variables that an
    output is the update of are inputs with a default, so that a step of training can be fed its own results. `opset` is
    that of the model the graph came from, else the newest. Tensors of `external` bytes or more go to a file of their
    own beside `path`: by default from 1 KiB on where the whole would not fit in one file.

    Raises: UnsupportedError naming the node that ONNX cannot say; AttributeValueError for an opset there is not.
    """
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise FileError("writing ONNX needs the onnx package", code="IR324", remedy="pip install onnx") from error

    newest = schemas.newest("")
    model = decided(model)
    if opset is not None and not 1 <= opset <= newest:
        raise AttributeValueError(
            f"opset {opset}, expected {OLDEST} to {newest}", code="IR852", where=f"graph {model.name!r}"
        )
    least = least_outside(model, to_file=path is not None, external=external)
    if opset is None:
        proto, outside = _at_own_opset(model, newest, inline=inline, least=least)
    else:
        proto, outside = _written(model, opset, inline=inline, least=least)
    if path is not None:
        write_model(proto, Path(path), outside)
    return proto


def _written(model: Graph, opset: int, *, inline: bool, least: int | None) -> tuple[Any, Outside]:
    writer = ModelWriter(with_gemms(model, opset), opset, inline=inline, least=least)
    return writer.proto(), writer.outside


def _at_own_opset(model: Graph, newest: int, *, inline: bool, least: int | None) -> tuple[Any, Outside]:
    """At the opset a model came in, where all of it can be said there; else, and for a new one, at the newest."""
    found = Recalled(dict(model.metadata)).model.get("opsets")
    own = found.get("ai.onnx") if isinstance(found, dict) else None
    if isinstance(own, int) and 1 <= own < newest:
        try:
            return _written(model, own, inline=inline, least=least)
        except UnsupportedError:
            pass
    return _written(model, newest, inline=inline, least=least)


class ModelWriter:
    """What writing any graph of a model needs, and the model itself."""

    def __init__(self, graph: Graph, opset: int, *, inline: bool, least: int | None = None) -> None:
        self.graph = graph
        self.outside = Outside(least)
        self.opset = opset
        self.inline = inline
        self.strict = True
        self.imports: dict[str, int] = {"": opset}
        self.lowered: dict[Any, Graph] = {}
        metadata = dict(graph.metadata)
        self.recalled = Recalled(metadata)
        known = self.recalled.model
        renamed = known.get("symbols")
        self.symbols: Mapping[str, str] = renamed if isinstance(renamed, dict) else {}
        versions = known.get("opsets")
        self._versions: dict[str, int] = versions if isinstance(versions, dict) else {}
        self.functions = Functions(self, metadata)
        self.fed = {n.name for n in graph.inputs}
        self.taken: set[str] = {*graph.names.values(), *(o.name for o in graph.outputs)}
        self._counts: dict[str, int] = {}

    def fresh(self, base: str) -> str:
        """A name made from `base` that nothing in the model has."""
        if base not in self.taken:
            self.taken.add(base)
            return base
        k = self._counts.get(base, 0)
        while True:
            k += 1
            name = f"{base}.{k}"
            if name not in self.taken:
                self._counts[base] = k
                self.taken.add(name)
                return name

    def opset_of(self, domain: str, op: ForeignOp) -> int:
        """The version of a domain that the model imports; asking for it imports it."""
        if domain not in self.imports:
            self.imports[domain] = int(self._versions.get(domain, schemas.newest(domain) or op.op_version))
        return self.imports[domain]

    def proto(self) -> Any:
        import onnx

        graph, known = self.graph, self.recalled.model
        body = self._graph()
        self._used_domains(body)
        if self._versions and "ai.onnx" not in self._versions and not self._uses_standard(body):
            del self.imports[""]
        made = onnx.ModelProto(
            ir_version=self._ir_version(),
            producer_name=str(known.get("producer", "" if known else "irlib")),
            producer_version=str(known.get("producer_version", "")),
            domain=str(known.get("domain", "")),
            model_version=int(known.get("model_version", 0)),
            doc_string=str(known.get("doc", "")),
        )
        made.graph.CopyFrom(body)
        made.functions.extend(self.functions.protos())
        for domain, version in self.imports.items():
            made.opset_import.add(domain=domain, version=version)
        for name, text in noted_roles(graph, made.graph).items():
            made.metadata_props.add(key=name, value=text)
        add_properties(made, known.get("metadata"))
        return made

    def _used_domains(self, body: Any) -> None:
        """Imports that the model came with, whether used or not, when it leaves at the opset it came in."""
        if self._versions.get("ai.onnx") == self.opset:
            for domain, version in self._versions.items():
                if isinstance(version, int) and domain != "ai.onnx":
                    self.imports.setdefault(domain, version)

    def _uses_standard(self, body: Any) -> bool:
        return bool(self.functions.protos()) or any(n.domain in ("", "ai.onnx") for n in body.node)

    def _ir_version(self) -> int:
        import onnx

        known = self.recalled.model.get("ir_version")
        as_it_came = "" not in self.imports or self._versions.get("ai.onnx") == self.opset
        if isinstance(known, int) and as_it_came:
            least = 8 if self.functions.made else 4 if self._overridable() else 1
            return max(known, least)
        table = {row[2]: row[1] for row in onnx.helper.VERSION_TABLE}
        return max(8, int(table.get(self.opset, onnx.IR_VERSION)))

    def _overridable(self) -> bool:
        return any(o.role is OutputRole.UPDATE for o in self.graph.outputs)

    def _graph(self) -> Any:
        import onnx

        graph, recalled = self.graph, self.recalled
        scope = Scope(self)
        scope.promise(graph)
        name = str(recalled.model.get("name", graph.name))
        proto = onnx.GraphProto(name=name, doc_string=str(recalled.graph.get("doc", "")))
        add_properties(proto, recalled.graph.get("metadata"))
        bound = self._variables(scope, proto)
        writer = Writer(scope, f"graph {graph.name!r}")
        scope.site = Site(Op(), None, (), writer.place)
        values = writer.graph(graph, bound, recalled)
        for o in graph.outputs:
            v = values[graph.output_value(o)]
            made = output_name(scope, v, o.name, [i.name for i in proto.output])
            if made != o.name:
                raise UnsupportedError(
                    f"output {o.name!r} has the name of another value", code="IR320", where=writer.place
                )
            info = recalled.value_info(made, self._declared(o, v.type), self.symbols)
            maker = scope.maker(made)
            if maker is not None and maker.op_type == "ZipMap":
                info.type.CopyFrom(recalled.maps(made) or maps_type(maker))
            recalled.describe_value(info, made)
            proto.output.append(info)
        recalled.add_value_info(proto, values, self.symbols)
        proto.node.extend(scope.swept([o.name for o in proto.output]))
        sparse = recalled.graph.get("sparse", ())
        for tensor in scope.initializers:
            if tensor.name in sparse:
                array = graph.nodes[tensor.name].variable.tensor
                proto.sparse_initializer.append(sparse_proto(array, tensor.name))
            else:
                recalled.describe_value(tensor, tensor.name)
                proto.initializer.append(tensor)
        return proto

    def _declared(self, output: Output, t: Any) -> Any:
        """The type of an output; where inference does not know all of it, what is said of it otherwise.

        That is the type of the variable whose gradient or update it is, or what the model that was read declared.
        """
        if output.of is not None and isinstance(t, TensorType) and (t.shape is None or None in t.shape):
            try:
                found = self.graph.nodes[output.of].type
            except IRError:
                return t
            return found if isinstance(found, TensorType) and found.dtype is t.dtype else t
        return self._stated(output.name, t)

    def _stated(self, name: str, t: Any) -> Any:
        """What the model that was read declared of a value of unknown rank; ``d_y`` has the type of output y.

        ONNX wants a shape for the inputs and outputs of a model.
        """
        if not isinstance(t, TensorType) or t.shape is not None:
            return t
        found = self.recalled.said(name) or self.recalled.said(name.removeprefix("d_"))
        return found if isinstance(found, TensorType) and found.dtype is t.dtype else t

    def _variables(self, scope: Scope, proto: Any) -> dict[int, Val]:
        """The variables of the graph but its constants, as inputs and initializers."""
        graph, recalled = self.graph, self.recalled
        bound: dict[int, Val] = {}
        updated = {o.of for o in graph.outputs if o.role is OutputRole.UPDATE}
        inputs: dict[str, Any] = {}
        listed = recalled.graph.get("inputs", ())
        for index in graph.variable_nodes:
            node = graph.nodes[index]
            variable, name = node.variable, str(node.name)
            if variable.role is Role.CONSTANT:
                if node.name in listed:
                    inputs[name] = recalled.value_info(name, variable.type, self.symbols)
                continue
            scope.claim(name)
            bound[index] = Val(scope, variable.type, name)
            if variable.tensor is not None:
                scope.initializers.append(self.outside.proto(variable.tensor, name))
            if variable.tensor is None or name in updated or name in listed:
                inputs[name] = recalled.value_info(name, self._stated(name, variable.type), self.symbols)
                recalled.describe_value(inputs[name], name)
        order = [n for n in listed if n in inputs]
        proto.input.extend(inputs[n] for n in [*order, *(n for n in inputs if n not in order)])
        return bound
