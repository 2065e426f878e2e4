"""The namespace itself, for functions that are best written in it."""

from __future__ import annotations

from typing import Any

__all__ = ["xp"]


class _Own:
    """Attributes are the namespace's functions and constants, looked up when asked for: modules need no order."""

    def __getattr__(self, name: str) -> Any:
        from irlib.converters.numpy_code.namespace.names import resolve

        found = resolve(name)
        setattr(self, name, found)
        return found


xp: Any = _Own()
