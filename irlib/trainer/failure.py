"""Why a loss is not finite: what was not before the step, or the first node that made it so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.algorithms import source_of_nonfinite

__all__ = ["failure"]

_LOWER = "lower the learning rate, or clip the gradients (clip_norm)"


def failure(model: Graph, where: str, value: float, values: Mapping[str, Any], feeds: Mapping[str, Any]) -> Exception:
    """The error to raise when the loss of `model` is `value` for these values of its variables and these rows."""
    for name, array in values.items():
        if _is_bad(array):
            return _error(f"the loss is {value}: {name!r} is not finite since the last step", where, _LOWER)
    for name, array in feeds.items():
        if _is_bad(array):
            return _error(f"the loss is {value}: the data for {name!r} is not finite", where, "leave such rows out")
    own = {name: v for name, v in values.items() if name in model.by_name}
    bad = source_of_nonfinite(model, {**feeds, **own})
    node = None if bad is None else model.nodes[model.source(bad).node]
    first = "no node of the forward pass made it" if node is None else f"{node} is the first that is not finite"
    return _error(f"the loss is {value}: {first}", where, _LOWER)


def _error(what: str, where: str, remedy: str) -> ExecutionError:
    return ExecutionError(what, code="IR614", where=where, remedy=remedy)


def _is_bad(array: Any) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.kind in "fcV" and not np.isfinite(array).all()
