"""If, Loop, Scan: our cond, while_loop and scan on the same regions."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from irlib import regions
from irlib.builder import Builder
from irlib.converters.onnx_model.rules.operands import element
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.graph import Graph
from irlib.methods import Emitter, Value
from irlib.types import OptionalType


@rule("If", 1)
def if_(b: Emitter, n: OnnxOp, condition: Value, *captured: Value) -> Any:
    return b.cond(
        _scalar(b, condition), *captured, then_branch=n.graph("then_branch"), else_branch=n.graph("else_branch")
    )


@rule("Loop", 1)
def loop(b: Emitter, n: OnnxOp, trips: Value | None, condition: Value | None, *values: Value) -> Any:
    carries = len(values) - n.captures
    wrapped = _wrapped(n.graph("body"), values[:carries])
    body = _without_condition(n.graph("body"), wrapped, ignored=condition is None)
    trips = None if trips is None else _scalar(b, trips)
    start = None if condition is None else _scalar(b, condition)
    results = b.while_loop(trips, start, *values, body=body, carries=carries)
    return tuple(b.optional_get(v) if k in wrapped else v for k, v in enumerate(results))


def _wrapped(body: Graph, values: tuple[Value, ...]) -> set[int]:
    """The carried values that begin as an optional and go on as what is in it: every step takes an optional."""
    types = [body.value_type(body.output_value(o)) for o in body.outputs[1:]]
    return {
        k
        for k, (value, t) in enumerate(zip(values, types, strict=False))
        if isinstance(value.type, OptionalType) and not isinstance(t, OptionalType)
    }


def _without_condition(body: Graph, wrapped: set[int], *, ignored: bool) -> Graph:
    """A Loop's body as ours: it is run only where its condition input is true, so it need not be told.

    Where the loop has no condition, the one its body computes is not heeded.
    """
    b = Builder(body.name)
    inputs = [None if k == 1 else b.input(str(i.name), i.type) for k, i in enumerate(body.inputs)]
    inputs[1] = b.constant(np.array(True))
    going_on, *results = b.apply(body, inputs)
    names = [o.name for o in body.outputs]
    b.output(names[0], b.constant(np.array(True)) if ignored else _scalar(b, going_on))
    for k, (name, value) in enumerate(zip(names[1:], results, strict=True)):
        b.output(name, b.optional_some(value) if k in wrapped else value)
    return b.build()


@rule("Scan", 9)
def scan(b: Emitter, n: OnnxOp, *values: Value) -> Any:
    body = n.graph("body")
    scanned = n["num_scan_inputs"]
    carries = len(values) - n.captures - scanned
    stacked = len(body.outputs) - carries
    return b.scan(
        *values,
        body=body,
        carries=carries,
        scanned=scanned,
        input_axes=n["scan_input_axes"] or (0,) * scanned,
        output_axes=n["scan_output_axes"] or (0,) * stacked,
        input_reverse=tuple(d == 1 for d in n["scan_input_directions"] or (0,) * scanned),
        output_reverse=tuple(d == 1 for d in n["scan_output_directions"] or (0,) * stacked),
    )


def _scalar(b: Emitter, x: Value) -> Any:
    """A condition or trip count, which may be a vector of one element."""
    return x if x.rank == 0 else b.reshape(x, [])


@rule("Scan", 8, until=8)
def scan_batches(b: Emitter, n: OnnxOp, lengths: Value | None, *values: Value) -> Any:
    """A scan for each element of the batch; after the end of a sequence the states stay and the outputs are 0.

    One in reverse begins with the last element that the sequence has.
    """
    count, captures = n["num_scan_inputs"], n.captures
    own = len(values) - captures
    states = own - count
    reverse = tuple(d == 1 for d in n["directions"] or (0,) * count)
    body, captured = n.graph("body"), values[own:]
    if lengths is not None:
        body = _until_the_end(body, states, count)

    def one(inner: Builder, _: Any, given: Any) -> tuple[Any, Any]:
        elements = given[:own]
        if lengths is not None:
            steps = inner.iota(element(inner, inner.shape(elements[-1]), 0))
            length = inner.cast(given[own], dtype="int64")
            within = inner.less(steps, length)
            turned = inner.where(within, inner.subtract(inner.subtract(length, 1), steps), steps)
            slices = [
                inner.take(x, turned, axis=0) if r else x for x, r in zip(elements[states:], reverse, strict=True)
            ]
            elements = (*elements[:states], *slices, within)
        made = inner.scan(
            *elements,
            *captured,
            body=body,
            carries=states,
            scanned=len(elements) - states,
            input_reverse=reverse if lengths is None else (),
        )
        return (), tuple(made)

    xs = values[:own] if lengths is None else (*values[:own], lengths)
    return tuple(regions.scan(cast(Builder, b), one, (), xs)[1])


def _until_the_end(body: Graph, states: int, count: int) -> Graph:
    """A body that gets one more scanned operand behind the others: whether the step is within its sequence."""
    b = Builder(body.name)
    own = states + count
    inputs = [b.input(str(i.name), i.type) for i in body.inputs[:own]]
    within = b.input(_fresh_name(body), "bool[]")
    inputs += [b.input(str(i.name), i.type) for i in body.inputs[own:]]
    results = b.apply(body, inputs)
    for k, (output, value) in enumerate(zip(body.outputs, results, strict=True)):
        b.output(output.name, b.where(within, value, inputs[k] if k < states else 0))
    return b.build()


def _fresh_name(body: Graph) -> str:
    """A name that no input of `body` has."""
    taken, name = {str(i.name) for i in body.inputs}, "within"
    while name in taken:
        name += "_"
    return name
