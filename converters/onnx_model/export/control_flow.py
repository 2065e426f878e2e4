"""Regions, sequences, optionals, strings."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.export.row import emits, lowers
from irlib.types import DTYPES, SequenceType, TensorType

_INT64, _BOOL = DTYPES["int64"], DTYPES["bool"]


@emits("call")
def call(e: Any, site: Any, *operands: Any) -> Any:
    return e.inlined(site.op.graph, operands)


@emits("cond")
def cond(e: Any, site: Any, pred: Any, *operands: Any) -> Any:
    then = e.region(site.op.then_branch, operands)
    other = e.region(site.op.else_branch, operands)
    return _tuple(e.op("If", pred, outputs=site.types, then_branch=then, else_branch=other))


@emits("scan")
def scan(e: Any, site: Any, *operands: Any) -> Any:
    op = site.op
    own = op.carries + op.scanned
    body = e.region(op.body, [None] * own + list(operands[own:]))
    return _tuple(
        e.op(
            "Scan", *operands[:own], outputs=site.types, body=body, num_scan_inputs=op.scanned,
            scan_input_axes=list(op.axes_in) if any(op.axes_in) else None,
            scan_output_axes=list(op.axes_out) if any(op.axes_out) else None,
            scan_input_directions=[int(r) for r in op.reverse_in] if any(op.reverse_in) else None,
            scan_output_directions=[int(r) for r in op.reverse_out] if any(op.reverse_out) else None,
        )
    )  # fmt: skip


@emits("while_loop")
def while_loop(e: Any, site: Any, trips: Any, start: Any, *operands: Any) -> Any:
    """A Loop without a condition does not ask its body whether to go on, so it is given one that is true."""
    op = site.op
    body = e.region(op.body, [None] * (1 + op.carries) + list(operands[op.carries :]), first=(TensorType(_BOOL, ()),))
    if start is None and not _runs_through(op.body):
        start = e.const(True, "bool")
    return _tuple(e.op("Loop", trips, start, *operands[: op.carries], outputs=site.types, body=body))


def _runs_through(body: Any) -> bool:
    variable = body.nodes[body.outputs[0].node].variable
    return variable is not None and variable.tensor is not None and bool(np.all(variable.tensor.array))


@emits("sequence_map")
def sequence_map(e: Any, site: Any, *operands: Any) -> Any:
    body = e.region(site.op.body, [None] * site.op.sequences + list(operands[site.op.sequences :]))
    return _tuple(e.op("SequenceMap", *operands[: site.op.sequences], outputs=site.types, body=body))


def _tuple(made: Any) -> Any:
    return made if isinstance(made, tuple) else (made,)


_PLAIN = {
    "sequence_construct": "SequenceConstruct", "sequence_at": "SequenceAt", "sequence_insert": "SequenceInsert",
    "sequence_erase": "SequenceErase", "sequence_length": "SequenceLength", "optional_some": "Optional",
    "optional_get": "OptionalGetElement", "optional_has": "OptionalHasElement", "string_concat": "StringConcat",
}  # fmt: skip


@emits(*_PLAIN)
def plain(e: Any, site: Any, *operands: Any) -> Any:
    return e.op(_PLAIN[site.op.name], *operands, type=site.type)


@emits("sequence_empty")
def sequence_empty(e: Any, site: Any) -> Any:
    from irlib.converters.onnx_model.dtypes import NUMBER_OF

    return e.op("SequenceEmpty", dtype=NUMBER_OF[site.type.element.dtype], type=site.type)


@emits("sequence_replace")
def sequence_replace(e: Any, site: Any, s: Any, x: Any, i: Any) -> Any:
    length = e.op("SequenceLength", s, type=TensorType(_INT64, ()))
    i = i if i.dtype is _INT64 else e.op("Cast", i, to=7, type=i.type.with_dtype(_INT64))
    at = e.op("Mod", i, length, type=i.type)
    return e.op("SequenceInsert", e.op("SequenceErase", s, at, type=s.type), x, at, type=site.type)


@emits("concat_from_sequence")
def concat_from_sequence(e: Any, site: Any, s: Any) -> Any:
    return e.op("ConcatFromSequence", s, axis=site.op.axis, new_axis=int(site.op.new_axis) or None, type=site.type)


@emits("split_to_sequence")
def split_to_sequence(e: Any, site: Any, x: Any, split: Any) -> Any:
    return e.op("SplitToSequence", x, split, axis=site.op.axis, keepdims=int(site.op.keepdims), type=site.type)


@emits("optional_none")
def optional_none(e: Any, site: Any) -> Any:
    from irlib.converters.onnx_model.write.protos import attribute_proto

    name = e.scope.temporary("optional")
    e.scope.append(e.scope.proto("Optional", (), (name,), [attribute_proto("type", site.type.element, 13)]))
    return e.value(site.type, name)


@emits("regex_full_match")
def regex_full_match(e: Any, site: Any, x: Any) -> Any:
    return e.op("RegexFullMatch", x, pattern=site.op.pattern, type=site.type)


@emits("string_normalize")
def string_normalize(e: Any, site: Any, x: Any) -> Any:
    op = site.op
    return e.op(
        "StringNormalizer", x, case_change_action=op.case.upper(), is_case_sensitive=int(op.case_sensitive) or None,
        stopwords=list(op.stopwords) or None, type=site.type,
    )  # fmt: skip


@emits("string_split")
def string_split(e: Any, site: Any, x: Any) -> Any:
    return e.op("StringSplit", x, delimiter=site.op.delimiter, maxsplit=site.op.maxsplit, outputs=site.types)


# Sequences that only derivatives need, by the ops that ONNX has


def _mapped(b: Any, body: Any, *sequences: Any) -> Any:
    """`body(inner, *elements)` of each place of the sequences, as a sequence."""
    from irlib.builder import Builder

    inner = Builder("each")
    inner.output("y", body(inner, *(inner.input(f"x{k}", s.type.element) for k, s in enumerate(sequences))))
    return b.sequence_map(*sequences, body=inner.build(prune=True), sequences=len(sequences))[0]


@lowers("sequence_sizes")
def sequence_sizes(b: Any, site: Any, s: Any) -> Any:
    at = site.op.axis
    sizes = _mapped(b, lambda r, x: r.take(r.shape(x), [at], axis=0), s)
    return b.concat_from_sequence(sizes, axis=0)


@lowers("sequence_sum")
def sequence_sum(b: Any, site: Any, s: Any) -> Any:
    return b.sum(b.concat_from_sequence(s, axis=0, new_axis=True), [0])


@lowers("container_zeros_like")
def container_zeros_like(b: Any, site: Any, x: Any) -> Any:
    if not isinstance(x.type, SequenceType) or not isinstance(x.type.element, TensorType):
        raise site.unsupported("zeros of an optional, or of sequences of them", "take the value out of it before")
    return _mapped(b, lambda r, v: r.zeros_like(v), x)


@lowers("cotangent_add")
def cotangent_add(b: Any, site: Any, x: Any, y: Any) -> Any:
    if not isinstance(x.type, SequenceType) or not isinstance(x.type.element, TensorType):
        raise site.unsupported("a sum of optionals", "take the values out of them before")
    return _mapped(b, lambda r, v, w: v + w, x, y)
