"""Emitted modules as they are read: what changes in one of them shows as a diff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import nn

Golden = Callable[[str, str], None]
Make = Callable[[], irlib.Graph]


def mlp() -> irlib.Graph:
    b = irlib.Builder("mlp")
    x, t = b.input("x", "float32[batch, 784]"), b.input("t", "float32[batch, 10]")
    h = b.relu(x @ b.parameter("W1", ("float32", (784, 128))) + b.parameter("b1", ("float32", (128,))), name="h")
    z = b.add(h @ b.parameter("W2", ("float32", (128, 10))), b.parameter("b2", ("float32", (10,))), name="logits")
    b.output("probs", b.softmax(z))
    b.output("loss", b.mean(b.square(b.softmax(z) - t)), role="loss")
    return b.build()


def cnn() -> irlib.Graph:
    b = irlib.Builder("cnn")
    x, t = b.input("x", "float32[batch, 1, 8, 8]"), b.input("t", "int64[batch]")
    h = nn.max_pool2d(b, b.relu(nn.conv2d(b, x, 8, 3, name="conv")), 2)
    scores = nn.linear(b, b.flatten(h), 10, name="scores")
    b.output("scores", scores)
    b.output("loss", b.cross_entropy(scores, t), role="loss")
    return b.build()


def lstm() -> irlib.Graph:
    b = irlib.Builder("lstm")
    x, t = b.input("x", "float32[seq, batch, 12]"), b.input("t", "float32[batch, 4]")
    steps: Any = nn.lstm(b, x, 16, name="lstm")
    last = b.take(steps[0] if isinstance(steps, tuple) else steps, b.constant(-1), axis=0)
    y = nn.linear(b, last, 4, name="head")
    b.output("y", y)
    b.output("loss", b.mse_loss(y, t), role="loss")
    return b.build()


def vae() -> irlib.Graph:
    b = irlib.Builder("vae")
    x, noise = b.input("x", "float32[batch, 64]"), b.input("noise", "float32[batch, 8]")
    h = b.tanh(nn.linear(b, x, 32, name="encoder"), name="h")
    mean, spread = nn.linear(b, h, 8, name="mean"), nn.linear(b, h, 8, name="log_variance")
    z = b.add(mean, b.exp(0.5 * spread) * noise, name="z")
    y = nn.linear(b, b.tanh(nn.linear(b, z, 32, name="decoder")), 64, name="logits")
    error = b.sum(b.binary_cross_entropy_with_logits(y, x, reduction="none"), [-1])
    divergence = -0.5 * b.sum(1.0 + spread - mean * mean - b.exp(spread), [-1])
    b.output("z", z)
    b.output("loss", b.mean(error + divergence), role="loss")
    return b.build()


def text_of(source: str) -> str:
    """The source without the line that changes with the version."""
    return "\n".join(line for line in source.split("\n") if not line.startswith(("Written by", "Graph: ")))


@pytest.mark.parametrize("style", ["fused", "nodes"])
@pytest.mark.parametrize("make", [mlp, cnn, lstm, vae], ids=lambda make: str(make.__name__))
def test_modules_read_as_they_did(make: Make, style: str, golden: Golden) -> None:
    if style == "nodes" and make is not mlp:
        pytest.skip("one is enough for the form")
    module = irlib.to_numpy(make(), style, gradient=make is not lstm)
    golden(text_of(module), f"numpy_code/{make.__name__}_{style}.py.txt")


def block() -> Any:
    """A residual block as ONNX has it."""
    helper = pytest.importorskip("onnx.helper")
    numpy_helper = pytest.importorskip("onnx.numpy_helper")
    rng = np.random.default_rng(0)
    tensors = {"w1": (8, 8, 3, 3), "w2": (8, 8, 3, 3)} | {f"{n}{k}": (8,) for k in (1, 2) for n in ("s", "c", "m", "v")}
    held = [numpy_helper.from_array(np.abs(rng.standard_normal(s, np.float32)), n) for n, s in tensors.items()]
    nodes = [
        helper.make_node("Conv", ["x", "w1"], ["conv1"], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["conv1", "s1", "c1", "m1", "v1"], ["norm1"]),
        helper.make_node("Relu", ["norm1"], ["relu1"]),
        helper.make_node("Conv", ["relu1", "w2"], ["conv2"], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["conv2", "s2", "c2", "m2", "v2"], ["norm2"]),
        helper.make_node("Add", ["norm2", "x"], ["sum"]),
        helper.make_node("Relu", ["sum"], ["y"]),
    ]
    x, y = (helper.make_tensor_value_info(n, 1, ["batch", 8, 16, 16]) for n in ("x", "y"))
    graph = helper.make_graph(nodes, "block", [x], [y], held)
    return irlib.from_onnx(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]))


def test_a_residual_block_of_onnx_reads_as_it_did_and_runs(golden: Golden) -> None:
    model = block()
    module = irlib.to_numpy(model, gradient=False)
    golden(text_of(module), "numpy_code/onnx_block_fused.py.txt")
    names: dict[str, Any] = {}
    exec(compile(module, "block.py", "exec"), names)
    x = np.random.default_rng(1).standard_normal((2, 8, 16, 16), np.float32)
    params = {str(n.name): n.variable.tensor.array for n in (*model.parameters, *model.buffers)}
    np.testing.assert_allclose(names["predict"](params, x), irlib.run(model, {"x": x})["y"], rtol=1e-5, atol=1e-5)
