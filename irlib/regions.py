"""Control flow written as Python functions: each is called once, on a builder of its own, and becomes a region.

A function gets the region's builder and its values. Values of the builder outside may be used in it as they are: they
become further operands. (Values of a region cannot be used outside it.)

>>> import irlib
>>> from irlib import regions
>>> b = irlib.Builder("newton")
>>> a = b.input("a", "float64[]")
>>> root = regions.for_loop(b, 6, lambda b, i, x: 0.5 * (x + a / x), a)
>>> b.output("root", root)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irlib.builder import Builder, GraphValue
from irlib.closures import joined
from irlib.errors import StructureError
from irlib.graph import Graph, Role
from irlib.types import TensorType, Type

__all__ = ["RegionBuilder", "cond", "for_loop", "scan", "while_loop"]


class RegionBuilder(Builder):
    """Builds a region of a graph that `around` builds; what it uses of that graph becomes an input, in `captured`."""

    def __init__(self, name: str, around: Builder) -> None:
        super().__init__(name, share=True)
        self.around = around
        self.captured: dict[int, tuple[GraphValue, GraphValue]] = {}
        """By id of the outer value: that value, and the input it is here."""
        self.is_open = True

    def is_within(self, outer: Builder) -> bool:
        inner: Builder = self
        while isinstance(inner, RegionBuilder) and inner.is_open:
            inner = inner.around
            if inner is outer:
                return True
        return False

    def brought_in(self, value: GraphValue) -> GraphValue:
        """`value` as a value of this region; one from outside becomes an input, or a constant where it is one."""
        if value.builder is self:
            return value
        return GraphValue(self, self._foreign(value))

    def _foreign(self, value: Any) -> int:
        outer = self.around
        if value.builder is not outer:
            if not isinstance(outer, RegionBuilder) or (
                isinstance(value.builder, Builder) and value.builder.is_within(self)
            ):
                return super()._foreign(value)
            value = outer.brought_in(value)
        found = self.captured.get(value.id)
        if found is None:
            variable = outer.variable_of(value)
            if variable is not None and variable.role is Role.CONSTANT:
                made = self.constant(variable.tensor)
            else:
                made = self.input(f"outer{len(self.captured)}", value.type, known=value.known)
            found = self.captured[value.id] = (value, made)
        return found[1].id


class _Region:
    """What a function made of a region: the builder it was called on, the inputs, what it returned."""

    def __init__(self, b: Builder, name: str, f: Callable[..., Any], types: Sequence[Type]) -> None:
        self.builder: RegionBuilder = (b.region_kind or RegionBuilder)(name, b)
        self.inputs = [self.builder.input(f"x{k}", t) for k, t in enumerate(types)]
        self.made = f(self.builder, *self.inputs)

    def results(self, made: Any) -> list[GraphValue]:
        """Values, numbers and arrays as values of the region; a single one is a list of one."""
        items = made if isinstance(made, list | tuple) else [made]
        return [self.builder.brought_in(v) if isinstance(v, GraphValue) else self.builder.lift(v) for v in items]

    def captured(self) -> list[GraphValue]:
        """The outer values among the inputs, in order."""
        return [o for o, v in self.builder.captured.values() if self.builder.variable_of(v).role is Role.INPUT]  # type: ignore[union-attr]

    def graph(self, results: Sequence[GraphValue], captured: Sequence[GraphValue] | None = None) -> Graph:
        """The region with these results; with `captured`, its inputs from outside are these, in this order."""
        b = self.builder
        for k, value in enumerate(results):
            b.output(f"y{k}", value)
        b.is_open = False
        graph = b.build(prune=True)
        if captured is None:
            return graph
        ordered = Builder(b.name, share=True)
        inputs = [ordered.input(f"x{k}", v.type) for k, v in enumerate(self.inputs)]
        outside = {v.id: ordered.input(f"outer{k}", v.type) for k, v in enumerate(captured)}
        own = [outside[v.id] for v in self.captured()]
        for k, value in enumerate(ordered.apply(graph, [*inputs, *own])):
            ordered.output(f"y{k}", value)
        return ordered.build(prune=True)


def cond(
    b: Builder, pred: Any, then_branch: Callable[..., Any], else_branch: Callable[..., Any], *operands: Any
) -> Any:
    """What `then_branch` makes where `pred` holds, else what `else_branch` makes; only that one runs.

    Each is called as ``branch(b, *operands)`` and returns a value or a tuple of them.
    """
    values = [b.lift(o) for o in operands]
    types = [v.type for v in values]
    branches = [_Region(b, name, f, types) for name, f in (("then", then_branch), ("else", else_branch))]
    made = [r.results(r.made) for r in branches]
    outside = list({v.id: v for r in branches for v in r.captured()}.values())
    then, other = (r.graph(results, outside) for r, results in zip(branches, made, strict=True))
    results = b.cond(b.lift(pred), *values, *outside, then_branch=then, else_branch=other)
    return _like(branches[0].made, results)


def scan(
    b: Builder, f: Callable[..., Any], init: Any, xs: Any, *, reverse: bool = False, axis: int = 0
) -> tuple[Any, Any]:
    """The last carry and the stacked values of ``carry, y = f(b, carry, x)`` over the slices x of `xs` along `axis`.

    `init`, `xs`, the carry and y are each a value or a tuple of values (empty where there is none). With `reverse` the
    steps go from the last slice to the first, and y stands where its x does.
    """
    carried = [b.lift(v) for v in _items(init)]
    scanned = [b.lift(v) for v in _items(xs)]
    slices = [_slice_of(v.type, axis) for v in scanned]
    count = len(carried)
    types = [v.type for v in carried]
    while True:
        made: list[Any] = []

        def step(inner: Builder, *values: Any, made: list[Any] = made) -> Any:
            made.append(f(inner, _like(init, values[:count]), _like(xs, values[count:])))
            return made[0]

        region = _Region(b, "scan", step, [*types, *slices])
        carry, y = made[0]
        following = region.results(carry)
        if len(following) != count:
            raise StructureError(f"the step returns {len(following)} carried values, expected {count}", code="IR233")
        widened = _widened(types, following)
        if widened == types:
            break
        types = widened
    stacked = region.results(y)
    graph = region.graph([*following, *stacked])
    results = b.scan(
        *carried,
        *scanned,
        *region.captured(),
        body=graph,
        carries=count,
        scanned=len(scanned),
        input_axes=(axis,) * len(scanned),
        output_axes=(axis,) * len(stacked),
        input_reverse=(reverse,) * len(scanned),
        output_reverse=(reverse,) * len(stacked),
    )
    return _like(init, results[:count]), _like(y, results[count:])


def for_loop(b: Builder, trips: Any, body: Callable[..., Any], init: Any) -> Any:
    """The carried values after `trips` steps of ``body(b, i, *carried)``."""
    return _loop(b, init, lambda inner, i, *carried: (True, body(inner, i, *carried)), trips=trips)


def while_loop(
    b: Builder, condition: Callable[..., Any], body: Callable[..., Any], init: Any, *, max_trips: int = 2**31
) -> Any:
    """The carried values after as many steps of ``body(b, *carried)`` as ``condition(b, *carried)`` holds before."""
    start = condition(b, *(b.lift(v) for v in _items(init)))

    def step(inner: Builder, i: Any, *carried: Any) -> tuple[Any, Any]:
        following = body(inner, *carried)
        return condition(inner, *(inner.lift(v) for v in _items(following))), following

    return _loop(b, init, step, start=start, max_trips=max_trips)


def _loop(
    b: Builder, init: Any, step: Callable[..., Any], *, trips: Any = None, start: Any = None, max_trips: int = 2**31
) -> Any:
    carried = [b.lift(v) for v in _items(init)]
    types = [v.type for v in carried]
    counter = b.constant(np.int64(0)).type
    while True:
        region = _Region(b, "loop", step, [counter, *types])
        going_on, following = region.made
        results = region.results(following)
        if len(results) != len(carried):
            raise StructureError(f"the body returns {len(results)} values, expected {len(carried)}", code="IR233")
        widened = _widened(types, results)
        if widened == types:
            break
        types = widened
    graph = region.graph([*region.results(going_on), *results])
    if trips is not None and not isinstance(trips, GraphValue):
        trips = b.constant(np.int64(trips))
    made = b.while_loop(
        trips, start, *carried, *region.captured(), body=graph, carries=len(carried), max_trips=max_trips
    )
    return _like(init, made)


def _items(values: Any) -> Sequence[Any]:
    return values if isinstance(values, list | tuple) else [values]


def _like(given: Any, values: Sequence[Any]) -> Any:
    """A tuple where `given` is one, else the single value."""
    return tuple(values) if isinstance(given, list | tuple) else values[0]


def _widened(types: Sequence[Type], values: Sequence[GraphValue]) -> list[Type]:
    return [joined(t, v.type, f"carried value {k}") for k, (t, v) in enumerate(zip(types, values, strict=True))]


def _slice_of(t: Type, axis: int) -> Type:
    if not isinstance(t, TensorType) or t.shape is None:
        return t
    at = axis % len(t.shape) if t.shape else 0
    return t.with_shape(t.shape[:at] + t.shape[at + 1 :])
