"""Modules that source may import, each a table of names: numpy, math, and what irlib has for loops and branches."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from irlib.converters.numpy_code.read.machine import Machine, handles
from irlib.converters.numpy_code.read.objects import Indexer, Inert, Module, Native, Scope
from irlib.converters.numpy_code.read.refusal import SourceError
from irlib.converters.numpy_code.read.statements import bind

__all__ = ["member"]

_INDEXERS = frozenset(("c_", "r_", "s_", "index_exp", "mgrid", "ogrid"))

_CONSTANTS = {
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "newaxis": None,
    "euler_gamma": 0.5772156649015329,
}

_TO_NUMPY = {
    "sqrt": "sqrt", "exp": "exp", "expm1": "expm1", "log": "log", "log2": "log2", "log10": "log10", "log1p": "log1p",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "fabs": "fabs", "hypot": "hypot", "pow": "float_power", "copysign": "copysign", "isnan": "isnan", "isinf": "isinf",
    "isfinite": "isfinite", "fmod": "fmod", "degrees": "degrees", "radians": "radians", "cbrt": "cbrt", "exp2": "exp2",
}  # fmt: skip
"""Functions of math on a traced scalar, by the name that numpy has for them."""

_WHOLE = {"floor": "floor", "ceil": "ceil", "trunc": "trunc"}
_KNOWN_ONLY = (
    "gcd",
    "lcm",
    "isqrt",
    "isclose",
    "erf",
    "erfc",
    "gamma",
    "lgamma",
    "ldexp",
    "remainder",
    "fsum",
    "prod",
    "dist",
)
_GROWING = ("comb", "perm", "factorial")
_MATH_CONSTANTS = ("pi", "e", "inf", "nan", "tau")


def member(m: Machine, module: Module, name: str) -> Any:
    """What `module` has under `name`. Raises: SourceError where its table has nothing."""
    found = module.table.get(name)
    if found is None and name not in module.table:
        remedy = (
            "draw the numbers outside and pass them in" if module.name == "numpy.random" or name == "random" else ""
        )
        raise SourceError(f"{module.name} has no {name!r} here", code="IR894", remedy=remedy)
    return found


def _module(m: Machine, name: str) -> Module:
    """The module of this dotted name. Raises: SourceError where there is none."""
    found = m.modules.get(name)
    if found is None:
        top = name.split(".", maxsplit=1)[0]
        made = _MAKERS[top](m) if top in _MAKERS else {}
        m.modules.update(made)
        found = m.modules.get(name)
    if found is None:
        raise SourceError(f"there is no module {name!r} here", code="IR894", remedy="only numpy and math are there")
    return found


def _numpy(m: Machine) -> dict[str, Module]:
    """Numpy and its submodules, of the functions that the domain has."""
    tables: dict[str, dict[str, Any]] = {"numpy": {**_CONSTANTS, "random": Module("numpy.random", {})}}
    modules = {"numpy": Module("numpy", tables["numpy"])}
    for dotted, value in m.domain.functions.items():
        *parents, name = dotted.split(".")
        around = "numpy"
        for part in parents:
            inner = f"{around}.{part}"
            if inner not in modules:
                tables[inner] = {}
                modules[inner] = tables[around][part] = Module(inner, tables[inner])
            around = inner
        if not name.startswith("_"):
            tables[around][name] = _value(dotted, name, value)
    modules.setdefault("numpy.random", tables["numpy"]["random"])
    return modules


def _value(dotted: str, name: str, value: Any) -> Any:
    if name in _INDEXERS:
        return Indexer(value)
    if isinstance(value, type) and (issubclass(value, np.generic) or value in (np.ndarray, np.dtype)):
        return value
    if callable(value) and not hasattr(value, "shape"):
        return Native(f"numpy.{dotted}", value)
    return value


def _math(m: Machine) -> dict[str, Module]:
    table: dict[str, Any] = {name: getattr(math, name) for name in _MATH_CONSTANTS}
    for name, numpy_name in _TO_NUMPY.items():
        table[name] = Native(f"math.{name}", _either(m, name, numpy_name))
    for name, numpy_name in _WHOLE.items():
        table[name] = Native(f"math.{name}", _whole(m, name, numpy_name))
    for name in _KNOWN_ONLY:
        table[name] = Native(f"math.{name}", _known(m, name))
    for name in _GROWING:
        table[name] = Native(f"math.{name}", _small(m, getattr(math, name)))
    return {"math": Module("math", table)}


def _number(m: Machine, value: Any) -> Any:
    """The Python number a value is, None where it is traced."""
    if m.domain.is_array(value) or m.domain.is_dim(value):
        return m.domain.number(value)
    return value


def _either(m: Machine, name: str, numpy_name: str) -> Callable[..., Any]:
    """A function of math: Python's on what is known, numpy's on what is traced."""
    compute = getattr(math, name)

    def function(*args: Any) -> Any:
        known = [_number(m, a) for a in args]
        if None not in known:
            return compute(*known)
        wide = [m.domain.convert(a, float) if m.domain.is_array(a) else a for a in args]  # math computes in doubles
        if name == "log" and len(args) == 2:
            return m.domain.functions["log"](wide[0]) / m.domain.functions["log"](wide[1])
        return m.domain.weak(m.domain.functions[numpy_name](*wide))

    return function


def _whole(m: Machine, name: str, numpy_name: str) -> Callable[..., Any]:
    """A rounding of math, which gives an int; of a traced value one of 64 bits."""
    compute = getattr(math, name)

    def function(value: Any) -> Any:
        known = _number(m, value)
        if known is not None:
            return compute(known)
        return m.domain.convert(m.domain.functions[numpy_name](value), int)

    return function


def _known(m: Machine, name: str) -> Callable[..., Any]:
    """A function of math that needs to know its arguments."""
    compute = getattr(math, name)

    def function(*args: Any, **kwargs: Any) -> Any:
        known = [_number(m, a) for a in args]
        if any(k is None for k in known):
            raise SourceError(f"math.{name} of a traced value", code="IR897", remedy="use numpy's function")
        return compute(*known, **kwargs)

    return function


def _small(m: Machine, compute: Callable[..., int]) -> Callable[..., Any]:
    """A function of small integers that grows fast."""

    def function(*args: Any) -> int:
        known = [_number(m, a) for a in args]
        if not all(isinstance(k, int) for k in known):
            raise TypeError("expected integers that are known")
        m.meter.bits(max(known) * 8)
        return compute(*known)

    return function


def _irlib(m: Machine) -> dict[str, Module]:
    table = {name: Native(f"irlib.{name}", value) for name, value in m.domain.control.items()}
    return {"irlib": Module("irlib", table)}


def _ml_dtypes(m: Machine) -> dict[str, Module]:
    """The small dtypes, which emitted code imports."""
    import ml_dtypes

    starts = ("bfloat16", "float4_", "float6_", "float8_", "int2", "int4", "uint2", "uint4")
    table = {name: getattr(ml_dtypes, name) for name in dir(ml_dtypes) if name.startswith(starts)}
    return {"ml_dtypes": Module("ml_dtypes", table)}


_MAKERS: Mapping[str, Callable[[Machine], dict[str, Module]]] = {
    "numpy": _numpy,
    "math": _math,
    "ml_dtypes": _ml_dtypes,
    "irlib": _irlib,
}


@handles(ast.Import)
def import_(m: Machine, node: ast.Import, scope: Scope) -> None:
    """Modules from the table, under their names or others."""
    m.at(node)
    for alias in node.names:
        top = alias.name.split(".", maxsplit=1)[0]
        if top in ("typing", "__future__"):
            bind(m, alias.asname or top, Inert(top), scope)
            continue
        found = _module(m, alias.name)
        bind(m, alias.asname or top, found if alias.asname else _module(m, top), scope)


@handles(ast.ImportFrom)
def import_from(m: Machine, node: ast.ImportFrom, scope: Scope) -> None:
    """Names of a module from the table."""
    m.at(node)
    assert node.module is not None
    for alias in node.names:
        if node.module in ("typing", "__future__"):
            bind(m, alias.asname or alias.name, Inert(alias.name), scope)
        else:
            bind(m, alias.asname or alias.name, member(m, _module(m, node.module), alias.name), scope)
