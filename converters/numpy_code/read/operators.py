"""Operators on what is known and what is traced; integers, strings and lists are held to their limits beforehand."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from irlib.converters.numpy_code.read.iteration import SETS
from irlib.converters.numpy_code.read.machine import Machine, Steps
from irlib.converters.numpy_code.read.objects import Class, Instance
from irlib.converters.numpy_code.read.refusal import refused

__all__ = ["BINARY", "COMPARISONS", "INPLACE", "binary", "compared", "equal", "unary"]

BINARY: dict[type[ast.operator], tuple[Callable[[Any, Any], Any], str]] = {
    ast.Add: (operator.add, "add"),
    ast.Sub: (operator.sub, "sub"),
    ast.Mult: (operator.mul, "mul"),
    ast.Div: (operator.truediv, "truediv"),
    ast.FloorDiv: (operator.floordiv, "floordiv"),
    ast.Mod: (operator.mod, "mod"),
    ast.Pow: (operator.pow, "pow"),
    ast.MatMult: (operator.matmul, "matmul"),
    ast.LShift: (operator.lshift, "lshift"),
    ast.RShift: (operator.rshift, "rshift"),
    ast.BitAnd: (operator.and_, "and"),
    ast.BitOr: (operator.or_, "or"),
    ast.BitXor: (operator.xor, "xor"),
}
"""Each operator: what computes it, and the name in the methods of classes."""

INPLACE: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.iadd,
    ast.Sub: operator.isub,
    ast.Mult: operator.imul,
    ast.Div: operator.itruediv,
    ast.FloorDiv: operator.ifloordiv,
    ast.Mod: operator.imod,
    ast.Pow: operator.ipow,
    ast.MatMult: operator.imatmul,
    ast.LShift: operator.ilshift,
    ast.RShift: operator.irshift,
    ast.BitAnd: operator.iand,
    ast.BitOr: operator.ior,
    ast.BitXor: operator.ixor,
}

COMPARISONS: dict[type[ast.cmpop], tuple[Callable[[Any, Any], Any], str, str]] = {
    ast.Eq: (operator.eq, "eq", "eq"),
    ast.NotEq: (operator.ne, "ne", "ne"),
    ast.Lt: (operator.lt, "lt", "gt"),
    ast.LtE: (operator.le, "le", "ge"),
    ast.Gt: (operator.gt, "gt", "lt"),
    ast.GtE: (operator.ge, "ge", "le"),
}
"""Each comparison: what computes it, and the methods for it and for it turned round."""

_UNARY: dict[type[ast.unaryop], tuple[Callable[[Any], Any], str]] = {
    ast.USub: (operator.neg, "neg"),
    ast.UAdd: (operator.pos, "pos"),
    ast.Invert: (operator.invert, "invert"),
}

_NUMBERS = (int, float, complex)
_SEQUENCES = (list, tuple)


def binary(m: Machine, kind: type[ast.operator], x: Any, y: Any, *, inplace: bool = False) -> Steps:
    """``x <operator> y``; a generator, since a class of the source may say what it is."""
    compute, name = BINARY[kind]
    if isinstance(x, Instance) or isinstance(y, Instance):
        return (yield _by_methods(m, name, x, y, inplace=inplace))
    return computed(m, kind, compute, x, y)


def computed(m: Machine, kind: type[ast.operator], compute: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    """``x <operator> y`` for values that no class of the source is behind."""
    if isinstance(x, _NUMBERS) and isinstance(y, _NUMBERS):
        if isinstance(x, int) and isinstance(y, int):
            _hold_bits(m, kind, x, y)
        return compute(x, y)
    if m.domain.is_array(x) or m.domain.is_array(y):
        for side in (x, y):
            if isinstance(side, list | tuple):
                m.meter.spread(side)
            elif isinstance(side, str) or not (
                m.domain.is_array(side) or m.domain.is_dim(side) or isinstance(side, _NUMBERS)
            ):
                raise refused(f"an operator on an array and {_kind(side)} is not read")
        return compute(x, y)
    if isinstance(x, str) and kind is ast.Mod:
        raise refused("string formatting is not read", remedy="add strings with +")
    if isinstance(x, str) or isinstance(y, str):
        return _texts(m, kind, x, y)
    if isinstance(x, _SEQUENCES) or isinstance(y, _SEQUENCES):
        return _sequences(m, kind, x, y)
    if isinstance(x, SETS) and isinstance(y, SETS):
        m.meter.room(len(x) + len(y))
        return compute(x, y)
    if isinstance(x, dict) and isinstance(y, dict) and kind is ast.BitOr:
        m.meter.room(len(x) + len(y))
        return x | y
    if _numeric(m, x) and _numeric(m, y):
        return compute(x, y)
    raise TypeError(f"unsupported operands for {kind.__name__.lower()}: {_kind(x)} and {_kind(y)}")


def _numeric(m: Machine, value: Any) -> bool:
    return isinstance(value, _NUMBERS) or m.domain.is_dim(value)


def _is_ours(m: Machine, value: Any) -> bool:
    return m.domain.is_array(value) or m.domain.is_dim(value)


def _kind(value: Any) -> str:
    return type(value).__name__


def _hold_bits(m: Machine, kind: type[ast.operator], x: int, y: int) -> None:
    """Count the bits that an integer result has before it is computed."""
    if kind is ast.Mult:
        m.meter.bits(x.bit_length() + y.bit_length())
    elif kind is ast.Pow and y > 0 and not -2 < x < 2:
        m.meter.bits(x.bit_length() * y)
    elif kind is ast.LShift and x and y > 0:
        m.meter.bits(x.bit_length() + y)
    else:
        m.meter.bits(max(x.bit_length(), y.bit_length()))


def _texts(m: Machine, kind: type[ast.operator], x: Any, y: Any) -> str:
    if kind is ast.Add and isinstance(x, str) and isinstance(y, str):
        m.meter.text(len(x) + len(y))
        return x + y
    text, count = (x, y) if isinstance(x, str) else (y, x)
    if kind is ast.Mult and isinstance(text, str) and isinstance(count, int):
        m.meter.text(len(text) * max(count, 0))
        return text * count
    raise TypeError(f"unsupported operands for {kind.__name__.lower()}: {_kind(x)} and {_kind(y)}")


def _sequences(m: Machine, kind: type[ast.operator], x: Any, y: Any) -> Any:
    if kind is ast.Add and type(x) is type(y):
        m.meter.room(len(x) + len(y))
        return x + y
    items, count = (x, y) if isinstance(x, _SEQUENCES) else (y, x)
    if kind is ast.Mult and isinstance(items, _SEQUENCES):
        if not isinstance(count, int):
            known = m.domain.number(count) if m.domain.is_array(count) or m.domain.is_dim(count) else None
            if not isinstance(known, int):
                raise refused(f"a {_kind(items)} is repeated a number of times that is not known")
            count = known
        m.meter.room(len(items) * max(count, 0))
        return items * count
    raise TypeError(f"unsupported operands for {kind.__name__.lower()}: {_kind(x)} and {_kind(y)}")


def _by_methods(m: Machine, name: str, x: Any, y: Any, *, inplace: bool) -> Steps:
    """The operator as the class of an operand defines it."""
    tries = [(x, f"__i{name}__", y)] if inplace else []
    tries += [(x, f"__{name}__", y), (y, f"__r{name}__", x)]
    for holder, method, other in tries:
        found = method_of(holder, method)
        if found is not None:
            from irlib.converters.numpy_code.read.calls import call

            return (yield call(m, found, [other], {}))
    raise TypeError(f"unsupported operands for {name}: {_named(x)} and {_named(y)}")


def _named(value: Any) -> str:
    return f"{value.cls.name!r}" if isinstance(value, Instance) else _kind(value)


def method_of(holder: Any, name: str) -> Any:
    """The method with underscores that the class of an object defines, bound to it; None where it has none."""
    from irlib.converters.numpy_code.read.objects import BoundMethod, Function

    if not isinstance(holder, Instance):
        return None
    try:
        found = holder.cls.find(name)
    except KeyError:
        return None
    return BoundMethod(found, holder) if isinstance(found, Function) else None


def unary(m: Machine, kind: type[ast.unaryop], x: Any) -> Steps:
    """``-x``, ``+x`` or ``~x``."""
    compute, name = _UNARY[kind]
    if isinstance(x, Instance):
        found = method_of(x, f"__{name}__")
        if found is None:
            raise TypeError(f"bad operand type for unary {name}: {_named(x)}")
        from irlib.converters.numpy_code.read.calls import call

        return (yield call(m, found, [], {}))
    if m.domain.is_array(x) or _numeric(m, x):
        return compute(x)
    raise TypeError(f"bad operand type for unary {name}: {_kind(x)}")
    yield


def compared(m: Machine, kind: type[ast.cmpop], x: Any, y: Any) -> Steps:
    """``x <comparison> y``."""
    if kind is ast.Is or kind is ast.IsNot:
        return (x is y) == (kind is ast.Is)
    if kind is ast.In or kind is ast.NotIn:
        return (yield _contained(m, x, y, wanted=kind is ast.In))
    compute, name, turned = COMPARISONS[kind]
    if isinstance(x, Instance) or isinstance(y, Instance):
        for holder, method, other in ((x, name, y), (y, turned, x)):
            found = method_of(holder, f"__{method}__")
            if found is not None:
                from irlib.converters.numpy_code.read.calls import call

                return (yield call(m, found, [other], {}))
        if kind is ast.Eq or kind is ast.NotEq:
            return (x is y) == (kind is ast.Eq)
        raise TypeError(f"{name} is not supported between {_named(x)} and {_named(y)}")
    if _is_ours(m, x) or _is_ours(m, y):
        other = y if _is_ours(m, x) else x
        if other is None or isinstance(other, str) or callable(other):
            if kind is ast.Eq or kind is ast.NotEq:
                return kind is ast.NotEq
            raise TypeError(f"{name} is not supported between {_kind(x)} and {_kind(y)}")
        if isinstance(other, list | tuple):
            m.meter.spread(other)
        return compute(x, y)
    if kind is ast.Eq or kind is ast.NotEq:
        return equal(m, x, y) == (kind is ast.Eq)
    if isinstance(x, list | tuple) and type(x) is type(y):
        return _ordered(m, compute, x, y)
    if (
        isinstance(x, set | frozenset)
        or (isinstance(x, str) and isinstance(y, str))
        or (_numeric(m, x) and _numeric(m, y))
    ):
        return compute(x, y)
    raise TypeError(f"{name} is not supported between {_kind(x)} and {_kind(y)}")
    yield


def _ordered(m: Machine, compute: Callable[[Any, Any], Any], x: Any, y: Any) -> bool:
    """The comparison of sequences by their first items that differ."""
    for a, b in zip(x, y, strict=False):
        m.meter.room(1)
        if not equal(m, a, b):
            if isinstance(a, list | tuple) or not (isinstance(a, str) == isinstance(b, str)):
                raise refused("nested sequences are not ordered here")
            return truth_of(m, compute(a, b))
    return bool(compute(len(x), len(y)))


def truth_of(m: Machine, value: Any) -> bool:
    """The truth of a value that has to be known."""
    from irlib.converters.numpy_code.read.branches import known_truth

    return known_truth(m, value, "comparison")


def _contained(m: Machine, item: Any, holder: Any, *, wanted: bool) -> Steps:
    if isinstance(holder, Instance):
        found = method_of(holder, "__contains__")
        if found is None:
            raise TypeError(f"{_named(holder)} is not a container")
        from irlib.converters.numpy_code.read.calls import call

        return truth_of(m, (yield call(m, found, [item], {}))) == wanted
    return contains(m, item, holder) == wanted


def contains(m: Machine, item: Any, holder: Any) -> bool:
    """Whether `item` is in `holder`, by equality."""
    from irlib.converters.numpy_code.read.elements import key
    from irlib.converters.numpy_code.read.iteration import iterator

    if isinstance(holder, str):
        return isinstance(item, str) and item in holder
    if isinstance(holder, dict | set | frozenset):
        return key(m, item) in holder
    if isinstance(holder, range) and isinstance(item, int):
        return item in holder
    if isinstance(holder, Class) or m.domain.is_array(holder):
        raise refused(f"'in' of a {_kind(holder)} is not read", remedy="write np.any(x == y)")
    for other in iterator(m, holder):
        m.meter.step(m.domain.nodes)
        if item is other or equal(m, item, other):
            return True
    return False


def equal(m: Machine, x: Any, y: Any) -> bool:
    """Whether two values are equal; each pair of items that is compared counts as an element made."""
    pairs = [(x, y)]
    while pairs:
        a, b = pairs.pop()
        if a is b and not isinstance(a, float):
            continue
        if isinstance(a, list | tuple) and type(a) is type(b):
            if len(a) != len(b):
                return False
            m.meter.room(len(a))
            pairs.extend(zip(a, b, strict=True))
        elif isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            m.meter.room(len(a))
            pairs.extend((a[k], b[k]) for k in a)
        elif _is_ours(m, a) or _is_ours(m, b):
            if a is None or b is None or isinstance(a, str) or isinstance(b, str):
                return False
            if not truth_of(m, a == b):
                return False
        elif isinstance(a, list | tuple | dict) or isinstance(b, list | tuple | dict) or not bool(a == b):
            return False
    return True
