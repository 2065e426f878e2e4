"""Vectors of products of matrices and tensors."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import linalg as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(20)


def normal(*shape: int, dtype: Any = np.float64) -> Any:
    x = RNG.standard_normal(shape)
    return (x + 1j * RNG.standard_normal(shape)).astype(dtype) if np.dtype(dtype).kind == "c" else x.astype(dtype)


def matmul_in_float32(x: Any, y: Any) -> Any:
    return np.einsum("ij,jk->ik", x.astype(np.float64), y.astype(np.float64)).astype(x.dtype)


_SHAPES = [
    ((3, 4), (4, 2)),
    ((4,), (4,)),
    ((4,), (4, 2)),
    ((3, 4), (4,)),
    ((4,), (5, 4, 2)),
    ((5, 3, 4), (4,)),
    ((5, 3, 4), (4, 2)),
    ((3, 4), (5, 4, 2)),
    ((2, 1, 3, 4), (5, 4, 2)),
    ((1, 3, 4), (5, 4, 2)),
    ((5, 3, 4), (1, 4, 2)),
    ((5, 3, 4), (5, 4, 2)),
    ((2, 0), (0, 3)),
    ((0, 2, 3), (3, 4)),
    ((2, 3, 4), (4, 0)),
]

VECTORS = [
    *[v(ops.MatMul(), normal(*a), normal(*c), expected=np.matmul) for a, c in _SHAPES],
    v(ops.MatMul(), normal(3, 4, dtype=np.float32), normal(4, 2, dtype=np.float32), expected=np.matmul, rtol=1e-6),
    v(ops.MatMul(), normal(3, 4, dtype=complex), normal(4, 2, dtype=complex), expected=np.matmul, judge="other"),
    v(ops.MatMul(), normal(2, 3, 4, dtype=complex), normal(4, dtype=complex), expected=np.matmul, judge="other"),
    v(ops.MatMul(), np.arange(6, dtype=np.int8).reshape(2, 3) * 20, np.ones((3, 1), np.int8), expected=np.matmul),
    v(ops.MatMul(), np.arange(6, dtype=np.uint64).reshape(2, 3), np.ones((3, 1), np.uint64), expected=np.matmul),
    v(
        ops.MatMul(), np.full((2, 4000), 0.1, np.float16), np.ones((4000, 2), np.float16),
        expected=matmul_in_float32, rtol=1e-3, wrt=(),
    ),
    v(
        ops.MatMul(), np.full((2, 4000), 0.1, ml_dtypes.bfloat16), np.ones((4000, 2), ml_dtypes.bfloat16),
        expected=matmul_in_float32, rtol=1e-2, wrt=(),
    ),
]  # fmt: skip
