"""`from_numpy`: a function in Python source, read and not run, as a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.converters.numpy_code.arguments import Arguments
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.outputs import give_outputs
from irlib.converters.numpy_code.read.calls import bind_arguments
from irlib.converters.numpy_code.read.limits import DEFAULT, Limits
from irlib.converters.numpy_code.read.objects import BoundMethod, Function, Instance, Stream
from irlib.converters.numpy_code.read.program import Program
from irlib.converters.numpy_code.read.refusal import SourceError
from irlib.converters.numpy_code.read.traced import ReadingTape, Traced
from irlib.errors import IRError
from irlib.graph import Graph
from irlib.types import TensorType

__all__ = ["from_numpy"]

_LEAVES = 10_000  # outputs


def from_numpy(
    source: str | Path,
    function: str,
    *args: Any,
    parameters: Iterable[str] = (),
    static: Iterable[str] = (),
    loops: str = "unroll",
    limits: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Graph:
    """The graph of what `function` in `source` computes from arrays like `args` and `kwargs`.

    `source` is text, or the path of a file: a `Path`, or a string of one line that ends in ``.py``. It is read by an
    interpreter of a small part of Python and never executed; docs/numpy.md says what that part is. Arguments, inputs,
    parameters and outputs are as in `trace`. Nodes are called as what they are assigned to, and carry file and line.

    Loops with a known number of turns are unrolled; with `loops` ``"scan"`` they become a `scan` where one reading of
    a turn serves for all, and are unrolled where not. `limits` gives other limits by name, as in
    ``{"steps": 10_000_000}``. Where the source asserts or raises on a value
    that only a run knows, the graph does not; its metadata ``numpy.unchecked`` lists the places.

    Raises: SourceError, with file, line and reason, for what is not taken, and where a limit is reached; FileError
    where the file cannot be read.
    """
    tape = ReadingTape(function.rsplit(".", maxsplit=1)[-1] or "graph")
    domain = Traced(tape)
    with tape:
        program = Program(source, domain, _limits(limits))
        program.machine.scans = _scans(loops)
        tape.meter = program.machine.meter
        try:
            program.read()
            target = program.function(function)
            bound = _bound(program, target, args, kwargs)
            arguments = Arguments(tape, parameters=parameters, static=static)
            rest = _function_of(target).node.args.kwarg
            given = {
                name: {k: _inside(arguments.traced(k, v)) for k, v in value.items()}
                if rest is not None and name == rest.arg
                else _inside(arguments.traced(name, value))
                for name, value in bound.items()
            }
            arguments.check()
            domain.naming = True
            result = program.call(target, *_as_call(target, given))
        except IRError as error:
            if not error.where.startswith(program.file):
                error.at(program.file)
            raise
        tape.meter = None
        give_outputs(tape, _outside(result, [_LEAVES]))
        assert isinstance(tape.b, Builder)
        graph = tape.b
        if program.machine.unchecked:
            graph.metadata["numpy.unchecked"] = "; ".join(dict.fromkeys(program.machine.unchecked))[:4000]
        return graph.build(prune=True)


def _limits(changed: Mapping[str, Any] | None) -> Limits:
    if changed is None:
        return DEFAULT
    try:
        return replace(DEFAULT, **changed)
    except TypeError:
        names = ", ".join(field.name for field in fields(Limits))
        raise SourceError(f"limits are {names}, got {', '.join(changed)}", code="IR894") from None


def _scans(loops: str) -> bool:
    if loops not in ("unroll", "scan"):
        raise SourceError(f"loops is {loops!r}, expected 'unroll' or 'scan'", code="IR894")
    return loops == "scan"


def _function_of(target: Any) -> Function:
    return target.function if isinstance(target, BoundMethod) else target


def _bound(program: Program, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What each argument is given by the caller; the source's own defaults are left to the call."""
    function = _function_of(target)
    if not isinstance(function, Function):
        raise SourceError("only functions are read", code="IR894")
    given = [_plain(a) for a in args]
    named = {k: _plain(v) for k, v in kwargs.items()}
    if isinstance(target, BoundMethod):
        given.insert(0, target.instance)
    try:
        variables = bind_arguments(function, given, named)
    except TypeError as error:
        raise SourceError(str(error), code="IR894") from None
    spec = function.node.args
    stars = [a.arg for a in (spec.vararg, spec.kwarg) if a is not None]
    count = len(given)
    plain = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    kept = [n for n in variables if n in plain[:count] or n in named or n in stars]
    bound = {n: variables[n] for n in kept}
    if isinstance(target, BoundMethod):
        bound.pop(plain[0])
    return bound


def _as_call(target: Any, given: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments by position and by keyword."""
    spec = _function_of(target).node.args
    plain = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    args: list[Any] = []
    rest = dict(given)
    for name in plain[isinstance(target, BoundMethod) :]:
        if name not in rest:
            break
        args.append(rest.pop(name))
    if spec.vararg is not None:
        args.extend(rest.pop(spec.vararg.arg, ()))
    if spec.kwarg is not None:
        rest.update(rest.pop(spec.kwarg.arg, {}))
    return args, rest


def _plain(value: Any, depth: int = 0) -> Any:
    """An argument as dicts, lists and tuples of arrays, types, numbers and strings. Raises: SourceError for others."""
    if depth > 50:
        raise SourceError("an argument is nested too deep", code="IR894")
    if value is None or isinstance(
        value, bool | int | float | complex | str | np.ndarray | np.generic | TensorType | Handle
    ):
        return value
    if isinstance(value, dict):
        return {k: _plain(v, depth + 1) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_plain(v, depth + 1) for v in value])
    if isinstance(value, list | tuple):
        made = [_plain(v, depth + 1) for v in value]
        return made if isinstance(value, list) else tuple(made)
    if isinstance(value, type) and issubclass(value, bool | int | float | complex | np.generic):
        return value
    raise SourceError(
        f"an argument is a {type(value).__name__}",
        code="IR894",
        remedy="pass arrays, numbers, strings, or dicts and lists of them",
    )


def _inside(value: Any) -> Any:
    """An argument as a value of the source: arrays that are static are constants."""
    if isinstance(value, np.ndarray | np.generic):
        return lift(value)
    if type(value) is dict:
        return {k: _inside(v) for k, v in value.items()}
    if type(value) is list:
        return [_inside(v) for v in value]
    return tuple(map(_inside, value)) if type(value) is tuple else value


def _outside(value: Any, room: list[int], depth: int = 0) -> Any:
    """A result as dicts, lists and tuples; objects of the source by their attributes."""
    room[0] -= 1
    if room[0] < 0 or depth > 50:
        raise SourceError(f"the function returns more than {_LEAVES} values", code="IR893")
    if isinstance(value, Instance):
        value = dict(value.attributes)
    if isinstance(value, Stream):
        raise SourceError("the function returns an iterator", code="IR890", remedy="return a list")
    if isinstance(value, dict):
        return {k: _outside(v, room, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_outside(v, room, depth + 1) for v in value]
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(_outside(v, room, depth + 1) for v in value)
    return value
