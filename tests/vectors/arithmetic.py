"""Vectors of arithmetic."""

import ml_dtypes
import numpy as np

from irlib.op import Op
from irlib.ops import arithmetic as ops
from tests.vectors.halves import rounded_once
from tests.vectors.vector import Vector, v

X = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 1.5]])
Y = np.array([[1.5], [-2.5]])
P = np.abs(X)
S = np.array(2.2)
EMPTY = np.zeros((0, 3))
I = np.array([-7, -1, 0, 3, 127], np.int8)  # noqa: E741
J = np.array([2, -3, 5, -2, 3], np.int8)
U = np.array([0, 1, 7, 200], np.uint8)
C = np.array([1.5 + 2j, -0.25 - 1j, 3j])
D = np.array([0.5 - 1j, 2 + 1j, -1.5 + 0.25j])
H = np.array([0.1, -2.5, 300.0], np.float16)
B = np.array([0.1, -2.5, 300.0], ml_dtypes.bfloat16)
H2 = np.array([0.3, 1.7, -40.0], np.float16)
B2 = H2.astype(ml_dtypes.bfloat16)


def _binary(op: Op, f: np.ufunc) -> list[Vector]:
    """A binary op on broadcasting, scalar, empty and half-float operands."""
    return [
        v(op, X, Y, expected=f),
        v(op, S, X, expected=f),
        v(op, S, np.array(-1.5), expected=f),
        v(op, EMPTY, np.ones(3), expected=f),
        v(op, X.astype(np.float32), Y.astype(np.float32), expected=f),
        v(op, H, H2, expected=f),
        v(op, B, B2, expected=rounded_once(f)),
    ]


VECTORS = [
    *_binary(ops.Add(), np.add),
    *_binary(ops.Subtract(), np.subtract),
    *_binary(ops.Multiply(), np.multiply),
    *_binary(ops.Divide(), np.divide),
    *_binary(ops.Remainder(), np.remainder),
    *_binary(ops.Fmod(), np.fmod),
    *_binary(ops.FloorDivide(), np.floor_divide),
    *_binary(ops.Maximum(), np.maximum),
    *_binary(ops.Minimum(), np.minimum),
    v(ops.Add(), C, D, expected=np.add),
    v(ops.Subtract(), C, D, expected=np.subtract),
    v(ops.Multiply(), C, D, expected=np.multiply),
    v(ops.Divide(), C, D, expected=np.divide, judge="other"),
    v(ops.Add(), I, J, expected=np.array([-5, -4, 5, 1, -126], np.int8)),
    v(ops.Subtract(), U, np.array([1, 1, 8, 100], np.uint8), expected=np.array([255, 0, 255, 100], np.uint8)),
    v(ops.Multiply(), I, J, expected=np.array([-14, 3, 0, -6, 125], np.int8)),
    v(ops.FloorDivide(), I, J, expected=np.array([-4, 0, 0, -2, 42], np.int8)),
    v(ops.Remainder(), I, J, expected=np.array([1, -1, 0, -1, 1], np.int8)),
    v(ops.Fmod(), I, J, expected=np.array([-1, -1, 0, 1, 1], np.int8)),
    v(ops.FloorDivide(), np.array([-128], np.int8), np.array(-1, np.int8), expected=np.array([-128], np.int8)),
    v(ops.Maximum(), I, J, expected=np.array([2, -1, 5, 3, 127], np.int8)),
    v(ops.Minimum(), I, J, expected=np.array([-7, -3, 0, -2, 3], np.int8)),
    v(ops.Maximum(), np.array([np.nan, 1.0, np.inf]), np.array([0.0, np.nan, 1.0]), wrt=(),
      expected=np.array([np.nan, np.nan, np.inf]), name="maximum:nan"),
    v(ops.Minimum(), np.array([np.nan, 1.0, np.inf]), np.array([0.0, np.nan, 1.0]), wrt=(),
      expected=np.array([np.nan, np.nan, 1.0]), name="minimum:nan"),
    v(ops.Divide(), np.array([1.0, -1.0, 0.0]), np.array(0.0), wrt=(), expected=np.array([np.inf, -np.inf, np.nan]),
      name="divide:by-zero"),
    v(ops.Power(), P, np.array([2.0, -1.5, 0.5]), expected=np.power),
    v(ops.Power(), P, np.array(3.0), expected=np.power),
    v(ops.Power(), X, np.array([[2.0, 3.0, -1.0]]), expected=np.power, static=(1,), wrt=(0,), judge="other"),
    v(ops.Power(), P.astype(np.float32), Y.astype(np.float32), expected=np.power),
    v(ops.Power(), np.abs(H), np.array(0.5, np.float16), expected=np.power),
    v(ops.Power(), np.abs(B), np.array(0.5, ml_dtypes.bfloat16), expected=rounded_once(np.power)),
    v(ops.Power(), C, D, expected=np.power, judge="other"),
    v(ops.Power(), I, np.array([2, 3, 0, 4, 2], np.int8), expected=np.array([49, -1, 1, 81, 1], np.int8)),
    v(ops.Power(), np.array([0.0, 0.0, 2.0]), np.array([0.0, 2.0, 0.0]), wrt=(), expected=np.array([1.0, 0.0, 1.0]),
      name="power:zeros"),
    v(ops.Negative(), X, expected=np.negative),
    v(ops.Negative(), C, expected=np.negative),
    v(ops.Negative(), np.array([-128, 5], np.int8), expected=np.array([-128, -5], np.int8)),
    v(ops.Negative(), B, expected=rounded_once(np.negative)),
    v(ops.Abs(), X, expected=np.abs),
    v(ops.Abs(), C, expected=np.abs),
    v(ops.Abs(), S, expected=np.abs),
    v(ops.Abs(), C.astype(np.complex64), expected=np.abs, rtol=1e-6, wrt=()),
    v(ops.Abs(), np.array([-128, -5, 5], np.int8), expected=np.array([-128, 5, 5], np.int8)),
    v(ops.Abs(), U, expected=U),
    v(ops.Abs(), B, expected=rounded_once(np.abs)),
    v(ops.Sign(), X, expected=np.sign),
    v(ops.Sign(), C, expected=lambda c: c / np.abs(c)),
    v(ops.Sign(), np.array([0.0, -0.0, np.nan, -np.inf]), wrt=(), expected=np.array([0, 0, np.nan, -1.0])),
    v(ops.Sign(), I, expected=np.array([-1, -1, 0, 1, 1], np.int8)),
    v(ops.Sqrt(), P, expected=np.sqrt),
    v(ops.Sqrt(), C, expected=np.sqrt, judge="other"),
    v(ops.Sqrt(), np.array(2.25), expected=np.array(1.5)),
    v(ops.Sqrt(), np.abs(H), expected=np.sqrt),
    v(ops.Sqrt(), np.abs(B), expected=rounded_once(np.sqrt)),
    v(ops.Sqrt(), EMPTY, expected=EMPTY),
    v(ops.Sqrt(), np.array([-1.0, 0.0, np.inf]), wrt=(), expected=np.array([np.nan, 0.0, np.inf])),
    v(ops.Reciprocal(), X, expected=lambda x: 1 / x),
    v(ops.Reciprocal(), C, expected=lambda x: 1 / x, judge="other"),
    v(ops.Reciprocal(), B, expected=rounded_once(lambda x: 1 / x)),
    v(ops.Square(), X, expected=lambda x: x * x),
    v(ops.Square(), C, expected=lambda x: x * x, judge="other"),
    v(ops.Square(), np.array([16, -3], np.int8), expected=np.array([0, 9], np.int8)),
    v(ops.Square(), B, expected=rounded_once(lambda x: x * x)),
]  # fmt: skip
