"""Regions as subgraphs: what a region is given as further operands is used by its outer name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from irlib.converters.onnx_model.write.protos import value_info
from irlib.converters.onnx_model.write.recall import Recalled
from irlib.converters.onnx_model.write.scope import Scope
from irlib.converters.onnx_model.write.values import Site, Val
from irlib.graph import Graph
from irlib.op import Op

if TYPE_CHECKING:
    from irlib.converters.onnx_model.write.nodes import Writer

__all__ = ["output_name", "region"]


def region(
    writer: Writer, graph: Graph, bound: Sequence[Val | None], *, first: Sequence[Any] = (), loop: Any = None
) -> Any:
    """A GraphProto of `graph`. Inputs for which `bound` is None are inputs of the subgraph, the others stand outside.

    `first` are types of inputs that the subgraph has in front and does not use, after its first own one.
    """
    import onnx

    from irlib.converters.onnx_model.write.nodes import Writer

    model = writer.model
    scope = Scope(model, writer.scope)
    scope.promise(graph)
    recalled = Recalled(dict(graph.metadata))
    proto = onnx.GraphProto(name=graph.name)
    values: dict[int, Val] = {}
    for k, (node, outside) in enumerate(zip(graph.inputs, bound, strict=True)):
        if outside is not None:
            values[node.index] = outside
            continue
        name = scope.claim(str(node.name))
        values[node.index] = Val(scope, node.type, name)
        info = recalled.value_info(name, node.type, model.symbols, str(node.name))
        recalled.describe_value(info, str(node.name))
        proto.input.append(info)
        if k == 0:
            proto.input.extend(value_info(scope.temporary("unused"), t, model.symbols) for t in first)
    inner = Writer(scope, f"{writer.scope.site.label if writer.scope.site else writer.place}, region {graph.name!r}")
    scope.site = Site(Op(), None, (), inner.place)
    found = inner.graph(graph, values, recalled)
    for o in graph.outputs:
        v = found[graph.output_value(o)]
        name = output_name(scope, v, o.name, [i.name for i in proto.output])
        assert v.type is not None
        proto.output.append(recalled.value_info(name, v.type, model.symbols, o.name))
    recalled.add_value_info(proto, found, model.symbols)
    proto.node.extend(scope.swept([o.name for o in proto.output]))
    proto.initializer.extend(scope.initializers)
    if recalled.graph.get("doc"):
        proto.doc_string = str(recalled.graph["doc"])
    return proto


def output_name(scope: Scope, v: Val, wanted: str, taken: Sequence[str]) -> str:
    """The name under which a value is an output of a scope: its own where that is the wanted one, else of an Identity.

    A subgraph must make its outputs itself: neither an input nor an outer value under another name will do.
    """
    if v.scope is scope and v.name is None and v.tensor is not None and v.wanted == wanted:
        scope.hold(v)
    if v.scope is scope and v.name == wanted and wanted not in taken:
        return wanted
    made = scope.op("Identity", v, type=v.type)
    scope.rename(made, wanted, 0)
    return str(made.name)
