"""Numpy replaced by the namespace in what a function reaches, while it is traced.

The names that hold numpy, its parts or its functions in the globals of the user's modules, in closures and in defaults
hold stand-ins meanwhile. A stand-in is numpy itself to whoever is not in a trace, so other threads notice nothing.
"""

from __future__ import annotations

import builtins
import functools
import math
import os
import random
import sys
import sysconfig
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from irlib.converters.numpy_code.imports import imports_replaced
from irlib.converters.numpy_code.namespace.names import MissingNameError, resolve
from irlib.converters.numpy_code.namespace.table import load
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.converters.numpy_code.no_random import GENERATORS, NoRandom, drawing_functions
from irlib.converters.numpy_code.on_constants import on_constants
from irlib.converters.numpy_code.python_classes import CLASSES, compares_classes
from irlib.converters.numpy_code.python_functions import BUILTINS, MATH, MATH_MODULE
from irlib.converters.numpy_code.scalar_classes import stand_in

__all__ = ["numpy_replaced"]

_LOCK = threading.RLock()

Undo = Callable[[], None]


class _StandIn:
    """For a module of numpy: the namespace's names in a trace, the module's own otherwise."""

    def __init__(self, real: types.ModuleType, prefix: str) -> None:
        self.__dict__.update(_real=real, _prefix=prefix, __name__=real.__name__, __doc__=real.__doc__)

    def __getattr__(self, name: str) -> Any:
        real = self.__dict__["_real"]
        if not Tape.current().is_tracing or name.startswith("_"):
            return getattr(real, name)
        dotted = self.__dict__["_prefix"] + name
        if dotted in _AS_THEY_ARE or dotted.startswith(("typing.", "exceptions.")):
            return getattr(real, name)
        if dotted == "ndarray":
            return _NDARRAY
        try:
            found = resolve(dotted)
            return stand_in(found) if isinstance(found, type) else found
        except MissingNameError:
            found = None if dotted.startswith("random") else getattr(real, name, None)
            if found is None or isinstance(found, type | types.ModuleType) or not callable(found):
                raise
            return on_constants(found, dotted)

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["_real"])


_AS_THEY_ARE = frozenset(
    {"errstate", "seterr", "geterr", "set_printoptions", "printoptions", "typing", "exceptions", "warnings"}
)


class _IsArray(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        from irlib.converters.numpy_code.namespace.array import Array

        return isinstance(instance, np.ndarray) or (isinstance(instance, Array) and not instance.is_scalar)

    def __subclasscheck__(cls, other: Any) -> bool:
        return issubclass(other, np.ndarray)


class _NDARRAY(metaclass=_IsArray):
    """`np.ndarray` in a trace: what instances are told by."""


class _Function:
    """For a function of numpy that a module imported by name: the namespace's in a trace, its own otherwise."""

    def __init__(self, real: Any, dotted: str) -> None:
        self._real = real
        self._dotted = dotted

    def __call__(self, *args: Any, **options: Any) -> Any:
        target = resolve(self._dotted) if Tape.current().is_tracing else self._real
        return target(*args, **options)

    def __getattr__(self, name: str) -> Any:
        target = resolve(self._dotted) if Tape.current().is_tracing else self._real
        return getattr(target, name)


class _Either:
    """For something of Python's: one thing in a trace, the other otherwise."""

    def __init__(self, real: Any, traced: Any) -> None:
        self._pair = (real, traced)

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._pair[Tape.current().is_tracing](*args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pair[Tape.current().is_tracing], name)


_BUILTINS = {name: _Either(getattr(builtins, name), function) for name, function in BUILTINS.items()}


@functools.lru_cache(maxsize=1)
def _stand_ins() -> dict[int, tuple[Any, Any]]:
    """By id of numpy's object: the object, and what stands in for it."""
    made: dict[int, tuple[Any, Any]] = {}
    for prefix in ("", "linalg.", "fft.", "random.", "lib.", "lib.stride_tricks.", "lib.array_utils."):
        real: Any = np
        for part in prefix.split(".")[:-1]:
            real = getattr(real, part)
        made[id(real)] = (real, _StandIn(real, prefix))
    for dotted in load():
        found: Any = np
        for part in dotted.split("."):
            found = getattr(found, part, None)
        if found is not None and not isinstance(found, type):
            made.setdefault(id(found), (found, _Function(found, dotted)))
    made[id(math)] = (math, _Either(math, MATH_MODULE))
    for name, function in MATH.items():
        real = getattr(math, name)
        made[id(real)] = (real, _Either(real, function))
    for drawing in (random, *drawing_functions()):
        made[id(drawing)] = (drawing, _Either(drawing, NoRandom()))
    return made


def _replacement(value: Any) -> Any:
    if isinstance(value, GENERATORS):
        return _Either(value, NoRandom())
    found = _stand_ins().get(id(value))
    return found[1] if found is not None and found[0] is value else None


@contextmanager
def numpy_replaced(*roots: Any) -> Iterator[None]:
    """Inside, numpy is the namespace in the globals, closures and defaults of what `roots` reach."""
    with _LOCK:
        undo: list[Undo] = []
        try:
            _Walk(undo, tuple(p for p in map(_package_of, roots) if p)).visit(*roots)
            with imports_replaced(_replacement, _is_users):
                yield
        finally:
            for step in reversed(undo):
                step()


_MOST = 256
"""How many items of a container are looked at: more of them are data, not code."""


class _Walk:
    """Goes through functions, classes, objects and modules of the user's and puts stand-ins where numpy is."""

    def __init__(self, undo: list[Undo], packages: tuple[str, ...]) -> None:
        self.undo = undo
        self.packages = packages
        self.seen: set[int] = set()
        self.waiting: list[Any] = []

    def visit(self, *roots: Any) -> None:
        self.waiting += roots
        while self.waiting:
            item = self.waiting.pop()
            if id(item) in self.seen or isinstance(item, str | int | float | np.ndarray | type(None)):
                continue
            self.seen.add(id(item))
            self._look(item)

    def _look(self, item: Any) -> None:
        if isinstance(item, types.FunctionType):
            self._function(item)
        elif isinstance(item, types.MethodType):
            self.waiting += [item.__func__, item.__self__]
        elif isinstance(item, functools.partial):
            self.waiting += [item.func, *item.args, *item.keywords.values()]
        elif isinstance(item, property):
            self.waiting += [item.fget, item.fset]
        elif isinstance(item, staticmethod | classmethod):
            self.waiting.append(item.__func__)
        elif isinstance(item, types.ModuleType):
            if self._is_users(getattr(item, "__file__", None)):
                self._namespace(vars(item))
        elif isinstance(item, type):
            if self._is_users(getattr(sys.modules.get(item.__module__), "__file__", "")):
                self._class(item)
        elif isinstance(item, dict):
            self.waiting += islice(item.values(), _MOST)
        elif isinstance(item, list | tuple | set | frozenset):
            self.waiting += islice(item, _MOST)
        elif hasattr(item, "__dict__"):
            self.waiting += [type(item), *vars(item).values()]

    def _is_users(self, file: str | None) -> bool:
        """Whether to look inside: the user's files, and the package that what is traced comes from."""
        return _is_users(file) or (file is not None and bool(self.packages) and file.startswith(self.packages))

    def _function(self, f: types.FunctionType) -> None:
        if not self._is_users(f.__code__.co_filename):
            return
        self._namespace(f.__globals__)
        for cell in f.__closure__ or ():
            self._cell(cell)
        if f.__defaults__:
            new = tuple(_replacement(d) or d for d in f.__defaults__)
            if any(a is not b for a, b in zip(new, f.__defaults__, strict=True)):
                self._set(f, "__defaults__", new)
            self.waiting += f.__defaults__
        self.waiting += vars(f).values()

    def _cell(self, cell: types.CellType) -> None:
        try:
            value = cell.cell_contents
        except ValueError:
            return  # not bound yet
        new = _replacement(value)
        if new is None:
            self.waiting.append(value)
            return
        cell.cell_contents = new
        self.undo.append(lambda: setattr(cell, "cell_contents", value))

    def _set(self, owner: Any, name: str, new: Any) -> None:
        old = getattr(owner, name)
        setattr(owner, name, new)
        self.undo.append(lambda: setattr(owner, name, old))

    def _class(self, cls: type) -> None:
        for name, value in list(vars(cls).items()):
            new = _replacement(value)
            if new is not None:
                self._set(cls, name, new)
            else:
                self.waiting.append(value)
        self.waiting += cls.__mro__[1:]

    def _namespace(self, names: dict[str, Any]) -> None:
        if id(names) in self.seen:
            return
        self.seen.add(id(names))
        for name, value in list(names.items()):
            if name.startswith("__"):
                continue
            new = _replacement(value)
            if new is None:
                if callable(value) or isinstance(value, types.ModuleType | dict | list | tuple):
                    self.waiting.append(value)
                continue
            names[name] = new
            self.undo.append(functools.partial(_restore, names, name, value, new))
        classes = {n: c for n, c in CLASSES.items() if not compares_classes(names, n)}
        for name, new in (*_BUILTINS.items(), *classes.items()):
            if name not in names:
                names[name] = new
                self.undo.append(functools.partial(_remove, names, name, new))


def _restore(names: dict[str, Any], name: str, old: Any, new: Any) -> None:
    if names.get(name) is new:  # unless the function itself has put something else there
        names[name] = old


def _remove(names: dict[str, Any], name: str, new: Any) -> None:
    if names.get(name) is new:
        del names[name]


def _package_of(root: Any) -> str | None:
    """The folder of the installed package that a function to be traced comes from; numpy's own are in the table."""
    module = getattr(root, "__module__", None)
    top = module.partition(".")[0] if callable(root) and isinstance(module, str) else "numpy"
    file = None if top in ("numpy", "irlib") else getattr(sys.modules.get(top), "__file__", None)
    return None if file is None or Path(file).name != "__init__.py" else f"{Path(file).parent}{os.sep}"


@functools.lru_cache(maxsize=4096)
def _is_users(file: str | None) -> bool:
    """Whether a source file is neither of Python, of an installed package nor of irlib."""
    if not file:
        return file == ""
    return not file.startswith(_NOT_USERS)


_NOT_USERS = (
    str(Path(sys.modules["irlib"].__file__ or "?").parent),
    *{sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")},
    "<frozen",
)
