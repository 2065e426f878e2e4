"""What is known of shapes and of values that shapes are computed with, before the graph runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib.ops  # registers the ops
from irlib.builder import Builder
from irlib.dim_text import parse_dim
from irlib.errors import IRError
from irlib.types import as_type

FAR = np.iinfo(np.int64).max

SHAPES: list[tuple[str, str, Callable[[Any, Any], Any]]] = [
    ("float32[n, 4]", "float32[n, 4]", lambda b, x: b.reshape(x, b.concat(b.take(b.shape_of(x), [0]), [-1]))),
    ("float32[n, 4]", "float32[n, 2, 2]", lambda b, x: b.reshape(x, [b.take(b.shape_of(x), 0), 2, -1])),
    ("float32[n, 4]", "float32[4*n]", lambda b, x: b.reshape(x, [-1])),
    ("float32[n, m, 6]", "float32[n*m, 6]", lambda b, x: b.reshape(x, [-1, 6])),
    ("float32[n, m, 6]", "float32[3*n*m, 2]", lambda b, x: b.reshape(x, [-1, 2])),
    ("float32[n, m, 6]", "float32[m, n, 6]", lambda b, x: b.reshape(x, b.take(b.shape_of(x), [1, 0, 2]))),
    ("float32[n, 4]", "float32[2*n, 4]", lambda b, x: b.concat(x, x, axis=0)),
    ("float32[n, 4]", "float32[n + 3, 4]", lambda b, x: b.pad(x, [1, 0, 2, 0])),
    ("float32[n, 4]", "float32[n, 3]", lambda b, x: b.pad(x, [-1, 0], axes=[1])),
    ("float32[n, 4]", "float32[max(n - 1, 0), 4]", lambda b, x: b.slice(x, [1], [FAR])),
    ("float32[n, 4]", "float32[max(n - 1, 0), 4]", lambda b, x: b.slice(x, [0], [-1])),
    ("float32[n + 2, 4]", "float32[n + 1, 4]", lambda b, x: b.slice(x, [0], [-1])),
    ("float32[n, 4]", "float32[(n + 1)//2, 4]", lambda b, x: b.slice(x, [0], [FAR], steps=[2])),
    ("float32[n, 4]", "float32[n, 4]", lambda b, x: b.slice(x, [-1], [-FAR], [0], [-1])),
    ("float32[n, 4]", "float32[n, 4]", lambda b, x: b.slice(x, [0], b.take(b.shape_of(x), [0]))),
    ("float32[2*n, 4]", "float32[n, 4]", lambda b, x: b.split(x, count=2)[0]),
    ("float32[n, 4]", "float32[n, 4]", lambda b, x: b.broadcast_to(b.constant(0.5, "float32"), b.shape_of(x))),
    ("float32[n, 4]", "float32[1, 4]", lambda b, x: b.sum_to(x, [1, 4])),
    ("float32[n, 1, 4]", "float32[n, 4]", lambda b, x: b.squeeze(x, [1])),
    ("float32[n, 4]", "float32[n, 1, 4, 1]", lambda b, x: b.unsqueeze(x, [1, -1])),
    ("float32[n, 4]", "float32[4, n]", lambda b, x: b.transpose(x)),
    ("float32[n, 4]", "float32[4]", lambda b, x: b.mean(x, [0])),
    ("float32[n, 4]", "float32[n, 1]", lambda b, x: b.logsumexp(x, [-1], keepdims=True)),
    ("float32[n, 4]", "float32[3*n, 8]", lambda b, x: b.tile(x, [3, 2])),
    ("float32[n, 1]", "float32[2, n, 5]", lambda b, x: b.expand(x, [2, 1, 5])),
    ("float32[n, 2, 3]", "float32[n, 6]", lambda b, x: b.flatten(x)),
    ("float32[n, 2, 3]", "float32[2*n, 3]", lambda b, x: b.flatten(x, axis=-1)),
    ("float32[n, 4]", "float32[n, 2, 4]", lambda b, x: b.stack(x, x, axis=1)),
    ("float32[n, 4]", "float32[n, 2]", lambda b, x: b.top_k(x, 2)[0]),
    ("float32[n, 4]", "int64[n]", lambda b, x: b.argmax(x, axis=1)),
    ("float32[n, 4]", "int64[2, ?]", lambda b, x: b.nonzero(x)),
    ("float32[n, 4]", "int64[n]", lambda b, x: b.arange(0, b.take(b.shape_of(x), 0), 1)),
    ("float32[n, 4]", "int64[4*n]", lambda b, x: b.iota(b.size(x))),
    ("float32[n, 4]", "float32[n, n]", lambda b, x: b.eye(b.take(b.shape_of(x), 0), dtype="float32")),
    ("int64[n]", "float32[n, 5]", lambda b, x: b.one_hot(x, 5, np.float32(1), np.float32(0))),
    ("float32[n, 4, 4]", "float32[n, 3]", lambda b, x: b.diagonal(x, 1)),
    ("float32[...]", "float32[2, ?]", lambda b, x: b.reshape(x, [2, -1])),
    ("float32[...]", "float32[]", lambda b, x: b.sum(x)),
]


@pytest.mark.parametrize(("given", "expected", "body"), SHAPES, ids=lambda p: p if isinstance(p, str) else "")
def test_shape_is_known(given: str, expected: str, body: Callable[[Any, Any], Any]) -> None:
    b = Builder()
    assert body(b, b.input("x", given)).type == as_type(expected)


KNOWN: list[tuple[Any, Callable[[Any, Any], Any]]] = [
    (("n", 4), lambda b, s: s),
    (("n", 4, 7), lambda b, s: b.concat(s, [7])),
    ((4, "n"), lambda b, s: b.reverse(s)),
    ((4,), lambda b, s: b.slice(s, [1], [2])),
    ((4, "n"), lambda b, s: b.slice(s, [-1], [-FAR], None, [-1])),
    ("n", lambda b, s: b.take(s, 0)),
    ((4, 4, "n"), lambda b, s: b.take(s, [-1, 1, 0])),
    ("4*n", lambda b, s: b.prod(s)),
    ("n + 4", lambda b, s: b.sum(s)),
    (("4*n",), lambda b, s: b.prod(s, [0], keepdims=True)),
    ("max(4, n)", lambda b, s: b.max(s)),
    (("n", 9), lambda b, s: b.scatter(s, [1], [9])),
    ((0, "n"), lambda b, s: b.cumulative_sum(s, 0, exclusive=True)),
    (("n", "n"), lambda b, s: b.broadcast_to(b.slice(s, [0], [1]), [2])),
    ((4,), lambda b, s: b.unsqueeze(b.squeeze(b.slice(s, [1], [2])), [0])),
    ((0, 1, 2), lambda b, s: b.iota(3)),
    ((2, 5, 8), lambda b, s: b.arange(2, 9, 3)),
    ((1, "n", 4, 1), lambda b, s: b.pad(s, [1, 1], b.constant(1))),
    (("n", 1), lambda b, s: b.where(b.constant([True, False]), s, 1)),
    ((4,), lambda b, s: b.split(s, [1, 1])[1]),
    ("4*n", lambda b, s: b.size(b.broadcast_to(b.constant(1.0), s))),
]  # fmt: skip


def _dims(expected: Any) -> Any:
    if isinstance(expected, tuple):
        return tuple(_dims(e) for e in expected)
    return parse_dim(expected) if isinstance(expected, str) else expected


@pytest.mark.parametrize(("expected", "body"), KNOWN, ids=[str(i) for i in range(len(KNOWN))])
def test_value_is_known(expected: Any, body: Callable[[Any, Any], Any]) -> None:
    b = Builder()
    assert body(b, b.shape_of(b.input("x", "float32[n, 4]"))).known == _dims(expected)


WRONG: list[tuple[str, Callable[[Any, Any], Any]]] = [
    ("IR207", lambda b, x: b.reshape(x, [5, 5])),
    ("IR207", lambda b, x: b.reshape(x, [7, -1])),
    ("IR205", lambda b, x: b.reshape(x, [-1, -1])),
    ("IR205", lambda b, x: b.reshape(x, [-2, 12])),
    ("IR206", lambda b, x: b.broadcast_to(x, [2, 4])),
    ("IR206", lambda b, x: b.broadcast_to(x, [4])),
    ("IR206", lambda b, x: b.sum_to(x, [2])),
    ("IR207", lambda b, x: b.concat(x, b.constant(np.zeros((1, 1, 1, 1))), axis=0)),
    ("IR207", lambda b, x: b.split(x, [1, 1], axis=1)),
    ("IR303", lambda b, x: b.sum(x, [3])),
    ("IR303", lambda b, x: b.sum(x, [0, -3])),
    ("IR303", lambda b, x: b.transpose(x, perm=(0, 0, 1))),
    ("IR207", lambda b, x: b.squeeze(x, [0])),
    ("IR208", lambda b, x: b.take(x, [2])),
    ("IR302", lambda b, x: b.scatter(x, [0], b.constant(np.zeros((1, 3, 4))), reduction="mean")),
    ("IR207", lambda b, x: b.scatter(x, [0], b.constant(np.zeros((1, 3, 5))))),
    ("IR204", lambda b, x: b.take(x, b.constant(1.0))),
    ("IR204", lambda b, x: b.sum(x, b.constant([1], "int32"))),
    ("IR205", lambda b, x: b.slice(x, [0], [1], [0], [0])),
    ("IR303", lambda b, x: b.slice(x, [0, 0], [1, 1], [0, 0])),
    ("IR207", lambda b, x: b.pad(x, [1, 1])),
    ("IR205", lambda b, x: b.pad(x, [-2, -1], axes=[0])),
    ("IR302", lambda b, x: b.pad(x, [0] * 6, mode="circular")),
    ("IR205", lambda b, x: b.top_k(x, 5)),
    ("IR303", lambda b, x: b.cumulative_sum(x, 3)),
    ("IR207", lambda b, x: b.diag(x)),
    ("IR205", lambda b, x: b.iota(-1)),
]


@pytest.mark.parametrize(("code", "body"), WRONG, ids=[f"{i}-{c}" for i, (c, _) in enumerate(WRONG)])
def test_what_does_not_fit_is_refused_when_written(code: str, body: Callable[[Any, Any], Any]) -> None:
    b = Builder()
    with pytest.raises(IRError) as caught:
        body(b, b.input("x", "float64[2, 3, 4]"))
    assert caught.value.code == code


def test_a_gradient_reads_a_shape_from_the_value_that_had_it_first() -> None:
    b = irlib.Builder("g")
    x = b.input("x", "float64[n]")
    h = b.named(b.exp(x) + 1, "h")
    b.output("y", b.sum(h * 2))
    gradient = irlib.gradient(b.build(), "y", ["x"])
    names = [n.op.name for n in gradient.nodes if n.op is not None]
    assert "add" not in names  # its shape is all that is asked of h, and x has that too
    found = irlib.run(gradient, {"x": np.array([0.0, 1.0])})["d_x"]
    np.testing.assert_allclose(found, 2 * np.exp([0.0, 1.0]), rtol=1e-15)
