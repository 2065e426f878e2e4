"""Calls of a model's own functions: a composite in the function's domain, its body made for the call's operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irlib.builder import Builder
from irlib.converters.onnx_model.attributes import kind_of, read_attribute
from irlib.converters.onnx_model.model import MAX_DEPTH, FunctionKey, Model
from irlib.errors import AttributeValueError, SafetyError, StructureError
from irlib.op import ForeignOp, Op
from irlib.validate.place import shown

if TYPE_CHECKING:
    from irlib.converters.onnx_model.graphs import GraphReader
    from irlib.graph import Graph

__all__ = ["called"]


def called(
    caller: GraphReader, key: FunctionKey, operands: list[Any], attributes: dict[str, Any], name: str | None
) -> tuple[Any, ...]:
    """The results of a call of function `key`, appended to the caller's builder."""
    model = caller.model
    proto = model.functions[key]
    if len(operands) > len(proto.input):
        raise AttributeValueError(
            f"function {shown(key[1])} got {len(operands)} operands, expected at most {len(proto.input)}", code="IR104"
        )
    if caller.depth >= MAX_DEPTH:
        raise SafetyError(f"function calls nest deeper than {MAX_DEPTH}", code="IR517")
    # a domain must not pass for our own dialect
    dialect = f"onnx.{key[0]}" if key[0] in ("", "irlib") else key[0]
    version = max(caller.opsets.get(key[0], 1), 1)
    op: Op = ForeignOp(dialect, key[1] + (f":{key[2]}" if key[2] else ""), version, tuple(sorted(attributes.items())))
    op = model.ops.setdefault(op, op)  # equal ops are one object: a builder knows them by identity
    described = tuple(None if v is None else v.operand for v in operands)
    cached = (key, op, described)
    if cached not in model.bodies:
        model.bodies[cached] = _body(model, key, attributes, operands, caller.depth)
    body = model.bodies[cached]
    if body is None:
        raise StructureError(f"function {shown(key[1])} cannot be read", code="IR857")
    results: tuple[Any, ...] = caller.b.emit(op, operands, name, body)
    return results


def _body(model: Model, key: FunctionKey, attributes: dict[str, Any], operands: list[Any], depth: int) -> Graph | None:
    from irlib.converters.onnx_model.graphs import BROKEN, GraphReader

    proto = model.functions[key]
    place = f"function {shown(key[0])}.{shown(key[1])}"
    before = len(model.findings)
    b = Builder(key[1])
    bindings = _bindings(model, proto, attributes, place)
    reader = GraphReader(model, b, place, model.function_opsets[key], bindings=bindings, depth=depth + 1)
    given = operands + [None] * (len(proto.input) - len(operands))
    for name, operand in zip(proto.input, given, strict=True):
        if name in reader.values:
            model.add("IR112", place, f"input {shown(name)!r} is named twice")
        reader.values[name] = None if operand is None else b.input(name, operand.type, known=operand.known)
    reader.read(proto.node)
    for k, name in enumerate(proto.output):
        value = reader.values.get(name)
        if value is None:
            model.add("IR102", place, f"output {shown(name)!r} is nothing that is defined")
        if value is None or value is BROKEN:
            return None
        b.output(name if name not in b._outputs else f"{name}.{k}", value)
    if len(model.findings) > before and any(f.severity == "error" for f in model.findings[before:]):
        return None
    return b.build(prune=True)


def _bindings(model: Model, proto: Any, attributes: dict[str, Any], place: str) -> dict[str, Any]:
    """The attributes of a call, defaults of the function filled in."""
    found = dict(attributes)
    for a in proto.attribute_proto:
        if a.name not in found:
            found[a.name] = read_attribute(a, kind_of(a), model.reading)
    known = {*proto.attribute, *(a.name for a in proto.attribute_proto)}
    for name in proto.attribute:
        if name not in found:
            model.add("IR302", place, f"attribute {shown(name)!r} is missing", severity="warning")
    for name in attributes:
        if name not in known:
            model.add("IR301", place, f"no attribute is called {shown(name)!r}", severity="warning")
    return found
