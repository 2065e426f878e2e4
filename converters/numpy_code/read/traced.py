"""The tracing namespace as the domain of the machine: what the source computes becomes nodes of a graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.dims import Size, python_number
from irlib.converters.numpy_code.namespace.flat import Flat
from irlib.converters.numpy_code.namespace.handle import Handle, Kin, Storage
from irlib.converters.numpy_code.namespace.lifting import lift, operand
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast, result_type
from irlib.converters.numpy_code.namespace.table import CONSTANTS, load
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.read.limits import Meter
from irlib.converters.numpy_code.read.refusal import refused
from irlib.graph import Location

__all__ = ["ReadingTape", "Traced"]

_PYTHON: dict[type, str] = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}


def _frombuffer(buffer: Any, dtype: Any = float) -> Any:
    """A constant from bytes that are written in the source: emitted modules hold constants so."""
    if not isinstance(buffer, bytes):
        raise refused("frombuffer of anything but bytes.fromhex(..) is not read")
    return lift(np.frombuffer(buffer, as_dtype(dtype)))


class ReadingTape(Tape):
    """A tape that holds what is appended to the limits of reading."""

    meter: Meter | None = None

    @property
    def nodes(self) -> int:
        """How many nodes the graph has so far."""
        assert isinstance(self.builder, Builder)
        return len(self.builder._kind)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.builder = self.b

    def where(self) -> Location | None:
        if self.meter is not None:
            self.meter.look(self.nodes)
        return self.location


class Traced:
    """Arrays of the tracing namespace."""

    def __init__(self, tape: ReadingTape) -> None:
        self.tape = tape
        self.naming = False
        """Whether nodes are called as in the source: not before the inputs have their names."""
        self.functions: Mapping[str, Any] = {
            **CONSTANTS,
            **load(),
            "ndarray": np.ndarray,
            "frombuffer": _frombuffer,
        }
        self._lines: dict[tuple[str, int], Location] = {}

    @property
    def control(self) -> Mapping[str, Any]:
        """Loops and branches that stay such in the graph."""
        from irlib.converters.numpy_code import control

        return {"scan": control.scan, "cond": control.cond, "while_loop": control.while_loop}

    @property
    def nodes(self) -> int:
        return self.tape.nodes

    def at(self, file: str, line: int) -> None:
        found = self._lines.get((file, line))
        if found is None:
            found = self._lines[(file, line)] = Location(file, line)
        self.tape.location = found

    # Kinds

    def is_array(self, value: Any) -> bool:
        return isinstance(value, Handle) and not value.weak

    def is_flat(self, value: Any) -> bool:
        return isinstance(value, Flat)

    def is_scalar(self, value: Any) -> bool:
        return bool(value.is_scalar)

    def is_dim(self, value: Any) -> bool:
        return isinstance(value, Size)

    def instance_of(self, array: Any, kind: type) -> bool:
        return issubclass(array.dtype.type, kind) if array.is_scalar else issubclass(np.ndarray, kind)

    # Conditions

    def number(self, value: Any) -> Any:
        known = value.concrete()
        return known.item() if known is not None and known.size == 1 else None

    def condition(self, value: Any) -> Any:
        array = lift(value)
        size = array.size
        if not isinstance(size, int) or size != 1:
            raise ValueError(
                "the truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            )
        made = cast(array.value, bool)
        return wrap(made if made.rank == 0 else self.tape.b.reshape(made, []), is_scalar=True)

    def both(self, first: Any, second: Any) -> Any:
        return self.functions["logical_and"](first, second)

    def opposite(self, condition: Any) -> Any:
        return self.functions["logical_not"](condition)

    # Choices

    def choose(self, condition: Any, first: Any, second: Any) -> Any:
        weak = [not isinstance(v, Handle) or v.weak for v in (first, second)]
        a, b = operand(first), operand(second)
        if a.shape != b.shape or a.shape is None:
            raise refused(f"the shapes differ: {a.type} and {b.type}", code="IR892", remedy="let both have one shape")
        dtype = result_type(first, second)
        for value, is_weak in zip((a, b), weak, strict=True):
            if not is_weak and value.dtype.numpy != dtype:
                raise refused(
                    f"the dtypes differ: {a.type} and {b.type}", code="IR892", remedy="let both have one dtype"
                )
        made = wrap(
            self.tape.b.where(condition.value, cast(a, dtype), cast(b, dtype)),
            is_scalar=all(weak)
            or all(is_weak or v.is_scalar for is_weak, v in zip(weak, (first, second), strict=True)),
        )
        return python_number(made) if all(weak) else made

    def cell(self, array: Any) -> Any:
        return None if array.is_scalar else array._storage

    def held(self, cell: Storage) -> Any:
        return (cell.value, cell.spoiled, cell.kin, None if cell.kin is None else list(cell.kin.members), cell.builder)

    def hold(self, cell: Storage, value: Any) -> None:
        kept, cell.spoiled, cell.kin, members, cell.builder = value
        if cell.kin is not None:
            cell.kin.members = list(members)
        if kept is not cell.value:
            cell.value = kept
            cell.version += 1

    def choose_held(self, condition: Any, first: Any, second: Any) -> Any:
        a, b = first[0], second[0]
        value = a if a is b else self.tape.b.where(condition.value, a, b)
        kin: Kin | None = first[2] if first[2] is not None else second[2]
        members = [m for kept in (first[3], second[3]) for m in kept or ()]
        return (value, first[1] or second[1], kin, list(dict.fromkeys(members)), first[4])

    def same_held(self, first: Any, second: Any) -> bool:
        return first[0] is second[0]

    def array_of(self, cell: Storage) -> Any:
        return wrap(cell.read())

    def move_in(self, cell: Storage, array: Any) -> None:
        cell.value = operand(array)
        cell.builder = self.tape.b
        cell.version += 1

    def snapshot(self, array: Any) -> Any:
        return wrap(array.value, array.is_scalar, layout=array.layout)

    def blank(self, value: Any) -> Any:
        t = operand(value).type
        if not t.is_static:
            return None
        return wrap(self.tape.b.constant(np.zeros(t.shape, t.dtype.numpy)), is_scalar=t.rank == 0)

    def weak(self, value: Any) -> Any:
        return python_number(value)

    def relate(self, cells: Sequence[Any]) -> None:
        kin = Kin()
        for cell in cells:
            for member in [cell] if cell.kin is None else cell.kin.members:
                if member not in kin.members:
                    kin.members.append(member)
        for member in kin.members:
            member.kin = kin

    def related(self, cell: Any) -> Sequence[Any]:
        return [] if cell.kin is None else list(cell.kin.members)

    def is_unknown(self, cell: Any) -> bool:
        return bool(cell.spoiled)

    # Names and types

    def named(self, array: Any, name: str) -> None:
        if self.naming and array._storage.tape is self.tape and not array._path:
            self.tape.named(array, name)

    def viewed(self, array: Any, dtype: Any) -> Any:
        to = as_dtype(dtype)
        if to.itemsize != array.dtype.itemsize:
            raise refused(f"a view of {array.dtype} as {to}, which is of another width, is not read")
        value = self.tape.b.bitcast(array.value, dtype=to.name)
        made = Storage(self.tape, value) if array.is_scalar else array._storage.related(value)
        return Array(made, (), is_scalar=array.is_scalar, layout=array.layout)

    def convert(self, value: Any, kind: type) -> Any:
        """``float(x)`` is a Python number, weak in promotion, also where only a run knows it."""
        if kind not in _PYTHON:
            array = lift(value)
            return wrap(cast(array.value, np.dtype(kind)), is_scalar=array.ndim == 0)
        known = value.concrete()
        if known is not None:
            return kind(known)  # Python's own rule, for NaN too
        if value.size != 1 or not isinstance(value.size, int):
            raise TypeError("only arrays of one element can be converted to Python numbers")
        if kind is bool:
            return self.condition(value)
        if value.dtype.kind == "c" and kind is not complex:
            raise TypeError("a complex number is no real one")
        return python_number(wrap(cast(value.value, _PYTHON[kind]), is_scalar=True))
