"""Control flow: ops that hold regions. A region is a closed graph; everything it uses comes in as an operand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from irlib.builder import Builder
from irlib.closures import carries_cotangent, fixed_point, joined, results_of
from irlib.dims import MaybeDim
from irlib.errors import AttributeValueError, IRTypeError, StructureError
from irlib.graph import Graph
from irlib.inference import unify
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Known, Op, Operand, normalized_axis, register
from irlib.ops.appending import stacking, stacking_vjp
from irlib.ops.growing import growing, growing_vjp
from irlib.ops.reversal import Layout, recording, require_tensors, reversed_body
from irlib.shapes import join_dims
from irlib.types import DTYPES, TensorType, Type

__all__ = ["Call", "Cond", "Scan", "WhileLoop"]

MAX_TRIPS = 2**31
_INT64 = TensorType(DTYPES["int64"], ())


@register
@dataclass(frozen=True)
class Call(Op):
    """The outputs of `graph` for these operands.

    Type: operands as the inputs of `graph`, in order -> its outputs.
    (C1) an operand may know more dims than the input declares; the outputs are inferred for what is known.
    The derivative is the call of the pullback of `graph`.
    Source: ONNX functions; StableHLO `call`.
    """

    graph: Graph
    name = "call"
    results = ("y*",)

    def infer(self, *operands: Operand) -> tuple[Type, ...]:
        return tuple(r.type for r in results_of(self.graph, operands, "the graph"))

    def known(self, *operands: Operand) -> tuple[Known, ...]:
        return tuple(r.known for r in results_of(self.graph, operands, "the graph"))

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value | None) -> tuple[Value | None, ...]:
        wrt = _wanted(node, 0)
        if not wrt:
            return (None,) * len(node.operands)
        made = b.call(*node.operands, *_present(cotangents), graph=b.pullback(self.graph, wrt))
        return _scattered(len(node.operands), wrt, made)


@register
@dataclass(frozen=True)
class Cond(Op):
    """The outputs of `then_branch` where `pred` holds, of `else_branch` where not, for the same operands.

    Type: pred: bool[], operands as the inputs of both branches -> the outputs, which have the same number and dtypes in
    both; a dim or rank in which the branches differ is unknown.
    (C1) only the branch taken is run; where `pred` is known, the other need not fit the operands.
    (C2) the derivative is that of the branch taken: a `cond` of the two pullbacks, or the call of one where `pred` is
    known, or where the results have a type that only one branch gives.
    Source: ONNX If-25; jax.lax.cond.
    """

    then_branch: Graph
    else_branch: Graph
    name = "cond"
    results = ("y*",)

    def infer(self, pred: Operand, *operands: Operand) -> tuple[Type, ...]:
        _require_scalar(pred, "bool", "the predicate")
        then, other = len(self.then_branch.outputs), len(self.else_branch.outputs)
        if then != other:
            raise StructureError(
                f"then_branch has {then} outputs and else_branch {other}, expected equal", code="IR233"
            )
        first, *rest = self._results(pred, operands)
        if not rest:
            return tuple(r.type for r in first)
        return tuple(joined(a.type, c.type, f"result {k}") for k, (a, c) in enumerate(zip(first, rest[0], strict=True)))

    def known(self, pred: Operand, *operands: Operand) -> tuple[Known, ...]:
        first, *rest = self._results(pred, operands)
        if not rest:
            return tuple(r.known for r in first)
        return tuple(
            a.known if a.known == c.known and a.type == c.type else None for a, c in zip(first, rest[0], strict=True)
        )

    def _results(self, pred: Operand, operands: tuple[Operand, ...]) -> list[tuple[Operand, ...]]:
        """What each branch gives that may be taken: both, or the one that `pred` is known to say."""
        branches = (("then_branch", self.then_branch, True), ("else_branch", self.else_branch, False))
        return [results_of(g, operands, name) for name, g, side in branches if pred.known in (None, side)]

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value | None) -> tuple[Value | None, ...]:
        wrt = _wanted(node, 1)
        if not wrt:
            return (None,) * len(node.operands)
        pred, *operands = node.operands
        given = [*operands, *_present(cotangents)]
        known = None if pred is None else pred.known
        inputs = tuple(k - 1 for k in wrt)
        sides = [g for g, side in ((self.then_branch, True), (self.else_branch, False)) if known in (None, side)]
        possible = [g for g in sides if len(sides) == 1 or _fits(b.pullback(g, inputs), given)]
        if len(possible) == 1:
            return _scattered(len(node.operands), wrt, b.call(*given, graph=b.pullback(possible[0], inputs)))
        then, other = (b.pullback(g, inputs) for g in (self.then_branch, self.else_branch))
        made = b.cond(pred, *given, then_branch=then, else_branch=other)
        return _scattered(len(node.operands), wrt, made)


@register
@dataclass(frozen=True)
class Scan(Op):
    """`body` over the slices of `scanned` operands, step by step, handing `carries` values from each step to the next.

    Operands: the initial carries, the scanned operands, and invariants that every step gets.
    Body: (carries, one slice of each scanned operand, invariants) -> (carries, values to stack).
    Type: -> the last carries, then the values of all steps stacked along a new axis.
    (C1) there is at least one scanned operand, and all have the same length along their axes.
    (C2) `input_axes` and `output_axes` default to 0; a negative axis of an output counts in the stacked rank.
    (C3) an operand in `input_reverse` is taken from its end, an output in `output_reverse` is stacked from its end.
    (C4) a carried value keeps its dtype; a dim that changes from step to step is unknown.
    The derivative runs the loop again, recording the carries, and then a scan in reverse over them with the pullback of
    the body. Cotangents of invariants are summed from the last step to the first.
    Source: ONNX Scan-25; jax.lax.scan.
    """

    body: Graph
    carries: int = 0
    scanned: int = 1
    input_axes: tuple[int, ...] = ()
    output_axes: tuple[int, ...] = ()
    input_reverse: tuple[bool, ...] = ()
    output_reverse: tuple[bool, ...] = ()
    name = "scan"
    results = ("y*",)

    def __post_init__(self) -> None:
        if self.carries < 0 or self.scanned < 1:
            raise AttributeValueError(
                f"got carries={self.carries}, scanned={self.scanned}, expected carries >= 0 and scanned >= 1",
                code="IR302",
            )
        for name, given, count in (
            ("input_axes", self.input_axes, self.scanned),
            ("input_reverse", self.input_reverse, self.scanned),
            ("output_axes", self.output_axes, self.stacked),
            ("output_reverse", self.output_reverse, self.stacked),
        ):
            if given and len(given) != count:
                raise AttributeValueError(f"{name} has {len(given)} entries, expected {count}", code="IR302")

    @property
    def stacked(self) -> int:
        """How many results are stacked."""
        return len(self.body.outputs) - self.carries

    @property
    def axes_in(self) -> tuple[int, ...]:
        return self.input_axes or (0,) * self.scanned

    @property
    def axes_out(self) -> tuple[int, ...]:
        return self.output_axes or (0,) * self.stacked

    @property
    def reverse_in(self) -> tuple[bool, ...]:
        return self.input_reverse or (False,) * self.scanned

    @property
    def reverse_out(self) -> tuple[bool, ...]:
        return self.output_reverse or (False,) * self.stacked

    def infer(self, *operands: Operand) -> tuple[Type, ...]:
        first, last = self.carries, self.carries + self.scanned
        if len(operands) < last:
            raise StructureError(f"got {len(operands)} operands, expected at least {last}", code="IR104")
        length: MaybeDim = None
        slices = []
        for k, (operand, axis) in enumerate(zip(operands[first:last], self.axes_in, strict=True)):
            element, dim = _slice_type(operand, axis)
            slices.append(Operand(element))
            length = join_dims(length, dim, f"length of scanned operand {k}")
        carries, results = fixed_point(self.body, (), operands[:first], [*slices, *operands[last:]])
        stacked = [_stacked_type(r.type, length, axis) for r, axis in zip(results[first:], self.axes_out, strict=True)]
        return (*carries, *stacked)

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value | None) -> tuple[Value | None, ...]:
        layout = Layout(0, self.carries, self.scanned, len(node.operands))
        wrt = layout.differentiated(self.body, node.needs)
        if not any(node.needs[k] for k in wrt.all):
            return (None,) * len(node.operands)
        require_tensors(self.body, layout, str(node))
        pullback = b.pullback(self.body, wrt.all)
        recorded: tuple[Any, ...] = ()
        if self.carries:
            more = layout.first_scanned
            recorder = replace(
                self, body=recording(self.body, layout), output_axes=(*self.axes_out, *(0,) * more),
                output_reverse=(*self.reverse_out, *(False,) * more),
            )  # fmt: skip
            made = b.emit(recorder, node.operands)
            recorded = made[len(self.body.outputs) :]
            b.supersede(node.results, made)
        floats = [k for k in range(self.stacked) if cotangents[self.carries + k] is not None]
        made = b.scan(
            *[cotangents[k] for k in wrt.carries],
            *[b.zeros_like(node.operands[k]) for k in wrt.invariants],
            *recorded,
            *node.operands[self.carries : layout.first_invariant],
            *[cotangents[self.carries + k] for k in floats],
            *node.operands[layout.first_invariant :],
            body=reversed_body(self.body, pullback, layout, self.carries, wrt),
            carries=len(wrt.carries) + len(wrt.invariants),
            scanned=self.carries + self.scanned + len(floats),
            input_axes=(*(0,) * self.carries, *self.axes_in, *(self.axes_out[k] for k in floats)),
            input_reverse=(
                *(True,) * self.carries,
                *(not r for r in self.reverse_in),
                *(not self.reverse_out[k] for k in floats),
            ),
            output_axes=tuple(self.axes_in[k - self.carries] for k in wrt.slices),
            output_reverse=tuple(not self.reverse_in[k - self.carries] for k in wrt.slices),
        )
        return _scattered(len(node.operands), (*wrt.carries, *wrt.invariants, *wrt.slices), made)


@register
@dataclass(frozen=True)
class WhileLoop(Op):
    """`body` again and again, until `trip_count` steps are done or it says stop, handing `carries` values on.

    Operands: the trip count (absent: no limit), whether to start (absent: yes), the initial carries, and
    invariants that every step gets.
    Body: (step number int64[], carries, invariants) -> (bool[]: whether to go on, carries, values to stack).
    Type: trip_count: int64[], start: bool[] -> the last carries, then the values of all steps stacked on a new axis 0.
    (C1) more than `max_trips` steps are an error.
    (C2) a carried value keeps its dtype; a dim that changes from step to step is unknown.
    (C3) values to stack have the same shape in every step; after no step, unknown dims of the stack are 0. Where it is
    known that there is none, the body need not fit the operands.
    The derivative runs the loop again, recording the carries, and then a scan in reverse over them with the pullback of
    the body: as many steps as were done. Carries that change their shape are recorded in sequences. It needs carries
    that are tensors, or sequences that are only appended to, by elements of one shape.
    Source: ONNX Loop-25; jax.lax.while_loop, fori_loop.
    """

    body: Graph
    carries: int = 0
    max_trips: int = MAX_TRIPS
    name = "while_loop"
    results = ("y*",)

    def __post_init__(self) -> None:
        if self.carries < 0 or self.max_trips < 0:
            raise AttributeValueError(
                f"got carries={self.carries}, max_trips={self.max_trips}, expected both >= 0", code="IR302"
            )

    def infer(
        self, trip_count: Operand | None = None, start: Operand | None = None, *operands: Operand
    ) -> tuple[Type, ...]:
        if trip_count is not None:
            _require_scalar(trip_count, "int64", "the trip count")
        if start is not None:
            _require_scalar(start, "bool", "whether to start")
        if len(operands) < self.carries:
            raise StructureError(f"got {len(operands)} carried values, expected {self.carries}", code="IR104")
        trips = trip_count.known if trip_count is not None else None
        if (isinstance(trips, int) and trips <= 0) or (start is not None and start.known is False):
            return self._not_once(operands[: self.carries])
        counter = Operand(_INT64)
        carries, results = fixed_point(self.body, [counter], operands[: self.carries], operands[self.carries :])
        _require_scalar(results[0], "bool", "the body's first output")
        length = max(trips, 0) if isinstance(trips, int) and self._runs_through(results[0], start) else None
        return (*carries, *(_stacked_type(r.type, length, 0) for r in results[1 + self.carries :]))

    def _not_once(self, carried: tuple[Operand, ...]) -> tuple[Type, ...]:
        """The types where it is known that no step is done: the body need not fit then."""
        outputs = self.body.outputs[1 + self.carries :]
        stacked = [_stacked_type(self.body.value_type(self.body.output_value(o)), 0, 0) for o in outputs]
        return (*(v.type for v in carried), *stacked)

    def _runs_through(self, going_on: Operand, start: Operand | None) -> bool:
        """Whether it is known that nothing but the trip count ends the loop."""
        return going_on.known is True and (start is None or start.known is True)

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value | None) -> tuple[Value | None, ...]:
        operands = node.operands
        if not any(node.needs[2:]):
            return (None,) * len(operands)
        trip_count, start, *values = operands
        appends = stacking(self.body, self.carries)
        if appends is not None:
            return stacking_vjp(self, appends, b, node, cotangents)
        layout = Layout(1, self.carries, 0, 1 + len(values))
        wrt = layout.differentiated(self.body, (False, *node.needs[2:]))
        require_tensors(self.body, layout, str(node))
        pullback = b.pullback(self.body, wrt.all)
        known = node.results if isinstance(b, Builder) and node.results else self.body.inputs[1:]
        open_ones = growing([v.type for v in known[: self.carries]])
        if open_ones:
            found = growing_vjp(self, open_ones, b, node, cotangents, layout, wrt)
            return _scattered(len(operands), [k + 1 for k in (*wrt.carries, *wrt.invariants)], found)
        recorder = replace(self, body=recording(self.body, layout))
        made = b.emit(recorder, (trip_count, start, *values))
        recorded = made[len(self.body.outputs) - 1 :]
        b.supersede(node.results, made)
        floats = [d for d in cotangents[self.carries :] if d is not None]
        made = b.scan(
            *[cotangents[k - 1] for k in wrt.carries],
            *[b.zeros_like(operands[k + 1]) for k in wrt.invariants],
            *recorded,
            *floats,
            *values[self.carries :],
            body=reversed_body(self.body, pullback, layout, 1 + self.carries, wrt),
            carries=len(wrt.carries) + len(wrt.invariants),
            scanned=1 + self.carries + len(floats),
            input_reverse=(True,) * (1 + self.carries + len(floats)),
        )
        return _scattered(len(operands), [k + 1 for k in (*wrt.carries, *wrt.invariants)], made)


def _require_scalar(operand: Operand, dtype: str, what: str) -> None:
    t = operand.tensor
    if t.dtype.name != dtype or (t.shape is not None and t.shape != ()):
        raise IRTypeError(f"{what} is {t}, expected {dtype}[]", code="IR204" if t.dtype.name != dtype else "IR207")


def _wanted(node: NodeView, first: int) -> tuple[int, ...]:
    """The operands from `first` on to differentiate by."""
    return tuple(k for k, v in enumerate(node.operands) if k >= first and node.needs[k] and carries_cotangent(v.type))


def _fits(graph: Graph, values: Sequence[Value]) -> bool:
    """Whether values of these types can be the inputs of `graph`."""
    return all(unify(n.type, v.type) for n, v in zip(graph.inputs, values, strict=True))


def _present(cotangents: tuple[Value | None, ...]) -> list[Value]:
    return [d for d in cotangents if d is not None]


def _scattered(count: int, places: Any, values: Any) -> tuple[Value | None, ...]:
    """A tuple of `count` entries with `values` at `places`, None elsewhere."""
    found = dict(zip(places, values, strict=False))
    return tuple(found.get(k) for k in range(count))


def _slice_type(operand: Operand, axis: int) -> tuple[TensorType, MaybeDim]:
    """The type of one slice of a scanned operand, and its length."""
    t = operand.tensor
    if t.shape is None:
        return t, None
    if not t.shape:
        raise IRTypeError(f"a scanned operand is {t}, expected rank 1 or more", code="IR207")
    at = normalized_axis(axis, len(t.shape))
    return t.with_shape(t.shape[:at] + t.shape[at + 1 :]), t.shape[at]


def _stacked_type(t: Type, length: MaybeDim, axis: int) -> TensorType:
    if not isinstance(t, TensorType):
        raise IRTypeError(f"a value to stack is {t}, expected a tensor", code="IR203")
    if t.shape is None:
        return t
    at = normalized_axis(axis, len(t.shape) + 1)
    return t.with_shape((*t.shape[:at], length, *t.shape[at:]))
