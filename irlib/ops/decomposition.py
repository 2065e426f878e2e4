"""Matrix decompositions and what is solved with them. All work on the last two axes; those before are batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from irlib.dims import MaybeDim, dim_min
from irlib.errors import IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Op, Operand, register
from irlib.ops.linalg import swapped
from irlib.shapes import broadcast_shapes, join_dims, require_dtype, same_dtype, shape_text
from irlib.types import DTYPES, Shape, TensorType

__all__ = [
    "LstSq", "PInv", "QR", "SVD", "Adjugate", "Cholesky", "Det", "Eig", "EigH", "EigVals", "Inv", "SLogDet", "Solve",
    "TriangularSolve",
]  # fmt: skip

EXACT = ("float32", "float64", "complex")


def _matrix(x: Operand, *, square: bool = False) -> tuple[Shape, MaybeDim, MaybeDim] | None:
    """Batch dims, rows and columns; None where the rank is unknown. Raises: IRTypeError when it is no such matrix."""
    require_dtype(x, EXACT, "operand")
    if x.shape is None:
        return None
    if len(x.shape) < 2:
        raise IRTypeError(f"shape {shape_text(x.shape)}, expected rank 2 or more", code="IR207")
    rows, columns = x.shape[-2:]
    if square:
        rows = columns = join_dims(rows, columns, "rows and columns")
    return x.shape[:-2], rows, columns


def _adjoint(b: Emitter, x: Any) -> Any:
    """The conjugate transpose. Raises: IRTypeError when the rank is not known."""
    if x.rank is None:
        raise IRTypeError(
            "the rank of an operand is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
        )
    return b.adjoint(swapped(b, x))


def _band(b: Emitter, x: Any, kind: str) -> Any:
    """Where in the last two axes of `x`: lower, strictly_lower, upper, strictly_upper or diagonal."""
    rows, columns = x.shape[-2:]
    compare = {
        "lower": "less_equal", "strictly_lower": "less", "upper": "greater_equal", "strictly_upper": "greater",
        "diagonal": "equal",
    }[kind]  # fmt: skip
    if isinstance(rows, int) and isinstance(columns, int):
        return b.constant(getattr(np, compare)(np.arange(columns)[None, :], np.arange(rows)[:, None]))
    shape = b.shape(x)
    i, j = (b.arange(0, b.take(shape, axis, axis=0), 1) for axis in (-2, -1))
    return getattr(b, compare)(b.unsqueeze(j, [0]), b.unsqueeze(i, [1]))


def _kept(b: Emitter, x: Any, kind: str) -> Any:
    """`x` there, zero elsewhere."""
    return b.where(_band(b, x, kind), x, b.constant(0, x.dtype))


def _to(b: Emitter, d: Any, x: Any) -> Any:
    """`d` summed over the batch axes along which `x` was broadcast."""
    return d if d.shape == x.shape and None not in x.shape else b.sum_to(d, b.shape(x))


def _over(b: Emitter, x: Any, divisor: Any) -> Any:
    """x / divisor, and 0 where `x` is 0: what is not asked for does not matter, however the divisor vanishes."""
    zero = b.equal(x, b.constant(0, x.dtype))
    one = b.constant(1, x.dtype)
    return b.where(zero, b.constant(0, x.dtype), b.divide(x, b.where(zero, one, divisor)))


def _column(b: Emitter, x: Any) -> Any:
    return b.unsqueeze(x, [-1])


def _row(b: Emitter, x: Any) -> Any:
    return b.unsqueeze(x, [-2])


def _like(b: Emitter, x: Any, other: Any) -> Any:
    """A real value in the dtype of `other`."""
    return x if x.dtype is other.dtype else b.cast(x, dtype=other.dtype)


def _hermitian(b: Emitter, x: Any) -> Any:
    return b.multiply(b.add(x, _adjoint(b, x)), b.constant(0.5, x.dtype))


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
        product = b.matmul(dy, _adjoint(b, x))
        product = swapped(b, product) if self.transposed else product
        kind = ("strictly_" if self.unit_diagonal else "") + ("lower" if self.lower else "upper")
        return _to(b, b.negative(_kept(b, product, kind)), a), _to(b, dy, y)


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
        dy = b.solve(_adjoint(b, a), dx)
        return _to(b, b.negative(b.matmul(dy, _adjoint(b, x))), a), _to(b, dy, y)


def _solved(a: Operand, y: Operand) -> TensorType:
    found = same_dtype(a, y)
    left, right = _matrix(a, square=True), _matrix(y)
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
        _matrix(x, square=True)
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        turned = _adjoint(b, node.results[0])
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
        found = _matrix(x, square=True)
        return x.tensor.with_shape(None if found is None else found[0])

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.multiply(_column(b, _column(b, dy)), _adjoint(b, b.adjugate(node.operands[0]))),)


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
        _matrix(x, square=True)
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        # x = u s vh; for x + u e vh the change of the adjugate is w v (..) uh, where w = det(u) det(vh), with
        # -p[i, j] e[i, j] off the diagonal and sum_j p[i, j] e[j, j] on it; p[i, j] is the product of s but i and j
        x = node.operands[0]
        u, s, vh = b.svd(x)
        v, uh = _adjoint(b, vh), _adjoint(b, u)
        w = b.multiply(b.det(u), b.det(vh))
        d = b.multiply(b.matmul(vh, b.matmul(dy, u)), _column(b, _column(b, b.adjoint(w))))
        pairs = _like(b, _pair_products(b, s, x), x)
        on = b.matmul(pairs, _column(b, b.einsum(d, equation="...ii->...i")))
        inner = b.where(_band(b, x, "diagonal"), on, b.negative(b.multiply(pairs, d)))
        return (b.matmul(_adjoint(b, uh), b.matmul(inner, _adjoint(b, v))),)


def _pair_products(b: Emitter, s: Any, x: Any) -> Any:
    """[i, j]: the product of all of `s` but the i-th and j-th; 0 on the diagonal."""
    same = _band(b, x, "diagonal")
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
        found = _matrix(x, square=True)
        shape = None if found is None else found[0]
        return TensorType(x.dtype, shape), TensorType(x.dtype.real, shape)

    def vjp(self, b: Emitter, node: NodeView, d_sign: Value, d_log: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        scale: Any = d_log
        if x.dtype.is_complex:
            # the sign turns with the imaginary part of log det
            turn = b.negative(b.imag(b.multiply(b.conj(d_sign), node.results[0])))
            scale = b.complex(d_log, turn)
        return (b.multiply(_column(b, _column(b, scale)), _adjoint(b, b.inv(x))),)


@register
@dataclass(frozen=True)
class Cholesky(Op):
    """The triangular factor with a positive diagonal: ``x = l @ l.H``, or ``x = u.H @ u`` when `upper`.

    Type: x: T[.., n, n] -> T[.., n, n]; T is float32, float64 or complex.
    (C1) x stands for its hermitian part, (x + x.H)/2, so that its derivative is hermitian.
    (C2) a matrix that is not positive definite is an error.
    Source: Python array API 2024.12 `linalg.cholesky`.
    """

    upper: bool = False

    name = "cholesky"

    def infer(self, x: Operand) -> TensorType:
        _matrix(x, square=True)
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (y,) = node.results
        factor, d = (_adjoint(b, y), _adjoint(b, dy)) if self.upper else (y, dy)
        product = b.matmul(_adjoint(b, factor), _kept(b, d, "lower"))
        diagonal = b.multiply(_kept(b, product, "diagonal"), b.constant(0.5, product.dtype))
        half = b.add(_kept(b, product, "strictly_lower"), diagonal)
        conjugate = b.adjoint(factor)
        left = b.triangular_solve(conjugate, half, lower=True, transposed=True)
        both = b.triangular_solve(conjugate, _adjoint(b, left), lower=True, transposed=True)
        return (_hermitian(b, both),)


@register
@dataclass(frozen=True)
class QR(Op):
    """The reduced decomposition ``x = q @ r``: orthonormal columns, and an upper triangle.

    Type: x: T[.., m, n] -> q: T[.., m, k], r: T[.., k, n] with k = min(m, n); T is float32, float64 or complex.
    (C1) the signs of R's diagonal are those of LAPACK's geqrf.
    (C2) the derivative needs the first k columns of `x` to be independent, lest a division by zero be an error.
    Source: Python array API 2024.12 `linalg.qr`, mode reduced.
    """

    name = "qr"
    results = ("q", "r")

    def infer(self, x: Operand) -> tuple[TensorType, TensorType]:
        found = _matrix(x)
        if found is None:
            return x.tensor, x.tensor
        batch, rows, columns = found
        k = None if rows is None or columns is None else dim_min(rows, columns)
        return x.tensor.with_shape((*batch, rows, k)), x.tensor.with_shape((*batch, k, columns))

    def vjp(self, b: Emitter, node: NodeView, dq: Value, dr: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        q, r = node.results
        rows, columns = x.shape[-2:] if x.rank is not None else (None, None)
        if not isinstance(rows, int) or not isinstance(columns, int):
            raise IRTypeError("rows and columns of the operand are not known", code="IR210", remedy="use irlib.specialize")
        if rows >= columns:
            return (_through_qr(b, q, r, dq, dr),)
        # the first columns make q; the rest of r is q.H times the rest of x
        square, rest = b.split(r, [rows, columns - rows], axis=r.rank - 1)
        d_square, d_rest = b.split(dr, [rows, columns - rows], axis=r.rank - 1)
        x_rest = b.matmul(q, rest)
        more = b.add(dq, b.matmul(x_rest, _adjoint(b, d_rest)))
        return (b.concat(_through_qr(b, q, square, more, d_square), b.matmul(q, d_rest), axis=x.rank - 1),)


def _through_qr(b: Emitter, q: Any, r: Any, dq: Any, dr: Any) -> Any:
    """The cotangent of x = q @ r for square r."""
    m = b.subtract(b.matmul(r, _adjoint(b, _kept(b, dr, "upper"))), b.matmul(_adjoint(b, dq), q))
    below = _kept(b, m, "strictly_lower")
    mirrored = b.add(b.add(below, _adjoint(b, below)), _hermitian(b, _kept(b, m, "diagonal")))
    left = b.add(dq, b.matmul(q, mirrored))
    # left @ inv(r).H, solved from the other side
    return _adjoint(b, b.triangular_solve(r, _adjoint(b, left), lower=False))


@register
@dataclass(frozen=True)
class EigH(Op):
    """Eigenvalues, ascending, and orthonormal eigenvectors of hermitian matrices.

    Type: x: T[.., n, n] -> values: real T[.., n], vectors: T[.., n, n] (columns); T is float32, float64 or complex.
    (C1) x stands for its hermitian part, (x + x.H)/2, so that its derivative is hermitian.
    (C2) sign or phase of a vector is LAPACK's; the derivative of vectors takes it as fixed.
    (C3) vectors of equal eigenvalues have no derivative: it comes out infinite, unless their cotangent is 0.
    Source: Python array API 2024.12 `linalg.eigh`.
    """

    name = "eigh"
    results = ("values", "vectors")

    def infer(self, x: Operand) -> tuple[TensorType, TensorType]:
        found = _matrix(x, square=True)
        values = None if found is None else (*found[0], found[1])
        return TensorType(x.dtype.real, values), x.tensor

    def vjp(self, b: Emitter, node: NodeView, dw: Value, dv: Value) -> tuple[Value | None, ...]:
        w, v = node.results
        turned = _adjoint(b, v)
        gaps = _like(b, b.subtract(_row(b, w), _column(b, w)), v)
        mixed = b.matmul(turned, dv)
        off = b.where(_band(b, mixed, "diagonal"), b.constant(0, mixed.dtype), mixed)
        inner = b.add(b.matmul(v, _over(b, off, gaps)), b.multiply(v, _like(b, _row(b, dw), v)))
        return (_hermitian(b, b.matmul(inner, turned)),)


@register
@dataclass(frozen=True)
class SVD(Op):
    """The reduced singular value decomposition ``x = u @ diag(s) @ vh``, singular values descending.

    Type: x: T[.., m, n] -> u: T[.., m, k], s: real T[.., k], vh: T[.., k, n], k = min(m, n); T is float32, float64 or
    complex.
    (C1) signs or phases of vectors are LAPACK's; the derivative takes those of real matrices as fixed, and holds for
    complex ones where the loss does not depend on phases.
    (C2) vectors of equal singular values, and of singular value 0 where k < max(m, n), have no derivative: it comes out
    infinite, unless their cotangent is 0.
    Source: Python array API 2024.12 `linalg.svd` with full_matrices False.
    """

    name = "svd"
    results = ("u", "s", "vh")

    def infer(self, x: Operand) -> tuple[TensorType, TensorType, TensorType]:
        found = _matrix(x)
        if found is None:
            return x.tensor, TensorType(x.dtype.real, None), x.tensor
        batch, rows, columns = found
        k = None if rows is None or columns is None else dim_min(rows, columns)
        t = x.tensor
        return t.with_shape((*batch, rows, k)), TensorType(x.dtype.real, (*batch, k)), t.with_shape((*batch, k, columns))

    def vjp(self, b: Emitter, node: NodeView, du: Value, ds: Value, dvh: Value) -> tuple[Value | None, ...]:
        u, s, vh = node.results
        uh, v, dv = _adjoint(b, u), _adjoint(b, vh), _adjoint(b, dvh)
        low, high = _like(b, _column(b, s), u), _like(b, _row(b, s), u)
        # (s_j - s_i)(s_j + s_i), not a difference of squares, which would lose close pairs
        gaps = b.multiply(b.subtract(high, low), b.add(high, low))
        in_u, in_v = b.matmul(uh, du), b.matmul(vh, dv)
        diagonal = _band(b, in_u, "diagonal")
        zero = b.constant(0, u.dtype)
        j = _over(b, b.where(diagonal, zero, in_u), gaps)
        k = _over(b, b.where(diagonal, zero, in_v), gaps)
        inner = b.add(b.multiply(b.add(j, _adjoint(b, j)), high), b.multiply(low, b.add(k, _adjoint(b, k))))
        if u.dtype.is_complex:
            turn = _kept(b, in_v, "diagonal")
            inner = b.add(inner, b.multiply(_over(b, b.subtract(b.conj(turn), turn), low), b.constant(0.5, u.dtype)))
        total = b.matmul(b.add(b.matmul(u, inner), b.multiply(u, _like(b, _row(b, ds), u))), vh)
        beyond_u = _over(b, b.subtract(du, b.matmul(u, in_u)), high)
        beyond_v = _over(b, b.subtract(dv, b.matmul(v, in_v)), high)
        return (b.add(total, b.add(*self._beyond(b, u, vh, beyond_u, beyond_v))),)

    def _beyond(self, b: Emitter, u: Any, vh: Any, beyond_u: Any, beyond_v: Any) -> tuple[Any, Any]:
        """What vectors gain outside the space they span; nothing where they span all of it."""
        of_u = b.matmul(beyond_u, vh)
        of_v = b.matmul(u, _adjoint(b, beyond_v))
        whole_u, whole_v = (isinstance(x.shape[-1], int) and x.shape[-1] == x.shape[-2] for x in (u, vh))
        return (b.zeros_like(of_u) if whole_u else of_u), (b.zeros_like(of_v) if whole_v else of_v)


@dataclass(frozen=True)
class _General(Op):
    """What `eig` and `eigvals` share: complex results of real or complex matrices."""

    def _values(self, x: Operand) -> tuple[TensorType, TensorType]:
        found = _matrix(x, square=True)
        dtype = x.dtype if x.dtype.is_complex else DTYPES["complex64" if x.dtype.bits == 32 else "complex128"]
        values = None if found is None else (*found[0], found[1])
        return TensorType(dtype, values), TensorType(dtype, x.shape)


def _narrowed(b: Emitter, d: Any, x: Any) -> Any:
    """The real part where the operand is real."""
    return d if x.dtype.is_complex else b.real(d)


@register
@dataclass(frozen=True)
class EigVals(_General):
    """Eigenvalues of square matrices, in LAPACK's order.

    Type: x: T[.., n, n] -> complex[.., n]; T is float32, float64 or complex.
    (C1) equal eigenvalues without as many eigenvectors have no derivative: it is an error.
    Source: numpy `linalg.eigvals`, always complex.
    """

    name = "eigvals"

    def infer(self, x: Operand) -> TensorType:
        return self._values(x)[0]

    def vjp(self, b: Emitter, node: NodeView, dw: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        turned = _adjoint(b, b.eig(x)[1])
        return (_narrowed(b, b.solve(turned, b.multiply(_column(b, dw), turned)), x),)


@register
@dataclass(frozen=True)
class Eig(_General):
    """Eigenvalues of square matrices, in LAPACK's order, and eigenvectors of norm 1.

    Type: x: T[.., n, n] -> values: complex[.., n], vectors: complex[.., n, n] (columns); T is float32, float64, complex.
    (C1) the phase of a vector is LAPACK's; the derivative holds where the loss does not depend on phases.
    (C2) vectors of equal eigenvalues have no derivative: it comes out infinite, unless their cotangent is 0.
    Source: numpy `linalg.eig`, always complex.
    """

    name = "eig"
    results = ("values", "vectors")

    def infer(self, x: Operand) -> tuple[TensorType, TensorType]:
        return self._values(x)

    def vjp(self, b: Emitter, node: NodeView, dw: Value, dv: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        w, v = node.results
        turned = _adjoint(b, v)
        mixed = b.matmul(turned, dv)
        # vectors keep their norm: what would change it is taken out
        length = _like(b, b.real(b.einsum(mixed, equation="...ii->...i")), v)
        mixed = b.subtract(mixed, b.multiply(b.matmul(turned, v), _row(b, length)))
        off = b.where(_band(b, mixed, "diagonal"), b.constant(0, mixed.dtype), mixed)
        gaps = b.conj(b.subtract(_row(b, w), _column(b, w)))
        inner = b.add(b.matmul(_over(b, off, gaps), turned), b.multiply(_column(b, dw), turned))
        return (_narrowed(b, b.solve(turned, inner), x),)


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
        found = _matrix(x)
        return x.tensor if found is None else x.tensor.with_shape((*found[0], found[2], found[1]))

    def vjp(self, b: Emitter, node: NodeView, dp: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        (p,) = node.results
        ph, dh = _adjoint(b, p), _adjoint(b, dp)
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
