"""A step of training: an MLP 784-128-64-10, batch 32, Adam, in the reference interpreter, torch and autograd.

python -m benchmarks.adam_step       needs the dev extra; torch and autograd are measured where they are there
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

import irlib
from benchmarks.clock import blas, interleaved, table
from benchmarks.per_node import has
from irlib.training import adam, updates

SIZES = (784, 128, 64, 10)
BATCH = 32
RATE = 1e-3


def network(dtype: str = "float32", sizes: tuple[int, ...] = SIZES) -> irlib.Graph:
    """The network, tanh between its layers, and its loss: cross entropy of labels."""
    b = irlib.Builder("mlp")
    v: Any = b.input("x", f"{dtype}[batch, {sizes[0]}]")
    t = b.input("t", "int64[batch]")
    for k, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        rng = np.random.default_rng(k)
        w = b.parameter(f"w{k}", (rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)).astype(dtype))
        v = v @ w + b.parameter(f"c{k}", np.zeros(fan_out, dtype))
        if k < len(sizes) - 2:
            v = b.tanh(v)
    b.output("loss", b.cross_entropy(v, t), role="loss")
    return b.build()


def data(dtype: str = "float32", sizes: tuple[int, ...] = SIZES) -> tuple[Any, Any]:
    """A batch."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((BATCH, sizes[0])).astype(dtype), rng.integers(0, sizes[-1], BATCH)


def ours(x: Any, t: Any, target: str = "reference") -> Callable[[], object]:
    """The step as one graph; what it gives is fed to the next."""
    step = irlib.training_step(network(str(x.dtype)), "loss", adam(RATE))
    f = irlib.compile(step, target=target)
    state = updates(step, f({"x": x, "t": t}))

    def run() -> object:
        nonlocal state
        outputs = f({"x": x, "t": t, **state})
        state = updates(step, outputs)
        return outputs["loss"]

    return run


def torch_step(x: Any, t: Any) -> Callable[[], object]:
    """The step in torch, eagerly, with its Adam (which treats all parameters together: its fastest on a CPU)."""
    import torch

    torch.set_num_threads(1)
    model = network(str(x.dtype))
    leaves = [torch.from_numpy(n.variable.tensor.array.copy()).requires_grad_() for n in model.parameters]
    optimizer = torch.optim.Adam(leaves, lr=RATE)
    tx, tt = torch.from_numpy(x), torch.from_numpy(t)

    def run() -> object:
        v = tx
        for k in range(0, len(leaves), 2):
            v = v @ leaves[k] + leaves[k + 1]
            if k < len(leaves) - 2:
                v = torch.tanh(v)
        loss = torch.nn.functional.cross_entropy(v, tt)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return run


def autograd_step(x: Any, t: Any) -> Callable[[], object]:
    """The gradient by autograd, Adam in numpy as one writes it, in place."""
    import autograd
    import autograd.numpy as anp

    values = [n.variable.tensor.array.copy() for n in network(str(x.dtype)).parameters]
    first, second = [np.zeros_like(v) for v in values], [np.zeros_like(v) for v in values]
    rows = np.arange(len(t))
    done = 0

    def loss(leaves: list[Any]) -> Any:
        v = x
        for k in range(0, len(leaves), 2):
            v = anp.dot(v, leaves[k]) + leaves[k + 1]
            if k < len(leaves) - 2:
                v = anp.tanh(v)
        v = v - anp.max(v, axis=1, keepdims=True)
        v = v - anp.log(anp.sum(anp.exp(v), axis=1, keepdims=True))
        return -anp.mean(v[rows, t])

    value_and_grad = autograd.value_and_grad(loss)

    def run() -> object:
        nonlocal done
        done += 1
        value, gradients = value_and_grad(values)
        for w, m, s, d in zip(values, first, second, gradients, strict=True):
            m *= 0.9
            m += 0.1 * d
            s *= 0.999
            s += 0.001 * d * d
            w -= RATE * (m / (1 - 0.9**done)) / (np.sqrt(s / (1 - 0.999**done)) + 1e-8)
        return value

    return run


def main() -> None:
    """Print the table for both precisions."""
    print(blas())
    for dtype in ("float32", "float64"):
        x, t = data(dtype)
        contenders = {"irlib reference": ours(x, t), "irlib emitted numpy": ours(x, t, "numpy")}
        if has("torch"):
            contenders["torch eager"] = torch_step(x, t)
        if has("autograd"):
            contenders["autograd"] = autograd_step(x, t)
        times = interleaved(contenders, rounds=300)
        table(
            f"a step of Adam, {'-'.join(map(str, SIZES))}, batch {BATCH}, {dtype}", "irlib reference", times, 1e6, "us"
        )


if __name__ == "__main__":
    main()
