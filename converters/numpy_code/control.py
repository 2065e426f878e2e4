"""Control flow that depends on values: `scan`, `cond` and `while_loop` on arrays of a trace, nested as one likes.

Outside a trace the same functions run their Python functions step by step, so that code using them can be tried out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irlib import regions
from irlib.builder import Builder
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.nested import flatten
from irlib.converters.numpy_code.namespace.promotion import cast, result_type
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["cond", "scan", "while_loop"]


class _Widened(Exception):  # noqa: N818  it is caught at once and is no error
    """A step gives carried values of wider dtypes than it was given."""

    def __init__(self, dtypes: list[np.dtype[Any]]) -> None:
        self.dtypes = dtypes


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    *,
    length: int | None = None,
    reverse: bool = False,
    axis: int = 0,
) -> tuple[Any, Any]:
    """The last carry and the stacked results of ``carry, y = f(carry, x)`` over the slices x of `xs` along `axis`.

    `init`, `xs`, the carry and y are arrays or nested dicts, lists and tuples of them; without `xs` there are `length`
    steps, and x is the number of each. With `reverse` the steps go from the last slice to the first, and y stands where
    its x does. The step may not write into arrays from outside; what it changes is handed on as the carry.
    """
    tape = Tape.current()
    if xs is None:
        if length is None:
            raise refused("scan without xs needs length=", code="IR884")
        xs, axis = lift(np.arange(length)), 0
    if not tape.is_tracing:
        return _scanned_at_once(f, init, xs, reverse=reverse, axis=axis)
    carried, again, structure = _lifted(init)
    scanned, slices, _ = _lifted(xs)
    made: list[Any] = []

    def step(inner: Builder, carry: Any, x: Any) -> Any:
        with tape.within(inner):
            following, y = _pair(f(again(_arrays(carry)), slices(_arrays(x))))
            made[:] = flatten(y)
            results = _results(inner, following, structure, [v.dtype for v in carry])
            return results, tuple(_in_region(inner, lift(leaf).value) for leaf in made[0])

    b = _builder(tape)
    while True:
        values = tuple(_placed(b, a.value) for a in carried)
        try:
            last, stacked = regions.scan(
                b, step, values, tuple(_placed(b, a.value) for a in scanned), reverse=reverse, axis=axis
            )
            break
        except _Widened as wider:
            carried = [_retyped(a, d) for a, d in zip(carried, wider.dtypes, strict=True)]
    return again(_arrays(last)), made[1](_arrays(stacked))


def cond(pred: Any, then_branch: Callable[..., Any], else_branch: Callable[..., Any], *operands: Any) -> Any:
    """What `then_branch` returns for the operands where `pred` holds, else what `else_branch` does; only that one runs.

    Both return arrays of the same shapes in the same structure; dtypes are promoted.
    """
    tape = Tape.current()
    flag = lift(pred)
    if flag.ndim:
        flag = flag.reshape(())
    known = flag.concrete()
    if known is not None:
        return then_branch(*operands) if known else else_branch(*operands)
    leaves, again, _ = _lifted(operands)
    b = _builder(tape)
    made: dict[str, Any] = {}
    dtypes: list[np.dtype[Any]] | None = None

    def branch(name: str, f: Callable[..., Any]) -> Callable[..., Any]:
        def run(inner: Builder, *values: Any) -> Any:
            with tape.within(inner):
                items, rebuild, structure = flatten(f(*again(_arrays(values))))
                found = [lift(item) for item in items]
                made[name] = (rebuild, structure, [a.dtype for a in found])
                kinds = dtypes or [a.dtype for a in found]
                return tuple(_in_region(inner, cast(a.value, d)) for a, d in zip(found, kinds, strict=True))

        return run

    def both() -> Any:
        return regions.cond(
            b,
            _placed(b, cast(flag.value, np.bool_)),
            branch("then", then_branch),
            branch("else", else_branch),
            *[_placed(b, a.value) for a in leaves],
        )

    try:
        results = both()
    except (TypeError, ValueError):
        if len(made) < 2 or made["then"][2] == made["else"][2]:
            raise
        results = None
    (rebuild, structure, first), (_, other, second) = made["then"], made["else"]
    if structure != other:
        raise refused("the branches of cond return different structures", code="IR884")
    if first != second:
        dtypes = [result_type(x, y) for x, y in zip(first, second, strict=True)]
        results = both()
    return rebuild(_arrays(results))


def while_loop(
    condition: Callable[[Any], Any], body: Callable[[Any], Any], init: Any, *, max_trips: int = 2**31
) -> Any:
    """The state after as many steps of ``state = body(state)`` as ``condition(state)`` holds before."""
    tape = Tape.current()
    if not tape.is_tracing:
        state, trips = _copied(init), 0
        while trips < max_trips and bool(condition(state)):
            state, trips = _copied(body(state)), trips + 1
        return state
    carried, again, structure = _lifted(init)
    b = _builder(tape)

    def holds(inner: Builder, *values: Any) -> Any:
        with tape.within(inner):
            flag = lift(condition(again(_arrays(values))))
            return _in_region(inner, cast(flag.reshape(()).value if flag.ndim else flag.value, np.bool_))

    def step(inner: Builder, *values: Any) -> Any:
        with tape.within(inner):
            return _results(inner, body(again(_arrays(values))), structure, [v.dtype for v in values])

    while True:
        try:
            results = regions.while_loop(
                b, holds, step, tuple(_placed(b, a.value) for a in carried), max_trips=max_trips
            )
            return again(_arrays(results))
        except _Widened as wider:
            carried = [_retyped(a, d) for a, d in zip(carried, wider.dtypes, strict=True)]


def _builder(tape: Tape) -> Builder:
    b = tape.b
    if not isinstance(b, Builder):
        raise refused("a branch on a value that is not known", code="IR880")
    return b


def _lifted(value: Any) -> tuple[list[Array], Any, Any]:
    leaves, again, structure = flatten(value)
    return [lift(leaf) for leaf in leaves], again, structure


def _arrays(values: Sequence[Any]) -> list[Array]:
    return [wrap(v, v.rank == 0, layout="C") for v in values]


def _placed(b: Any, value: Any) -> Any:
    """A value as one of the graph that `b` builds, which known ones become a part of."""
    return b.brought_in(value)


def _in_region(inner: Any, value: Any) -> Any:
    return inner.brought_in(value)


def _results(inner: Builder, following: Any, structure: Any, dtypes: list[Any]) -> tuple[Any, ...]:
    """The carried values of the next step. Raises: _Widened where they do not fit in the dtypes that are carried."""
    leaves, _, found = _lifted(following)
    if found != structure:
        raise refused("the carry comes back in another structure than it went in", code="IR884")
    kinds = [d.numpy for d in dtypes]
    wanted = [result_type(k, a.dtype) for k, a in zip(kinds, leaves, strict=True)]
    if wanted != kinds:
        raise _Widened(wanted)
    return tuple(_in_region(inner, cast(a.value, k)) for a, k in zip(leaves, kinds, strict=True))


def _retyped(a: Array, to: np.dtype[Any]) -> Array:
    return wrap(cast(a.value, to), a.is_scalar, layout=a.layout)


def _pair(returned: Any) -> tuple[Any, Any]:
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise refused("the step of scan returns a pair: the carry, and what is stacked (or None)", code="IR884")
    return returned


def _copied(state: Any) -> Any:
    leaves, again, _ = _lifted(state)
    return again([wrap(a.value, a.ndim == 0, layout="C") for a in leaves])


def _scanned_at_once(f: Callable[..., Any], init: Any, xs: Any, *, reverse: bool, axis: int) -> tuple[Any, Any]:
    leaves, again, _ = _lifted(xs)
    count = leaves[0].shape[axis]
    carry, stacked = _copied(init), []
    rebuild: Any = None
    for i in range(count - 1, -1, -1) if reverse else range(count):
        key = (slice(None),) * (axis % leaves[0].ndim) + (i,)
        carry, y = _pair(f(carry, again([a[key] for a in leaves])))
        carry = _copied(carry)
        items, rebuild, _ = flatten(y)
        stacked.append([lift(item) for item in items])
    if rebuild is None:
        raise refused("scan over no slices outside a trace", code="IR884")
    rows = stacked[::-1] if reverse else stacked
    return carry, rebuild([_stacked([row[k] for row in rows], axis) for k in range(len(rows[0]))])


def _stacked(rows: list[Array], axis: int) -> Array:
    kind = result_type(*[row.dtype for row in rows])
    return wrap(Tape.current().b.stack(*[cast(row.value, kind) for row in rows], axis=axis))
