"""Numpy's namespace over graphs, public as `irlib.numpy`: what is called in a trace becomes nodes.

It follows the Python array API standard 2024.12, gives numpy's own result dtypes, and has the numpy names that code
uses beyond the standard. Outside a trace the same functions compute at once.

>>> import irlib
>>> irlib.numpy.sqrt(irlib.numpy.asarray([4.0, 9.0]))
array([2., 3.])
"""

from __future__ import annotations

from typing import Any

__all__ = ["array_api_version"]

array_api_version = "2024.12"
__array_api_version__ = array_api_version


def __array_namespace_info__() -> Any:  # noqa: N807  the standard's name
    """What the namespace can do and has, by the array API standard."""
    from irlib.converters.numpy_code.namespace.inspection import NamespaceInfo

    return NamespaceInfo()


def __getattr__(name: str) -> Any:
    from irlib.converters.numpy_code.namespace.names import resolve

    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in ("Array", "ndarray"):
        from irlib.converters.numpy_code.namespace.array import Array

        return Array
    found = resolve(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    from irlib.converters.numpy_code.namespace.table import CONSTANTS, load

    return sorted({name.partition(".")[0] for name in load()} | CONSTANTS.keys())
