"""The methods of lists, tuples, dicts, sets, strings and numbers that may be called, each written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irlib.converters.numpy_code.read.elements import key, place
from irlib.converters.numpy_code.read.iteration import collected
from irlib.converters.numpy_code.read.machine import Machine, Steps
from irlib.converters.numpy_code.read.objects import Grower
from irlib.converters.numpy_code.read.operators import equal

__all__ = ["METHODS_OF"]

Method = Callable[..., Steps]


def _at_once(function: Callable[..., Any]) -> Method:
    """A method that calls nothing of the source."""

    def method(*args: Any, **kwargs: Any) -> Steps:
        return function(*args, **kwargs)
        yield

    return method


def _append(m: Machine, items: list[Any], value: Any) -> None:
    m.meter.room(1)
    items.append(value)


def _grow(m: Machine, grower: Grower, value: Any) -> None:
    m.meter.room(1)
    grower.items.append(value)


def _extend(m: Machine, items: list[Any], more: Any) -> None:
    items.extend(collected(m, more))


def _insert(m: Machine, items: list[Any], index: Any, value: Any) -> None:
    m.meter.room(1)
    items.insert(place(m, index), value)


def _pop(m: Machine, items: list[Any], index: Any = -1) -> Any:
    return items.pop(place(m, index))


def _find(m: Machine, items: Any, value: Any) -> int:
    for i, item in enumerate(items):
        m.meter.step(m.domain.nodes)
        if equal(m, item, value):
            return i
    raise ValueError("the value is not in the list")


def _remove(m: Machine, items: list[Any], value: Any) -> None:
    del items[_find(m, items, value)]


def _count(m: Machine, items: Any, value: Any) -> int:
    return sum(equal(m, item, value) for item in collected(m, items))


def _copy(m: Machine, items: Any) -> Any:
    m.meter.room(len(items))
    return items.copy()


def _sort(m: Machine, items: list[Any], *, key: Any = None, reverse: Any = False) -> Steps:
    from irlib.converters.numpy_code.read.builtin_names import sorted_

    items[:] = yield sorted_(m, items, key=key, reverse=reverse)


def _reverse(m: Machine, items: list[Any]) -> None:
    items.reverse()


def _clear(m: Machine, items: Any) -> None:
    items.clear()


def _get(m: Machine, holder: dict[Any, Any], name: Any, default: Any = None) -> Any:
    return holder.get(key(m, name), default)


def _take(m: Machine, holder: dict[Any, Any], name: Any, *default: Any) -> Any:
    return holder.pop(key(m, name), *default)


def _setdefault(m: Machine, holder: dict[Any, Any], name: Any, default: Any = None) -> Any:
    m.meter.room(1)
    return holder.setdefault(key(m, name), default)


def _update(m: Machine, holder: dict[Any, Any], other: Any = None, **more: Any) -> None:
    if isinstance(other, dict):
        m.meter.room(len(other))
        holder.update(other)
    elif other is not None:
        for pair in collected(m, other):
            name, value = pair
            holder[key(m, name)] = value
    holder.update(more)


def _add(m: Machine, holder: set[Any], value: Any) -> None:
    m.meter.room(1)
    holder.add(key(m, value))


def _discard(m: Machine, holder: set[Any], value: Any) -> None:
    holder.discard(key(m, value))


def _set_method(name: str) -> Callable[..., Any]:
    def method(m: Machine, holder: Any, other: Any) -> Any:
        return getattr(set(holder), name)({key(m, v) for v in collected(m, other)})

    return method


def _text(name: str, most: int) -> Callable[..., Any]:
    def method(m: Machine, text: str, *args: Any) -> Any:
        if len(args) > most or not all(isinstance(a, str | int) or a is None for a in args):
            raise TypeError(f"str.{name} takes up to {most} strings here")
        found = getattr(text, name)(*args)
        if isinstance(found, list):
            m.meter.room(len(found))
        return found

    return method


def _join(m: Machine, text: str, parts: Any) -> str:
    items = collected(m, parts)
    if not all(isinstance(item, str) for item in items):
        raise TypeError("str.join takes strings")
    m.meter.text(sum(map(len, items)) + len(text) * len(items))
    return text.join(items)


def _plain(name: str) -> Callable[..., Any]:
    def method(m: Machine, value: Any) -> Any:
        return getattr(value, name)()

    return method


_SET_METHODS = ("union", "intersection", "difference", "issubset", "issuperset", "isdisjoint")


def _of(table: dict[str, Callable[..., Any]]) -> dict[str, Method]:
    return {name: _at_once(function) for name, function in table.items()}


METHODS_OF: dict[type, dict[str, Method]] = {
    list: {
        **_of(
            {
                "append": _append, "extend": _extend, "insert": _insert, "pop": _pop, "remove": _remove, "index": _find,
                "count": _count, "copy": _copy, "reverse": _reverse, "clear": _clear,
            }
        ),
        "sort": _sort,
    },
    Grower: _of({"append": _grow}),
    tuple: _of({"index": _find, "count": _count}),
    dict: _of(
        {
            "get": _get, "pop": _take, "setdefault": _setdefault, "update": _update, "copy": _copy, "clear": _clear,
            "items": _plain("items"), "keys": _plain("keys"), "values": _plain("values"),
        }
    ),
    set: _of(
        {
            "add": _add, "discard": _discard, "remove": _discard, "copy": _copy, "clear": _clear,
            **{name: _set_method(name) for name in _SET_METHODS},
        }
    ),
    str: _of(
        {
            "lower": _text("lower", 0), "upper": _text("upper", 0), "strip": _text("strip", 1),
            "startswith": _text("startswith", 1), "endswith": _text("endswith", 1), "split": _text("split", 1),
            "isdigit": _text("isdigit", 0), "find": _text("find", 1), "count": _text("count", 1), "join": _join,
        }
    ),
    float: _of({"is_integer": _plain("is_integer"), "conjugate": _plain("conjugate")}),
    int: _of({"bit_length": _plain("bit_length"), "conjugate": _plain("conjugate")}),
    complex: _of({"conjugate": _plain("conjugate")}),
}  # fmt: skip
"""By the exact type of the value: its methods, each a generator that takes the machine, the value and the arguments."""
