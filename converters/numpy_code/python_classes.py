"""Python's `float` and `int` while code is traced: calls of them on numbers that are not known give such numbers.

As a class, a dtype or a key, what stands for them is what Python's are.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.dims import python_number
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.stand_ins import StandIn

__all__ = ["CLASSES", "compares_classes"]


class _Number(StandIn, type):
    """The class of what stands for a class of numbers."""

    kinds: str

    def __call__(cls, *args: Any, **options: Any) -> Any:
        x = args[0] if args else 0
        if isinstance(x, Array) and Tape.current().is_tracing and x.concrete() is None and not options:
            one = x if not x.ndim else x.item()
            return python_number(xp.astype(one, cls.real)) if one.dtype.kind != "c" else cls.real(one)
        return cls.real(*args, **options)

    def __instancecheck__(cls, x: Any) -> bool:
        if isinstance(x, Array):  # numpy's float64 is a float, and no integer of numpy's is an int
            return x.is_scalar and x.dtype.kind in cls.kinds and (x.weak or (cls.real is float and x.dtype == float))
        return isinstance(x, cls.real)


class _Float(float, metaclass=_Number):
    real = float  # type: ignore[assignment]
    kinds = "f"
    dtype = np.dtype(float)  # what numpy asks for where the class is given as a dtype


class _Int(int, metaclass=_Number):
    real = int  # type: ignore[assignment]
    kinds = "iub"
    dtype = np.dtype(int)


CLASSES: dict[str, type] = {"float": _Float, "int": _Int}


def compares_classes(names: Mapping[str, Any], name: str) -> bool:
    """Whether a function of a module may ask whether ``type(x) is float``, which a stand-in cannot answer."""
    return any("type" in code.co_names and name in code.co_names for code in _codes(names.values()))


def _codes(items: Any) -> Iterator[types.CodeType]:
    waiting = [getattr(item, "__func__", item) for item in items]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, types.FunctionType):
            waiting.append(item.__code__)
        elif isinstance(item, type) and item.__module__ != "builtins":
            waiting += [getattr(m, "__func__", getattr(m, "fget", None) or m) for m in list(vars(item).values())]
        elif isinstance(item, types.CodeType):
            yield item
            waiting += item.co_consts
