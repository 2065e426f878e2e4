"""Functions and methods that write into arrays, and results into out=, against numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.converters.numpy_code.namespace.judge import Expression, check, check_refused, line


def changed(x: Any, *writes: Callable[[Any], Any]) -> Any:
    """A copy of `x` after it was written into."""
    y = x.copy()
    for write in writes:
        write(y)
    return y


ROWS: list[Expression] = [
    lambda np, d: changed(d.a, lambda y: np.fill_diagonal(y, 9)),
    lambda np, d: changed(d.s, lambda y: np.fill_diagonal(y, d.k)),
    lambda np, d: changed(d.b, lambda y: np.fill_diagonal(y, [1.5, 2.5])),
    lambda np, d: changed(d.t[:, :2, :2], lambda y: np.fill_diagonal(y, 0)),
    lambda np, d: changed(d.a, lambda y: np.put(y, [0, -1, 5], [7, 8])),
    lambda np, d: changed(d.a, lambda y: y.put([1, 2], d.v)),
    lambda np, d: changed(d.v, lambda y: np.put(y, [7, -9], 3, mode="clip")),
    lambda np, d: changed(d.v, lambda y: np.put(y, [7, -9], [1, 2], mode="wrap")),
    lambda np, d: changed(d.a, lambda y: np.place(y, d.m, [1, 2, 3])),
    lambda np, d: changed(d.a, lambda y: np.place(y, d.m, y[d.m])),
    lambda np, d: changed(d.a, lambda y: np.place(y, y > 1e9, y[y > 1e9])),
    lambda np, d: changed(d.a, lambda y: np.place(y, y > 1e9, [])),
    lambda np, d: changed(d.a, lambda y: np.putmask(y, d.m, d.u)),
    lambda np, d: changed(d.a, lambda y: np.putmask(y, y > 0, [5, 6])),
    lambda np, d: changed(d.a, lambda y: np.copyto(y, d.i)),
    lambda np, d: changed(d.a, lambda y: np.copyto(y, 1, where=d.m)),
    lambda np, d: changed(d.i, lambda y: np.copyto(y, d.a, casting="unsafe")),
    lambda np, d: changed(d.a, lambda y: np.put_along_axis(y, np.argmax(y, axis=1)[:, None], 99, axis=1)),
    lambda np, d: changed(d.a, lambda y: np.put_along_axis(y, np.array([[0, 1, 0, 2]]), [[5, 6, 7, 8]], axis=0)),
    lambda np, d: changed(d.a, lambda y: np.put_along_axis(y, d.k, 3.5, axis=None)),
    lambda np, d: changed(d.a, lambda y: np.add.at(y, (d.k, [1, 1, 3]), 2.0)),
    lambda np, d: changed(d.v, lambda y: np.add.at(y, [0, 0, 1], [1, 2, 3])),
    lambda np, d: changed(d.v, lambda y: np.subtract.at(y, [0, 0, 1], 1)),
    lambda np, d: changed(d.v, lambda y: np.multiply.at(y, [0, 0, 1], 3)),
    lambda np, d: changed(d.v, lambda y: np.maximum.at(y, [0, 0, 1], [0.1, 5, -9])),
    lambda np, d: changed(d.a, lambda y: y.sort(), lambda y: y.sort(axis=0)),
    lambda np, d: changed(d.a, lambda y: y.fill(3)),
    lambda np, d: changed(d.a, lambda y: np.sum(d.t[:, :, 0].T, axis=1, out=y[:, 0])),
    lambda np, d: changed(d.v, lambda y: np.cumsum(d.w, out=y)),
    lambda np, d: changed(d.i[0], lambda y: np.sum(d.a, axis=0, out=y)),
    lambda np, d: changed(d.n[:5], lambda y: np.cumsum(d.v, out=y)),
    lambda np, d: changed(d.v, lambda y: np.clip(y, -0.5, 0.5, out=y)),
    lambda np, d: changed(d.v, lambda y: np.round(y, 1, out=y)),
    lambda np, d: changed(d.a, lambda y: np.mean(d.t, axis=0, out=y)),
    lambda np, d: changed(d.a[0], lambda y: np.max(d.a, axis=0, out=y), lambda y: np.std(d.a, axis=0, out=y)),
    lambda np, d: changed(d.a[0], lambda y: np.median(d.a, axis=0, out=y)),
    lambda np, d: changed(d.a[0], lambda y: np.quantile(d.a, 0.3, axis=0, out=y)),
    lambda np, d: changed(d.s, lambda y: np.dot(d.a, d.b, out=y), lambda y: np.matmul(y, d.d, out=y)),
    lambda np, d: changed(d.s, lambda y: np.einsum("ij,jk->ik", d.a, d.b, out=y)),
    lambda np, d: changed(d.t[0], lambda y: np.stack([d.a[0], d.a[1], d.a[2]], out=y)),
    lambda np, d: changed(d.a, lambda y: np.concatenate([d.a[:1], d.u[:2]], out=y)),
    lambda np, d: changed(
        d.k, lambda y: np.take(d.n, [3, 4, 5], out=y), lambda y: np.argmax(d.a[:, :3], axis=0, out=y)
    ),
    lambda np, d: changed(
        d.v, lambda y: np.divide(y, d.w, out=y, where=d.p), lambda y: np.add(y, 1, out=y, where=d.w > 0)
    ),
    lambda np, d: changed(d.f, lambda y: np.multiply(y, d.a, out=y, casting="unsafe")),
    lambda np, d: changed(d.a, lambda y: np.nan_to_num(y, copy=False), lambda y: np.negative(y, y)),
    lambda np, d: changed(d.v, lambda y: np.compress(d.p, d.w, out=y[:3])),
    lambda np, d: changed(d.v, lambda y: y.partition(2), lambda y: y.sort()),
]

REFUSED: list[Expression] = [
    lambda np, d: np.sum(d.a, axis=0, out=d.v),
    lambda np, d: np.std(d.a, axis=0, out=d.i[0]),
    lambda np, d: np.round(d.a, out=d.i),
    lambda np, d: np.add(d.a, 1.5, out=d.i),
    lambda np, d: np.add(d.a, d.u, out=d.a[:2]),
    lambda np, d: np.copyto(d.i, d.a),
    lambda np, d: np.copyto(d.a, d.v),
    lambda np, d: np.fill_diagonal(d.v, 1),
    lambda np, d: np.put(d.v, [99], 1),
    lambda np, d: np.put_along_axis(d.a, d.k, 1, axis=1),
    lambda np, d: np.concatenate([d.a, d.a], out=d.a),
    lambda np, d: np.dot(d.a, d.b, out=d.a),
    lambda np, d: d.i.__iadd__(0.5),
    lambda np, d: d.m.__isub__(True),
]


@pytest.mark.parametrize("expression", ROWS, ids=line)
def test_what_is_written_is_what_numpy_writes(expression: Expression) -> None:
    check(expression)


@pytest.mark.parametrize("expression", REFUSED, ids=line)
def test_what_numpy_refuses_to_write_is_refused(expression: Expression) -> None:
    check_refused(expression)
