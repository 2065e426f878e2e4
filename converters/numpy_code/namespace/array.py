"""The array of the namespace, with numpy's operators, methods and protocols."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.handle import Storage
from irlib.converters.numpy_code.namespace.operators import Operators
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.steps import Step
from irlib.converters.numpy_code.namespace.table import FUNCTIONS, load
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["Array", "wrap"]


def _method(name: str, function: str = "") -> Any:
    def method(self: Array, *args: Any, **options: Any) -> Any:
        return load()[function or name](self, *args, **options)

    method.__name__ = name
    return method


class Array(Operators):
    """An array: what numpy's `ndarray` is, or where `is_scalar` its scalars."""

    __slots__ = ("__weakref__",)

    def _made(self, storage: Storage, path: tuple[Step, ...] = (), *, layout: strides.Layout = None) -> Array:
        return Array(storage, path, layout=layout)

    # Shape

    @property
    def shape(self) -> tuple[Any, ...]:
        t = self.tensor
        if t.is_static:
            return t.shape  # type: ignore[return-value]
        from irlib.converters.numpy_code.namespace.dims import shape_of

        return shape_of(self)

    @shape.setter
    def shape(self, new: Any) -> None:
        made = FUNCTIONS["reshape"](self, new)
        if made._storage is not self._storage:
            raise refused("a new shape would need a copy", remedy="use reshape")
        self._path, self._seen, self.layout = made._path, -1, made.layout

    @property
    def size(self) -> Any:
        return math.prod(self.shape)

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> Any:
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        found = strides.strides_of(self.layout, self.shape)
        if found is None:
            raise refused("the strides of this array are not known")
        return tuple(s * self.itemsize for s in found)

    @property
    def T(self) -> Any:  # noqa: N802
        return load()["transpose"](self)

    @property
    def mT(self) -> Any:  # noqa: N802
        return load()["matrix_transpose"](self)

    @property
    def real(self) -> Any:
        return load()["real"](self)

    @real.setter
    def real(self, new: Any) -> None:
        self.real.store(new)

    @property
    def imag(self) -> Any:
        return load()["imag"](self)

    @imag.setter
    def imag(self, new: Any) -> None:
        self.imag.store(new)

    @property
    def flat(self) -> Any:
        from irlib.converters.numpy_code.namespace.flat import Flat

        return Flat(self)

    @property
    def device(self) -> str:
        return "cpu"

    def to_device(self, device: str, /, *, stream: Any = None) -> Array:
        """The array itself: there is one device."""
        if device != "cpu":
            raise ValueError(f"got device {device!r}, expected 'cpu'")
        return self

    # Elements

    def __getitem__(self, key: Any) -> Any:
        from irlib.converters.numpy_code.namespace.indexing import get

        return get(self, key)

    def __setitem__(self, key: Any, new: Any) -> None:
        from irlib.converters.numpy_code.namespace.indexing import put

        put(self, key, new)

    def store(self, new: Any, *, grows: bool = True) -> None:
        """Write `new`, cast and broadcast to this array as ``self[...] = new`` does."""
        from irlib.converters.numpy_code.namespace.fitting import fitted

        self.assign(fitted(new, self, strips=grows))

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("an array of rank 0 has no len()")
        d = self.shape[0]
        return d if isinstance(d, int) else d.__index__()

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("an array of rank 0 has no rows to go through")
        return iter([self[i] for i in range(len(self))])

    def __contains__(self, item: Any) -> bool:
        return bool(load()["any"](self == item))

    # What must be known now

    def known(self, what: str) -> Any:
        """The elements as a numpy array. Raises: TraceError, saying that `what` would need them."""
        found = self.concrete()
        if found is None:
            raise refused(
                f"{what} of {self.described()}, which is not known while the code is traced",
                code="IR880",
                remedy=_REMEDIES.get(what, "name what it depends on in static="),
            )
        return found

    def described(self) -> str:
        """How messages call the array: by the name of its node where it has one."""
        value = self.value
        label = getattr(value.builder, "label", None)
        name = label(value.id) if label is not None and hasattr(value, "id") else ""
        return f"{name.removeprefix('%') if name and not name[1:].isdigit() else 'an array'} ({value.type})"

    def item(self, *args: Any) -> Any:
        """The one element, or the one at `args`, as a Python number; a scalar of the trace where it is not known."""
        picked = self if not args else self.flat[args[0]] if len(args) == 1 and self.ndim != 1 else self[args]
        known = picked.concrete()
        if known is not None:
            return known.item()
        from irlib.converters.numpy_code.namespace.dims import python_number

        return python_number(picked)

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers, which are scalars of the trace where not known."""
        known = self.concrete()
        if known is not None:
            return known.tolist()
        return self.item() if not self.ndim else [row.tolist() for row in self]

    def _only(self, what: str) -> Any:
        known = self.known(what)
        if known.size != 1:
            raise (
                ValueError(
                    "the truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
                )
                if what == "the truth"
                else TypeError("only 0-dimensional arrays can be converted to Python scalars")
            )
        return known.item()

    def __bool__(self) -> bool:
        return bool(self._only("the truth"))

    def __int__(self) -> int:
        return int(self._only("int()"))

    def __float__(self) -> float:
        return float(self._only("float()"))

    def __complex__(self) -> complex:
        return complex(self._only("complex()"))

    def __index__(self) -> int:
        known = self.known("an index or count")
        if known.ndim or known.dtype.kind not in "iu":
            raise TypeError(f"an index of {known.dtype}, rank {known.ndim}, expected an integer of rank 0")
        return int(known)

    def __round__(self, ndigits: int | None = None) -> Any:
        made = load()["round"](self, ndigits or 0)
        if ndigits is not None or self.ndim:
            return made
        from irlib.converters.numpy_code.namespace.dims import python_number

        return python_number(made.astype(np.int64))

    def __format__(self, spec: str) -> str:
        known = self.concrete()
        return format(
            known.item() if known is not None and not known.ndim else str(self), spec if known is not None else ""
        )

    def __repr__(self) -> str:
        known = self.concrete()
        if known is not None:
            return repr(known[()] if self.is_scalar else known)
        return f"<array {self.value.type}>"

    def __str__(self) -> str:
        known = self.concrete()
        return repr(self) if known is None else str(known[()] if self.is_scalar else known)

    def __copy__(self) -> Any:
        return load()["copy"](self)

    def __deepcopy__(self, memo: Any) -> Any:
        return load()["copy"](self)

    # Protocols

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        made = np.array(self.known("a numpy array"), dtype)
        made.flags.writeable = False  # what is written into it would not be seen here
        return made

    def __dlpack__(self, **options: Any) -> Any:
        """The numbers, in a copy, for another library. Raises: TraceError where they are not known."""
        return self.known("the memory").copy().__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)  # the CPU, by dlpack's numbers

    def __array_ufunc__(self, real: Any, method: str, *args: Any, **options: Any) -> Any:
        from irlib.converters.numpy_code.namespace.protocols import dispatch_ufunc

        return dispatch_ufunc(real, method, args, options)

    def __array_function__(self, real: Any, types: Any, args: Any, options: Any) -> Any:
        from irlib.converters.numpy_code.namespace.protocols import dispatch_function

        return dispatch_function(real, args, options)

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
            raise ValueError(f"array API version {api_version!r} is not there, expected 2021.12 to 2024.12")
        from irlib.converters.numpy_code.namespace import face

        return face

    # Methods that are functions of the same name

    all, any, argmax, argmin = _method("all"), _method("any"), _method("argmax"), _method("argmin")
    argsort, argpartition, clip = _method("argsort"), _method("argpartition"), _method("clip")
    conj, conjugate = _method("conj", "conjugate"), _method("conjugate")
    cumprod, cumsum, diagonal, dot = _method("cumprod"), _method("cumsum"), _method("diagonal"), _method("dot")
    max, mean, min, nonzero = _method("max"), _method("mean"), _method("min"), _method("nonzero")
    prod, ravel, repeat, round = _method("prod"), _method("ravel"), _method("repeat"), _method("round")
    searchsorted, squeeze, std, sum = _method("searchsorted"), _method("squeeze"), _method("std"), _method("sum")
    swapaxes, take, trace, var = _method("swapaxes"), _method("take"), _method("trace"), _method("var")
    put = _method("put")
    choose = _method("choose")

    def reshape(self, *shape: Any, order: str = "C", copy: bool | None = None) -> Any:
        """The same elements in another shape: a view where numpy makes one."""
        new = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        return load()["reshape"](self, new, order=order, copy=copy)

    def transpose(self, *axes: Any) -> Any:
        """A view with the axes in another order."""
        order = None if not axes or axes == (None,) else axes[0] if isinstance(axes[0], tuple | list) else axes
        return load()["transpose"](self, order)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:
        """The slices along `axis` where `condition` holds."""
        return load()["compress"](condition, self, axis=axis, out=out)

    def astype(
        self, dtype: Any, order: str = "K", casting: str = "unsafe", subok: bool = True, copy: bool = True
    ) -> Any:
        """A copy in another dtype."""
        return load()["astype"](self, dtype, copy=copy, casting=casting)

    def copy(self, order: str = "C") -> Any:
        """A copy, which shares nothing."""
        return load()["copy"](self, order=order)

    def flatten(self, order: str = "C") -> Any:
        """A copy as one vector."""
        return load()["ravel"](load()["copy"](self), order=order)

    def fill(self, value: Any) -> None:
        """Write `value` everywhere."""
        self.store(value)

    def sort(self, axis: int = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> None:
        """Sort in place."""
        self.store(load()["sort"](self, axis=axis))

    def partition(self, kth: Any, axis: int = -1, kind: str = "introselect", order: Any = None) -> None:
        """Sort in place, which puts the `kth` elements where they belong."""
        self.store(load()["sort"](self, axis=axis))


_REMEDIES = {
    "the truth": "use where, clip or maximum, or irlib.cond; or name what it depends on in static=",
    "an index or count": "give the shapes as numbers, use irlib.scan, or name what it depends on in static=",
    "float()": "leave the conversion out: np.float64 and traced scalars are numbers already",
    "int()": "use astype(int), or name what it depends on in static=",
    "a numpy array": "import numpy at the top of the module, so that the trace can stand in for it",
}


def wrap(value: Any, is_scalar: bool = False, *, layout: strides.Layout = None) -> Array:
    """A fresh array of an emitter value, which nothing else shares; `is_scalar` where numpy gives a scalar."""
    if layout is None and value.rank is not None and value.rank <= 1:
        layout = strides.C
    return Array(Storage(Tape.current(), value), (), is_scalar=is_scalar, layout=layout)
