"""Types as values: what calling them gives, and what is an instance of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.read.elements import key
from irlib.converters.numpy_code.read.iteration import collected, described
from irlib.converters.numpy_code.read.machine import Machine, Steps
from irlib.converters.numpy_code.read.objects import BoundMethod, Class, Function, Instance, Native, Span
from irlib.converters.numpy_code.read.refusal import refused

__all__ = ["construct", "is_instance", "type_of"]


def construct(m: Machine, kind: type, args: list[Any], kwargs: dict[str, Any]) -> Steps:
    """What the call of a type gives: of a builtin one, or of a scalar type of numpy."""
    if issubclass(kind, np.generic):
        if kwargs or len(args) > 1:
            raise TypeError(f"{kind.__name__} takes one argument")
        return m.domain.convert(args[0] if args else 0, kind)
    if kind is np.dtype:
        if kwargs or len(args) != 1 or not isinstance(args[0], str | type | np.dtype):
            raise TypeError("np.dtype takes the name of a dtype")
        return np.dtype(args[0])
    made = _MAKERS.get(kind)
    if made is None:
        raise refused(f"a call of the type {kind.__name__!r} is not read")
    return (yield made(m, *args, **kwargs))


def _list(m: Machine, value: Any = ()) -> Steps:
    return collected(m, value)
    yield


def _tuple(m: Machine, value: Any = ()) -> Steps:
    return tuple(collected(m, value))
    yield


def _set(m: Machine, value: Any = ()) -> Steps:
    return {key(m, item) for item in collected(m, value)}
    yield


def _frozenset(m: Machine, value: Any = ()) -> Steps:
    return frozenset(key(m, item) for item in collected(m, value))
    yield


def _dict(m: Machine, value: Any = None, /, **more: Any) -> Steps:
    made: dict[Any, Any] = {}
    if isinstance(value, dict):
        m.meter.room(len(value))
        made.update(value)
    elif value is not None:
        for pair in collected(m, value):
            name, item = collected(m, pair)
            made[key(m, name)] = item
    made.update(more)
    return made
    yield


def _number(m: Machine, kind: type, value: Any) -> Any:
    """``int(value)``, ``float(value)``.. of what is known; of what is traced the domain has to say it."""
    if isinstance(value, str):
        m.meter.text(len(value))
        if len(value) > 100:
            raise refused("a string of more than 100 characters as a number is not read")
        return kind(value)
    if m.domain.is_array(value):
        return m.domain.convert(value, kind)
    if isinstance(value, int | float | complex):
        made = kind(value)
        if isinstance(made, int):
            m.meter.bits(made.bit_length())
        return made
    if m.domain.is_dim(value):
        return value if kind is int else kind(value)
    raise TypeError(f"{kind.__name__}() of {described(value)}")


def _int(m: Machine, value: Any = 0) -> Steps:
    return _number(m, int, value)
    yield


def _float(m: Machine, value: Any = 0.0) -> Steps:
    return _number(m, float, value)
    yield


def _complex(m: Machine, value: Any = 0, imag: Any = None) -> Steps:
    if imag is not None:
        return complex(_number(m, float, value), _number(m, float, imag))
    return _number(m, complex, value)
    yield


def _bool(m: Machine, value: Any = 0) -> Steps:
    from irlib.converters.numpy_code.read import branches

    if branches.is_traced(m, value):
        return m.domain.condition(value)
    return (yield branches.truth_steps(m, value))


def _str(m: Machine, value: Any = "") -> Steps:
    if m.domain.is_array(value):
        value = m.domain.number(value)
    if value is None or not isinstance(value, str | int | float | bool):
        raise refused("str() of this is not read", remedy="use str() of integers that are known, as in 'W' + str(i)")
    return str(value)
    yield


def _range(m: Machine, *args: Any) -> Steps:
    from irlib.converters.numpy_code.read.elements import place

    traced = [v for v in args if (m.domain.is_dim(v) or m.domain.is_array(v)) and m.domain.number(v) is None]
    if any(v.dtype.kind not in "iu" or v.ndim for v in traced):
        raise TypeError("range() takes integers")
    if traced:
        return Span(args)
    return range(*[place(m, value) for value in args])
    yield


def _slice(m: Machine, *args: Any) -> Steps:
    return slice(*args)
    yield


def _type(m: Machine, value: Any) -> Steps:
    return type_of(m, value)
    yield


_MAKERS: dict[type, Any] = {
    list: _list, tuple: _tuple, set: _set, frozenset: _frozenset, dict: _dict, int: _int, float: _float,
    complex: _complex, bool: _bool, str: _str, range: _range, slice: _slice, type: _type,
}  # fmt: skip


def type_of(m: Machine, value: Any) -> Any:
    """The type of a value, as far as it is one that may be asked for."""
    if isinstance(value, Instance):
        return value.cls
    if m.domain.is_array(value):
        return value.dtype.type if m.domain.is_scalar(value) else np.ndarray
    if m.domain.is_dim(value):
        return int
    if value is None or isinstance(value, int | float | complex | str | list | tuple | dict | set):
        return type(value)
    raise refused(f"the type of {described(value)} is not read")


def is_instance(m: Machine, value: Any, kinds: Any) -> bool:
    """Whether `value` is of one of these types."""
    if isinstance(kinds, tuple):
        return any(is_instance(m, value, kind) for kind in kinds)
    if isinstance(kinds, Class):
        return isinstance(value, Instance) and kinds in value.cls.order
    if not isinstance(kinds, type):
        raise TypeError("isinstance takes types")
    if m.domain.is_array(value):
        return m.domain.instance_of(value, kinds)
    if m.domain.is_dim(value):
        return issubclass(int, kinds)
    if isinstance(value, Instance | Function | BoundMethod | Native | Class):
        return kinds is object
    return isinstance(value, kinds)
