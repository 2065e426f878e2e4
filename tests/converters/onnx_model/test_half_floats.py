"""Half floats accumulate in float32, forward and backward: 4096 ones add up, where a running half would stop at 2048.

bfloat16 would stop at 256. Each case is exact in both.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from onnx import parser

import irlib

N = 4096
HALVES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16}

FORWARD: dict[str, tuple[str, tuple[int, ...], float]] = {
    "ReduceSum": ("axes = Constant <value: tensor = int64[1] {0}> () y = ReduceSum<keepdims=0>(x, axes)", (N, 2), N),
    "ReduceMean": ("axes = Constant <value: tensor = int64[1] {0}> () y = ReduceMean<keepdims=0>(x, axes)", (N, 2), 1),
    "ReduceL1": ("y = ReduceL1<keepdims=0>(x)", (N,), N),
    "ReduceL2": ("y = ReduceL2<keepdims=0>(x)", (N,), 64),
    "ReduceSumSquare": ("y = ReduceSumSquare<keepdims=0>(x)", (N,), N),
    "MatMul": ("t = Transpose(x) y = MatMul(t, x)", (N, 2), N),
    "Gemm": ("y = Gemm<transA=1>(x, x)", (N, 2), N),
    "Einsum": ('y = Einsum<equation="ij,ik->jk">(x, x)', (N, 2), N),
    "Conv": ("y = Conv(x, x)", (1, 1, 64, 64), N),
    "ConvTranspose": ("t = Reshape(x, s) u = Reshape(x, r) y = ConvTranspose(t, u)", (1, N, 1, 1), N),
    "AveragePool": ("y = AveragePool<kernel_shape=[64,64]>(x)", (1, 1, 64, 64), 1),
    "GlobalAveragePool": ("y = GlobalAveragePool(x)", (1, 2, 64, 64), 1),
    "LpPool": ("y = LpPool<kernel_shape=[64,64], p=1>(x)", (1, 1, 64, 64), N),
    "GlobalLpPool": ("y = GlobalLpPool<p=2>(x)", (1, 1, 64, 64), 64),
    "CumSum": (
        ("at = Constant <value: tensor = int64 {0}> () c = CumSum(x, at) i = Constant <value: tensor = int64 {-1}> ()"
        " y = Gather(c, i)"), (N, 2), N,
    ),
    "LpNormalization": ("n = LpNormalization<axis=0, p=2>(x) t = Transpose(n) y = MatMul(t, x)", (N, 1), 64),
    "Softmax": ("p = Softmax<axis=0>(x) y = ReduceSum<keepdims=0>(p)", (N,), 1),
    "RMSNormalization": ("y = RMSNormalization<axis=0>(x, x)", (N,), 1),
    "ScatterElements": (
        ("z = Sub(x, x) zero = Constant <value: tensor = int64[1] {0}> () n = Shape(x) i = Expand(zero, n)"
        " s = ScatterElements<axis=0, reduction=\"add\">(z, i, x) first = Constant <value: tensor = int64 {0}> ()"
        " y = Gather(s, first)"), (N,), N,
    ),
}  # fmt: skip

BACKWARD: dict[str, tuple[str, tuple[int, ...], tuple[int, ...], float]] = {
    "Add": ("y = Add(x, w)", (N, 2), (2,), N),
    "Mul": ("y = Mul(x, w)", (N, 2), (1,), 2 * N),
    "Expand": ("n = Shape(x) y = Expand(w, n)", (N, 2), (1, 2), N),
    "MatMul": ("y = MatMul(x, w)", (N, 2), (2, 3), N),
    "Conv": ("y = Conv(x, w)", (1, 1, 64, 64), (1, 1, 1, 1), N),
    "Gather": ("i = Constant <value: tensor = int64 {0}> () h = Gather<axis=0>(w, i) y = Mul(x, h)", (N, 2), (1, 2), N),
    "Where": ("c = Greater(x, w) y = Where(c, x, w)", (N, 1), (1, 1), N),
}


def graph_of(body: str, kind: str, inputs: dict[str, tuple[int, ...]]) -> irlib.Graph:
    declared = ", ".join(f"{kind}[{', '.join(map(str, s))}] {name}" for name, s in inputs.items())
    constants = (
        f"s = Constant <value: tensor = int64[4] {{1, {N}, 1, 1}}> () "
        f"r = Constant <value: tensor = int64[4] {{{N}, 1, 1, 1}}> () "
        if "(x, s)" in body
        else ""
    )
    text = f'<ir_version: 10, opset_import: ["" : 23]> g ({declared}) => ({kind}[..] y) {{ {constants}{body} }}'
    made: irlib.Graph = irlib.from_onnx(parser.parse_model(text.replace("[..]", "")), strict=False)
    return made


@pytest.mark.parametrize("kind", HALVES)
@pytest.mark.parametrize("name", FORWARD)
def test_forward(name: str, kind: str) -> None:
    body, shape, expected = FORWARD[name]
    y = irlib.run(graph_of(body, kind, {"x": shape}), {"x": np.ones(shape, HALVES[kind])})["y"]
    assert y.dtype == HALVES[kind]
    np.testing.assert_array_equal(np.asarray(y, np.float64), np.full(y.shape, expected))


@pytest.mark.parametrize("kind", HALVES)
@pytest.mark.parametrize("name", BACKWARD)
def test_backward(name: str, kind: str) -> None:
    body, shape, of, expected = BACKWARD[name]
    graph = graph_of(body, kind, {"x": shape, "w": of})
    feeds = {"x": np.ones(shape, HALVES[kind]), "w": np.ones(of, HALVES[kind])}
    cotangent: Any = np.ones_like(irlib.run(graph, feeds)["y"])
    _, found = irlib.value_and_grad(graph, feeds, "y", ["w"], [cotangent])
    assert found["w"].dtype == HALVES[kind]
    np.testing.assert_array_equal(np.asarray(found["w"], np.float64), np.full(of, expected))
