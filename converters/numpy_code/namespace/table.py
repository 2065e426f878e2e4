"""The functions of the namespace by numpy's dotted names: one table for calls, dispatch and the reader of source."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from irlib.converters.numpy_code.namespace.claims import careful

__all__ = ["CONSTANTS", "FUNCTIONS", "function", "implementations", "load"]

FUNCTIONS: dict[str, Callable[..., Any]] = {}
"""By numpy's dotted name, as in ``linalg.norm``."""

CONSTANTS: dict[str, Any] = {
    "pi": np.pi,
    "e": np.e,
    "inf": np.inf,
    "nan": np.nan,
    "newaxis": None,
    "euler_gamma": np.euler_gamma,
    **{
        name: getattr(np, name)
        for name in (
            "bool", "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "intp", "uintp",
            "int_", "uint", "intc", "float16", "float32", "float64", "half", "single", "double", "complex64",
            "complex128", "csingle", "cdouble", "byte", "ubyte", "short", "ushort", "longlong", "number", "integer",
            "signedinteger", "unsignedinteger", "inexact", "floating", "complexfloating", "generic", "dtype",
        )
    },
}  # fmt: skip
"""Numbers and dtypes, which are numpy's own."""

F = TypeVar("F", bound=Callable[..., Any])

_LOADED: list[bool] = []


def function(*names: str, knows_layout: bool = False) -> Callable[[F], F]:
    """Enter the decorated function under numpy's dotted names.

    It may claim that its results lie in row-major order, as numpy's do where the operands do; called with others, the
    claim is dropped, unless it `knows_layout` for those too.
    """

    def enter(made: F) -> F:
        if isinstance(made, FunctionType):
            # Python names a function that is called amiss, and help shows it: several are made by one `make`
            made.__name__, made.__qualname__ = names[0].rpartition(".")[2], names[0]
            if made.__doc__ is None:
                made.__doc__ = f"As `numpy.{names[0]}`."
        entry = made if knows_layout else careful(made, name=names[0])
        for name in names:
            if name in FUNCTIONS:
                raise ValueError(f"numpy.{name} is defined twice")
            FUNCTIONS[name] = entry
        return made

    return enter


def load() -> dict[str, Callable[..., Any]]:
    """The table, all modules of the namespace imported."""
    if not _LOADED:
        _LOADED.append(True)
        package = import_module(__name__.rpartition(".")[0])
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
        for name, made in FUNCTIONS.items():
            real: Any = np
            for part in name.split("."):
                real = getattr(real, part, None)
            if callable(real):
                _IMPLEMENTATIONS.setdefault(real, made)
    return FUNCTIONS


_IMPLEMENTATIONS: dict[Any, Callable[..., Any]] = {}


def implementations() -> dict[Any, Callable[..., Any]]:
    """By numpy's own function: what serves for it on arrays of the namespace."""
    load()
    return _IMPLEMENTATIONS
