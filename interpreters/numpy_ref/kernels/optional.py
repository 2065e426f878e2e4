"""Kernels of optionals. An optional is its value, or None."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.interpreters.numpy_ref.kernels.sequence import kept
from irlib.ops import optional as ops


def _like(f: Any, x: Any, *others: Any) -> Any:
    """`f` on the arrays in values of one make."""
    if isinstance(x, list):
        return [_like(f, *items) for items in zip(x, *others, strict=True)]
    return None if x is None else f(x, *others)


@kernel(ops.OptionalSome)
def _(op: ops.OptionalSome, operands: Operands, results: Results) -> Bound:
    return new(kept)


@kernel(ops.OptionalNone)
def _(op: ops.OptionalNone, operands: Operands, results: Results) -> Bound:
    return new(lambda: None)


@kernel(ops.OptionalGet)
def _(op: ops.OptionalGet, operands: Operands, results: Results) -> Bound:
    def get(o: Any = None) -> Any:
        if o is None:
            raise ExecutionError("the optional holds nothing, expected a value", code="IR610")
        return kept(o)

    return new(get)


@kernel(ops.OptionalHas)
def _(op: ops.OptionalHas, operands: Operands, results: Results) -> Bound:
    return new(lambda o=None: np.array(o is not None))


@kernel(ops.ContainerZerosLike)
def _(op: ops.ContainerZerosLike, operands: Operands, results: Results) -> Bound:
    return new(lambda x=None: _like(np.zeros_like, x))


@kernel(ops.CotangentAdd)
def _(op: ops.CotangentAdd, operands: Operands, results: Results) -> Bound:
    def added(x: Any = None, y: Any = None) -> Any:
        if x is None or y is None:
            return kept(y if x is None else x)
        if not isinstance(x, list):
            return np.add(x, y)
        if len(x) != len(y):
            raise ExecutionError(f"cotangents of lengths {len(x)} and {len(y)}, expected equal", code="IR610")
        return _like(np.add, x, y)

    return new(added)
