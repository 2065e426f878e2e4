"""Vectors of `where` and `clip`."""

import ml_dtypes
import numpy as np

from irlib.ops import selection as ops
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 1.5]])
K = np.array([[True], [False]])
LO, HI = np.array(-1.0), np.array([1.0, 2.5, 1.75])
B = np.array([0.5, -2.0, 3.0], ml_dtypes.bfloat16)
I = np.array([-7, 3, 100], np.int8)  # noqa: E741
W = np.array(["a", "b"], object)

VECTORS = [
    v(ops.Where(), K, X, np.array([10.0, 20.0, 30.0]), expected=np.where),
    v(ops.Where(), np.array(True), X, np.array(1.0), expected=np.where),
    v(ops.Where(), np.array([True, False]), np.array(1.5), np.array(2.5), expected=np.where),
    v(ops.Where(), K, X, X, static=(0,), expected=np.where),
    v(ops.Where(), K, np.zeros((2, 0)), np.array(1.0), expected=np.where),
    v(ops.Where(), np.array([True, False, True]), B, B[::-1].copy(), expected=np.where),
    v(ops.Where(), np.array([True, False, True]), I, np.array(0, np.int8), expected=np.where),
    v(ops.Where(), np.array([True, False]), W, np.array("c", object), expected=np.array(["a", "c"], object)),
    v(ops.Where(), np.array([True, False]), np.array([1 + 2j, 3j]), np.array(1j), expected=np.where),
    v(ops.Clip(), X, LO, HI, expected=lambda x, lo, hi: np.minimum(np.maximum(x, lo), hi)),
    v(ops.Clip(), X, LO, HI, static=(1, 2), expected=lambda x, lo, hi: np.minimum(np.maximum(x, lo), hi)),
    v(ops.Clip(), X, LO, expected=np.maximum),
    v(ops.Clip(), X, None, HI, expected=lambda x, _, hi: np.minimum(x, hi)),
    v(ops.Clip(), X, expected=lambda x: x),
    v(ops.Clip(), np.array(0.25), np.array([0.0, 0.5]), np.array([[0.1], [1.0]]),
      expected=np.array([[0.1, 0.1], [0.25, 0.5]])),
    v(ops.Clip(), X, np.array(2.25), np.array(-0.25), expected=np.full((2, 3), -0.25), name="clip:lo-over-hi"),
    v(ops.Clip(), np.array([np.nan, 1.0]), np.array(0.0), np.array([2.0, np.nan]), wrt=(),
      expected=np.array([np.nan, np.nan]), name="clip:nan"),
    v(ops.Clip(), B, np.array(-1, ml_dtypes.bfloat16), np.array(1, ml_dtypes.bfloat16),
      expected=np.array([0.5, -1, 1], ml_dtypes.bfloat16)),
    v(ops.Clip(), I, np.array(-5, np.int8), np.array(10, np.int8), static=(1, 2),
      expected=np.array([-5, 3, 10], np.int8)),
    v(ops.Clip(), np.zeros((0, 2)), LO, LO, expected=np.zeros((0, 2))),
]  # fmt: skip
