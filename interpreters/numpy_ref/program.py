"""A program: a graph compiled for the reference interpreter, called with feeds.

It keeps one plan for each combination of feed types it has met. A plan owns the arrays it runs in; a call that finds it
busy (another thread's) makes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import length_hint
from typing import Any

import numpy as np

from irlib.errors import BudgetError, ExecutionError, FeedError, IRError
from irlib.graph import Graph, Role
from irlib.interpreters.numpy_ref.budget import DEFAULT, Budget, is_metered, metered, spend
from irlib.interpreters.numpy_ref.feeds import check_expressions, check_feed, fed_type, runtime_value
from irlib.interpreters.numpy_ref.kernel import KERNELS
from irlib.interpreters.numpy_ref.plan import Plan, plan
from irlib.op import Composite, Op
from irlib.ops.control_flow import Call
from irlib.transforms.expansion import expanded_nodes
from irlib.transforms.inline import inline
from irlib.types import type_of

__all__ = ["Program"]

_MOST_PLANS = 32


class Program:
    """``program(feeds)`` runs the graph on a dict from name to array and returns one from output name to array.

    Inputs must be fed, parameters and buffers may be. Arrays are taken as they are: their dtype and shape must be those
    declared. What comes back is the caller's to keep and change.
    """

    def __init__(self, graph: Graph, budget: Budget | None = None) -> None:
        self.graph = graph
        self.budget = budget or DEFAULT
        self._flat = inline(graph, _has_no_kernel)
        self._plans: dict[tuple[Any, ...], list[Plan]] = {}
        self._variables = {
            str(graph.names[i]): graph.variables[~int(graph.kind[i])]
            for i in graph.variable_nodes
            if i in graph.names and graph.variables[~int(graph.kind[i])].role is not Role.CONSTANT
        }
        self._inputs = [str(n.name) for n in graph.inputs]
        self._required = [name for name, v in self._variables.items() if v.tensor is None]

    def __call__(self, feeds: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The outputs for these feeds.

        Raises: FeedError for a feed of the wrong name, dtype or shape or a missing one; ExecutionError naming the node
        that failed; BudgetError when it would cost too much.
        """
        idle = self._plans.get(_signature(feeds))
        if idle is None or feeds is None:
            return self._called(self._taken(feeds))
        return self._run(idle, feeds)  # types that were met before are what they should be

    def apply(self, *values: Any) -> tuple[Any, ...]:
        """The outputs, in order, for values of the inputs, in order: how a region is called."""
        return tuple(self._called(dict(zip(self._inputs, values, strict=True))).values())

    def _taken(self, feeds: Mapping[str, Any] | None) -> dict[str, Any]:
        variables = self._variables
        if feeds is not None and not isinstance(feeds, Mapping):
            raise FeedError(
                f"got a {type(feeds).__name__}, expected a dict from name to array", code="IR600",
                where=f"graph {self.graph.name!r}",
            )  # fmt: skip
        return {
            name: runtime_value(variables[name].type, value, f"graph {self.graph.name!r}, feed {name!r}")
            if name in variables
            else value
            for name, value in (feeds or {}).items()
        }

    def _called(self, given: dict[str, Any]) -> dict[str, Any]:
        key = tuple(
            [x for n, a in given.items() for x in ((n, a.dtype, a.shape) if type(a) is np.ndarray else (n, _key(a)))]
        )
        idle = self._plans.get(key)
        return self._run(self._plans_for(key, given) if idle is None else idle, given)

    def _run(self, idle: list[Plan], given: Mapping[str, Any]) -> dict[str, Any]:
        """The outputs, by a plan that is idle, or another."""
        try:
            made = idle.pop()
        except IndexError:
            made = self._planned(given)
        try:
            if is_metered():  # a step of a loop: what is around it counts, and numpy is quiet already
                spend(made.cost)
                return _run(made, given, self._flat)
            with metered(self.budget), np.errstate(all="ignore"):
                spend(made.cost)
                return _run(made, given, self._flat)
        finally:
            idle.append(made)

    def planned(self, feeds: Mapping[str, Any] | None = None) -> Plan:
        """The plan for such feeds: its steps, their nodes, and what it costs."""
        return self._planned(self._taken(feeds))

    def _plans_for(self, key: tuple[Any, ...], given: Mapping[str, Any]) -> list[Plan]:
        self._check(given)
        if not is_metered():
            self._weigh_calls()
        if len(self._plans) >= _MOST_PLANS:
            self._plans.pop(next(iter(self._plans)))
        idle = self._plans[key] = []
        return idle

    def _weigh_calls(self) -> None:
        """Raises: BudgetError when graphs that call graphs come to more executions than a run may have."""
        if any(isinstance(op, Call) for op in self._flat.ops):
            count = expanded_nodes(self._flat, _called_graphs)
            if count > self.budget.nodes:
                raise BudgetError(
                    f"its calls come to {count} node executions, expected at most {self.budget.nodes}",
                    code="IR620", where=f"graph {self.graph.name!r}", remedy="raise the budget",
                )  # fmt: skip

    def _planned(self, given: Mapping[str, Any]) -> Plan:
        self._check(given)
        types = {name: fed_type(self._variables[name].type, a) for name, a in given.items()}
        return plan(self._flat, types, self.budget)

    def _check(self, given: Mapping[str, Any]) -> None:
        where = f"graph {self.graph.name!r}"
        for name in given:
            if name not in self._variables:
                expected = ", ".join(self._variables) or "none"
                raise FeedError(
                    f"got a feed for {name!r}, expected one of: {expected[:400]}", code="IR601", where=where
                )
        for name in self._required:
            if name not in given:
                variable = self._variables[name]
                raise FeedError(f"no feed for {variable.role} {name!r} ({variable.type})", code="IR602", where=where)
        symbols: dict[str, int] = {}
        for name, array in given.items():
            check_feed(self._variables[name].type, array, symbols, f"{where}, {self._variables[name].role} {name!r}")
        for name, array in given.items():
            check_expressions(self._variables[name].type, array, symbols, f"{where}, feed {name!r}")
        for symbol in self.graph.symbols:
            size = symbols.get(symbol.name)
            if size is not None and not symbol.minimum <= size <= (size if symbol.maximum is None else symbol.maximum):
                raise FeedError(
                    f"dim {symbol.name} is {size}, expected {symbol.minimum} to {symbol.maximum}",
                    code="IR604", where=where,
                )  # fmt: skip


def _called_graphs(op: Op, body: Graph | None) -> list[Graph]:
    """What is run in full each time `op` is."""
    if isinstance(op, Call):
        return [op.graph]
    return [body] if body is not None and _has_no_kernel(op) else []


def _has_no_kernel(op: Any) -> bool:
    return isinstance(op, Composite) and type(op) not in KERNELS


_NO_SIGNATURE = (None,)


def _signature(feeds: Any) -> tuple[Any, ...]:
    """Names, dtypes and shapes of feeds that are plain arrays; what no plan has where one is anything else."""
    made: list[Any] = []
    if type(feeds) is not dict:
        return _NO_SIGNATURE
    for name, array in feeds.items():
        if type(array) is not np.ndarray:
            return _NO_SIGNATURE
        made += (name, array.dtype, array.shape)
    return tuple(made)


def _key(value: Any) -> Any:
    return None if value is None else type_of(value)


def _run(made: Plan, given: Mapping[str, Any], graph: Graph) -> dict[str, Any]:
    for name, uses in made.feeds.items():
        array = given[name]
        for arguments, position in uses:
            arguments[position] = array
    for fresh in made.fresh:
        array = fresh.make()
        for arguments, position in fresh.uses:
            arguments[position] = array
    steps = iter(made.steps)
    try:
        forward(steps)
        return {name: _returned(cell[0], copy=copy) for name, cell, copy in made.outputs}
    except Exception as error:
        step = len(made.steps) - length_hint(steps) - 1
        raise _failure(error, graph, made.nodes[step], made.steps[step][1]) from error
    finally:
        for uses in made.feeds.values():
            for arguments, position in uses:
                arguments[position] = None
        for fresh in made.fresh:
            for arguments, position in fresh.uses:
                arguments[position] = None


def forward(steps: Any) -> None:
    """Algorithm 5.3: for i = 1 .. N, v(i) = f_i(v(a_1), .., v(a_m)); each argument list ends in where v(i) goes."""
    for f, arguments in steps:
        f(*arguments)


def _returned(value: Any, *, copy: bool) -> Any:
    if copy and isinstance(value, np.ndarray):
        return value.copy()
    # a sequence shares its arrays with whatever made it
    return [_returned(item, copy=True) for item in value] if isinstance(value, list) else value


def _failure(error: Exception, graph: Graph, node: int, arguments: Sequence[Any]) -> Exception:
    """`error` with the node it happened in: one of ours names it, a foreign one becomes an ExecutionError."""
    view = graph.nodes[node]
    where = f"graph {graph.name!r}, {view}"
    location = view.location
    if location is not None:
        where = f"{location.file}:{location.line}: {where}"
    if isinstance(error, IRError):
        return error.at(where)
    types = ", ".join(_shown(a) for a in arguments[: len(view.operands)])
    op = view.op.name if view.op is not None else "?"
    return ExecutionError(f"{op}({types}): {type(error).__name__}: {error}", code="IR610", where=where)


def _shown(array: Any) -> str:
    if isinstance(array, np.ndarray):
        return f"{array.dtype}{list(array.shape)}"
    return "absent" if array is None else type(array).__name__
