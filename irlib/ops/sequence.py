"""Sequences: lists of values of one type. A cotangent of a sequence is a sequence of the same length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.builder import Builder
from irlib.closures import carries_cotangent, joined, results_of
from irlib.dims import MaybeDim, ceil_div
from irlib.errors import AttributeValueError, IRTypeError, StructureError
from irlib.graph import Graph
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, normalized_axis, register
from irlib.types import DTYPES, SequenceType, TensorType, Type, as_type

__all__ = ["SequenceAt", "SequenceConstruct", "SequenceInsert", "SequenceMap"]

INDEX = ("int32", "int64")
_UNKNOWN = TensorType(DTYPES["float32"], None)


def element_of(s: Operand) -> Type:
    """The type of the elements. Raises: IRTypeError when `s` is not a sequence."""
    if isinstance(s.type, SequenceType):
        return s.type.element
    raise IRTypeError(f"got a {s.type}, expected a sequence", code="IR203")


def require_index(i: Operand | None) -> None:
    """Raises: IRTypeError unless `i` is an integer scalar, or absent."""
    if i is None:
        return
    if i.dtype.name not in INDEX:
        raise IRTypeError(f"the index is {i.dtype}, expected int32 or int64", code="IR204")
    if i.shape not in (None, ()):
        raise IRTypeError(f"the index is {i.type}, expected a scalar", code="IR207")


@register
@dataclass(frozen=True)
class SequenceConstruct(Op):
    """The sequence of `xs`.

    Type: one or more values of one dtype -> a sequence; a dim or rank in which they differ is unknown.
    Source: ONNX SequenceConstruct-11.
    """

    name = "sequence_construct"
    smoothness = "linear"

    def infer(self, *xs: Operand) -> SequenceType:
        if not xs:
            raise StructureError("sequence_construct got no operands, expected at least 1", code="IR104")
        element = xs[0].type
        for k, x in enumerate(xs[1:]):
            element = joined(element, x.type, f"element {k + 1}")
        return SequenceType(element)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return tuple(b.sequence_at(dy, k) if need else None for k, need in enumerate(node.needs))


@register
@dataclass(frozen=True)
class SequenceEmpty(Op):
    """A sequence of no elements, which would be of type `element`.

    Source: ONNX SequenceEmpty-11.
    """

    element: Type = _UNKNOWN
    name = "sequence_empty"
    smoothness = "zero"

    def __post_init__(self) -> None:
        object.__setattr__(self, "element", as_type(self.element))

    def infer(self) -> SequenceType:
        return SequenceType(self.element)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return ()


@register
@dataclass(frozen=True)
class SequenceAt(Op):
    """Element `i` of `s`.

    Type: s: sequence<T>, i: int32[] or int64[] -> T.
    (C1) -length <= i < length, checked when the graph runs; a negative i counts from the end.
    Source: ONNX SequenceAt-11.
    """

    name = "sequence_at"
    smoothness = "linear"

    def infer(self, s: Operand, i: Operand) -> Type:
        require_index(i)
        return element_of(s)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        s, i = node.operands
        return b.sequence_replace(b.container_zeros_like(s), dy, i), None


@register
@dataclass(frozen=True)
class SequenceReplace(Op):
    """`s` with `x` for its element `i`.

    Type: s: sequence<T>, x: T, i: int32[] or int64[] -> sequence<T>; a dim or rank in which x differs is unknown.
    (C1) -length <= i < length, checked when the graph runs; a negative i counts from the end.
    Source: the derivative of `sequence_at`.
    """

    name = "sequence_replace"
    smoothness = "linear"

    def infer(self, s: Operand, x: Operand, i: Operand) -> SequenceType:
        require_index(i)
        return SequenceType(joined(element_of(s), x.type, "the element"))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        s, _, i = node.operands
        # what was replaced may have another shape than what stands in its place
        ds = b.sequence_replace(dy, b.sequence_at(b.container_zeros_like(s), i), i) if node.needs[0] else None
        return ds, b.sequence_at(dy, i), None


@register
@dataclass(frozen=True)
class SequenceInsert(Op):
    """`s` with `x` put in before its element `i`, or at its end where `i` is absent.

    Type: s: sequence<T>, x: T, i: int32[] or int64[] -> sequence<T>; a dim or rank in which x differs is unknown.
    (C1) -length <= i <= length, checked when the graph runs; a negative i counts from the end of `s`.
    Source: ONNX SequenceInsert-11.
    """

    name = "sequence_insert"
    smoothness = "linear"

    def infer(self, s: Operand, x: Operand, i: Operand | None = None) -> SequenceType:
        require_index(i)
        return SequenceType(joined(element_of(s), x.type, "the element"))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        s, _, i = (*node.operands, None)[:3]
        if i is None:
            return b.sequence_erase(dy), b.sequence_at(dy, -1)
        at = _from_the_front(b, s, i)
        return b.sequence_erase(dy, at), b.sequence_at(dy, at), None


@register
@dataclass(frozen=True)
class SequenceErase(Op):
    """`s` without its element `i`, or without its last where `i` is absent.

    Type: s: sequence<T>, i: int32[] or int64[] -> sequence<T>.
    (C1) -length <= i < length, checked when the graph runs; a negative i counts from the end.
    Source: ONNX SequenceErase-11.
    """

    name = "sequence_erase"
    smoothness = "linear"

    def infer(self, s: Operand, i: Operand | None = None) -> SequenceType:
        require_index(i)
        return SequenceType(element_of(s))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        s, i = (*node.operands, None)[:2]
        gone = b.sequence_at(b.container_zeros_like(s), -1 if i is None else i)
        if i is None:
            return (b.sequence_insert(dy, gone),)
        return b.sequence_insert(dy, gone, _from_the_front(b, s, i)), None


def _from_the_front(b: Emitter, s: Any, i: Any) -> Any:
    """The index `i` into `s`, counted from the front."""
    if i.known is not None and i.known >= 0:
        return i
    wide = b.cast(i, dtype="int64")
    return b.where(wide < 0, wide + b.sequence_length(s), wide)


@register
@dataclass(frozen=True)
class SequenceLength(Op):
    """The number of elements of `s`.

    Type: s: sequence<T> -> int64[].
    Source: ONNX SequenceLength-11.
    """

    name = "sequence_length"
    smoothness = "zero"

    def infer(self, s: Operand) -> TensorType:
        element_of(s)
        return TensorType(DTYPES["int64"], ())

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class SequenceSizes(Op):
    """The dim `axis` of each element of `s`.

    Type: s: sequence<tensor> -> int64[length].
    Source: what `split_to_sequence` must be told to undo `concat_from_sequence`.
    """

    axis: int = 0
    name = "sequence_sizes"
    smoothness = "zero"

    def infer(self, s: Operand) -> TensorType:
        _tensor_element(s)
        return TensorType(DTYPES["int64"], (None,))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class ConcatFromSequence(Op):
    """The elements of `s` one behind the other along `axis`, or stacked along a new one.

    Type: s: sequence<tensor> -> a tensor whose dim `axis` is unknown.
    (C1) there is at least one element; with new_axis all have one shape, else they agree in all dims but `axis`.
    Source: ONNX ConcatFromSequence-11.
    """

    axis: int = 0
    new_axis: bool = False
    name = "concat_from_sequence"
    smoothness = "linear"

    def infer(self, s: Operand) -> TensorType:
        t = _tensor_element(s)
        if t.shape is None:
            return t
        rank = len(t.shape) + self.new_axis
        at = normalized_axis(self.axis, rank)
        return t.with_shape((*t.shape[:at], None, *t.shape[at + (not self.new_axis) :]))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (s,) = node.operands
        if self.new_axis:
            return (b.split_to_sequence(dy, axis=self.axis, keepdims=False),)
        return (b.split_to_sequence(dy, b.sequence_sizes(s, axis=self.axis), axis=self.axis),)


@register
@dataclass(frozen=True)
class SplitToSequence(Op):
    """`x` cut along `axis` into a sequence.

    Type: x: T[..], split: int32 or int64, [] or [k] -> sequence<T[..]>.
    (C1) a vector `split` holds the length of each part, which add up to the dim; a scalar the length of all parts but
    the last, which may be shorter; where it is absent each part has length 1.
    (C2) without keepdims, and without `split`, the axis is dropped.
    Source: ONNX SplitToSequence-24.
    """

    axis: int = 0
    keepdims: bool = True
    name = "split_to_sequence"
    smoothness = "linear"

    def infer(self, x: Operand, split: Operand | None = None) -> SequenceType:
        if split is not None:
            if split.dtype.name not in INDEX:
                raise IRTypeError(f"split is {split.dtype}, expected int32 or int64", code="IR204")
            if split.rank is not None and split.rank > 1:
                raise IRTypeError(f"split is {split.type}, expected rank 0 or 1", code="IR207")
        t = x.tensor
        if t.shape is None:
            return SequenceType(t)
        at = normalized_axis(self.axis, len(t.shape))
        before, after = t.shape[:at], t.shape[at + 1 :]
        if split is None:
            return SequenceType(t.with_shape((*before, 1, *after) if self.keepdims else (*before, *after)))
        return SequenceType(t.with_shape((*before, self._part(t.shape[at], split), *after)))

    def _part(self, dim: MaybeDim, split: Operand) -> MaybeDim:
        """The length of the parts, where all have one."""
        known = split.ints
        if known is None or not known:
            return None
        if split.rank == 0:
            whole = isinstance(dim, int) and known[0] > 0 and ceil_div(dim, known[0]) * known[0] == dim
            return known[0] if whole else None
        return known[0] if len(set(known)) == 1 else None

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, split = (*node.operands, None)[:2]
        dropped = split is None and not self.keepdims
        dim = None if x.shape is None else x.shape[self.axis]
        if x.rank is None or (isinstance(dim, int) and dim > 0):
            return b.concat_from_sequence(dy, axis=self.axis, new_axis=dropped), None
        # of an empty x there may be no part to put together; one more, of length 0, does no harm
        parts = b.sequence_map(dy, sequences=1, body=_with_axis(dy.type, self.axis))[0] if dropped else dy
        others = [int(k != self.axis % x.rank) for k in range(x.rank)]
        nothing = b.broadcast_to(b.constant(0, x.dtype), b.shape(x) * b.constant(others, "int64"))
        return b.concat_from_sequence(b.sequence_insert(parts, nothing, 0), axis=self.axis), None


def _with_axis(t: Any, axis: int) -> Graph:
    """The region that puts an axis of length 1 into an element."""
    b = Builder("with_axis")
    b.output("y", b.unsqueeze(b.input("x", t.element), [axis]))
    return b.build()


def _tensor_element(s: Operand) -> TensorType:
    element = element_of(s)
    if not isinstance(element, TensorType):
        raise IRTypeError(f"the elements are {element}, expected tensors", code="IR203")
    return element


@register
@dataclass(frozen=True)
class SequenceMap(Op):
    """`body` on the elements of sequences, place by place; each of its outputs becomes a sequence.

    Operands: `sequences` sequences of one length, then values that every call gets as they are.
    Body: (an element of each sequence, the other operands) -> the elements of each result.
    The derivative is the map of the pullback; cotangents of the other operands are summed over the elements.
    Source: ONNX SequenceMap-17.
    """

    body: Graph
    sequences: int = 1
    name = "sequence_map"
    results = ("y*",)

    def __post_init__(self) -> None:
        if self.sequences < 1:
            raise AttributeValueError(f"got sequences={self.sequences}, expected at least 1", code="IR302")

    def infer(self, *operands: Operand) -> tuple[Type, ...]:
        if len(operands) < self.sequences:
            raise StructureError(f"got {len(operands)} operands, expected at least {self.sequences}", code="IR104")
        elements = [Operand(element_of(s)) for s in operands[: self.sequences]]
        results = results_of(self.body, [*elements, *operands[self.sequences :]], "the body")
        return tuple(SequenceType(r.type) for r in results)

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value | None) -> tuple[Value | None, ...]:
        operands, count = node.operands, self.sequences
        wrt = tuple(k for k, v in enumerate(operands) if node.needs[k] and carries_cotangent(v.type))
        if not wrt:
            return (None,) * len(operands)
        given = [d for d in cotangents if d is not None]
        # the inputs of the pullback are (elements, others, cotangents); the map wants all sequences first
        pullback = b.pullback(self.body, wrt)
        made = b.sequence_map(
            *operands[:count], *given, *operands[count:],
            body=_sequences_first(pullback, count, len(operands)), sequences=count + len(given),
        )  # fmt: skip
        found: dict[int, Any] = dict(zip(wrt, made, strict=True))
        for k in wrt:
            if k >= count:
                found[k] = b.sequence_sum(b.sequence_insert(found[k], b.zeros_like(operands[k])))
        return tuple(found.get(k) for k in range(len(operands)))


def _sequences_first(pullback: Graph, sequences: int, operands: int) -> Graph:
    b = Builder(pullback.name, share=True)
    order = [*range(sequences), *range(operands, len(pullback.inputs)), *range(sequences, operands)]
    inputs = {k: b.input(f"x{k}", pullback.inputs[k].type) for k in order}
    for k, value in enumerate(b.apply(pullback, [inputs[k] for k in range(len(order))])):
        b.output(f"y{k}", value)
    return b.build(prune=True)


@register
@dataclass(frozen=True)
class SequenceSum(Op):
    """The sum of the elements of `s`, from the first to the last.

    Type: s: sequence<T> -> T; at least one element, all of one shape.
    (C1) half floats accumulate in float32.
    Source: the derivative of `sequence_map` by an operand that every call gets.
    """

    name = "sequence_sum"
    smoothness = "linear"

    def infer(self, s: Operand) -> Type:
        return element_of(s)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (s,) = node.operands
        inner = Builder("second", share=True)
        inner.input("x", s.type.element)
        inner.output("y", inner.input("d", dy.type))
        return tuple(b.sequence_map(s, dy, body=inner.build(), sequences=1))
