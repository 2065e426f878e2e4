"""Ops that came from ONNX, written as they came where the target opset has them so; else as their bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from irlib.converters.onnx_model.rules.rule import CAPTURES, OURS
from irlib.converters.onnx_model.schemas import DOMAIN_OF, OpSchema, schema
from irlib.converters.onnx_model.write.protos import attribute_proto
from irlib.converters.onnx_model.write.values import Site, Val
from irlib.graph import Graph
from irlib.op import ForeignOp

if TYPE_CHECKING:
    from irlib.converters.onnx_model.write.nodes import Writer

__all__ = ["foreign"]

CHANGED: dict[str, tuple[int, ...]] = {
    "AveragePool": (19,), "BatchNormalization": (14,), "Dropout": (12, 13), "GridSample": (20,),
    "GroupNormalization": (21,), "Hardmax": (13,), "LogSoftmax": (13,), "LpPool": (18,), "MaxPool": (19,),
    "Reshape": (5,), "Resize": (11, 13, 18, 19), "RoiAlign": (16,), "Scan": (9,), "Softmax": (13,), "Upsample": (9,),
    "QuantizeLinear": (19, 21), "DequantizeLinear": (21,), "Attention": (24,), "Cast": (24,),
}  # fmt: skip
"""Versions from which an op means something else although its signature may be the same."""


def foreign(
    writer: Writer, site: Site, operands: Sequence[Val | None], names: Sequence[str | None], extras: Any
) -> Sequence[Val] | None:
    """The results of an op that came from ONNX, or None where its body must stand for it."""
    op = site.op
    assert isinstance(op, ForeignOp)
    domain = DOMAIN_OF.get(op.op_dialect, op.op_dialect)
    functions = writer.model.functions
    if functions.has(op):
        if functions.fits(op):
            return _written(writer, site, op, functions.use(op), None, operands, names, extras)
        return None
    found = _schema(writer, domain, op)
    if found is None:
        return None
    return _written(writer, site, op, (domain, op.op_name, ""), found, operands, names, extras)


def _schema(writer: Writer, domain: str, op: ForeignOp) -> OpSchema | None:
    """The schema the op has in the target opset, where it means there what it means here."""
    version = writer.model.opset_of(domain, op)
    found = schema(domain, op.op_name, version)
    if found is None or found.deprecated:
        return None
    if found.since == op.op_version:
        return found
    before = schema(domain, op.op_name, op.op_version)
    low, high = sorted((found.since, op.op_version))
    if before is None or any(low < v <= high for v in CHANGED.get(op.op_name, ())):
        return None
    return found if _same(before, found, op) else None


def _same(before: OpSchema, after: OpSchema, op: ForeignOp) -> bool:
    """Whether a node of one version can stand unchanged as one of the other."""
    if before.inputs[0] != after.inputs[0] or before.outputs[0] != after.outputs[0]:
        return False
    if len(after.formal_inputs) < len(before.formal_inputs) and before.inputs[1] != after.inputs[1]:
        return False
    for name in op.attribute_values():
        if name in OURS:
            continue
        if name not in after.attributes or after.attributes[name].kind != before.attributes[name].kind:
            return False
    return all(
        before.defaults.get(k) == after.defaults.get(k)
        for k in before.attributes
        if op.attribute(k) is None and k in after.attributes
    ) and all(k in after.attributes or op.attribute(k) is None for k in before.attributes if k not in before.defaults)


def _written(
    writer: Writer, site: Site, op: ForeignOp, key: tuple[str, str, str], found: OpSchema | None,
    operands: Sequence[Val | None], names: Sequence[str | None], extras: Any,
) -> Sequence[Val] | None:  # fmt: skip
    scope = writer.scope
    captured = op.attribute(CAPTURES, 0)
    own = list(operands[: len(operands) - captured])
    while own and own[-1] is None and (found is None or len(own) > found.inputs[0]):
        own.pop()
    if found is not None and writer.model.strict and found.misfit(tuple([None if v is None else v.type for v in own])):
        return None
    attributes = []
    for name, value in op.op_attributes:
        if name in OURS:
            continue
        kind = found.attributes[name].kind if found is not None else None
        if isinstance(value, Graph):
            value, kind = _region(writer, value, operands, captured), 5
        elif isinstance(value, tuple) and value and isinstance(value[0], Graph):
            value, kind = [_region(writer, g, operands, captured) for g in value], 10
        attributes.append(attribute_proto(name, value, kind, writer.model.symbols))
    made = scope.proto(op.op_name.split(":")[0], [scope.name_of(v) for v in own], [], attributes)
    made.op_type, made.domain, made.overload = key[1], key[0], key[2]
    results = []
    for k, t in enumerate(site.types):
        wanted = names[k] if k < len(names) else None
        if wanted == "":
            made.output.append("")
            results.append(Val(scope, t, None))
            continue
        name = scope.claim(wanted) if wanted else scope.temporary(key[1].lower())
        made.output.append(name)
        results.append(Val(scope, t, name))
    scope.append(made)
    if extras is not None:
        extras.describe(made)
    return results


def _region(writer: Writer, graph: Graph, operands: Sequence[Val | None], captured: int) -> Any:
    from irlib.converters.onnx_model.write.regions import region

    formal = len(graph.inputs) - captured
    bound = [None] * formal + list(operands[len(operands) - captured :] if captured else [])
    return region(writer, graph, bound)
