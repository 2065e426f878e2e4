"""The two algorithms as the text states them: one node after the other, every value kept, nothing planned.

This is the form to read, to watch and to judge the plan by. An observer is called with the graph, a value's number and
its array: for each v(i) of the forward pass, for each d(i) of the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from irlib.autodiff import carries_cotangent, prepared, reverse_sweep
from irlib.errors import DerivativeError, FeedError, IRError
from irlib.graph import Graph, Role
from irlib.interpreters.numpy_ref.eager import EagerBuilder, EagerValue, execute
from irlib.types import TensorType

__all__ = ["Observer", "backward", "forward", "is_finite", "source_of_nonfinite"]

Observer = Callable[[Graph, int, Any], None]


def forward(graph: Graph, feeds: Mapping[str, Any], observe: Observer | None = None) -> list[Any]:
    """Algorithm 5.3: for i = 1 .. N, v(i) = f_i(v(a_1), .., v(a_m)). Returns every value of the graph.

    Raises: FeedError for a missing feed; ExecutionError naming the node that failed.
    """
    v: list[Any] = [None] * len(graph.type)
    for i in range(len(graph)):
        results = slice(int(graph.first[i]), int(graph.first[i + 1]))
        a = graph.operand_values(i).tolist()
        if graph.kind[i] < 0:
            v[results] = [_bound(graph, i, feeds)]
        else:
            v[results] = _applied(graph, i, [None if k < 0 else v[k] for k in a])
        if observe is not None:
            for k in range(results.start, results.stop):
                observe(graph, k, v[k])
    return v


def backward(
    graph: Graph,
    feeds: Mapping[str, Any],
    of: str,
    wrt: Sequence[str],
    cotangent: Any = None,
    observe: Observer | None = None,
) -> dict[str, Any]:
    """Algorithm 5.4: d(N) = 1 and, for i = N-1 .. 1, d(i) = sum over consumers j of d(j) * df_j/di.

    Returns the derivative of output `of` with respect to each value named in `wrt`; zeros where there is no path.
    Observed on `prepared(graph)`, in which composites without a derivative of their own stand as their bodies.

    Raises: DerivativeError for an output that is not a scalar when no `cotangent` is given.
    """
    graph = prepared(graph)
    b = EagerBuilder()
    values = [EagerValue(b, x) for x in forward(graph, feeds)]
    n = graph.value_named(of)
    if cotangent is None and np.size(values[n].array) != 1:
        raise DerivativeError(
            f"it is {values[n].type}, expected a scalar", code="IR702",
            where=f"graph {graph.name!r}, output {of!r}", remedy="give its cotangent",
        )  # fmt: skip
    seed = np.ones_like(values[n].array) if cotangent is None else np.asarray(cotangent, values[n].array.dtype)
    targets = {name: graph.value_named(name) for name in wrt}
    for name, k in targets.items():
        if not carries_cotangent(graph.value_type(k)):
            raise DerivativeError(
                f"no derivative with respect to {name!r}: it is {graph.value_type(k)}, expected a float", code="IR703",
                where=f"graph {graph.name!r}",
            )  # fmt: skip

    def told(k: int, d: EagerValue) -> None:
        if observe is not None:
            observe(graph, k, d.array)

    with np.errstate(all="ignore"):
        d = reverse_sweep(b, graph, values, {n: EagerValue(b, seed)}, list(targets.values()), told)
    return {name: d[k].array if k in d else np.zeros_like(values[k].array) for name, k in targets.items()}


def source_of_nonfinite(graph: Graph, feeds: Mapping[str, Any]) -> int | None:
    """The first value with a NaN or an infinity that has none among what it was made of. None when there is none.

    What is made of infinities, as a mask is that fills with a constant -inf, is not where trouble begins; but where
    there is nothing else, the first NaN is told.
    """
    v = forward(graph, feeds)
    first_nan: int | None = None
    for i in range(len(graph)):
        bad = [k for k in range(int(graph.first[i]), int(graph.first[i + 1])) if not is_finite(v[k])]
        if not bad or _is_constant(graph, i):
            continue
        if all(k < 0 or is_finite(v[k]) for k in graph.operand_values(i).tolist()):
            return bad[0]
        if first_nan is None and any(np.isnan(v[k]).any() for k in bad):
            first_nan = bad[0]
    return first_nan


def is_finite(value: Any) -> bool:
    """Whether a value is no float array, or one without NaN and infinity."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fcV":
        return True
    return bool(np.isfinite(value).all())


def _is_constant(graph: Graph, i: int) -> bool:
    kind = int(graph.kind[i])
    return kind < 0 and graph.variables[~kind].role is Role.CONSTANT


def _bound(graph: Graph, i: int, feeds: Mapping[str, Any]) -> Any:
    node = graph.nodes[i]
    variable = node.variable
    assert variable is not None
    if node.name is not None and node.name in feeds:
        fed = feeds[node.name]
        return np.asarray(fed) if isinstance(variable.type, TensorType) else fed
    if variable.tensor is None:
        raise FeedError(f"no feed for {variable.role} {node.name!r} ({variable.type})", code="IR602",
                        where=f"graph {graph.name!r}")  # fmt: skip
    return variable.tensor.array


def _applied(graph: Graph, i: int, arrays: list[Any]) -> tuple[Any, ...]:
    kind = int(graph.kind[i])
    try:
        with np.errstate(all="ignore"):
            return execute(graph.ops[kind], arrays, graph.bodies[kind])
    except IRError as error:
        raise error.at(f"graph {graph.name!r}, {graph.nodes[i]}") from error.__cause__
