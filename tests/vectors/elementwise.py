"""Vectors of elementwise arithmetic and transcendental functions."""

import numpy as np

from irlib.ops import elementwise as ops
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 1.5]])
Y = np.array([[1.5], [-2.5]])

VECTORS = [
    v(ops.Add(), X, Y, expected=np.add),
    v(ops.Subtract(), X, Y, expected=np.subtract),
    v(ops.Multiply(), X, Y, expected=np.multiply),
    v(ops.Negative(), X, expected=np.negative),
    v(ops.Tanh(), X, expected=np.tanh),
]
