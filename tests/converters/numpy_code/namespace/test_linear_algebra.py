"""Linear algebra, products, Fourier transforms, polynomials and windows against numpy."""

from __future__ import annotations

import pytest

from tests.converters.numpy_code.namespace.judge import Expression, check, check_refused, line

ROWS: list[Expression] = [
    lambda np, d: (np.dot(d.a, d.b), np.dot(d.v, d.w), np.dot(d.t, d.b), np.dot(d.b, d.t), np.dot(d.a, 2), np.dot(2, 3)),
    lambda np, d: (d.a.dot(d.b), d.a @ d.b, np.matmul(d.t, d.b), d.s @ d.k, d.k @ d.s, np.dot(d.i, d.b)),
    lambda np, d: (np.inner(d.a, d.u), np.inner(d.v, d.w), np.inner(d.t, d.a), np.inner(d.v, 2)),
    lambda np, d: (np.outer(d.v, d.w), np.outer(d.a, d.k), np.vdot(d.c, d.c), np.vdot(d.a, d.u)),
    lambda np, d: (np.vecdot(d.a, d.u), np.vecdot(d.c, d.c), np.linalg.vecdot(d.a, d.u, axis=0)),
    lambda np, d: (np.tensordot(d.a, d.b, 1), np.tensordot(d.t, d.a, ([1, 2], [0, 1])), np.tensordot(d.v, d.w, 0)),
    lambda np, d: (np.tensordot(d.t, d.t, 3), np.tensordot(d.a, d.b, axes=(1, 0)), np.linalg.tensordot(d.a, d.b, axes=1)),
    lambda np, d: (np.einsum("ij,jk->ik", d.a, d.b), np.einsum("ij->", d.a), np.einsum("ii->i", d.s), np.einsum("ii", d.s)),
    lambda np, d: (np.einsum("...ij,jk", d.t, d.b), np.einsum("ij, ij -> i", d.a, d.u), np.einsum("i,j", d.v, d.w)),
    lambda np, d: (np.einsum(d.a, [0, 1], d.b, [1, 2], [0, 2]), np.einsum("ij,j,ik->k", d.s, d.k, d.s, optimize=True)),
    lambda np, d: (np.kron(d.a, d.s), np.kron(d.v, d.w), np.kron(d.a, d.v), np.kron(2, d.v)),
    lambda np, d: (np.cross(d.s[0], d.s[1]), np.cross(d.s, d.d), np.cross(d.s, d.k), np.cross(d.b, d.k)),
    lambda np, d: (np.cross(d.t[:, :, 0], d.t[:, :, 1]), np.cross(d.s, d.d, axis=0), np.linalg.cross(d.s, d.d)),
    lambda np, d: (np.trace(d.s), np.trace(d.a, 1), np.trace(d.t), np.trace(d.i), d.s.trace(), np.linalg.trace(d.t)),
    lambda np, d: (np.linalg.inv(d.s), np.linalg.det(d.s), np.linalg.inv(d.d.astype(np.float32)), np.linalg.det(d.d)),
    lambda np, d: tuple(np.linalg.slogdet(d.s)),
    lambda np, d: (np.linalg.solve(d.s, d.k), np.linalg.solve(d.s, d.a), np.linalg.solve(d.d, d.s)),
    lambda np, d: (np.linalg.cholesky(d.d), np.linalg.cholesky(d.d + np.triu(d.s, 1)), np.linalg.cholesky(d.d, upper=True)),
    lambda np, d: tuple(np.linalg.qr(d.b)),
    lambda np, d: tuple(np.linalg.qr(d.a)),
    lambda np, d: (np.linalg.qr(d.b, mode="r"), np.linalg.qr(d.a)[0], np.linalg.qr(d.a).R, tuple(np.linalg.qr(d.a, "complete"))),
    lambda np, d: tuple(np.linalg.svd(d.a, full_matrices=False)),
    lambda np, d: tuple(np.linalg.svd(d.s)),
    lambda np, d: (np.linalg.svd(d.t, compute_uv=False), np.linalg.svdvals(d.a), np.linalg.svd(d.a).S),
    lambda np, d: np.abs(np.linalg.svd(d.b)[0]),
    lambda np, d: tuple(np.linalg.eigh(d.d)),
    lambda np, d: (np.linalg.eigvalsh(d.d), np.linalg.eigvalsh(d.s), np.linalg.eigvalsh(d.s, UPLO="U")),
    lambda np, d: np.linalg.eigh(d.d).eigenvalues,
    lambda np, d: tuple(np.linalg.eig(d.c)),
    lambda np, d: np.linalg.eigvals(d.c),
    lambda np, d: (np.linalg.pinv(d.a), np.linalg.pinv(d.b), np.linalg.pinv(d.s, rcond=1e-3)),
    lambda np, d: np.linalg.lstsq(d.b, d.s[[0, 1, 2, 0]], rcond=None)[0],
    lambda np, d: np.linalg.lstsq(d.b, d.u[0], rcond=None),
    lambda np, d: np.linalg.lstsq(d.a, d.k * 1.0, rcond=None),
    lambda np, d: (np.linalg.matrix_power(d.s, 3), np.linalg.matrix_power(d.s, -2), np.linalg.matrix_power(d.i[:, :3], 2)),
    lambda np, d: (np.linalg.matrix_rank(d.s), np.linalg.matrix_rank(np.ones((3, 3))), np.linalg.matrix_rank(d.t)),
    lambda np, d: [np.linalg.cond(d.s, p) for p in (None, 2, -2, 1, "fro")],
    lambda np, d: np.linalg.multi_dot([d.a, d.b, d.s]),
    lambda np, d: [np.linalg.norm(d.a, o) for o in (None, "fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf"))],
    lambda np, d: [np.linalg.norm(d.v, o) for o in (None, 0, 1, 2, 3, -1, 0.5, float("inf"), -float("inf"))],
    lambda np, d: (np.linalg.norm(d.a, axis=1), np.linalg.norm(d.t, axis=(1, 2)), np.linalg.norm(d.t), np.linalg.norm(d.i)),
    lambda np, d: (np.linalg.norm(d.a, axis=0, keepdims=True), np.linalg.norm(d.t, 1, axis=(0, 2), keepdims=True)),
    lambda np, d: (np.linalg.norm(d.c), np.linalg.norm(d.f), np.linalg.vector_norm(d.t, axis=1), np.linalg.matrix_norm(d.t)),
    lambda np, d: (np.linalg.norm(d.t, 2, axis=(1, 2)), np.linalg.vector_norm(d.a, ord=1), np.linalg.norm(d.o)),
    lambda np, d: (np.linalg.tensorsolve(np.eye(6).reshape(2, 3, 2, 3) * 2, d.a[:2, :3]), np.linalg.diagonal(d.t)),
    lambda np, d: np.linalg.tensorinv((np.eye(6) * 2).reshape(2, 3, 6), 2),
    lambda np, d: (np.linalg.outer(d.v, d.w), np.linalg.matmul(d.a, d.b), np.linalg.matrix_transpose(d.t)),
    lambda np, d: (np.fft.fft(d.v), np.fft.ifft(d.a), np.fft.fft(d.a, 6), np.fft.fft(d.a, 3, axis=0), np.fft.fft(d.f)),
    lambda np, d: (np.fft.rfft(d.v), np.fft.rfft(d.a, 5), np.fft.irfft(d.c[0]), np.fft.irfft(d.c[0], 5)),
    lambda np, d: [np.fft.fft(d.v, norm=n) for n in ("backward", "ortho", "forward", None)],
    lambda np, d: (np.fft.fft2(d.a), np.fft.ifft2(d.t), np.fft.fftn(d.t), np.fft.ifftn(d.t, axes=(0, 2)), np.fft.fftn(d.t, s=(2, 2), axes=(1, 2))),
    lambda np, d: (np.fft.rfft2(d.a), np.fft.rfftn(d.t), np.fft.irfftn(d.c), np.fft.irfft2(d.c, s=(3, 5))),
    lambda np, d: (np.fft.hfft(d.c[0]), np.fft.ihfft(d.v)),
    lambda np, d: (np.fft.fftfreq(5), np.fft.fftfreq(6, 0.1), np.fft.rfftfreq(5), np.fft.rfftfreq(6, 2.0)),
    lambda np, d: (np.fft.fftshift(d.v), np.fft.ifftshift(d.a), np.fft.fftshift(d.a, axes=1)),
    lambda np, d: (np.polyval([1, 2, 3], d.v), np.polyval(d.v, 2.0), np.polyval(d.v, d.a)),
    lambda np, d: (np.polyadd(d.v, [1, 2]), np.polysub([1, 2], d.v), np.polymul(d.v, d.w), np.polyder(d.v), np.polyint(d.v)),
    lambda np, d: (np.polyder(d.v, 2), np.polyint(d.v, 2, [1, 2]), np.polydiv(d.v, d.w[:3])[0], np.poly(d.v)),
    lambda np, d: (np.polyfit(d.g, d.v, 2), np.polyfit(d.g, d.v, 1, w=[1, 2, 3, 2, 1]), np.polyfit(d.g, np.stack([d.v, d.w], 1), 2)),
    lambda np, d: np.roots([1.0, -3.0, 2.0]),
    lambda np, d: (np.poly1d(d.v)(d.a), np.poly1d([0, 0, 2, 1]).order, np.poly1d(d.v).deriv()(0.5), np.poly1d(d.v).integ(2, 1).c),
    lambda np, d: ((np.poly1d(d.v) * np.poly1d([1, 2]) - 3).coeffs, (2 + np.poly1d(d.v) / 2).c, (np.poly1d([1, d.o]) ** 2)(3.0), np.poly1d(d.v)[1]),
    lambda np, d: (np.poly1d([1.0, 2.0], r=True).c, np.poly1d([2, 0]).c, len(np.poly1d(d.v))),
    lambda np, d: [getattr(np, w)(7) for w in ("hanning", "hamming", "blackman", "bartlett")],
    lambda np, d: np.kaiser(6, 5.0),
    lambda np, d: (np.result_type(d.a, d.f), np.promote_types("i4", "f4") == np.float64, np.can_cast(d.i, np.float64)),
    lambda np, d: (np.finfo(d.f.dtype).eps, np.iinfo(np.int8).max, np.issubdtype(d.i.dtype, np.integer)),
    lambda np, d: (np.isscalar(3), np.iscomplexobj(d.c), np.isrealobj(d.c), np.isreal(d.c), np.iscomplex(d.a)),
    lambda np, d: (np.isclose(d.a, d.a + 1e-9), np.allclose(d.a, d.u), np.array_equal(d.a, d.a), np.array_equal(d.a, d.b)),
    lambda np, d: (np.isclose(d.z, d.z), np.isclose(d.z, d.z, equal_nan=True), np.array_equiv(d.v, [d.v, d.v])),
]  # fmt: skip

REFUSED: list[Expression] = [
    lambda np, d: np.dot(d.a, d.a),
    lambda np, d: np.matmul(d.a, 2),
    lambda np, d: np.tensordot(d.a, d.a, 1),
    lambda np, d: np.tensordot(d.a, d.b, ([0, 1], [0])),
    lambda np, d: np.einsum("ij,jk", d.a),
    lambda np, d: np.einsum("ij,ij", d.a, d.b),
    lambda np, d: np.cross(d.a, d.a),
    lambda np, d: np.trace(d.v),
    lambda np, d: np.linalg.inv(d.a),
    lambda np, d: np.linalg.inv(d.v),
    lambda np, d: np.linalg.det(np.ones((2, 3))),
    lambda np, d: np.linalg.solve(d.s, d.v),
    lambda np, d: np.linalg.cholesky(-d.d),
    lambda np, d: np.linalg.eigh(d.d, UPLO="Q"),
    lambda np, d: np.linalg.norm(d.t, axis=(0, 1, 2)),
    lambda np, d: np.linalg.norm(d.a, "big"),
    lambda np, d: np.linalg.norm(d.v, "fro"),
    lambda np, d: np.fft.fft(d.v, 0),
    lambda np, d: np.fft.fft(d.v, norm="loud"),
    lambda np, d: np.fft.rfft(d.c),
    lambda np, d: np.fft.fft(d.v, axis=3),
    lambda np, d: np.vander(d.a),
    lambda np, d: np.linalg.tensorinv(d.s, 0),
]


@pytest.mark.parametrize("expression", ROWS, ids=line)
def test_it_is_what_numpy_gives(expression: Expression) -> None:
    check(expression)


@pytest.mark.parametrize("expression", REFUSED, ids=line)
def test_what_numpy_refuses_is_refused(expression: Expression) -> None:
    check_refused(expression)
