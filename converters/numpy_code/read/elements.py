"""Elements of lists, tuples, strings, dicts and arrays: read, stored and deleted."""

from __future__ import annotations

import operator
from typing import Any

from irlib.converters.numpy_code.read.iteration import collected, described
from irlib.converters.numpy_code.read.machine import Machine
from irlib.converters.numpy_code.read.objects import Class, Function, Indexer, Inert, Instance, Native
from irlib.converters.numpy_code.read.operators import method_of
from irlib.converters.numpy_code.read.refusal import refused

__all__ = ["delete_element", "element", "key", "place", "set_element"]

_KEY_PARTS = 64


def element(m: Machine, holder: Any, index: Any) -> Any:
    """``holder[index]``; a generator where the holder is an object of the source."""
    if m.domain.is_array(holder) or m.domain.is_flat(holder):
        return holder[_array_index(m, index)]
    if isinstance(holder, dict):
        found = key(m, index)
        if found not in holder:
            raise KeyError(f"no {found!r}"[:200])
        return holder[found]
    if isinstance(holder, list | tuple | str | range):
        if isinstance(index, slice):
            part = holder[_span(m, index)]
            if not isinstance(part, range):
                m.meter.room(len(part))
            return part
        return holder[place(m, index)]
    if isinstance(holder, Instance):
        return _method(m, holder, "__getitem__", [index])
    if isinstance(holder, Indexer):
        m.meter.spread(index)
        return holder.source[_array_index(m, index)]
    if isinstance(holder, Inert):
        return holder
    raise TypeError(f"{described(holder)} has no elements")


def set_element(m: Machine, holder: Any, index: Any, value: Any) -> Any:
    """``holder[index] = value``; gives a generator where the holder is an object of the source."""
    if m.domain.is_array(holder) or m.domain.is_flat(holder):
        if isinstance(value, list | tuple):
            m.meter.spread(value)
        holder[_array_index(m, index)] = value
    elif isinstance(holder, dict):
        m.meter.room(1)
        holder[key(m, index)] = value
    elif isinstance(holder, list):
        if isinstance(index, slice):
            holder[_span(m, index)] = collected(m, value)
        else:
            holder[place(m, index)] = value
    elif isinstance(holder, Instance):
        return _method(m, holder, "__setitem__", [index, value])
    else:
        raise TypeError(f"the elements of {described(holder)} cannot be assigned")
    return None


def delete_element(m: Machine, holder: Any, index: Any) -> None:
    """``del holder[index]``."""
    if isinstance(holder, dict):
        found = key(m, index)
        if found not in holder:
            raise KeyError(f"no {found!r}"[:200])
        del holder[found]
    elif isinstance(holder, list):
        del holder[_span(m, index) if isinstance(index, slice) else place(m, index)]
    else:
        raise TypeError(f"the elements of {described(holder)} cannot be deleted")


def _method(m: Machine, holder: Instance, name: str, args: list[Any]) -> Any:
    from irlib.converters.numpy_code.read.calls import call

    found = method_of(holder, name)
    if found is None:
        raise TypeError(f"class {holder.cls.name!r} has no {name}")
    return call(m, found, args, {})


def _array_index(m: Machine, index: Any) -> Any:
    """An index of an array, lists in it counted."""
    if isinstance(index, tuple):
        return tuple(_array_index(m, part) for part in index) if len(index) <= _KEY_PARTS else index
    if isinstance(index, list):
        m.meter.spread(index)
    elif isinstance(index, str | dict | Instance | Function | Class | float):
        raise IndexError(f"an array is indexed by {described(index)}, expected integers, slices, arrays, None or ...")
    return index


def place(m: Machine, index: Any) -> int:
    """An index of a list as an int that is known."""
    if isinstance(index, int):
        return index
    if m.domain.is_array(index) or m.domain.is_dim(index):
        known = m.domain.number(index)
        if known is None:
            remedy = "index an array instead, as in np.stack(items)[i]"
            raise refused("a list or tuple is indexed by a traced value", remedy=remedy, code="IR897")
        if m.domain.is_array(index):
            return operator.index(index)
        return int(known)
    raise TypeError(f"indices must be integers, got {described(index)}")


def _span(m: Machine, index: slice) -> slice:
    """A slice of a list with bounds that are known."""
    return slice(*(None if part is None else place(m, part) for part in (index.start, index.stop, index.step)))


def key(m: Machine, value: Any) -> Any:
    """A key of a dict or an element of a set: what is known, does not change and is small.

    Raises: SourceError for anything else.
    """
    if value is None or isinstance(value, int | float | complex | str | type | Native | Function | Class):
        return value
    if isinstance(value, tuple):
        m.meter.room(len(value))
        if len(value) > _KEY_PARTS or any(isinstance(part, tuple) and len(part) > _KEY_PARTS for part in value):
            raise refused(f"a tuple of more than {_KEY_PARTS} items as a key is not read")
        if any(isinstance(part, tuple) and any(isinstance(p, tuple) for p in part) for part in value):
            raise refused("a tuple of tuples of tuples as a key is not read")
        return tuple(key(m, part) for part in value)
    if m.domain.is_array(value) or m.domain.is_dim(value):
        known = m.domain.number(value)
        if known is not None:
            return known
        raise refused("a traced value as a key is not read", remedy="keep the values in an array", code="IR897")
    raise refused(f"{described(value)} as a key is not read")
