"""Python's operators on arrays: the ufuncs that numpy has them call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.table import FUNCTIONS

__all__ = ["Operators"]

_NUMBERS = (bool, int, float, complex, np.generic, np.ndarray, list, tuple, Handle)


def _operator(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Operators, other: Any) -> Any:
        return FUNCTIONS[name](self, other) if isinstance(other, _NUMBERS) else NotImplemented

    return method


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Operators, other: Any) -> Any:
        return FUNCTIONS[name](other, self) if isinstance(other, _NUMBERS) else NotImplemented

    return method


def _in_place(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Operators, other: Any) -> Any:
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        return FUNCTIONS[name](self, other) if self.is_scalar else FUNCTIONS[name](self, other, out=self)

    return method


def _unary(name: str) -> Callable[[Any], Any]:
    def method(self: Operators) -> Any:
        return FUNCTIONS[name](self)

    return method


class Operators(Handle):
    """A handle with operators."""

    __slots__ = ()

    __add__, __radd__, __iadd__ = _operator("add"), _reflected("add"), _in_place("add")
    __sub__, __rsub__, __isub__ = _operator("subtract"), _reflected("subtract"), _in_place("subtract")
    __mul__, __rmul__, __imul__ = _operator("multiply"), _reflected("multiply"), _in_place("multiply")
    __truediv__, __rtruediv__, __itruediv__ = _operator("divide"), _reflected("divide"), _in_place("divide")
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _reflected("floor_divide")
    __mod__, __rmod__, __imod__ = _operator("remainder"), _reflected("remainder"), _in_place("remainder")
    __divmod__, __rdivmod__ = _operator("divmod"), _reflected("divmod")
    __matmul__, __rmatmul__, __imatmul__ = _operator("matmul"), _reflected("matmul"), _in_place("matmul")
    __and__, __rand__, __iand__ = _operator("bitwise_and"), _reflected("bitwise_and"), _in_place("bitwise_and")
    __or__, __ror__, __ior__ = _operator("bitwise_or"), _reflected("bitwise_or"), _in_place("bitwise_or")
    __xor__, __rxor__, __ixor__ = _operator("bitwise_xor"), _reflected("bitwise_xor"), _in_place("bitwise_xor")
    __lshift__, __rlshift__, __ilshift__ = _operator("left_shift"), _reflected("left_shift"), _in_place("left_shift")
    __rshift__, __rrshift__, __irshift__ = _operator("right_shift"), _reflected("right_shift"), _in_place("right_shift")
    __ifloordiv__ = _in_place("floor_divide")
    __rpow__ = _reflected("power")
    __lt__, __le__ = _operator("less"), _operator("less_equal")
    __gt__, __ge__ = _operator("greater"), _operator("greater_equal")
    __neg__, __pos__, __abs__, __invert__ = _unary("negative"), _unary("positive"), _unary("absolute"), _unary("invert")

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, _NUMBERS):
            return NotImplemented
        fast = _fast_power(self, exponent)
        return FUNCTIONS["power"](self, exponent) if fast is None else FUNCTIONS[fast](self)

    def __ipow__(self, exponent: Any) -> Any:
        if self.is_scalar:
            return self**exponent
        fast = _fast_power(self, exponent)
        return FUNCTIONS["power"](self, exponent, out=self) if fast is None else FUNCTIONS[fast](self, out=self)

    def __eq__(self, other: object) -> Any:
        return FUNCTIONS["equal"](self, other) if isinstance(other, _NUMBERS) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return FUNCTIONS["not_equal"](self, other) if isinstance(other, _NUMBERS) else NotImplemented

    def __hash__(self) -> int:
        known = self.concrete() if self.is_scalar else None
        if known is None:
            raise TypeError("an array is unhashable")
        return hash(known.item())


_FAST = {2: "square", 0.5: "sqrt", 1: "positive", -1: "reciprocal"}


def _fast_power(x: Operators, exponent: Any) -> str | None:
    """Numpy's shortcuts for ``x ** exponent`` with a Python number."""
    if not isinstance(exponent, int | float) or isinstance(exponent, bool) or x.is_scalar:
        return None
    kind = x.dtype.kind
    if kind in "fc" or (kind in "iu" and isinstance(exponent, int) and exponent in (1, 2)):
        return _FAST.get(exponent)
    return None
