"""Kernel of the Mersenne twister: numpy's own, which is kept as it is for good."""

from __future__ import annotations

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.ops import mersenne as ops


@kernel(ops.MersenneUniform)
def uniform(op: ops.MersenneUniform, operands: Operands, results: Results) -> Bound:
    """A generator of its own for each call."""
    return new(lambda shape: np.asarray(np.random.RandomState(op.seed).random_sample(tuple(shape.tolist()))))
