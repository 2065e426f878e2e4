"""Attributes, each from a table by the kind of what has it."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.read.iteration import described
from irlib.converters.numpy_code.read.machine import Machine
from irlib.converters.numpy_code.read.methods import METHODS_OF
from irlib.converters.numpy_code.read.modules import member
from irlib.converters.numpy_code.read.objects import (
    BoundMethod,
    Class,
    Function,
    Inert,
    Instance,
    Module,
    Native,
    Poison,
    Super,
)
from irlib.converters.numpy_code.read.refusal import SourceError, refused

__all__ = ["ARRAY", "attribute", "set_attribute"]

ARRAY = frozenset(
    (
        "T", "mT", "shape", "ndim", "size", "dtype", "itemsize", "nbytes", "real", "imag", "flat", "all", "any",
        "argmax", "argmin", "argpartition", "argsort", "astype", "choose", "clip", "compress", "conj", "conjugate",
        "copy", "cumprod", "cumsum", "diagonal", "dot", "fill", "flatten", "item", "max", "mean", "min", "nonzero",
        "partition", "prod", "put", "ravel", "repeat", "reshape", "round", "searchsorted", "sort", "squeeze", "std",
        "sum", "strides", "swapaxes", "take", "tolist", "trace", "transpose", "var", "view",
    )
)  # fmt: skip
"""What of an array can be reached."""

_STORED = frozenset(("shape", "real", "imag", "flat"))

_PLAIN: dict[Any, frozenset[str]] = {
    np.dtype: frozenset(("kind", "itemsize", "name", "type", "char", "num")),
    np.finfo: frozenset(("eps", "max", "min", "tiny", "resolution", "smallest_normal", "epsneg", "bits", "dtype")),
    np.iinfo: frozenset(("max", "min", "bits", "dtype")),
    slice: frozenset(("start", "stop", "step")),
    range: frozenset(("start", "stop", "step")),
    int: frozenset(("real", "imag", "numerator", "denominator")),
    bool: frozenset(("real", "imag")),
    float: frozenset(("real", "imag")),
    complex: frozenset(("real", "imag")),
}
"""Attributes that are values, by the exact type of what has them."""

_UFUNC = frozenset(("reduce", "accumulate", "outer", "at", "reduceat", "nin", "nout", "identity"))


def attribute(m: Machine, holder: Any, name: str) -> Any:
    """The attribute `name` of a value. Raises: SourceError where it has none that may be reached."""
    if isinstance(holder, Instance):
        return _of_instance(holder, name)
    if isinstance(holder, Module):
        return member(m, holder, name)
    if isinstance(holder, Class):
        return _known(holder.find, name, f"class {holder.name!r}")
    if isinstance(holder, Super):
        found = _known(
            lambda n: holder.instance.cls.find(n, holder.cls),
            name,
            f"the bases of class {holder.cls.name!r}",
            start=True,
        )
        if found is None:
            return Native("__init__", lambda: None)
        return BoundMethod(found, holder.instance) if isinstance(found, Function) else found
    if name.startswith("_"):
        raise refused(f"the attribute {name!r} begins with an underscore")
    if m.domain.is_array(holder) or m.domain.is_dim(holder):
        return _of_array(m, holder, name)
    if holder is bytes and name == "fromhex":
        return Native("bytes.fromhex", bytes.fromhex)
    methods = METHODS_OF.get(type(holder), {})
    if name in methods:
        method = methods[name]
        return Native(name, lambda m, *args, **kwargs: method(m, holder, *args, **kwargs), steps=True)
    for kind in (type(holder), *((np.dtype,) if isinstance(holder, np.dtype) else ())):
        if name in _PLAIN.get(kind, ()):
            found = getattr(holder, name)
            return found.item() if isinstance(found, np.generic) and not isinstance(holder, np.finfo) else found
    if isinstance(holder, Native) and name in _UFUNC and hasattr(holder.run, name):
        found = getattr(holder.run, name)
        return Native(f"{holder.name}.{name}", found) if callable(found) else found
    if isinstance(holder, tuple) and name in getattr(type(holder), "_fields", ()):
        return getattr(holder, name)
    if isinstance(holder, Inert):
        return holder
    raise SourceError(f"{described(holder)} has no attribute {name!r} that is read", code="IR894")


def _of_array(m: Machine, holder: Any, name: str) -> Any:
    if name not in ARRAY:
        raise refused(f"arrays have no attribute {name!r} here", code="IR894")
    if name == "view":
        return Native(name, lambda dtype: m.domain.viewed(holder, dtype))
    found = getattr(holder, name)
    return (
        Native(name, found)
        if callable(found) and not m.domain.is_array(found) and not isinstance(found, type)
        else found
    )


def _of_instance(holder: Instance, name: str) -> Any:
    if name in holder.attributes:
        found = holder.attributes[name]
        if type(found) is Poison:
            raise refused(
                f"the attribute {name!r} {found.why}", code="IR892", remedy="give it one value in both branches"
            )
        return found
    found = _known(holder.cls.find, name, f"an object of class {holder.cls.name!r}")
    return BoundMethod(found, holder) if isinstance(found, Function) else found


def _known(find: Any, name: str, what: str, *, start: bool = False) -> Any:
    try:
        found = find(name)
    except KeyError:
        if start and name == "__init__":
            return None
        raise AttributeError(f"{what} has no attribute {name!r}") from None
    if type(found) is Poison:
        raise refused(f"the attribute {name!r} {found.why}", code="IR892")
    return found


def set_attribute(m: Machine, holder: Any, name: str, value: Any) -> None:
    """``holder.name = value``, of objects and classes of the source, and of the shape and parts of arrays."""
    if name.startswith("_"):
        raise refused(f"the attribute {name!r} begins with an underscore")
    if isinstance(holder, Instance | Class):
        m.meter.room(1)
        holder.attributes[name] = value
    elif m.domain.is_array(holder) and name in _STORED:
        setattr(holder, name, value)
    else:
        raise refused(f"the attribute {name!r} of {described(holder)} is not assigned here")
