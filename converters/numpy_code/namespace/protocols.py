"""Numpy's own functions and ufuncs, called with arrays of the namespace."""

from __future__ import annotations

from typing import Any

from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.table import implementations, load
from irlib.converters.numpy_code.namespace.ufuncs import UFUNCS

__all__ = ["dispatch_function", "dispatch_ufunc"]


def dispatch_ufunc(real: Any, method: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What `__array_ufunc__` asks for. Raises: TraceError where the ufunc is not traced."""
    load()
    found = UFUNCS.get(real.__name__)
    if found is None or found.real is not real:
        raise refused(f"the ufunc {real.__name__} is not traced")
    out = options.pop("out", None)
    if out is not None:
        options["out"] = out if len(out) > 1 or method == "__call__" else out[0]
    return getattr(found, method)(*args, **options)


def dispatch_function(real: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What `__array_function__` asks for. Raises: TraceError where the function is not traced."""
    found = implementations().get(real)
    if found is None:
        module = str(getattr(real, "__module__", "numpy"))
        raise refused(f"{module}.{getattr(real, '__name__', real)} is not traced")
    return found(*args, **options)
