"""`x.flat`: the elements in row-major order, read and written one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.steps import Reshape

__all__ = ["Flat"]


class Flat:
    """What `ndarray.flat` is: always a view, whatever the layout."""

    def __init__(self, base: Array) -> None:
        self.base = base

    def _vector(self) -> Array:
        return self.base.view(Reshape([-1]), layout=None)  # type: ignore[no-any-return]

    def __getitem__(self, key: Any) -> Any:
        found = self._vector()[key]
        return found if found.is_scalar else found.copy()

    def __setitem__(self, key: Any, new: Any) -> None:
        from irlib.converters.numpy_code.namespace.lifting import lift

        target = self._vector()
        if isinstance(key, slice):
            part = target[key]
            value = lift(new)
            if value.ndim and value.size != part.size:  # what is missing is taken from the start again
                value = value.reshape(-1)[lift(list(range(len(part)))) % value.size]
            part.store(value)
            return
        target[key] = new

    def __iter__(self) -> Iterator[Any]:
        return iter(self._vector().copy())

    def __len__(self) -> int:
        return len(self._vector())
