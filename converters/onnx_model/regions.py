"""Subgraphs as regions: closed graphs whose inputs are the subgraph's own, then every value used from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from irlib.builder import Builder
from irlib.closures import joined
from irlib.converters.onnx_model.dtypes import dtype_of_number
from irlib.converters.onnx_model.initializers import add_constants
from irlib.converters.onnx_model.model import MAX_DEPTH
from irlib.converters.onnx_model.names import clean, free_names, subgraphs
from irlib.converters.onnx_model.rules.rule import CAPTURES
from irlib.errors import IRError, IRTypeError, SafetyError, StructureError
from irlib.graph import Graph
from irlib.op import normalized_axis
from irlib.types import DTYPES, OptionalType, SequenceType, TensorType, Type
from irlib.validate.place import shown

if TYPE_CHECKING:
    from irlib.converters.onnx_model.graphs import GraphReader
    from irlib.converters.onnx_model.schemas import OpSchema

__all__ = ["with_regions"]

_WIDENINGS = 4
"""How often the types of carried values are widened before their ranks are given up; a rank is at most 32."""


def with_regions(
    reader: GraphReader, index: int, node: Any, found: OpSchema, operands: list[Any], attributes: dict[str, Any]
) -> list[Any]:
    """The operands of a node with regions, captured values put behind; the regions are put into `attributes`."""
    from irlib.converters.onnx_model.graphs import BROKEN

    if reader.depth >= MAX_DEPTH:
        raise SafetyError(f"subgraphs nest deeper than {MAX_DEPTH}", code="IR517")
    names: dict[str, None] = {}
    for inner in subgraphs(node):
        names.update(free_names(inner, reader.depth))
    captured = {}
    for name in names:
        value = reader._operand(index, node, name)
        if value is BROKEN:
            raise StructureError(f"its subgraph uses {shown(name)!r}, which is not there", code="IR102")
        if value is not None:
            captured[name] = value
    where = reader.where(index, node)
    taken = _branch_taken(found, operands)
    for a in sorted(node.attribute, key=lambda a: a.name != taken):
        if a.ref_attr_name:
            continue
        if taken in attributes and a.name in _BRANCHES.values():
            attributes[a.name] = _never_taken(reader, found, a.g, captured, where, attributes[taken])
        elif a.HasField("g"):
            attributes[a.name] = _region(reader, found, a.g, operands, attributes, captured, where)
        elif len(a.graphs):
            made = [_region(reader, found, g, operands, attributes, captured, where) for g in a.graphs]
            attributes[a.name] = tuple(made)
    if captured:
        attributes[CAPTURES] = len(captured)
        # absent operands hold their places, so that the captured values stand last and are counted from there
        _, most = found.inputs
        if not found.variadic:
            operands = operands + [None] * (most - len(operands))
    return [*operands, *captured.values()]


_BRANCHES = {True: "then_branch", False: "else_branch"}


def _branch_taken(found: OpSchema, operands: list[Any]) -> str:
    """The branch of an If whose condition is known; empty where it is not, and for other ops."""
    condition = operands[0] if found.name == "If" and operands else None
    known = None if condition is None else condition.known
    if isinstance(known, tuple) and len(known) == 1:
        known = known[0]
    return _BRANCHES[known] if isinstance(known, bool) else ""


def _never_taken(
    reader: GraphReader, found: OpSchema, proto: Any, captured: dict[str, Any], where: str, taken: Graph
) -> Graph:
    """A branch that is known not to run. Exporters write such for shapes that do not occur: it need not fit.

    Where it cannot be made, or has not the outputs of the one that is `taken`, that one stands in its place.
    """
    findings = reader.model.findings
    before = len(findings)
    try:
        made = _region(reader, found, proto, [], {}, captured, where)
    except IRError:
        made = taken
    del findings[before:]
    return made if len(made.outputs) == len(taken.outputs) else taken


def _region(
    reader: GraphReader, found: OpSchema, proto: Any, operands: list[Any], attributes: dict[str, Any],
    captured: dict[str, Any], where: str,
) -> Graph:  # fmt: skip
    formal = _FORMAL.get(found.name)
    if formal is None:
        raise StructureError(f"{found.name} with a subgraph", code="IR854")
    types, carried = formal(found, operands, attributes)
    declared = proto.input
    if len(declared) != len(types):
        raise StructureError(
            f"subgraph {shown(proto.name)!r} has {len(declared)} inputs, expected {len(types)}", code="IR855"
        )
    stated = [_stated(reader, info) for info in declared]
    for info, s, t in zip(declared, stated, types, strict=True):
        if isinstance(s, TensorType) and isinstance(t, TensorType) and s.dtype is not t.dtype:
            raise IRTypeError(f"subgraph input {shown(info.name)!r} is declared as {s}, gets {t}", code="IR230")
    start = [_closer(s, t) for s, t in zip(stated, types, strict=True)]
    for attempt in range(_WIDENINGS + 1):
        before = len(reader.model.findings)
        made = _built(reader, proto, start, captured, where)
        widened = list(start)
        for into, out in carried:
            if out < len(made.outputs):
                t = made.value_type(made.output_value(made.outputs[out]))
                widened[into] = _joined(start[into], t, attempt == _WIDENINGS - 1)
        if widened == start:
            return made
        del reader.model.findings[before:]
        start = widened
    return made


def _joined(a: Type, b: Type, give_up: bool) -> Type:  # noqa: FBT001
    """A type that covers both."""
    if isinstance(a, OptionalType) and not isinstance(b, OptionalType):  # it goes on as what is in it
        return OptionalType(_joined(a.element, b, give_up))
    try:
        found = joined(a, b, "carried value")
    except IRError:
        return a  # what does not fit is for the op to say
    if give_up and found != a and isinstance(found, TensorType):
        return TensorType(found.dtype, None)
    return found


def _stated(reader: GraphReader, info: Any) -> Type | None:
    return None if info.type.WhichOneof("value") is None else reader.model.symbols.type(info.type)


def _closer(stated: Type | None, given: Type) -> Type:
    """What is known of an input: what the operand is, or what is declared where the operand's rank is not known."""
    unknown = isinstance(given, TensorType) and given.shape is None
    return stated if unknown and stated is not None else given


def _built(reader: GraphReader, proto: Any, types: list[Type], captured: dict[str, Any], where: str) -> Graph:
    from irlib.converters.onnx_model.graphs import BROKEN, GraphReader

    model = reader.model
    b = Builder(clean(proto.name) or "region")
    place = f"{where}, subgraph {shown(proto.name)!r}"
    inner = GraphReader(model, b, place, reader.opsets, bindings=reader.bindings, depth=reader.depth + 1)
    for info, t in zip(proto.input, types, strict=True):
        if info.name in inner.values:
            raise StructureError(f"two subgraph inputs are called {shown(info.name)!r}", code="IR112")
        inner.values[info.name] = b.input(clean(info.name), t)
        inner.notes.value(info)
    for name, value in captured.items():
        if name not in inner.values:
            inner.values[name] = b.input(clean(name), value.type, known=value.known)
        else:  # an input of the subgraph hides it; the place is held all the same
            b.input(f"{clean(name)}.outer", value.type, known=value.known)
    add_constants(inner, proto)
    inner.declared = {v.name: v for v in proto.value_info}
    inner.read(proto.node)
    _note_hidden(reader, inner, proto, place)
    outputs = []
    for k, info in enumerate(proto.output):
        found = inner.values.get(info.name)
        if found is None:
            raise StructureError(f"subgraph output {shown(info.name)!r} is nothing that is defined", code="IR102")
        if found is BROKEN:
            raise StructureError(f"subgraph output {shown(info.name)!r} could not be made", code="IR855")
        inner.check_declared(info, found, place)
        name = clean(info.name)
        outputs.append(info.name)
        b.output(name if name not in b._outputs else f"{name}.{k}", found)
    inner.note_types([*proto.input, *proto.output])
    inner.note_values(proto.value_info)
    inner.notes.graph.update({"doc": proto.doc_string} if proto.doc_string else {})
    b.metadata.update(inner.notes.metadata())
    return b.build()


def _note_hidden(reader: GraphReader, inner: GraphReader, proto: Any, place: str) -> None:
    """ONNX does not allow that a subgraph calls a value as one around it is called; readers take the inner one."""
    own = (
        [i.name for i in proto.input] + [t.name for t in proto.initializer] + [o for n in proto.node for o in n.output]
    )
    for name in own:
        if name and name in reader.values:
            inner.model.add(
                "IR112",
                place,
                f"{shown(name)!r} hides a value outside of the subgraph",
                "rename one of them",
                "warning",
            )


# What the inputs of a subgraph are, by op: types, and which of them are fed from which output of the step before.

_Formal = tuple[list["Type"], list[tuple[int, int]]]


def _if(found: OpSchema, operands: list[Any], attributes: dict[str, Any]) -> _Formal:
    return [], []


def _loop(found: OpSchema, operands: list[Any], attributes: dict[str, Any]) -> _Formal:
    values = operands[2:]
    counter, condition = TensorType(DTYPES["int64"], ()), TensorType(DTYPES["bool"], ())
    return [counter, condition, *[v.type for v in values]], [(2 + k, 1 + k) for k in range(len(values))]


def _scan(found: OpSchema, operands: list[Any], attributes: dict[str, Any]) -> _Formal:
    batched = found.since < 9
    values = operands[1:] if batched else operands
    count = attributes["num_scan_inputs"]
    states = len(values) - count
    if count < 1 or states < 0:
        raise StructureError(f"{len(values)} operands with {count} scan inputs", code="IR104")
    axes = attributes.get("scan_input_axes") or (0,) * count
    if len(axes) != count:
        raise StructureError(f"{len(axes)} scan_input_axes, expected {count}", code="IR302")
    lost: list[tuple[int, ...]] = [(0,) if batched else ()] * states
    lost += [(0, 1)] * count if batched else [(a,) for a in axes]
    types = [_without(v.type, gone) for v, gone in zip(values, lost, strict=True)]
    return types, [(k, k) for k in range(states)]


def _without(t: Type, gone: tuple[int, ...]) -> Type:
    """A tensor type without some of its axes."""
    if not isinstance(t, TensorType) or t.shape is None:
        return t
    axes = {normalized_axis(a, len(t.shape)) for a in gone}
    return t.with_shape(tuple(d for k, d in enumerate(t.shape) if k not in axes))


def _sequence_map(found: OpSchema, operands: list[Any], attributes: dict[str, Any]) -> _Formal:
    return [v.type.element if isinstance(v.type, SequenceType) else v.type for v in operands], []


def _flex_attention(found: OpSchema, operands: list[Any], attributes: dict[str, Any]) -> _Formal:
    query, key, *_ = (v.type for v in operands)
    given = attributes.get("softmax_precision")
    dtype = dtype_of_number(given) if given else DTYPES["float64" if query.dtype.name == "float64" else "float32"]
    if query.shape is None or key.shape is None or not len(query.shape) == len(key.shape) == 4:
        return [TensorType(dtype, None)], []
    return [TensorType(dtype, (*query.shape[:3], key.shape[2]))], []


_FORMAL: dict[str, Callable[[Any, list[Any], dict[str, Any]], _Formal]] = {
    "If": _if,
    "Loop": _loop,
    "Scan": _scan,
    "SequenceMap": _sequence_map,
    "FlexAttention": _flex_attention,
}
