"""Arguments of traced code: arrays in nested dicts, lists, tuples and objects become inputs and parameters by name."""

from __future__ import annotations

import copy
import enum
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.refusal import TraceError
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.no_random import GENERATORS, NoRandom
from irlib.types import OptionalType, SequenceType, TensorType, dtype_of

__all__ = ["Arguments", "bound_arguments"]


def bound_arguments(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> inspect.BoundArguments:
    """What each parameter of `fn` is given, defaults included. Raises: TraceError where they do not fit."""
    try:
        bound = inspect.signature(fn).bind(*args, **kwargs)
    except (TypeError, ValueError) as error:
        raise TraceError(str(error), code="IR884", where=getattr(fn, "__qualname__", str(fn))) from None
    return bound


class Arguments:
    """Turns what a function is called with into arrays of a trace: inputs, and parameters where they are named so.

    `parameters` and `static` name whole arguments or leaves, as in ``params`` and ``params.W1``. What is static, and
    Python numbers, strings and None, goes into the function as it is.
    """

    def __init__(self, tape: Tape, *, parameters: Iterable[str] = (), static: Iterable[str] = ()) -> None:
        assert isinstance(tape.b, Builder)
        self.tape = tape
        self.builder: Builder = tape.b
        self.parameters = (parameters,) if isinstance(parameters, str) else tuple(parameters)
        self.static = (static,) if isinstance(static, str) else tuple(static)
        self._found: set[str] = set()
        self._are_fixed = False
        self._arrays: list[tuple[Any, Array]] = []
        self._copies: dict[int, tuple[Any, Any]] = {}

    def traced(self, name: str, value: Any) -> Any:
        """`value` with every array in it replaced by one of the trace, called `name` and what leads to it."""
        if self._is_in(name, self.static):
            return value
        if isinstance(value, np.ndarray | np.generic | TensorType) or (
            self._is_in(name, self.parameters) and isinstance(value, bool | int | float | complex)
        ):
            return self._variable(name, value)
        if isinstance(value, Array):
            known = value.concrete()
            if known is None:
                raise TraceError("an array of another trace", code="IR884", where=f"argument {name!r}")
            return self._variable(name, known)
        if isinstance(value, GENERATORS):
            return NoRandom()
        if isinstance(value, SequenceType | OptionalType):
            raise TraceError(f"a {value} is not traced", code="IR884", where=f"argument {name!r}")
        seen = self._copies.get(id(value))
        if seen is not None:
            return seen[1]
        made = self._nested(name, value)
        if made is not value:
            self._copies[id(value)] = (value, made)
        return made

    def received(self, name: str, value: Any) -> Any:
        """A copy of the object whose method is traced: its arrays are constants but for those in `parameters`."""
        self._are_fixed = True
        made = self.traced(name, value)
        self._are_fixed = False
        return copy.copy(value) if made is value else made

    def speaks_of(self, name: str) -> bool:
        """Whether `parameters` or `static` has this name, or that of a leaf in it."""
        return any(n == name or n.startswith(f"{name}.") for n in (*self.parameters, *self.static))

    def check(self) -> None:
        """Raises: TraceError when a name in `parameters` or `static` is that of no argument."""
        for wanted in (*self.parameters, *self.static):
            if wanted not in self._found:
                known = ", ".join(sorted(self._found | set(self._names()))) or "none"
                raise TraceError(f"there is no argument {wanted!r}", code="IR884", remedy=f"the arguments are: {known}")

    def _names(self) -> list[str]:
        return list(self.builder._by_name)

    def _is_in(self, name: str, names: tuple[str, ...]) -> bool:
        for wanted in names:
            if name == wanted or name.startswith(f"{wanted}."):
                self._found.add(wanted)
                return True
        return False

    def _variable(self, name: str, value: Any) -> Array:
        is_scalar = isinstance(value, np.generic)
        given = value if isinstance(value, np.ndarray) else None
        if isinstance(value, TensorType):
            t: Any = value
        else:
            value = np.array(value)
            if value.dtype.kind not in "biufcV":
                raise TraceError(
                    f"an array of {value.dtype} is not traced",
                    code="IR884",
                    where=f"argument {name!r}",
                    remedy="name it in static=",
                )
            t = TensorType(dtype_of(value), tuple(value.shape))
        b = self.builder
        node: Any
        if self._is_in(name, self.parameters):
            node = b.parameter(name, value if not isinstance(value, TensorType) else t)
        elif self._are_fixed and not isinstance(value, TensorType):
            node = self.tape.known(value)
        else:
            node = b.input(name, t)
        made = wrap(node, is_scalar, layout=strides.C)
        if given is not None:
            for other, array in self._arrays:
                if np.may_share_memory(other, given):
                    array._storage.relate(made._storage)
            self._arrays.append((given, made))
        return made

    def _nested(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return _same_kind(value, {k: self.traced(f"{name}.{k}", v) for k, v in value.items()})
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*[self.traced(f"{name}.{k}", v) for k, v in zip(value._fields, value, strict=True)])
        if isinstance(value, list | tuple):
            return type(value)([self.traced(f"{name}.{i}", v) for i, v in enumerate(value)])
        if is_object(value):
            return self._object(name, value)
        return value

    def _object(self, name: str, value: Any) -> Any:
        """A shallow copy of an object of the user's, the arrays in its attributes traced; itself where it has none."""
        made = copy.copy(value)
        self._copies[id(value)] = (value, made)  # an attribute may lead back here
        changed = False
        for key, item in vars(value).items():
            new = self.traced(f"{name}.{key}", item)
            changed = changed or (new is not item and new is not made)
            object.__setattr__(made, key, new)
        if not changed:
            self._copies[id(value)] = (value, value)
            return value
        return made


_NOT_USERS = sys.stdlib_module_names - {"__main__"} | {"numpy", "irlib"}


def is_object(value: Any) -> bool:
    """Whether a value is an object with attributes of a class that is the user's own."""
    cls = type(value)
    return (
        hasattr(value, "__dict__")
        and not isinstance(value, type | enum.Enum)
        and not inspect.isroutine(value)
        and not inspect.ismodule(value)
        and cls.__module__.partition(".")[0] not in _NOT_USERS
    )


def _same_kind(old: dict[Any, Any], new: dict[Any, Any]) -> Any:
    if type(old) is dict:
        return new
    made = copy.copy(old)
    made.update(new)
    return made
