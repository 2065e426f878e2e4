"""Kernels of selection: `where` and `clip`, each of any dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.interpreters.numpy_ref.ufuncs import bound_ufunc
from irlib.ops import selection as ops


def _where(condition: Any, x: Any, y: Any, out: Any = None) -> Any:
    if out is None:
        return np.where(condition, x, y)
    np.copyto(out, y)
    np.copyto(out, x, where=condition)
    return out


@kernel(ops.Where)
def _(op: ops.Where, operands: Operands, results: Results) -> Bound:
    return into(_where)


@kernel(ops.Clip)
def _(op: ops.Clip, operands: Operands, results: Results) -> Bound:
    x, lo, hi = (*operands, None, None)[:3]
    assert x is not None
    count = len(operands)
    maximum, minimum = bound_ufunc(np.maximum, x.dtype).call, bound_ufunc(np.minimum, x.dtype).call
    if lo is not None and hi is not None:

        def between(x: Any, lo: Any, hi: Any, *out: Any) -> Any:
            return minimum(maximum(x, lo), hi, *out)

        return into(between)
    if lo is not None:
        return into(lambda *arrays: maximum(arrays[0], arrays[1], *arrays[count:]))
    if hi is not None:
        return into(lambda *arrays: minimum(arrays[0], arrays[2], *arrays[count:]))
    return into(_copied)


def _copied(x: Any, *rest: Any) -> Any:
    out = next((r for r in rest if r is not None), None)
    if out is None:
        return x.copy()
    np.copyto(out, x)
    return out
