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
        ops.MatMul(),
        np.full((2, 4000), 0.1, np.float16),
        np.ones((4000, 2), np.float16),
        expected=matmul_in_float32,
        rtol=1e-3,
        wrt=(),
    ),
    v(
        ops.MatMul(),
        np.full((2, 4000), 0.1, ml_dtypes.bfloat16),
        np.ones((4000, 2), ml_dtypes.bfloat16),
        expected=matmul_in_float32,
        rtol=1e-2,
        wrt=(),
    ),
    v(
        ops.TensorDot((1, 0), (0, 2)),
        normal(2, 3, 4),
        normal(3, 5, 2),
        expected=lambda x, y: np.tensordot(x, y, ((1, 0), (0, 2))),
        rtol=1e-11,
    ),
    v(ops.TensorDot((), ()), normal(2), normal(3), expected=np.multiply.outer),
    v(ops.TensorDot((-1,), (0,)), np.arange(4), np.arange(4), expected=np.array(14)),
    v(ops.VecDot(), normal(2, 1, 3), normal(4, 3), expected=lambda x, y: (x * y).sum(-1), rtol=1e-11),
    v(ops.VecDot(axis=-2), normal(3, 2), normal(3, 2), expected=lambda x, y: (x * y).sum(-2), rtol=1e-11),
    v(ops.VecDot(), normal(3, dtype=complex), normal(3, dtype=complex), expected=np.vdot, judge="other"),
    v(ops.Outer(), normal(2), normal(3), expected=np.outer),
    v(ops.Outer(), normal(4, 2), normal(4, 3), expected=lambda x, y: x[:, :, None] * y[:, None, :]),
    v(ops.Trace(), normal(3, 3), expected=np.trace, rtol=1e-11),
    v(ops.Trace(offset=1), normal(2, 3, 4), expected=lambda x: np.trace(x, 1, -2, -1), rtol=1e-11),
    v(ops.Trace(offset=-2), normal(3, 2), expected=lambda x: np.trace(x, -2)),
    v(ops.Kron(), normal(2, 3), normal(2, 2), expected=np.kron),
    v(ops.Kron(), normal(2), normal(3), expected=np.kron),
    v(ops.Cross(), normal(2, 3), normal(3), expected=np.cross, rtol=1e-11, atol=1e-14),
    v(
        ops.Cross(axis=-2),
        normal(3, 2),
        normal(3, 2),
        expected=lambda x, y: np.cross(x, y, axis=0),
        rtol=1e-11,
        atol=1e-14,
    ),
    *[
        v(
            ops.MatrixPower(n),
            normal(3, 3) + 2 * np.eye(3),
            expected=lambda x, n=n: np.linalg.matrix_power(x, n),
            rtol=1e-10,
        )
        for n in (0, 1, 2, 5, -1, -3)
    ],
]
