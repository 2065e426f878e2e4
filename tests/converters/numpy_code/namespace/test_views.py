"""Which functions give views: a write into the result shows in the array, and one into the array in the result, as in numpy."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.numpy_code.namespace import face
from irlib.converters.numpy_code.namespace.lifting import lift
from tests.converters.numpy_code.namespace.judge import arrays, line

VIEWS: list[Callable[[Any, Any], Any]] = [
    lambda np, x: np.reshape(x, (4, 3)),
    lambda np, x: np.reshape(x.T, -1),
    lambda np, x: np.reshape(x[:, ::2], -1),
    lambda np, x: np.reshape(x, (2, 6), order="F"),
    lambda np, x: np.ravel(x),
    lambda np, x: np.ravel(x.T),
    lambda np, x: np.ravel(x, order="F"),
    lambda np, x: x.flatten(),
    lambda np, x: np.transpose(x),
    lambda np, x: np.swapaxes(x, 0, 1),
    lambda np, x: np.moveaxis(x, 0, 1),
    lambda np, x: np.rollaxis(x, 1),
    lambda np, x: np.permute_dims(x, (1, 0)),
    lambda np, x: np.matrix_transpose(x),
    lambda np, x: np.squeeze(x[None]),
    lambda np, x: np.expand_dims(x, 1),
    lambda np, x: np.atleast_3d(x),
    lambda np, x: np.atleast_1d(x),
    lambda np, x: np.flip(x),
    lambda np, x: np.fliplr(x),
    lambda np, x: np.rot90(x),
    lambda np, x: np.rot90(x, 2),
    lambda np, x: np.roll(x, 1),
    lambda np, x: np.split(x, 2, axis=1)[1],
    lambda np, x: np.array_split(x, 2)[0],
    lambda np, x: np.hsplit(x, 2)[0],
    lambda np, x: np.unstack(x)[1],
    lambda np, x: np.real(x),
    lambda np, x: np.asarray(x),
    lambda np, x: np.ascontiguousarray(x),
    lambda np, x: np.ascontiguousarray(x.T),
    lambda np, x: np.array(x),
    lambda np, x: np.copy(x),
    lambda np, x: np.astype(x, float, copy=False),
    lambda np, x: np.take(x, [0, 1], axis=0),
    lambda np, x: np.concatenate([x]),
    lambda np, x: np.where(x > 0, x, x),
    lambda np, x: np.triu(x),
    lambda np, x: np.pad(x, 0),
    lambda np, x: np.repeat(x, 1, axis=0),
    lambda np, x: np.tile(x, 1),
    lambda np, x: np.sort(x),
    lambda np, x: np.round(x, 2),
    lambda np, x: np.clip(x, -9, 9),
    lambda np, x: np.delete(x, 0, axis=0),
    lambda np, x: np.insert(x, 0, 1, axis=0),
    lambda np, x: np.nan_to_num(x),
    lambda np, x: np.meshgrid(x[0], x[1])[0],
    lambda np, x: np.diff(x, n=0),
]

READ_ONLY: list[Callable[[Any, Any], Any]] = [
    lambda np, x: np.diagonal(x),
    lambda np, x: np.diag(x),
    lambda np, x: np.broadcast_to(x, (2, 3, 4)),
    lambda np, x: np.lib.stride_tricks.sliding_window_view(x, (2, 2)),
]


def written(namespace: Any, x: Any, make: Callable[[Any, Any], Any]) -> Any:
    """Both arrays after a write into the result, and then one into the array."""
    y = make(namespace, x)
    y[...] = 7.0
    after = x * 1.0
    x[0] = 3.0
    return after, y * 1.0


@pytest.mark.parametrize("make", VIEWS, ids=line)
def test_a_view_is_a_view_and_a_copy_a_copy(make: Callable[[Any, Any], Any]) -> None:
    start = arrays()["a"]
    expected = written(np, start.copy(), make)
    got = written(face, lift(start.copy()), make)
    graph = irlib.trace(lambda x: written(face, x, make), start)
    traced = irlib.run(graph, {"x": start} if "x" in graph.by_name else {})
    for i, value in enumerate(expected):
        np.testing.assert_array_equal(got[i].concrete(), value)
        np.testing.assert_array_equal(traced[f"out.{i}"], value)


@pytest.mark.parametrize("make", READ_ONLY, ids=line)
def test_a_view_that_cannot_be_written_follows_its_array(make: Callable[[Any, Any], Any]) -> None:
    def run(namespace: Any, x: Any) -> Any:
        y = make(namespace, x)
        x[0] = 3.0
        return y * 1.0

    start = arrays()["a"]
    np.testing.assert_array_equal(run(face, lift(start)).concrete(), run(np, start.copy()))
    with pytest.raises((irlib.IRError, ValueError), match="read-only"):
        make(face, SimpleNamespace(x=lift(start)).x)[0] = 1.0
