"""Kernels of indexing."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.ops import indexing as ops

Array = np.ndarray[Any, Any]


@kernel(ops.Take)
def _take(op: ops.Take, operands: Operands, results: Results) -> Bound:
    axis = op.axis
    return new(lambda x, indices: x.take(indices, axis))
