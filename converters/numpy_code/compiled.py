"""Emitted numpy as an execution target: one routine for each combination of feed types, in buffers that are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.converters.numpy_code.cheaper import cheaper
from irlib.converters.numpy_code.emit import load_rules
from irlib.converters.numpy_code.emit.form import RULES
from irlib.converters.numpy_code.module import ModuleWriter, NumpyModule
from irlib.errors import ExecutionError, FeedError
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.feeds import check_expressions, check_feed, fed_type, runtime_value
from irlib.interpreters.numpy_ref.memory import maker
from irlib.op import Composite
from irlib.transforms.inline import inline
from irlib.types import Type

__all__ = ["Program"]

_MOST_ROUTINES = 32
_IN_STEPS = frozenset({"mean"})
"""Composites that a rule writes in one word, and that run faster step by step."""

Run = Callable[..., dict[str, Any]]


class _Routine:
    """One compiled module, and its functions that are idle: each has buffers of its own."""

    def __init__(self, module: NumpyModule, expected: list[tuple[Any, Any]]) -> None:
        self.module = module
        self.expected = expected
        namespace: dict[str, Any] = {"__name__": "irlib.emitted", "params": dict(module.arrays), "fresh": maker}
        # the source is text that irlib made from a valid graph: names that it chose, numbers that it wrote
        exec(compile(module, "<irlib numpy>", "exec"), namespace)  # noqa: S102
        self.make: Callable[[], Run] = namespace["make"]
        self.idle: list[Run] = []


class Program:
    """``program(feeds)`` gives every output by name, computed by numpy code that is made for the feeds' types.

    What comes back is the caller's to keep and change.
    """

    def __init__(self, graph: Graph) -> None:
        load_rules()
        self.graph = graph
        self._flat = inline(graph, _is_no_word)
        self._routines: dict[tuple[Any, ...], _Routine] = {}
        self._recent: list[_Routine] = []
        nodes = [*graph.inputs, *graph.parameters, *graph.buffers]
        self._types: dict[str, Type] = {str(n.name): n.type for n in nodes}
        self._own: dict[str, Any] = {
            str(n.name): n.variable.tensor.array
            for n in nodes
            if n.variable is not None and n.variable.tensor is not None
        }
        self._names = list(self._types)

    def __call__(self, feeds: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The outputs for these feeds.

        Raises: FeedError for a feed of the wrong name, dtype or shape or a missing one; ExecutionError.
        """
        given = feeds or {}
        if len(given) != len(self._names):
            given = {**self._own, **given}
        try:
            values = [given[name] for name in self._names]
        except KeyError:
            values = []
        routine = self._known(values) if len(values) == len(given) else None
        if routine is None:
            values, routine = self._routine({**self._own, **given})
        idle = routine.idle
        try:
            run = idle.pop()
        except IndexError:
            run = routine.make()
        try:
            return run(*values)
        except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
            raise ExecutionError(f"{type(error).__name__}: {error}", code="IR610", where=self._where) from error
        finally:
            idle.append(run)

    def _known(self, values: list[Any]) -> _Routine | None:
        """The routine for these values, where there is one already and all of them are arrays."""
        for routine in self._recent:
            for v, (dtype, shape) in zip(values, routine.expected, strict=True):
                # dtypes are compared by identity, which is quick; another object of an equal one takes the long way
                if type(v) is not np.ndarray or v.dtype is not dtype or v.shape != shape:
                    break
            else:
                return routine
        return None

    def source(self, feeds: Mapping[str, Any] | None = None) -> str:
        """The code that runs for such feeds."""
        return self._routine({**self._own, **(feeds or {})})[1].module.source

    @property
    def _where(self) -> str:
        return f"graph {self.graph.name!r}"

    def _missing(self, given: Mapping[str, Any]) -> FeedError:
        name = next(n for n in self._names if n not in given)
        return FeedError(f"no feed for {name!r} ({self._types[name]})", code="IR602", where=self._where)

    def _routine(self, given: Mapping[str, Any]) -> tuple[list[Any], _Routine]:
        """The values in order, checked, and the routine for their types."""
        for name in given:
            if name not in self._types:
                expected = ", ".join(self._types) or "none"
                raise FeedError(
                    f"got a feed for {name!r}, expected one of: {expected[:400]}", code="IR601", where=self._where
                )
        symbols: dict[str, int] = {}
        values = []
        for name, declared in self._types.items():
            if name not in given:
                raise self._missing(given)
            where = f"{self._where}, feed {name!r}"
            value = runtime_value(declared, given[name], where)
            check_feed(declared, value, symbols, where)
            values.append(value)
        for (name, declared), value in zip(self._types.items(), values, strict=True):
            check_expressions(declared, value, symbols, f"{self._where}, feed {name!r}")
        types = [fed_type(t, v) for t, v in zip(self._types.values(), values, strict=True)]
        wanted: list[tuple[Any, Any]] = [
            (v.dtype, v.shape) if type(v) is np.ndarray else (None, t) for t, v in zip(types, values, strict=True)
        ]
        key = tuple(wanted)
        found = self._routines.get(key)
        if found is None:
            if len(self._routines) >= _MOST_ROUTINES:
                self._routines.pop(next(iter(self._routines)))
            made = self._specialized(dict(zip(self._names, types, strict=True)))
            found = self._routines[key] = _Routine(ModuleWriter(made, fused=True).routine(made), wanted)
        self._recent = [found, *[r for r in self._recent if r is not found][:3]]
        return values, found

    def _specialized(self, types: Mapping[str, Type]) -> Graph:
        """The graph for operands of these types: variables become inputs, equal nodes one."""
        graph = self._flat
        b = Builder(graph.name, share=True)
        b.declare(graph.symbols)
        variables = {n.name: n for n in (*graph.inputs, *graph.parameters, *graph.buffers)}
        bound = {variables[name].index: b.input(name, t) for name, t in types.items()}
        values = b.absorb(graph, bound)
        for o in graph.outputs:
            b.output(o.name, values[graph.output_value(o)])
        return cheaper(inline(b.build(prune=True), _is_no_word))


def _is_no_word(op: Any) -> bool:
    """Whether a composite is run step by step."""
    return isinstance(op, Composite) and (op.dialect != "irlib" or op.name not in RULES or op.name in _IN_STEPS)
