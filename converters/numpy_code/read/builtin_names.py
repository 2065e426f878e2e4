"""The builtins that source may use, each written out here; no other name of Python's is known."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import Any

from irlib.converters.numpy_code.read import branches
from irlib.converters.numpy_code.read.calls import call
from irlib.converters.numpy_code.read.iteration import (
    REVERSIBLE,
    SIZED,
    collected,
    described,
    is_open,
    iterator,
    stream,
)
from irlib.converters.numpy_code.read.machine import Machine, Steps
from irlib.converters.numpy_code.read.objects import BoundMethod, Class, Function, Instance, Native, Stream
from irlib.converters.numpy_code.read.operators import BINARY, compared, computed, method_of
from irlib.converters.numpy_code.read.refusal import refused
from irlib.converters.numpy_code.read.state import Merge, State
from irlib.converters.numpy_code.read.types import is_instance

__all__ = ["BUILTINS", "sorted_"]


def _len(m: Machine, value: Any) -> Steps:
    if isinstance(value, Instance):
        found = method_of(value, "__len__")
        if found is None:
            raise TypeError(f"an object of class {value.cls.name!r} has no len()")
        return (yield call(m, found, [], {}))
    if isinstance(value, SIZED):
        return len(value)
    if m.domain.is_array(value):
        if not value.shape:
            raise TypeError("len() of an array without axes")
        return value.shape[0]
    raise TypeError(f"{described(value)} has no len()")


def _abs(m: Machine, value: Any) -> Steps:
    if isinstance(value, Instance):
        found = method_of(value, "__abs__")
        if found is None:
            raise TypeError(f"an object of class {value.cls.name!r} has no abs()")
        return (yield call(m, found, [], {}))
    _hold_number(m, value, "abs")
    return abs(value)


def _hold_number(m: Machine, value: Any, name: str) -> None:
    if not (isinstance(value, int | float | complex) or m.domain.is_array(value) or m.domain.is_dim(value)):
        raise TypeError(f"{name}() of {described(value)}")


def _round(m: Machine, value: Any, digits: Any = None) -> Steps:
    _hold_number(m, value, "round")
    if m.domain.is_array(value) or m.domain.is_dim(value):
        made = m.domain.functions["round"](value, 0 if digits is None else digits)
        return m.domain.convert(made, int) if digits is None and m.domain.is_scalar(value) else made
    return round(value) if digits is None else round(value, digits)
    yield


def _pow(m: Machine, x: Any, y: Any) -> Steps:
    return computed(m, ast.Pow, BINARY[ast.Pow][0], x, y)
    yield


def _divmod(m: Machine, x: Any, y: Any) -> Steps:
    return (computed(m, ast.FloorDiv, BINARY[ast.FloorDiv][0], x, y), computed(m, ast.Mod, BINARY[ast.Mod][0], x, y))
    yield


def _sum(m: Machine, values: Any, start: Any = 0) -> Steps:
    total = start
    if isinstance(start, str):
        raise TypeError("sum() does not add strings")
    for item in iterator(m, values):
        m.meter.step(m.domain.nodes)
        if isinstance(total, Instance) or isinstance(item, Instance):
            from irlib.converters.numpy_code.read.operators import binary

            total = yield binary(m, ast.Add, total, item)
        else:
            total = computed(m, ast.Add, BINARY[ast.Add][0], total, item)
    return total


def _extreme(kind: type[ast.cmpop], name: str) -> Callable[..., Steps]:
    """Min or max: the first item that no later one beats, as Python has it, also where items are traced."""

    def steps(m: Machine, *args: Any, key: Any = None, **default: Any) -> Steps:
        items = collected(m, args[0]) if len(args) == 1 else list(args)
        if not items:
            if "default" in default:
                return default["default"]
            raise ValueError(f"{name}() of nothing")
        best = items[0]
        best_rank = best if key is None else (yield call(m, key, [best], {}))
        for item in items[1:]:
            m.meter.step(m.domain.nodes)
            rank = item if key is None else (yield call(m, key, [item], {}))
            better = yield compared(m, kind, rank, best_rank)
            if branches.is_traced(m, better):
                test = m.domain.condition(better)
                merge = Merge(m, test, 0, (now := State.holding(m, items)), now)
                best_rank = merge.value(rank, best_rank, f"the rank in {name}()")
                best = best_rank if key is None else merge.value(item, best, f"what {name}() gives")
            elif branches.truth(m, better):
                best, best_rank = item, rank
        return best

    return steps


def sorted_(m: Machine, values: Any, *, key: Any = None, reverse: Any = False) -> Steps:
    """The items in order; stable. Raises: SourceError where the order is not known."""
    items = collected(m, values)
    ranks = []
    for item in items:
        rank = item if key is None else (yield call(m, key, [item], {}))
        ranks.append(_rank(m, rank))
    m.meter.room(len(items))

    def before(i: int, j: int) -> int:
        m.meter.step(m.domain.nodes)
        return -1 if ranks[i] < ranks[j] else 1 if ranks[j] < ranks[i] else 0

    order = sorted(range(len(items)), key=cmp_to_key(before), reverse=bool(reverse))
    return [items[i] for i in order]


def _rank(m: Machine, value: Any, *, inner: bool = False) -> Any:
    """What an item is ordered by: a number, a string, or a short tuple of them."""
    if isinstance(value, list | tuple) and not inner:
        if len(value) > 64:
            raise refused("sequences of more than 64 items are not ordered here")
        return [_rank(m, part, inner=True) for part in value]
    if m.domain.is_array(value):
        known = m.domain.number(value)
        if known is None:
            raise refused("the order of traced values is not known", remedy="use np.sort or np.argsort", code="IR897")
        return known
    if isinstance(value, int | float | str):
        return value
    raise TypeError(f"{described(value)} cannot be ordered here")


def _any_or_all(m: Machine, values: Any, *, stop: bool) -> Steps:
    traced: Any = None
    for item in iterator(m, values):
        m.meter.step(m.domain.nodes)
        if branches.is_traced(m, item):
            test = m.domain.condition(item)
            if traced is None:
                traced = test
            elif stop:
                opposite = m.domain.opposite
                traced = opposite(m.domain.both(opposite(traced), opposite(test)))
            else:
                traced = m.domain.both(traced, test)
        elif (yield branches.truth_steps(m, item)) == stop:
            return stop
    return (not stop) if traced is None else traced


def _any(m: Machine, values: Any) -> Steps:
    return (yield _any_or_all(m, values, stop=True))


def _all(m: Machine, values: Any) -> Steps:
    return (yield _any_or_all(m, values, stop=False))


def _zip(m: Machine, *values: Any, strict: Any = False) -> Steps:
    if any(is_open(m, value) for value in values):
        return stream(m, iterator(m, ()), ("zip", values, 0))
    made = zip(*[iterator(m, value) for value in values], strict=bool(strict))
    return stream(m, made, None if strict else ("zip", values, 0))
    yield


def _enumerate(m: Machine, values: Any, start: Any = 0) -> Steps:
    from irlib.converters.numpy_code.read.elements import place

    first = place(m, start)
    made = iter(()) if is_open(m, values) else enumerate(iterator(m, values), first)
    return stream(m, made, ("enumerate", (values,), first))
    yield


def _reversed(m: Machine, values: Any) -> Steps:
    if isinstance(values, REVERSIBLE):
        return stream(m, reversed(values))
    if m.domain.is_array(values):
        return stream(m, reversed(list(iter(values))))
    raise TypeError(f"{described(values)} cannot be reversed")
    yield


def _iter(m: Machine, values: Any) -> Steps:
    return values if isinstance(values, Stream) else stream(m, iterator(m, values))
    yield


def _next(m: Machine, values: Any, *default: Any) -> Steps:
    if not isinstance(values, Stream):
        raise TypeError(f"{described(values)} is no iterator")
    for item in iterator(m, values):
        return item
    if default:
        return default[0]
    raise LookupError("the iterator is at its end")
    yield


def _map(m: Machine, function: Any, *values: Any) -> Steps:
    made = []
    rows: Iterator[Any] = zip(*[iterator(m, value) for value in values], strict=False)
    for row in rows:
        m.meter.room(1)
        made.append((yield call(m, function, list(row), {})))
    return stream(m, iter(made))


def _filter(m: Machine, function: Any, values: Any) -> Steps:
    made = []
    for item in iterator(m, values):
        m.meter.room(1)
        test = item if function is None else (yield call(m, function, [item], {}))
        if branches.known_truth(m, test, "filter"):
            made.append(item)
    return stream(m, iter(made))


def _isinstance(m: Machine, value: Any, kinds: Any) -> Steps:
    return is_instance(m, value, kinds)
    yield


def _issubclass(m: Machine, value: Any, kinds: Any) -> Steps:
    if isinstance(value, type) and isinstance(kinds, type):
        return issubclass(value, kinds)
    if isinstance(value, Class) and isinstance(kinds, Class):
        return kinds in value.order
    raise TypeError("issubclass takes types")
    yield


def _callable(m: Machine, value: Any) -> Steps:
    return isinstance(value, Function | BoundMethod | Native | Class | type) or method_of(value, "__call__") is not None
    yield


def _print(m: Machine, *args: Any, **kwargs: Any) -> Steps:
    return None
    yield


BUILTINS: dict[str, Any] = {
    **{
        name: Native(name, run, steps=True)
        for name, run in {
            "abs": _abs, "all": _all, "any": _any, "callable": _callable, "divmod": _divmod, "enumerate": _enumerate,
            "filter": _filter, "isinstance": _isinstance, "issubclass": _issubclass, "iter": _iter, "len": _len,
            "map": _map, "max": _extreme(ast.Gt, "max"), "min": _extreme(ast.Lt, "min"), "next": _next, "pow": _pow,
            "print": _print, "reversed": _reversed, "round": _round, "sorted": sorted_, "sum": _sum, "zip": _zip,
        }.items()
    },
    **{
        kind.__name__: kind
        for kind in (
            bool, bytes, int, float, complex, str, list, tuple, dict, set, frozenset, range, slice, type, object,
        )
    },
    "None": None, "True": True, "False": False, "Ellipsis": ...,
}  # fmt: skip
"""By name: a function written out here, or a type that types.py knows."""
