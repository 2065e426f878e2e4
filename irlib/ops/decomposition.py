"""Matrix decompositions. All work on the last two axes; those before are batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.dims import dim_min
from irlib.errors import IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, register
from irlib.ops.matrices import adjoint, band, column, hermitian, kept, like, matrix, over, row
from irlib.types import DTYPES, TensorType

__all__ = ["QR", "SVD", "Cholesky", "Eig", "EigH", "EigVals"]


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
        matrix(x, square=True)
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (y,) = node.results
        factor, d = (adjoint(b, y), adjoint(b, dy)) if self.upper else (y, dy)
        product = b.matmul(adjoint(b, factor), kept(b, d, "lower"))
        diagonal = b.multiply(kept(b, product, "diagonal"), b.constant(0.5, product.dtype))
        half = b.add(kept(b, product, "strictly_lower"), diagonal)
        conjugate = b.adjoint(factor)
        left = b.triangular_solve(conjugate, half, lower=True, transposed=True)
        both = b.triangular_solve(conjugate, adjoint(b, left), lower=True, transposed=True)
        return (hermitian(b, both),)


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
        found = matrix(x)
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
            raise IRTypeError(
                "rows and columns of the operand are not known", code="IR210", remedy="use irlib.specialize"
            )
        if rows >= columns:
            return (_through_qr(b, q, r, dq, dr),)
        # the first columns make q; the rest of r is q.H times the rest of x
        square, rest = b.split(r, [rows, columns - rows], axis=r.rank - 1)
        d_square, d_rest = b.split(dr, [rows, columns - rows], axis=r.rank - 1)
        x_rest = b.matmul(q, rest)
        more = b.add(dq, b.matmul(x_rest, adjoint(b, d_rest)))
        return (b.concat(_through_qr(b, q, square, more, d_square), b.matmul(q, d_rest), axis=x.rank - 1),)


def _through_qr(b: Emitter, q: Any, r: Any, dq: Any, dr: Any) -> Any:
    """The cotangent of x = q @ r for square r."""
    m = b.subtract(b.matmul(r, adjoint(b, kept(b, dr, "upper"))), b.matmul(adjoint(b, dq), q))
    below = kept(b, m, "strictly_lower")
    mirrored = b.add(b.add(below, adjoint(b, below)), hermitian(b, kept(b, m, "diagonal")))
    left = b.add(dq, b.matmul(q, mirrored))
    # left @ inv(r).H, solved from the other side
    return adjoint(b, b.triangular_solve(r, adjoint(b, left), lower=False))


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
        found = matrix(x, square=True)
        values = None if found is None else (*found[0], found[1])
        return TensorType(x.dtype.real, values), x.tensor

    def vjp(self, b: Emitter, node: NodeView, dw: Value, dv: Value) -> tuple[Value | None, ...]:
        w, v = node.results
        turned = adjoint(b, v)
        gaps = like(b, b.subtract(row(b, w), column(b, w)), v)
        mixed = b.matmul(turned, dv)
        off = b.where(band(b, mixed, "diagonal"), b.constant(0, mixed.dtype), mixed)
        inner = b.add(b.matmul(v, over(b, off, gaps)), b.multiply(v, like(b, row(b, dw), v)))
        return (hermitian(b, b.matmul(inner, turned)),)


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
        found = matrix(x)
        if found is None:
            return x.tensor, TensorType(x.dtype.real, None), x.tensor
        batch, rows, columns = found
        k = None if rows is None or columns is None else dim_min(rows, columns)
        t = x.tensor
        return (
            t.with_shape((*batch, rows, k)),
            TensorType(x.dtype.real, (*batch, k)),
            t.with_shape((*batch, k, columns)),
        )

    def vjp(self, b: Emitter, node: NodeView, du: Value, ds: Value, dvh: Value) -> tuple[Value | None, ...]:
        u, s, vh = node.results
        uh, v, dv = adjoint(b, u), adjoint(b, vh), adjoint(b, dvh)
        low, high = like(b, column(b, s), u), like(b, row(b, s), u)
        # (s_j - s_i)(s_j + s_i), not a difference of squares, which would lose close pairs
        gaps = b.multiply(b.subtract(high, low), b.add(high, low))
        in_u, in_v = b.matmul(uh, du), b.matmul(vh, dv)
        diagonal = band(b, in_u, "diagonal")
        zero = b.constant(0, u.dtype)
        j = over(b, b.where(diagonal, zero, in_u), gaps)
        k = over(b, b.where(diagonal, zero, in_v), gaps)
        inner = b.add(b.multiply(b.add(j, adjoint(b, j)), high), b.multiply(low, b.add(k, adjoint(b, k))))
        if u.dtype.is_complex:
            turn = kept(b, in_v, "diagonal")
            inner = b.add(inner, b.multiply(over(b, b.subtract(b.conj(turn), turn), low), b.constant(0.5, u.dtype)))
        total = b.matmul(b.add(b.matmul(u, inner), b.multiply(u, like(b, row(b, ds), u))), vh)
        beyond_u = over(b, b.subtract(du, b.matmul(u, in_u)), high)
        beyond_v = over(b, b.subtract(dv, b.matmul(v, in_v)), high)
        return (b.add(total, b.add(*self._beyond(b, u, vh, beyond_u, beyond_v))),)

    def _beyond(self, b: Emitter, u: Any, vh: Any, beyond_u: Any, beyond_v: Any) -> tuple[Any, Any]:
        """What vectors gain outside the space they span; nothing where they span all of it."""
        of_u = b.matmul(beyond_u, vh)
        of_v = b.matmul(u, adjoint(b, beyond_v))
        whole_u, whole_v = (isinstance(x.shape[-1], int) and x.shape[-1] == x.shape[-2] for x in (u, vh))
        return (b.zeros_like(of_u) if whole_u else of_u), (b.zeros_like(of_v) if whole_v else of_v)


@dataclass(frozen=True)
class _General(Op):
    """What `eig` and `eigvals` share: complex results of real or complex matrices."""

    def _values(self, x: Operand) -> tuple[TensorType, TensorType]:
        found = matrix(x, square=True)
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
        turned = adjoint(b, b.eig(x)[1])
        return (_narrowed(b, b.solve(turned, b.multiply(column(b, dw), turned)), x),)


@register
@dataclass(frozen=True)
class Eig(_General):
    """Eigenvalues of square matrices, in LAPACK's order, and eigenvectors of norm 1.

    Type: x: T[.., n, n] -> values: complex[.., n], vectors: complex[.., n, n] (columns); T is float32, float64,
    complex.
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
        turned = adjoint(b, v)
        mixed = b.matmul(turned, dv)
        # vectors keep their norm: what would change it is taken out
        length = like(b, b.real(b.einsum(mixed, equation="...ii->...i")), v)
        mixed = b.subtract(mixed, b.multiply(b.matmul(turned, v), row(b, length)))
        off = b.where(band(b, mixed, "diagonal"), b.constant(0, mixed.dtype), mixed)
        gaps = b.conj(b.subtract(row(b, w), column(b, w)))
        inner = b.add(b.matmul(over(b, off, gaps), turned), b.multiply(column(b, dw), turned))
        return (_narrowed(b, b.solve(turned, inner), x),)
