"""Vectors of solving, against scipy."""

from typing import Any

import numpy as np
import scipy.linalg

from irlib.ops import solving as ops
from tests.vectors.matrices import each, good, normal
from tests.vectors.vector import v

# typed by literals of its flags, which ours are not
SOLVE_TRIANGULAR: Any = scipy.linalg.solve_triangular


def triangular(op: ops.TriangularSolve) -> Any:
    return each(
        lambda a, y: SOLVE_TRIANGULAR(a, y, lower=op.lower, unit_diagonal=op.unit_diagonal, trans=int(op.transposed))
    )


def adjugate(x: Any) -> Any:
    """The transposed cofactors, each a determinant."""
    n = len(x)
    minors = [
        [np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) * (-1) ** (i + j) for i in range(n)] for j in range(n)
    ]
    return np.array(minors, x.dtype).reshape(n, n)


SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.5], [0.5, 1.0, 2.5]])
SINGULAR_TWICE = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.5, 1.0, 1.5]])
_TRIANGULAR = [
    ops.TriangularSolve(lower=low, unit_diagonal=unit, transposed=turned)
    for low in (True, False)
    for unit in (True, False)
    for turned in (True, False)
]

VECTORS = [
    *[v(op, good(3, 3), normal(3, 2), expected=triangular(op), rtol=1e-11) for op in _TRIANGULAR],
    v(ops.TriangularSolve(), good(2, 3, 3), normal(3, 2), expected=triangular(ops.TriangularSolve()), rtol=1e-11),
    v(ops.TriangularSolve(), good(3, 3), normal(2, 3, 1), expected=triangular(ops.TriangularSolve()), rtol=1e-11),
    v(
        ops.TriangularSolve(transposed=True),
        good(3, 3, dtype=complex),
        normal(3, 2, dtype=complex),
        expected=triangular(ops.TriangularSolve(transposed=True)),
        rtol=1e-11,
        judge="other",
    ),
    v(ops.Solve(), good(3, 3), normal(3, 2), expected=each(scipy.linalg.solve), rtol=1e-11),
    v(ops.Solve(), good(2, 3, 3), normal(3, 2), expected=each(scipy.linalg.solve), rtol=1e-11),
    v(ops.Solve(), good(3, 3), normal(4, 3, 1), expected=each(scipy.linalg.solve), rtol=1e-11),
    v(ops.Solve(), good(3, 3, dtype=complex), normal(3, 2, dtype=complex), expected=np.linalg.solve, judge="other"),
    v(ops.Solve(), good(3, 3, dtype=np.float32), normal(3, 2, dtype=np.float32), expected=np.linalg.solve, rtol=1e-4),
    v(ops.Inv(), good(2, 3, 3), expected=each(scipy.linalg.inv), rtol=1e-11),
    v(ops.Inv(), good(3, 3, dtype=complex), expected=each(scipy.linalg.inv), rtol=1e-11, judge="other"),
    v(ops.Det(), normal(2, 3, 3), expected=each(scipy.linalg.det), rtol=1e-11),
    v(ops.Det(), normal(3, 3, dtype=complex), expected=each(scipy.linalg.det), rtol=1e-11),
    v(ops.Det(), SINGULAR, expected=np.array(0.0), atol=1e-14, name="det:singular"),
    v(ops.Det(), SINGULAR_TWICE, expected=np.array(0.0), atol=1e-14, name="det:rank_one", wrt=()),
    v(ops.Det(), np.zeros((2, 2)), expected=np.array(0.0), name="det:zeros"),
    v(ops.Det(), normal(1, 1), expected=lambda x: x[0, 0]),
    v(ops.Adjugate(), normal(4, 4), expected=adjugate, rtol=1e-10),
    v(ops.Adjugate(), SINGULAR, expected=adjugate, rtol=1e-10, atol=1e-13, name="adjugate:singular"),
    v(ops.Adjugate(), normal(3, 3, dtype=complex), expected=adjugate, rtol=1e-10, wrt=()),
    v(ops.SLogDet(), good(2, 3, 3), expected=lambda x: tuple(np.linalg.slogdet(x)), rtol=1e-11),
    v(ops.SLogDet(), good(3, 3, dtype=complex), expected=lambda x: tuple(np.linalg.slogdet(x)), rtol=1e-11),
    v(ops.PInv(), normal(4, 2), expected=scipy.linalg.pinv, rtol=1e-10),
    v(ops.PInv(), normal(2, 3, 4), expected=each(scipy.linalg.pinv), rtol=1e-10),
    v(ops.LstSq(), normal(5, 3), normal(5, 2), expected=lambda a, y: np.linalg.lstsq(a, y)[0], rtol=1e-10),
]
