"""Solving with matrices: inverses, determinants, pseudo-inverses. The last two axes are the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Op, Operand, register
from irlib.ops.linalg import swapped
from irlib.ops.matrices import adjoint, band, column, kept, like, matrix, unbatched
from irlib.shapes import broadcast_shapes, join_dims, same_dtype
from irlib.types import TensorType

__all__ = ["Adjugate", "Det", "Inv", "LstSq", "PInv", "SLogDet", "Solve", "TriangularSolve"]


@register
@dataclass(frozen=True)
class TriangularSolve(Op):
    """The solution x of ``a @ x = y``, or of ``a.T @ x = y``, for triangular `a`.

    Type: a: T[..b1, n, n], y: T[..b2, n, k] -> T[..broadcast(b1, b2), n, k]; T is float32, float64 or complex.
    (C1) only the triangle that `lower` says is read; with `unit_diagonal` its diagonal counts as ones.
    (C2) a zero on the diagonal is an error.
    Source: LAPACK trtrs.
    """

    lower: bool = True
    unit_diagonal: bool = False
    transposed: bool = False

    name = "triangular_solve"
    smoothness = "smooth"

    def infer(self, a: Operand, y: Operand) -> TensorType:
        return _solved(a, y)

    def vjp(self, b: Emitter, node: NodeView, dx: Value) -> tuple[Value | None, ...]:
        a, y = node.operands
        (x,) = node.results
        attributes = {**self.attribute_values(), "transposed": not self.transposed}
        dy = b.triangular_solve(b.adjoint(a), dx, **attributes)
        product = b.matmul(dy, adjoint(b, x))
        product = swapped(b, product) if self.transposed else product
        kind = ("strictly_" if self.unit_diagonal else "") + ("lower" if self.lower else "upper")
        return unbatched(b, b.negative(kept(b, product, kind)), a), unbatched(b, dy, y)


@register
@dataclass(frozen=True)
class Solve(Op):
    """The solution x of ``a @ x = y``.

    Type: a: T[..b1, n, n], y: T[..b2, n, k] -> T[..broadcast(b1, b2), n, k]; T is float32, float64 or complex.
    (C1) a singular `a` is an error.
    Source: Python array API 2024.12 `linalg.solve`, for matrices y.
    """

    name = "solve"
    smoothness = "smooth"

    def infer(self, a: Operand, y: Operand) -> TensorType:
        return _solved(a, y)

    def vjp(self, b: Emitter, node: NodeView, dx: Value) -> tuple[Value | None, ...]:
        a, y = node.operands
        (x,) = node.results
        dy = b.solve(adjoint(b, a), dx)
        return unbatched(b, b.negative(b.matmul(dy, adjoint(b, x))), a), unbatched(b, dy, y)


def _solved(a: Operand, y: Operand) -> TensorType:
    found = same_dtype(a, y)
    left, right = matrix(a, square=True), matrix(y)
    if left is None or right is None:
        return TensorType(found, None)
    rows = join_dims(left[1], right[1], "rows of a and of y")
    return TensorType(found, (*(broadcast_shapes([left[0], right[0]]) or ()), rows, right[2]))


@register
@dataclass(frozen=True)
class Inv(Op):
    """The inverse of each matrix.

    Type: x: T[.., n, n] -> T[.., n, n]; T is float32, float64 or complex.
    (C1) a singular matrix is an error.
    Source: Python array API 2024.12 `linalg.inv`.
    """

    name = "inv"
    smoothness = "smooth"

    def infer(self, x: Operand) -> TensorType:
        matrix(x, square=True)
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        turned = adjoint(b, node.results[0])
        return (b.negative(b.matmul(turned, b.matmul(dy, turned))),)


@register
@dataclass(frozen=True)
class Det(Op):
    """The determinant of each matrix.

    Type: x: T[.., n, n] -> T[..]; T is float32, float64 or complex.
    (C1) the derivative is the transposed adjugate, which is right for singular matrices too.
    Source: Python array API 2024.12 `linalg.det`; ONNX Det-22.
    """

    name = "det"

    def infer(self, x: Operand) -> TensorType:
        found = matrix(x, square=True)
        return x.tensor.with_shape(None if found is None else found[0])

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.multiply(column(b, column(b, dy)), adjoint(b, b.adjugate(node.operands[0]))),)


@register
@dataclass(frozen=True)
class Adjugate(Op):
    """The adjugate of each matrix: the transposed cofactors, det(x) times the inverse where there is one.

    Type: x: T[.., n, n] -> T[.., n, n]; T is float32, float64 or complex.
    (C1) computed from singular values as exclusive products, never by dividing: singular matrices have one.
    (C2) its derivative is as exact, of any rank; the one after that goes through `svd`.
    Source: the derivative of the determinant (Jacobi's formula).
    """

    name = "adjugate"

    def infer(self, x: Operand) -> TensorType:
        matrix(x, square=True)
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        # x = u s vh; for x + u e vh the change of the adjugate is w v (..) uh, where w = det(u) det(vh), with
        # -p[i, j] e[i, j] off the diagonal and sum_j p[i, j] e[j, j] on it; p[i, j] is the product of s but i and j
        x = node.operands[0]
        u, s, vh = b.svd(x)
        v, uh = adjoint(b, vh), adjoint(b, u)
        w = b.multiply(b.det(u), b.det(vh))
        d = b.multiply(b.matmul(vh, b.matmul(dy, u)), column(b, column(b, b.adjoint(w))))
        pairs = like(b, _pair_products(b, s, x), x)
        on = b.matmul(pairs, column(b, b.einsum(d, equation="...ii->...i")))
        inner = b.where(band(b, x, "diagonal"), on, b.negative(b.multiply(pairs, d)))
        return (b.matmul(adjoint(b, uh), b.matmul(inner, adjoint(b, v))),)


def _pair_products(b: Emitter, s: Any, x: Any) -> Any:
    """[i, j]: the product of all of `s` but the i-th and j-th; 0 on the diagonal."""
    same = band(b, x, "diagonal")
    gone = b.logical_or(b.unsqueeze(same, [1]), b.unsqueeze(same, [0]))
    factors = b.where(gone, b.constant(1, s.dtype), b.unsqueeze(s, [-2, -3]))
    return b.where(same, b.constant(0, s.dtype), b.prod(factors, [-1]))


@register
@dataclass(frozen=True)
class SLogDet(Op):
    """Sign and logarithm of the absolute value of each determinant.

    Type: x: T[.., n, n] -> sign: T[..], logabsdet: real T[..]; T is float32, float64 or complex.
    (C1) of a singular matrix they are 0 and -inf, and the derivative is an error.
    Source: Python array API 2024.12 `linalg.slogdet`.
    """

    name = "slogdet"
    results = ("sign", "logabsdet")

    def infer(self, x: Operand) -> tuple[TensorType, TensorType]:
        found = matrix(x, square=True)
        shape = None if found is None else found[0]
        return TensorType(x.dtype, shape), TensorType(x.dtype.real, shape)

    def vjp(self, b: Emitter, node: NodeView, d_sign: Value, d_log: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        scale: Any = d_log
        if x.dtype.is_complex:
            # the sign turns with the imaginary part of log det
            turn = b.negative(b.imag(b.multiply(b.conj(d_sign), node.results[0])))
            scale = b.complex(d_log, turn)
        return (b.multiply(column(b, column(b, scale)), adjoint(b, b.inv(x))),)


@register
@dataclass(frozen=True)
class PInv(Op):
    """The pseudo-inverse of each matrix; singular values up to max(m, n)*eps times the largest count as 0.

    Type: x: T[.., m, n] -> T[.., n, m]; T is float32, float64 or complex.
    (C1) the derivative is that among matrices of the same rank (Golub and Pereyra).
    Source: Python array API 2024.12 `linalg.pinv`.
    """

    name = "pinv"

    def infer(self, x: Operand) -> TensorType:
        found = matrix(x)
        return x.tensor if found is None else x.tensor.with_shape((*found[0], found[2], found[1]))

    def vjp(self, b: Emitter, node: NodeView, dp: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        (p,) = node.results
        ph, dh = adjoint(b, p), adjoint(b, dp)
        # with y = p p.H and z = p.H p: -p.H dp p.H + (1 - x p) dp.H y + z dp.H (1 - p x)
        left, right = b.matmul(dh, b.matmul(p, ph)), b.matmul(b.matmul(ph, p), dh)
        left = b.subtract(left, b.matmul(x, b.matmul(p, left)))
        right = b.subtract(right, b.matmul(b.matmul(right, p), x))
        return (b.subtract(b.add(left, right), b.matmul(ph, b.matmul(dp, ph))),)


@register
@dataclass(frozen=True)
class LstSq(Composite):
    """The x of least norm that minimizes the norm of ``a @ x - y``.

    Type: a: T[..b1, m, n], y: T[..b2, m, k] -> T[.., n, k]; T is float32, float64 or complex.
    Source: numpy `linalg.lstsq`, its first result, on batches.
    """

    name = "lstsq"

    def decompose(self, b: Emitter, a: Any, y: Any) -> Any:
        return b.matmul(b.pinv(a), y)
