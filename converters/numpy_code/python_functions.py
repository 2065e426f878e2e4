"""Python's own functions of numbers on numbers of a trace: `min`, `max`, `len`, and those of `math`.

Python's would ask what is not known yet. Of what is known, and outside a trace, they are Python's.
"""

from __future__ import annotations

import builtins
import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.dims import python_number
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.refusal import refused

__all__ = ["BUILTINS", "MATH", "MATH_MODULE"]


def _is_open(x: Any) -> bool:
    """Whether `x` is a number of the trace that is not known."""
    return isinstance(x, Array) and x.ndim == 0 and x.concrete() is None


def _extreme(name: str, ufunc: str) -> Callable[..., Any]:
    python = getattr(builtins, name)

    def function(*args: Any, **options: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Array):
            args = (list(args[0]),)
        items = list(args[0]) if len(args) == 1 and not isinstance(args[0], int | float) else list(args)
        if options or not any(_is_open(x) for x in items) or any(isinstance(x, Array) and x.ndim for x in items):
            return python(items if len(args) == 1 else args[0], *(() if len(args) == 1 else args[1:]), **options)
        best = items[0]
        for x in items[1:]:  # as Python does: of equal ones the first
            best = xp.where(getattr(xp, ufunc)(x, best), x, best)
        weak = all(not isinstance(x, Array) or x.weak for x in items) and all(_is_python(x) for x in items)
        return python_number(best) if weak else wrap(best.value, is_scalar=True)

    return function


def _is_python(x: Any) -> bool:
    return isinstance(x, bool | int | float | Array)


def _length(x: Any) -> Any:
    """`len`, which of an array whose first size is not known is that size."""
    if isinstance(x, Array) and x.ndim:
        return x.shape[0]
    return len(x)


def _class_of(x: Array) -> type:
    """The class that numpy or Python would give what `x` stands for."""
    if x.weak:
        return {"b": bool, "i": int, "u": int, "f": float, "c": complex}[x.dtype.kind]
    return x.dtype.type if x.is_scalar else np.ndarray


def _is_instance(x: Any, classes: Any) -> bool:
    """`isinstance`, which tells arrays and scalars of the trace by what they stand for."""
    return issubclass(_class_of(x), classes) if isinstance(x, Array) else isinstance(x, classes)


BUILTINS: dict[str, Callable[..., Any]] = {
    "isinstance": _is_instance,
    "len": _length,
    "max": _extreme("max", "greater"),
    "min": _extreme("min", "less"),
}

_SAME_AS_NUMPY = {
    **{n: n for n in ("sqrt", "exp", "exp2", "expm1", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh",
                      "tanh", "fabs", "degrees", "radians", "copysign", "fmod", "hypot", "cbrt", "isnan", "isinf",
                      "isfinite", "isclose", "ldexp")},
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh",
    "atanh": "arctanh",
}  # fmt: skip


def _number(x: Any) -> Any:
    """A traced number as a float that promotes like Python's."""
    return python_number(xp.astype(x, float)) if isinstance(x, Array) else x


def _of_numbers(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    python = getattr(math, name)

    def function(*args: Any, **options: Any) -> Any:
        args = tuple(list(x) if isinstance(x, Array) and x.ndim else x for x in args)
        flat = [y for x in args for y in (x if isinstance(x, list | tuple) else [x])]
        if not any(_is_open(x) for x in flat):
            return python(*args, **options)
        given = [[_number(y) for y in x] if isinstance(x, list | tuple) else _number(x) for x in args]
        return python_number(made(*given, **options))

    function.__name__ = name
    return function


def _logarithm(x: Any, base: Any = None) -> Any:
    return xp.log(x) if base is None else xp.divide(xp.log(x), xp.log(base))


def _rounded(name: str) -> Callable[..., Any]:
    return lambda x: xp.astype(getattr(xp, name)(x), int)


def _numpys(name: str) -> Callable[..., Any]:
    def made(*args: Any, **options: Any) -> Any:
        return getattr(xp, name)(*args, **options)

    return made


def _op(name: str) -> Callable[..., Any]:
    def made(x: Any) -> Any:
        from irlib.converters.numpy_code.namespace.tape import Tape

        return wrap(getattr(Tape.current().b, name)(x.value), is_scalar=True)

    return made


def _refusing(name: str) -> Callable[..., Any]:
    def made(*args: Any, **options: Any) -> Any:
        raise refused(
            f"math.{name} of a number that is not known while the code is traced", remedy="use numpy's function"
        )

    return made


_MADE: dict[str, Callable[..., Any]] = {
    **{name: _numpys(of) for name, of in _SAME_AS_NUMPY.items()},
    "log": _logarithm,
    "pow": _numpys("power"),
    **{n: _rounded(n) for n in ("floor", "ceil", "trunc")},
    "erf": _op("erf"),
    "erfc": _op("erfc"),
    "lgamma": _op("lgamma"),
    "fsum": lambda x: xp.sum(xp.stack(x)),
    "prod": lambda x: xp.prod(xp.stack(x)),
    "dist": lambda p, q: xp.linalg.norm(xp.subtract(xp.stack(p), xp.stack(q))),
}

MATH: dict[str, Callable[..., Any]] = {
    name: _of_numbers(name, _MADE.get(name, _refusing(name)))
    for name in dir(math)
    if isinstance(getattr(math, name), types.BuiltinFunctionType)
}
"""The functions of `math` by name."""


class _Math:
    """For the module `math`."""

    def __getattr__(self, name: str) -> Any:
        return MATH.get(name) or getattr(math, name)

    def __dir__(self) -> list[str]:
        return dir(math)


MATH_MODULE = _Math()
