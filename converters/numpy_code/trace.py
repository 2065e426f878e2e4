"""`trace`: a Python function on numpy arrays, called once on arrays that record, becomes a graph."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from irlib.builder import Builder
from irlib.converters.numpy_code.arguments import Arguments, bound_arguments
from irlib.converters.numpy_code.namespace.refusal import TraceError, TraceIndexError
from irlib.converters.numpy_code.namespace.tape import Tape, line_of_error
from irlib.converters.numpy_code.outputs import give_outputs
from irlib.converters.numpy_code.source_names import name_nodes
from irlib.converters.numpy_code.substitution import numpy_replaced
from irlib.errors import IRError
from irlib.graph import Graph

__all__ = ["trace"]


def trace(
    fn: Callable[..., Any],
    *args: Any,
    parameters: Iterable[str] = (),
    static: Iterable[str] = (),
    **kwargs: Any,
) -> Graph:
    """The graph of what `fn` computes from arrays like `args` and `kwargs`.

    Arguments are arrays, or nested dicts, lists and tuples of them, of which dtype and shape are taken, or types such
    as ``irlib.spec("float64[batch, 3]")``; Python numbers, strings and None are static. Inputs are called as the
    arguments are: `x`, ``params.W1``, ``layers.0.w``. Those that `parameters` names, whole arguments or leaves, become
    parameters with the given values; those that `static` names go in as they are. Outputs are `out`, ``out.0``,
    ``out.grads.W1``.

    Of a method, the arrays that its object holds are constants, or parameters where `parameters` says so (``self``, or
    ``self.W1``); the object itself is left as it is.

    `fn` is called once, numpy replaced by `irlib.numpy` in what it reaches. Raises: TraceError where the code depends
    on what is not known before it runs, or calls what is not traced.
    """
    if not callable(fn):
        raise TraceError(f"got a {type(fn).__name__}, expected a function", code="IR884")
    if not inspect.isroutine(fn) and not isinstance(fn, type | functools.partial):
        fn = fn.__call__  # type: ignore[operator]  # an object that can be called
    tape = Tape(getattr(fn, "__name__", type(fn).__name__).strip("<>") or "graph")
    bound = bound_arguments(fn, args, kwargs)
    with tape:
        arguments = Arguments(tape, parameters=parameters, static=static)
        call = fn
        receiver = getattr(fn, "__self__", None)
        if inspect.ismethod(fn) and not isinstance(receiver, type):
            # the object keeps its state: the trace works on a copy
            call = fn.__func__.__get__(arguments.received("self", receiver))
        kinds = inspect.signature(fn).parameters
        for name, declared in kinds.items():
            if name not in bound.arguments and declared.default is not declared.empty and arguments.speaks_of(name):
                bound.arguments[name] = declared.default
        for name, value in list(bound.arguments.items()):
            kind = kinds[name].kind
            if kind is inspect.Parameter.VAR_POSITIONAL:
                bound.arguments[name] = tuple(arguments.traced(f"{name}.{i}", v) for i, v in enumerate(value))
            elif kind is inspect.Parameter.VAR_KEYWORD:
                bound.arguments[name] = {k: arguments.traced(k, v) for k, v in value.items()}
            else:
                bound.arguments[name] = arguments.traced(name, value)
        arguments.check()
        with numpy_replaced(fn, *args, *kwargs.values()), _named_lines():
            result = call(*bound.args, **bound.kwargs)
        if tape.refusals:
            raise tape.refusals[0]  # the function has caught it, which it would not have had to do in numpy
        name_nodes(tape)
        give_outputs(tape, result)
        assert isinstance(tape.b, Builder)
        return tape.b.build(prune=True)


@contextmanager
def _named_lines() -> Iterator[None]:
    """What the namespace refuses as numpy does leaves the trace as an error that names the user's line.

    Inside, it is numpy's class of error, which the user's code may expect; what that code raises itself stays as it is.
    """
    try:
        yield
    except IRError:
        raise
    except (ValueError, TypeError, IndexError) as error:
        at = line_of_error(error)
        if at is None:
            raise
        kind = TraceIndexError if isinstance(error, IndexError) else TraceError
        raise kind(str(error), code="IR887", where=f"{at.file}:{at.line}") from error
