"""Loops whose carried tensors change their shape: recorded in sequences, which take elements of any shape.

What is carried cannot be stacked then. The loop is run again and appends what each step took to a sequence; the loop
backwards picks from it, step by step from the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.graph import Graph
from irlib.methods import Emitter, NodeView, Value
from irlib.ops.reversal import Layout, Wrt, added
from irlib.types import DTYPES, SequenceType, TensorType, Type

__all__ = ["growing", "growing_vjp"]

_INT64 = TensorType(DTYPES["int64"], ())


def growing(types: Sequence[Type]) -> tuple[int, ...]:
    """Which of the carried tensors of these types may change their shape from step to step."""
    return tuple(k for k, t in enumerate(types) if isinstance(t, TensorType) and (t.shape is None or None in t.shape))


@lru_cache(maxsize=256)
def _recorder(body: Graph, layout: Layout, open_ones: tuple[int, ...]) -> Graph:
    """The body of a `while_loop` that carries a sequence more for each of `open_ones`: of what is handed on.

    It begins with what the first step takes, so that step i takes its element i. After the values to stack come the
    counter and what else is carried.
    """
    b = Builder(f"{body.name}.recording", share=True)
    own = [b.input(f"x{k}", n.type) for k, n in enumerate(body.inputs[: layout.first_invariant])]
    made = [b.input(f"s{k}", SequenceType(body.inputs[1 + k].type)) for k in open_ones]
    fixed = [b.input(f"x{k}", body.inputs[k].type) for k in range(layout.first_invariant, layout.total)]
    going_on, *results = b.apply(body, [*own, *fixed])
    longer = [b.sequence_insert(s, results[k]) for s, k in zip(made, open_ones, strict=True)]
    closed = [x for k, x in enumerate(own[1:]) if k not in open_ones]
    outputs = [going_on, *results[: layout.carries], *longer, *results[layout.carries :], own[0], *closed]
    for k, value in enumerate(outputs):
        b.output(f"y{k}", value)
    return b.build(prune=True)


def _backwards(
    body: Graph, pullback: Graph, layout: Layout, wrt: Wrt, open_ones: tuple[int, ...], types: Sequence[Type]
) -> Graph:
    """A step backwards, as the body of a `while_loop`.

    `pullback` is that of `body` by `wrt.all`. Carried: the cotangents of `wrt.carries`, the sums for `wrt.invariants`.
    Invariant, of `types`: the number of the last step; stacks of the carries that keep their shape; sequences of the
    others; stacks of the cotangents of the float per-step outputs; the invariants of `body`.
    """
    b = Builder(f"{body.name}.backwards", share=True)
    i = b.input("i", _INT64)
    d_carries = [b.input(f"d{k}", body.inputs[k].type) for k in wrt.carries]
    sums = [b.input(f"sum{k}", body.inputs[k].type) for k in wrt.invariants]
    last, *given = [b.input(f"g{k}", t) for k, t in enumerate(types)]
    at = b.subtract(last, i)
    closed = layout.carries - len(open_ones)
    stacks, sequences = iter(given[:closed]), iter(given[closed : layout.carries])
    fixed = given[len(given) - (layout.total - layout.first_invariant) :]
    d_outputs = given[layout.carries : len(given) - len(fixed)]
    before = [
        b.sequence_at(next(sequences), at) if k in open_ones else b.take(next(stacks), at, axis=0)
        for k in range(layout.carries)
    ]
    d_steps = [b.take(d, at, axis=0) for d in d_outputs]
    made = b.apply(pullback, [at, *before, *fixed, *d_carries, *d_steps])
    summed = [added(b, s, d) for s, d in zip(sums, made[len(d_carries) :], strict=True)]
    b.output("on", b.constant(np.array(True)))
    for k, value in enumerate([*made[: len(d_carries)], *summed]):
        b.output(f"y{k}", value)
    return b.build(prune=True)


def growing_vjp(
    op: Any, open_ones: tuple[int, ...], b: Emitter, node: NodeView, cotangents: tuple[Value | None, ...],
    layout: Layout, wrt: Wrt,
) -> tuple[Value, ...]:  # fmt: skip
    """The cotangents of `wrt.carries` and `wrt.invariants` of a `while_loop`, by another over sequences."""
    trip_count, start, *values = node.operands
    body, carries, stacked = op.body, op.carries, len(op.body.outputs) - 1 - op.carries
    begun = [b.sequence_construct(values[k]) for k in open_ones]
    made = b.while_loop(
        trip_count, start, *values[:carries], *begun, *values[carries:],
        body=_recorder(body, layout, open_ones), carries=carries + len(begun), max_trips=op.max_trips,
    )  # fmt: skip
    sequences, rest = made[carries : carries + len(begun)], made[carries + len(begun) :]
    b.supersede(node.results, [*made[:carries], *rest[:stacked]])
    counter, *closed = rest[stacked:]
    steps = b.take(b.shape(counter), 0, axis=0)
    floats = [d for d in cotangents[carries:] if d is not None]
    given = [steps - 1, *closed, *sequences, *floats, *values[carries:]]
    pullback = b.pullback(body, wrt.all)
    return b.while_loop(
        steps,
        None,
        *[cotangents[k - 1] for k in wrt.carries],
        *[b.zeros_like(node.operands[k + 1]) for k in wrt.invariants],
        *given,
        body=_backwards(body, pullback, layout, wrt, open_ones, [v.type for v in given]),
        carries=len(wrt.carries) + len(wrt.invariants),
    )
