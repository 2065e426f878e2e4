"""Rules that read sizes while the graph runs give what they give when sizes are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib.interpreters.numpy_ref.kernels  # noqa: F401  registers the kernels
from irlib import autodiff
from irlib.builder import Builder
from irlib.errors import IRError
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.eager import run_nodes
from irlib.types import TensorType, type_of
from tests.vectors.convolution import VECTORS as CONVOLUTION
from tests.vectors.einsum import VECTORS as EINSUM
from tests.vectors.fourier import VECTORS as FOURIER
from tests.vectors.linalg import VECTORS as LINALG
from tests.vectors.solving import VECTORS as SOLVING
from tests.vectors.vector import Vector
from tests.vectors.window import VECTORS as WINDOW

JUDGED = [
    v
    for v in [*LINALG, *EINSUM, *CONVOLUTION, *FOURIER, *SOLVING, *WINDOW]
    if v.wrt != () and v.op.smoothness != "zero" and v.operands[0].dtype.kind in "fc"
]


def _gradient(vector: Vector, *, known: bool) -> Graph:
    b = Builder("vector")
    values = []
    for k, operand in enumerate(vector.operands):
        if operand is None or k in vector.static:
            values.append(operand if operand is None else b.constant(operand))
            continue
        t = type_of(operand)
        assert isinstance(t, TensorType)
        assert t.shape is not None
        values.append(b.input(f"x{k}", t if known else t.with_shape((None,) * len(t.shape))))
    results = b.emit(vector.op, values)
    of = [f"y{r}" for r, y in enumerate(results) if autodiff.carries_cotangent(y.type)]
    for r, y in enumerate(results):
        b.output(f"y{r}", y)
    wrt = [f"x{k}" for k, o in enumerate(vector.operands) if o is not None and k not in vector.static]
    floats = [w for w in wrt if autodiff.carries_cotangent(type_of(vector.operands[int(w[1:])]))]
    return autodiff.gradient(b.build(), of=of, wrt=floats, cotangents=True)


def _run(gradient: Graph, vector: Vector) -> list[Any]:
    rng = np.random.default_rng(3)
    feeds = {f"x{k}": o for k, o in enumerate(vector.operands) if o is not None}
    for r, y in enumerate(vector.expected):
        feeds[f"d_y{r}"] = rng.standard_normal(y.shape).astype(y.dtype)
    with np.errstate(all="ignore"):
        return list(run_nodes(gradient, [feeds[str(n.name)] for n in gradient.inputs]))


@pytest.mark.parametrize("vector", JUDGED, ids=str)
def test_unknown_dims_give_the_same_gradient(vector: Vector) -> None:
    try:
        unknown = _gradient(vector, known=False)
    except IRError as error:
        if error.code not in ("IR210", "IR701"):
            raise
        pytest.skip("says that it needs the dims")
    for a, e in zip(_run(unknown, vector), _run(_gradient(vector, known=True), vector), strict=True):
        assert (a.dtype, a.shape) == (e.dtype, e.shape)
        wide = np.complex128 if e.dtype.kind == "c" else np.float64
        rtol = {2: 1e-2, 4: 1e-4}.get(e.dtype.itemsize, 1e-10)
        np.testing.assert_allclose(a.astype(wide), e.astype(wide), rtol=rtol, atol=1e-10)
