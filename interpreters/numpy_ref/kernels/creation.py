"""Kernels of values made from sizes."""

from __future__ import annotations

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.ops import creation as ops


@kernel(ops.Iota)
def _iota(op: ops.Iota, operands: Operands, results: Results) -> Bound:
    to = op.dtype.numpy

    def call(n: np.ndarray[tuple[()], np.dtype[np.int64]]) -> object:
        if n < 0:
            raise ExecutionError(f"n is {int(n)}, expected >= 0")
        return np.arange(int(n)).astype(to)

    return new(call)
