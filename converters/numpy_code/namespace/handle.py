"""What an array is: a mutable handle on immutable values.

It is a storage and a path of view steps. The storage holds the value now; a write puts a new value there, made
from the old one through the path, so every view of it sees the write.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.builder import GraphValue
from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.steps import Imag, RealPart, Step
from irlib.converters.numpy_code.namespace.tape import Concrete, Tape
from irlib.types import TensorType

__all__ = ["Handle", "Storage"]


class Kin:
    """Storages of which numpy might say that they share memory."""

    __slots__ = ("members",)

    def __init__(self) -> None:
        self.members: list[Storage] = []


class Storage:
    """What an array and its views share: the value now, and how often it was written."""

    __slots__ = ("builder", "kin", "spoiled", "tape", "value", "version")

    def __init__(self, tape: Tape, value: Any) -> None:
        self.tape = tape
        self.value = value
        self.version = 0
        self.builder = tape.b
        self.kin: Kin | None = None
        self.spoiled = ""
        """Why the value is not known any more."""

    def read(self) -> Any:
        if self.spoiled:
            raise refused(self.spoiled, code="IR882", remedy="make it a copy of its own with .copy()")
        return self.value

    def write(self, value: Any) -> None:
        if self.tape.b is not self.builder:
            raise refused(
                "an array from outside is written into in the body of scan, cond or while_loop",
                code="IR883",
                remedy="hand it on as a carry, or write into a .copy()",
            )
        self.value = value
        self.version += 1
        if self.kin is not None:
            self._spoil_kin(self.kin)

    def _spoil_kin(self, kin: Kin) -> None:
        at = self.tape.where()
        line = f" in {at.file}:{at.line}" if at is not None else ""
        for other in kin.members:
            if other is not self and not other.spoiled:
                other.spoiled = f"numpy may keep this array in the memory of one that was written{line}"
        kin.members = [self]

    def related(self, value: Any) -> Storage:
        """A storage of its own with `value`, which might share memory with this one: nobody knows."""
        made = Storage(self.tape, value)
        self.relate(made)
        return made

    def relate(self, other: Storage) -> None:
        """Note that another storage might share memory with this one: after a write, the other is not known."""
        if self.kin is None:
            self.kin = Kin()
            self.kin.members.append(self)
        if other.kin is self.kin:
            return
        for member in other.kin.members if other.kin is not None else [other]:
            member.kin = self.kin
            self.kin.members.append(member)


class Handle:
    """The state of an array and what views are made of; `Array` has numpy's operators and methods."""

    __slots__ = ("_cached", "_path", "_seen", "_storage", "is_scalar", "layout")

    _storage: Storage
    _path: tuple[Step, ...]
    is_scalar: bool
    """Whether numpy would give a scalar here: it cannot be written into."""
    layout: strides.Layout
    """How the elements lie in memory, as far as is known."""
    weak = False
    """Whether it counts as a Python number in promotion: a size of a shape."""

    def __init__(
        self, storage: Storage, path: tuple[Step, ...] = (), *, is_scalar: bool = False, layout: strides.Layout = None
    ) -> None:
        self._storage = storage
        self._path = path
        self._cached: Any = None
        self._seen = -1
        self.is_scalar = is_scalar
        self.layout = layout

    @property
    def tape(self) -> Tape:
        return self._storage.tape

    @property
    def value(self) -> Any:
        """The emitter value now."""
        storage = self._storage
        if not self._path:
            return storage.read()
        if self._seen == storage.version and self._is_here(self._cached) and not storage.spoiled:
            return self._cached
        value, b = storage.read(), storage.tape.b
        for step in self._path:
            value = step.read(b, value)
        self._cached, self._seen = value, storage.version
        return value

    def _root(self) -> Any:
        """Where the dtype of this array is to be had without reading it."""
        return self if any(isinstance(s, RealPart | Imag) for s in self._path) else self._storage

    def _is_here(self, value: Any) -> bool:
        """Whether a value that was read before can be used now: not one of a region that is closed."""
        if type(value) is Concrete:
            return True
        b, made = self._storage.tape.b, value.builder
        return made is b or (isinstance(value, GraphValue) and b.is_within(made))  # type: ignore[attr-defined]

    def assign(self, value: Any) -> None:
        """Put `value`, of this array's own dtype and shape, in its place; every view sees it."""
        if self.is_scalar:
            raise refused(
                "a scalar cannot be written into", code="IR882", remedy="numpy has no item assignment for it either"
            )
        storage, b = self._storage, self._storage.tape.b
        wholes = [storage.read()]
        for step in self._path[:-1]:
            wholes.append(step.read(b, wholes[-1]))
        new = value
        for step, whole in zip(reversed(self._path), reversed(wholes), strict=False):
            new = step.write(b, whole, new)
        storage.write(new)
        self._cached, self._seen = value, storage.version

    def view(self, *steps: Step, layout: strides.Layout = None) -> Any:
        """A view of this array through `steps`: writes into it are writes into this one."""
        if self.is_scalar:
            made = self._made(Storage(self.tape, self.value), steps, layout=layout)
            made.is_scalar = made.value.rank == 0
            return made
        return self._made(self._storage, (*self._path, *steps), layout=layout)

    def unsure_view(self, *steps: Step) -> Any:
        """What is a view or a copy, and nobody knows which: an error once that would make a difference."""
        value, b = self.value, self.tape.b
        for step in steps:
            value = step.read(b, value)
        made = Storage(self.tape, value) if self.is_scalar else self._storage.related(value)
        return self._made(made)

    def _made(self, storage: Storage, path: tuple[Step, ...] = (), *, layout: strides.Layout = None) -> Any:
        raise NotImplementedError

    @property
    def tensor(self) -> TensorType:
        """The static type. Raises: TraceError where the rank is not known."""
        t = self.value.type
        if not isinstance(t, TensorType) or t.shape is None:
            raise refused(f"the rank of a {t} is not known", code="IR880", remedy="give the arguments a rank")
        return t

    def concrete(self) -> Any:
        """The elements as a numpy array where they are known now, else None."""
        return self.tape.concrete(self.value)

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.value.dtype.numpy  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        return len(self.tensor.shape or ())
