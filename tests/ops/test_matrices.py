"""Derivatives at matrices where a vector of the driver cannot go: rank one, phases that do not matter."""

from __future__ import annotations

from typing import Any

import numpy as np

import irlib.interpreters.numpy_ref.kernels  # noqa: F401  registers the kernels
from irlib import autodiff
from irlib.builder import Builder
from irlib.interpreters.numpy_ref.eager import run_nodes
from irlib.types import type_of
from tests.vectors.matrices import normal

RANK_ONE = np.outer([1.0, 2.0, 0.5], [1.0, 2.0, 3.0])


def gradient(f: Any, x: Any) -> Any:
    b = Builder("f")
    b.output("y", f(b, b.input("x", type_of(x))))
    return run_nodes(autodiff.gradient(b.build(), of="y", wrt="x"), [x])[0]


def differences(f: Any, x: Any, step: float = 1e-5) -> Any:
    made = np.empty(x.shape)
    for at in np.ndindex(*x.shape):
        d = np.zeros(x.shape)
        d[at] = step
        made[at] = (f(x + d) - f(x - d)) / (2 * step)
    return made


def test_determinant_of_rank_one_has_no_slope() -> None:
    np.testing.assert_allclose(gradient(lambda b, x: b.det(x), RANK_ONE), np.zeros((3, 3)), atol=1e-14)


def test_adjugate_of_rank_one_has_a_slope() -> None:
    weights = normal(3, 3)

    def minors(x: Any) -> float:
        rows = [
            [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) for i in range(3)] for j in range(3)
        ]
        return float(np.sum(np.array(rows) * weights))

    actual = gradient(lambda b, x: b.sum(b.multiply(b.adjugate(x), b.constant(weights))), RANK_ONE)
    np.testing.assert_allclose(actual, differences(minors, RANK_ONE), rtol=1e-8, atol=1e-9)


def test_eigenvectors_have_a_derivative_that_no_phase_changes() -> None:
    x = normal(4, 4) + np.diag([0.0, 3.0, 6.0, 9.0])
    weights = normal(4, 4)

    def loss(x: Any) -> float:
        return float(np.sum(np.abs(np.linalg.eig(x)[1]) ** 2 * weights))

    def graph(b: Any, x: Any) -> Any:
        v = b.eig(x)[1]
        return b.sum(b.multiply(b.real(b.multiply(v, b.conj(v))), b.constant(weights)))

    np.testing.assert_allclose(gradient(graph, x), differences(loss, x), rtol=1e-6, atol=1e-8)


def test_singular_vectors_of_complex_matrices_have_a_derivative_that_no_phase_changes() -> None:
    x, turn, weights = normal(3, 3), normal(3, 3), normal(3, 3)

    def loss(x: Any) -> float:
        u, s, vh = np.linalg.svd(x + 1j * turn)
        return float(np.sum(np.real((u * s**2) @ vh) * weights))

    def graph(b: Any, x: Any) -> Any:
        u, s, vh = b.svd(b.complex(x, b.constant(turn)))
        rows = b.unsqueeze(b.cast(b.multiply(s, s), dtype="complex128"), [-2])
        return b.sum(b.multiply(b.real(b.matmul(b.multiply(u, rows), vh)), b.constant(weights)))

    np.testing.assert_allclose(gradient(graph, x), differences(loss, x), rtol=1e-6, atol=1e-8)


def test_equal_eigenvalues_alone_have_a_derivative() -> None:
    weights = np.array([1.0, 2.0, 3.0])
    actual = gradient(lambda b, x: b.sum(b.multiply(b.eigh(x)[0], b.constant(weights))), np.eye(3))
    assert np.isfinite(actual).all()
