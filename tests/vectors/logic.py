"""Vectors of logic."""

import numpy as np

from irlib.ops import logic as ops
from tests.vectors.vector import v

T, F = True, False
X = np.array([[F], [T]])
Y = np.array([F, T])

VECTORS = [
    v(ops.LogicalAnd(), X, Y, expected=np.array([[F, F], [F, T]])),
    v(ops.LogicalOr(), X, Y, expected=np.array([[F, T], [T, T]])),
    v(ops.LogicalXor(), X, Y, expected=np.array([[F, T], [T, F]])),
    v(ops.LogicalNot(), X, expected=np.array([[T], [F]])),
    v(ops.LogicalNot(), np.array(F), expected=np.array(T)),
    v(ops.LogicalAnd(), np.zeros((0, 2), bool), Y, expected=np.zeros((0, 2), bool)),
]
