"""A step of gradient descent on an MLP 784-128-64-10, batch 32, float32: emitted numpy beside other engines.

python -m benchmarks.mlp_step        needs the dev extra; torch, autograd, jax and onnxruntime where they are installed
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import irlib
from benchmarks.clock import blas, interleaved, table
from benchmarks.per_node import has

import numpy as np  # isort: skip  after the clock, which sets what BLAS reads when it is loaded

SIZES = (784, 128, 64, 10)
BATCH = 32
RATE = 0.1

Arrays = dict[str, Any]
Step = Callable[[Arrays, Any, Any], Any]


def initial(seed: int = 0) -> tuple[Arrays, Any, Any]:
    """Parameters, a batch of images and their one-hot labels."""
    rng = np.random.default_rng(seed)
    params: Arrays = {}
    for k, (n, m) in enumerate(pairwise(SIZES), 1):
        params[f"W{k}"] = (rng.standard_normal((n, m)) * np.sqrt(2 / n)).astype(np.float32)
        params[f"b{k}"] = np.zeros(m, np.float32)
    x = rng.random((BATCH, SIZES[0]), np.float32)
    t = np.eye(SIZES[-1], dtype=np.float32)[rng.integers(0, SIZES[-1], BATCH)]
    return params, x, t


def model(params: Arrays) -> irlib.Graph:
    """The network and its cross entropy."""
    b = irlib.Builder("mlp")
    h: Any = b.input("x", f"float32[{BATCH}, {SIZES[0]}]")
    t = b.input("t", f"float32[{BATCH}, {SIZES[-1]}]")
    last = len(SIZES) - 1
    for k in range(1, last + 1):
        h = h @ b.parameter(f"W{k}", params[f"W{k}"]) + b.parameter(f"b{k}", params[f"b{k}"])
        h = b.relu(h) if k < last else h
    b.output("loss", -b.sum(t * b.log_softmax(h)) / float(BATCH), role="loss")
    return b.build()


def by_hand(p: Arrays, x: Any, t: Any) -> tuple[Any, Arrays]:
    """The step as one writes it in numpy: the loss, and new parameters."""
    z1 = x @ p["W1"] + p["b1"]
    h1 = np.maximum(z1, 0)
    z2 = h1 @ p["W2"] + p["b2"]
    h2 = np.maximum(z2, 0)
    z3 = h2 @ p["W3"] + p["b3"]
    z3 = z3 - z3.max(axis=1, keepdims=True)
    e = np.exp(z3)
    total = e.sum(axis=1, keepdims=True)
    loss = -np.sum(t * (z3 - np.log(total))) / len(x)
    d3 = (e / total - t) / len(x)
    d2 = (d3 @ p["W3"].T) * (z2 > 0)
    d1 = (d2 @ p["W2"].T) * (z1 > 0)
    grads = {
        "W1": x.T @ d1, "b1": d1.sum(axis=0), "W2": h1.T @ d2, "b2": d2.sum(axis=0),
        "W3": h2.T @ d3, "b3": d3.sum(axis=0),
    }  # fmt: skip
    return loss, {name: p[name] - np.float32(RATE) * g for name, g in grads.items()}


def compiled(target: str, params: Arrays, x: Any, t: Any) -> Callable[[], Any]:
    """A step by irlib; parameters are fed, as the others are."""
    step = irlib.training_step(model(params), optimizer=irlib.training.sgd(RATE))
    f = irlib.compile(step, target=target)
    feeds = {**params, "x": x, "t": t}
    return lambda: f(feeds)


def torch_step(params: Arrays, x: Any, t: Any) -> Callable[[], Any]:
    """The step in torch, eager."""
    import torch

    torch.set_num_threads(1)
    p = {k: torch.tensor(v, requires_grad=True) for k, v in params.items()}
    xt, tt = torch.tensor(x), torch.tensor(t)

    def run() -> Any:
        h = torch.relu(xt @ p["W1"] + p["b1"])
        h = torch.relu(h @ p["W2"] + p["b2"])
        loss = -(tt * torch.log_softmax(h @ p["W3"] + p["b3"], dim=-1)).sum() / BATCH
        grads = torch.autograd.grad(loss, list(p.values()))
        with torch.no_grad():
            new = {k: w - RATE * g for (k, w), g in zip(p.items(), grads, strict=True)}
        return loss, new

    return run


def jax_step(params: Arrays, x: Any, t: Any) -> Callable[[], Any]:
    """The step in jax, compiled."""
    import jax
    import jax.numpy as jnp

    def loss(p: Any, x: Any, t: Any) -> Any:
        h = jax.nn.relu(x @ p["W1"] + p["b1"])
        h = jax.nn.relu(h @ p["W2"] + p["b2"])
        return -jnp.sum(t * jax.nn.log_softmax(h @ p["W3"] + p["b3"])) / BATCH

    def step(p: Any, x: Any, t: Any) -> Any:
        value, grads = jax.value_and_grad(loss)(p, x, t)
        return value, jax.tree.map(lambda w, g: w - RATE * g, p, grads)

    run = jax.jit(step)
    p = {k: jnp.asarray(v) for k, v in params.items()}
    xj, tj = jnp.asarray(x), jnp.asarray(t)
    return lambda: jax.block_until_ready(run(p, xj, tj))


def autograd_step(params: Arrays, x: Any, t: Any) -> Callable[[], Any]:
    """The step in autograd."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    def loss(p: Any) -> Any:
        h = anp.maximum(x @ p["W1"] + p["b1"], 0)
        h = anp.maximum(h @ p["W2"] + p["b2"], 0)
        z = h @ p["W3"] + p["b3"]
        z = z - anp.max(z, axis=1, keepdims=True)
        return -anp.sum(t * (z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True)))) / BATCH

    both = value_and_grad(loss)

    def run() -> Any:
        value, grads = both(params)
        return value, {k: params[k] - np.float32(RATE) * g for k, g in grads.items()}

    return run


def onnxruntime_step(params: Arrays, x: Any, t: Any) -> Callable[[], Any]:
    """The step that irlib builds, exported, in onnxruntime."""
    import onnxruntime as ort

    step = irlib.training_step(model(params), optimizer=irlib.training.sgd(RATE))
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(irlib.to_onnx(step).SerializeToString(), options, ["CPUExecutionProvider"])
    feeds = {"x": x, "t": t}
    given = {i.name for i in session.get_inputs()}
    feeds |= {k: v for k, v in params.items() if k in given}
    return lambda: session.run(None, feeds)


def contenders() -> dict[str, Callable[[], Any]]:
    """The step in each engine that is installed."""
    params, x, t = initial()
    made: dict[str, Callable[[], Any]] = {
        "irlib, numpy": compiled("numpy", params, x, t),
        "irlib, reference": compiled("reference", params, x, t),
        "numpy by hand": lambda: by_hand(params, x, t),
    }
    others = {
        "torch": ("torch eager", torch_step), "jax": ("jax.jit", jax_step), "autograd": ("autograd", autograd_step),
        "onnxruntime": ("onnxruntime, exported step", onnxruntime_step),
    }  # fmt: skip
    for module, (name, make) in others.items():
        if has(module):
            made[name] = make(params, x, t)
    return made


def main() -> None:
    """Print what a step takes."""
    print(blas())
    made = contenders()
    table(
        f"A step of SGD, {'-'.join(map(str, SIZES))}, batch {BATCH}, float32",
        "irlib, numpy", interleaved(made, 300, 20, settle=4), 1e6, "us",
    )  # fmt: skip


if __name__ == "__main__":
    main()
