"""Sizes of shapes that are not numbers yet, and what stands for a Python number: scalars that promote weakly."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.handle import Handle, Storage
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.table import FUNCTIONS
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.dims import Dim

__all__ = ["Size", "ints", "one_int", "python_number", "shape_of", "shape_operand"]

_PYTHON = (bool, int, float, complex)


def _weak(name: str, *, swapped: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Size, other: Any) -> Any:
        if isinstance(other, (Size, *_PYTHON)):
            pair = (other, self) if swapped else (self, other)
            return _python_result(name, pair)
        base = getattr(Array, ("__r" if swapped else "__") + _SPECIAL[name] + "__")
        return base(self, other)

    return method


_SPECIAL = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "truediv",
    "floor_divide": "floordiv",
    "remainder": "mod",
    "power": "pow",
}


def _python_result(name: str, pair: tuple[Any, Any]) -> Any:
    """What Python's own operator gives for two numbers, of which one is not known: a number that is not known."""
    if name == "power" and _is_int(pair[0]) and _is_int(pair[1]) and not isinstance(pair[1], int):
        raise refused("an int to the power of a size that is not known", code="IR880", remedy="use np.power")
    return python_number(FUNCTIONS[name](*pair))


def _is_int(x: Any) -> bool:
    return isinstance(x, int) or (isinstance(x, Size) and x.dtype.kind == "i")


def _compared(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Size, other: Any) -> Any:
        if isinstance(other, (Size, *_PYTHON)):
            decided = _decided(name, self, other)
            if decided is not None:
                return decided
        return getattr(Array, f"__{name}__")(self, other)

    return method


_DIFFERENCE: dict[str, Callable[[int], bool]] = {
    "eq": lambda d: d == 0,
    "ne": lambda d: d != 0,
    "lt": lambda d: d < 0,
    "le": lambda d: d <= 0,
    "gt": lambda d: d > 0,
    "ge": lambda d: d >= 0,
}


def _decided(name: str, x: Any, y: Any) -> bool | None:
    """What a comparison of sizes gives, where their difference or its bounds tell."""
    a, b = _dim(x), _dim(y)
    if a is None or b is None:
        return None
    difference = a - b
    if isinstance(difference, int):
        return _DIFFERENCE[name](difference)
    low, negative = difference.lower_bound, -difference
    below = negative if isinstance(negative, int) else negative.lower_bound
    always, never = _BOUNDS[name]
    ends = (-inf if low is None else low, inf if below is None else -below)
    return True if always(*ends) else False if never(*ends) else None


_BOUNDS: dict[str, tuple[Callable[[float, float], bool], Callable[[float, float], bool]]] = {
    "eq": (lambda low, high: low == high == 0, lambda low, high: low > 0 or high < 0),
    "ne": (lambda low, high: low > 0 or high < 0, lambda low, high: low == high == 0),
    "lt": (lambda low, high: high < 0, lambda low, high: low >= 0),
    "le": (lambda low, high: high <= 0, lambda low, high: low > 0),
    "gt": (lambda low, high: low > 0, lambda low, high: high <= 0),
    "ge": (lambda low, high: low >= 0, lambda low, high: high < 0),
}
"""Whether a comparison holds, and whether it fails, for every difference between two bounds."""


def _dim(x: Any) -> Any:
    if isinstance(x, bool | int):
        return int(x)
    known = x.value.known if isinstance(x, Size) else None
    return known if isinstance(known, int | Dim) and not isinstance(known, bool) else None


class Size(Array):
    """A number that Python would know and the trace does not: a size of a shape, what is computed of it, an `item()`.

    It promotes weakly, like a Python number.
    """

    __slots__ = ()
    weak = True

    def described(self) -> str:
        known = self.value.known
        return f"the size {known}" if isinstance(known, Dim) else f"a number ({self.value.type})"

    def __repr__(self) -> str:
        known = self.value.known
        return str(known) if known is not None else super().__repr__()

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    __add__, __radd__ = _weak("add"), _weak("add", swapped=True)
    __sub__, __rsub__ = _weak("subtract"), _weak("subtract", swapped=True)
    __mul__, __rmul__ = _weak("multiply"), _weak("multiply", swapped=True)
    __truediv__, __rtruediv__ = _weak("divide"), _weak("divide", swapped=True)
    __floordiv__, __rfloordiv__ = _weak("floor_divide"), _weak("floor_divide", swapped=True)
    __mod__, __rmod__ = _weak("remainder"), _weak("remainder", swapped=True)
    __ipow__ = _weak("power")
    __pow__, __rpow__ = _weak("power"), _weak("power", swapped=True)
    __eq__, __ne__ = _compared("eq"), _compared("ne")
    __lt__, __le__, __gt__, __ge__ = _compared("lt"), _compared("le"), _compared("gt"), _compared("ge")

    def __iadd__(self, other: Any) -> Any:
        return self + other

    def __isub__(self, other: Any) -> Any:
        return self - other

    def __imul__(self, other: Any) -> Any:
        return self * other

    def __itruediv__(self, other: Any) -> Any:
        return self / other

    def __ifloordiv__(self, other: Any) -> Any:
        return self // other

    def __imod__(self, other: Any) -> Any:
        return self % other

    def __neg__(self) -> Any:
        return python_number(FUNCTIONS["negative"](self))

    def __abs__(self) -> Any:
        return python_number(FUNCTIONS["absolute"](self))

    def __round__(self, ndigits: int | None = None) -> Any:
        made = super().__round__(ndigits)
        return made if ndigits is None else python_number(made)

    def __hash__(self) -> int:
        known = self.value.known
        return hash(known) if known is not None else super().__hash__()


def python_number(x: Any) -> Any:
    """A scalar array as the Python number that it is; a `Size` where it is not known."""
    if not isinstance(x, Array):
        return x
    known = x.concrete()
    if known is not None:
        return known.item()
    value = x.value
    if value.rank != 0:
        value = x.tape.b.reshape(value, [])
    return Size(Storage(x.tape, value), (), is_scalar=True, layout="C")


def shape_of(x: Array) -> tuple[Any, ...]:
    """The shape of an array: ints, and sizes where they are not known."""
    value, tape = x.value, x.tape
    b = tape.b
    shape = None
    sizes: list[Any] = []
    for axis, d in enumerate(value.shape):
        if isinstance(d, int):
            sizes.append(d)
            continue
        shape = b.shape_of(value) if shape is None else shape
        sizes.append(python_number(wrap(b.take(shape, axis), True)))
    return tuple(sizes)


def one_int(x: Any, what: str = "a size") -> Any:
    """An int, or an int64 scalar value, from anything that is an integer."""
    if isinstance(x, Handle):
        known = x.concrete()
        if known is not None:
            return operator.index(known.item() if not known.ndim else known)
        if x.dtype.kind not in "iu" or x.ndim:
            raise TypeError(f"{what} must be an integer, got {x.value.type}")
        from irlib.converters.numpy_code.namespace.promotion import cast

        return cast(x.value, np.int64)
    return operator.index(x)


def ints(x: Any, what: str = "a shape") -> list[Any]:
    """Ints and int64 scalar values from an integer or a sequence of them: an operand for shapes, axes and sizes."""
    if isinstance(x, Array):
        if not x.ndim:
            return [one_int(x, what)]
        known = x.concrete()
        return [operator.index(v) for v in known.tolist()] if known is not None else [one_int(v, what) for v in x]
    if isinstance(x, np.ndarray):
        x = x.tolist()
    return [one_int(v, what) for v in x] if isinstance(x, Sequence) else [one_int(x, what)]


def shape_operand(shape: Any) -> Any:
    """A shape as an int64 vector."""
    tape = Tape.current()
    sizes = ints(shape)
    if all(isinstance(d, int) for d in sizes):
        if any(d < 0 for d in sizes):
            raise ValueError(f"a shape with a negative dim: {tuple(sizes)}")
        return tape.b.constant(np.array(sizes, np.int64))
    return tape.b.lift([tape.b.constant(d, "int64") if isinstance(d, int) else d for d in sizes])
