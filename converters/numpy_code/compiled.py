"""Emitted numpy as an execution target: the module is written, compiled once, and called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from irlib.converters.numpy_code.emit import load_rules
from irlib.converters.numpy_code.module import ModuleWriter
from irlib.errors import ExecutionError, FeedError, IRError
from irlib.graph import Graph

__all__ = ["Program"]


class Program:
    """``program(feeds)`` gives every output by name, computed by the numpy code that `to_numpy` would write.

    The source is text that irlib made from a valid graph: names that it chose, numbers that it wrote.
    """

    def __init__(self, graph: Graph, *, style: str = "fused") -> None:
        load_rules()
        self.graph = graph
        self.module = ModuleWriter(graph, fused=style == "fused").module(gradient=False, of=None, whole=True)
        namespace: dict[str, Any] = {"__name__": f"irlib.emitted.{id(graph)}"}
        exec(compile(self.module.source, "<irlib numpy>", "exec"), namespace)  # noqa: S102  our own text
        self._run = namespace["forward"]
        self._inputs = [str(n.name) for n in graph.inputs]
        self._outputs = [o.name for o in graph.outputs]
        self._stored = {str(n.name) for n in (*graph.parameters, *graph.buffers)}

    def __call__(self, feeds: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The outputs for these feeds. Raises: FeedError for a missing or unknown one; ExecutionError."""
        given = dict(feeds or {})
        params = dict(self.module.arrays)
        params.update({name: given.pop(name) for name in self._stored & set(given)})
        where = f"graph {self.graph.name!r}"
        unknown = sorted(set(given) - set(self._inputs))
        if unknown:
            raise FeedError(
                f"got a feed for {unknown[0]!r}, expected one of: {', '.join(self._inputs)}", code="IR601", where=where
            )
        missing = [name for name in self._inputs if name not in given] + sorted(self._stored - set(params))
        if missing:
            raise FeedError(f"no feed for {missing[0]!r}", code="IR602", where=where)
        try:
            with np.errstate(all="ignore"):
                made = self._run(params, *(given[name] for name in self._inputs))
        except IRError:
            raise
        except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
            raise ExecutionError(f"{type(error).__name__}: {error}", code="IR610", where=where) from error
        made = made[0] if len(self._outputs) != 1 else {self._outputs[0]: made[0]}
        return {
            name: value if isinstance(value, list) or value is None else np.asarray(value)
            for name, value in made.items()
        }
