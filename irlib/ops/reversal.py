"""Loops turned round: the regions from which the derivative rules of `scan` and `while_loop` are made.

A loop is run again with a body that also emits the carries it consumed. Then a `scan` in reverse takes them, calls the
pullback of the body at each step, carries the cotangents of the carries backwards and sums those of the invariants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from irlib.builder import Builder
from irlib.closures import carries_cotangent
from irlib.errors import DerivativeError
from irlib.graph import Graph
from irlib.types import TensorType

__all__ = ["Layout", "Wrt", "added", "recording", "reversed_body"]


class Wrt(NamedTuple):
    """The inputs of a loop's body to differentiate by, numbered: carries, slices and invariants."""

    carries: tuple[int, ...]
    slices: tuple[int, ...]
    invariants: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        return (*self.carries, *self.slices, *self.invariants)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the inputs of a loop's body are laid out: `counter` (0 or 1), carries, scanned slices, invariants."""

    counter: int
    carries: int
    scanned: int
    total: int

    @property
    def first_scanned(self) -> int:
        return self.counter + self.carries

    @property
    def first_invariant(self) -> int:
        return self.first_scanned + self.scanned

    def differentiated(self, body: Graph, needs: Sequence[bool]) -> Wrt:
        """What to differentiate by: carries (all that are floats), needed slices, needed invariants."""
        able = [carries_cotangent(n.type) for n in body.inputs]
        return Wrt(
            tuple(k for k in range(self.counter, self.first_scanned) if able[k]),
            tuple(k for k in range(self.first_scanned, self.first_invariant) if able[k] and needs[k]),
            tuple(k for k in range(self.first_invariant, self.total) if able[k] and needs[k]),
        )


def require_tensors(body: Graph, layout: Layout, where: str) -> None:
    """Raises: DerivativeError when a carried value cannot be recorded step by step."""
    for node in body.inputs[layout.counter : layout.first_scanned]:
        if not isinstance(node.type, TensorType):
            raise DerivativeError(
                f"the derivative of a loop that carries a {node.type} is not known, expected tensors",
                code="IR705", where=where, remedy="stack the sequence into a tensor",
            )  # fmt: skip


def added(b: Any, x: Any, y: Any) -> Any:
    """The sum of two cotangents of one value."""
    return b.add(x, y) if isinstance(x.type, TensorType) else b.cotangent_add(x, y)


@lru_cache(maxsize=1024)
def recording(body: Graph, layout: Layout) -> Graph:
    """The body with its outputs, and then the counter and carries that each step took."""
    b = Builder(f"{body.name}.recording", share=True)
    inputs = [b.input(f"x{k}", n.type) for k, n in enumerate(body.inputs)]
    results = b.apply(body, inputs)
    for k, value in enumerate([*results, *inputs[: layout.first_scanned]]):
        b.output(f"y{k}", value)
    return b.build(prune=True)


@lru_cache(maxsize=1024)
def reversed_body(body: Graph, pullback: Graph, layout: Layout, outputs: int, wrt: Wrt) -> Graph:
    """One step backwards, as the body of a `scan`.

    `pullback` is that of `body` by `wrt.all`. The body's per-step outputs start at `outputs`.
    Carried: the cotangent of each of `wrt.carries`, the sum so far for each of `wrt.invariants`. Scanned: what
    `recording` recorded, the slices, the cotangents of the float per-step outputs. Then all invariants.
    Results: the carried, and per step the cotangents of `wrt.slices`.
    """
    b = Builder(f"{body.name}.reversed", share=True)
    inputs = body.inputs
    d_carries = [b.input(f"d{k}", inputs[k].type) for k in wrt.carries]
    sums = [b.input(f"sum{k}", inputs[k].type) for k in wrt.invariants]
    before = [b.input(f"x{k}", inputs[k].type) for k in range(layout.first_invariant)]
    d_outputs = [
        b.input(f"dy{k}", body.value_type(body.output_value(o)))
        for k, o in enumerate(body.outputs)
        if k >= outputs and carries_cotangent(body.value_type(body.output_value(o)))
    ]
    fixed = [b.input(f"x{k}", inputs[k].type) for k in range(layout.first_invariant, layout.total)]
    made = b.apply(pullback, [*before, *fixed, *d_carries, *d_outputs])
    of_carries, rest = made[: len(wrt.carries)], made[len(wrt.carries) :]
    of_slices, of_invariants = rest[: len(wrt.slices)], rest[len(wrt.slices) :]
    summed = [added(b, s, d) for s, d in zip(sums, of_invariants, strict=True)]
    for k, value in enumerate([*of_carries, *summed, *of_slices]):
        b.output(f"y{k}", value)
    return b.build(prune=True)
