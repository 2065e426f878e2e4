"""numpy code as it stands, read by tracing or from its text, and written as source an engineer would check in."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WHERE = {
    "NumpyModule": "module",
    "to_numpy": "module",
}

__all__ = list(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
