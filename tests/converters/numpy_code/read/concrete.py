"""Arrays of numpy itself as a domain, so that the reader is held against Python without a graph.

With `hidden` the arguments' numbers are treated as unknown in conditions, so that both branches are read and merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from irlib.converters.numpy_code.read.refusal import refused

_NAMES = """array asarray zeros ones empty full eye arange linspace dot sum mean exp log sqrt tanh abs maximum minimum
where stack concatenate argmax max min prod clip zeros_like ones_like empty_like outer square any all isnan sign add
multiply round floor ceil linalg.norm linalg.solve linalg.inv linalg.svd float64 float32 int64 ndarray c_ r_ vstack
hstack cumsum sin cos power float_power allclose isclose einsum apply_along_axis log1p expm1 ndindex"""


def _found(name: str) -> Any:
    value: Any = np
    for part in name.split("."):
        value = getattr(value, part)
    return value


class Concrete:
    """numpy's arrays; those of a `Hidden` class are known to no condition."""

    control: ClassVar[Mapping[str, Any]] = {}
    nodes = 0
    naming = True

    def __init__(self, *, hidden: bool = False) -> None:
        self.functions = {name: _found(name) for name in _NAMES.split()}
        self.hidden = hidden
        self.names: list[str] = []
        self.places: list[tuple[str, int]] = []

    def at(self, file: str, line: int) -> None:
        self.places.append((file, line))

    def is_array(self, value: Any) -> bool:
        return isinstance(value, np.ndarray | np.generic)

    def is_flat(self, value: Any) -> bool:
        return isinstance(value, np.flatiter)

    def is_scalar(self, value: Any) -> bool:
        return isinstance(value, np.generic)

    def is_dim(self, value: Any) -> bool:
        return False

    def number(self, value: Any) -> Any:
        if np.size(value) != 1 or (self.hidden and value.dtype == bool):
            return None
        return value.item()

    def condition(self, value: Any) -> Any:
        return np.bool_(bool(value))

    def both(self, first: Any, second: Any) -> Any:
        return np.bool_(first and second)

    def opposite(self, condition: Any) -> Any:
        return np.bool_(not condition)

    def choose(self, condition: Any, first: Any, second: Any) -> Any:
        if np.shape(first) != np.shape(second):
            raise refused(f"shapes {np.shape(first)} and {np.shape(second)}")
        return np.where(condition, first, second)[()]

    def cell(self, array: Any) -> Any:
        return None if isinstance(array, np.generic) else _Cell.of(array)

    def held(self, cell: Any) -> Any:
        return cell.current()

    def hold(self, cell: Any, value: Any) -> None:
        cell.array[...] = value

    def same_held(self, first: Any, second: Any) -> bool:
        return first is second

    def array_of(self, cell: Any) -> Any:
        raise NotImplementedError

    def move_in(self, cell: Any, array: Any) -> None:
        raise NotImplementedError

    def snapshot(self, array: Any) -> Any:
        return array.copy()

    def blank(self, value: Any) -> Any:
        return np.zeros_like(value)

    def weak(self, value: Any) -> Any:
        return value.item()

    def choose_held(self, condition: Any, first: Any, second: Any) -> Any:
        return np.where(condition, first, second)

    def relate(self, cells: Any) -> None:
        """numpy's own arrays know it."""

    def related(self, cell: Any) -> Any:
        return []

    def is_unknown(self, cell: Any) -> bool:
        return False

    def named(self, array: Any, name: str) -> None:
        self.names.append(name)

    def instance_of(self, array: Any, kind: type) -> bool:
        return isinstance(array, kind)

    def viewed(self, array: Any, dtype: Any) -> Any:
        return array.view(dtype)

    def convert(self, value: Any, kind: type) -> Any:
        return kind(value)


class _Cell:
    """The memory behind an array."""

    made: ClassVar[dict[int, _Cell]] = {}

    def __init__(self, array: Any) -> None:
        self.array = array
        self.last = array.copy()

    @classmethod
    def of(cls, array: Any) -> _Cell:
        while array.base is not None and isinstance(array.base, np.ndarray):
            array = array.base
        found = cls.made.get(id(array))
        if found is None or found.array is not array:
            found = cls.made[id(array)] = cls(array)
        return found

    def current(self) -> Any:
        if not np.array_equal(self.last, self.array, equal_nan=self.array.dtype.kind == "f"):
            self.last = self.array.copy()
        return self.last
