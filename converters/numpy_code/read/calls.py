"""Calls: of the source's functions and classes, of builtins, and of numpy's functions by the table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from irlib.converters.numpy_code.read import branches
from irlib.converters.numpy_code.read.iteration import VIEWS, described, stream
from irlib.converters.numpy_code.read.limits import over
from irlib.converters.numpy_code.read.machine import Frame, Leave, Machine, Steps
from irlib.converters.numpy_code.read.names import arguments_of, bound_in, nonlocals_in
from irlib.converters.numpy_code.read.objects import (
    BoundMethod,
    Choice,
    Class,
    Function,
    Inert,
    Instance,
    Native,
    Scope,
    Span,
    Stream,
    Super,
)
from irlib.converters.numpy_code.read.refusal import refused
from irlib.converters.numpy_code.read.statements import block

__all__ = ["bind_arguments", "call", "outward"]


def call(m: Machine, target: Any, args: list[Any], kwargs: dict[str, Any]) -> Steps:
    """What the call of `target` gives."""
    if isinstance(target, Native):
        if target.steps:
            return (yield target.run(m, *args, **kwargs))
        return _inward(m, target.run(*[outward(m, a) for a in args], **{k: outward(m, v) for k, v in kwargs.items()}))
    if isinstance(target, Function):
        return (yield _entered(m, target, args, kwargs))
    if isinstance(target, BoundMethod):
        return (yield _entered(m, target.function, [target.instance, *args], kwargs))
    if isinstance(target, Choice):
        arms = [call(m, side, list(args), dict(kwargs)) for side in (target.first, target.second)]
        assert m.place is not None
        return (yield branches.either(m, m.place, target.condition, m.frames[-1].scope, *arms))
    if isinstance(target, type):
        from irlib.converters.numpy_code.read.types import construct

        return (yield construct(m, target, args, kwargs))
    if isinstance(target, Class):
        return (yield _constructed(m, target, args, kwargs))
    if isinstance(target, Instance):
        from irlib.converters.numpy_code.read.operators import method_of

        found = method_of(target, "__call__")
        if found is not None:
            return (yield call(m, found, args, kwargs))
        raise TypeError(f"an object of class {target.cls.name!r} cannot be called")
    if isinstance(target, Inert | Super):
        raise refused("a call of this is not read")
    raise TypeError(f"{described(target)} cannot be called")


def _constructed(m: Machine, cls: Class, args: list[Any], kwargs: dict[str, Any]) -> Steps:
    made = Instance(cls)
    m.meter.room(1)
    try:
        start = cls.find("__init__")
    except KeyError:
        if args or kwargs:
            raise TypeError(f"class {cls.name!r} takes no arguments") from None
        return made
    if not isinstance(start, Function):
        raise refused(f"the __init__ of class {cls.name!r} is no function")
    yield _entered(m, start, [made, *args], kwargs)
    return made


def _entered(m: Machine, function: Function, args: list[Any], kwargs: dict[str, Any]) -> Steps:
    """The body of a function with its arguments bound."""
    if len(m.frames) >= m.limits.calls:
        raise over("calls", m.limits.calls)
    node = function.node
    facts = m.facts.get(id(node))
    if facts is None:
        body: list[ast.stmt] = node.body if isinstance(node, ast.FunctionDef) else [ast.Expr(node.body)]
        own = nonlocals_in(body) if isinstance(node, ast.FunctionDef) else frozenset()
        facts = m.facts[id(node)] = (bound_in(body) | frozenset(arguments_of(node.args)), own)
    scope = Scope(function.scope, facts[0], facts[1])
    scope.variables = bind_arguments(function, args, kwargs)
    frame = Frame(function.name, scope, function)
    called_at = m.place
    m.frames.append(frame)
    if isinstance(node, ast.Lambda):
        value = yield node.body, scope
        left: Any = Leave("return", value)
    else:
        left = yield block(m, node.body, scope)
    value = branches.returned(m, frame, left)
    m.frames.pop()
    m.place = called_at
    return value


def bind_arguments(function: Function, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What each name of a signature is bound to, as in Python. Raises: TypeError where the arguments do not fit."""
    spec = function.node.args
    variables: dict[str, Any] = {}
    plain = [*spec.posonlyargs, *spec.args]
    only = len(spec.posonlyargs)
    kwargs = dict(kwargs)
    for argument, value in zip(plain, args, strict=False):
        variables[argument.arg] = value
    if len(args) > len(plain):
        if spec.vararg is None:
            raise TypeError(f"{function.name}() takes {len(plain)} arguments, got {len(args)}")
        variables[spec.vararg.arg] = tuple(args[len(plain) :])
    elif spec.vararg is not None:
        variables[spec.vararg.arg] = ()
    first_default = len(plain) - len(function.defaults)
    for i, argument in enumerate(plain):
        given = i >= only and argument.arg in kwargs
        if argument.arg in variables:
            if given:
                raise TypeError(f"{function.name}() got several values for the argument {argument.arg!r}")
        elif given:
            variables[argument.arg] = kwargs.pop(argument.arg)
        elif i >= first_default:
            variables[argument.arg] = function.defaults[i - first_default]
        else:
            raise TypeError(f"{function.name}() lacks the argument {argument.arg!r}")
    for argument in spec.kwonlyargs:
        if argument.arg in kwargs:
            variables[argument.arg] = kwargs.pop(argument.arg)
        elif argument.arg in function.keyword_defaults:
            variables[argument.arg] = function.keyword_defaults[argument.arg]
        else:
            raise TypeError(f"{function.name}() lacks the keyword argument {argument.arg!r}")
    if spec.kwarg is not None:
        variables[spec.kwarg.arg] = kwargs
    elif kwargs:
        raise TypeError(f"{function.name}() got an unexpected argument {next(iter(kwargs))!r}")
    return variables


# Over the border to numpy's functions and back


def outward(m: Machine, value: Any) -> Any:
    """A value as numpy's functions take it: containers counted, functions of the source as callables."""
    if isinstance(value, range):
        m.meter.room(len(value))
        return list(value)
    if isinstance(value, Function | BoundMethod | Choice):
        return m.callback(lambda *args, **kwargs: call(m, value, [_inward(m, a) for a in args], kwargs))
    if isinstance(value, Native):
        return m.callback(lambda *args, **kwargs: call(m, value, list(args), kwargs)) if value.steps else value.run
    if isinstance(value, list | tuple | dict):
        _hold_data(m, value)
        if isinstance(value, list | tuple) and any(map(_is_function, value)):
            return type(value)([outward(m, v) for v in value])
        return value
    if isinstance(value, (Class, Instance, Super, Inert, Span, Stream, set, frozenset, *VIEWS)):
        raise refused(
            f"{described(value)} as an argument of a function of numpy is not read", remedy="pass a list or an array"
        )
    return value


def _is_function(value: Any) -> bool:
    return isinstance(value, Function | BoundMethod | Choice | Native)


def _hold_data(m: Machine, values: Any) -> None:
    """Count nested containers, and hold them to numbers, arrays and few strings: arrays of strings are large."""
    stack, texts = [(values, 0)], 0
    while stack:
        value, depth = stack.pop()
        if isinstance(value, list | tuple | dict):
            m.meter.room(len(value))
            if depth > 64:
                raise refused("containers nested deeper than 64 as an argument of a function of numpy are not read")
            stack.extend((v, depth + 1) for v in (value.values() if isinstance(value, dict) else value))
        elif isinstance(value, str):
            texts += len(value)
            m.meter.text(texts)
        elif isinstance(value, (Class, Instance, Super, Inert, Span, Stream, set, frozenset, *VIEWS)):
            raise refused(f"{described(value)} in an argument of a function of numpy is not read")


def _inward(m: Machine, value: Any) -> Any:
    """What a function of numpy gave as a value of the source."""
    if isinstance(value, list | tuple):
        m.meter.spread(value)
    elif isinstance(value, Iterator) and not m.domain.is_array(value):
        return stream(m, value)
    elif (
        callable(value)
        and not isinstance(value, type)
        and not m.domain.is_array(value)
        and not isinstance(value, Native | Function)
    ):
        return Native(getattr(value, "name", None) or "function", value)
    return value
