"""What a node costs: forward, and value with gradient, on chains of Tanh/Mul/Add, against other engines.

python -m benchmarks.per_node        needs the dev extra; torch, autograd and jax are measured where they are there
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import irlib
from benchmarks.clock import blas, interleaved, table

NODES = 999


def chain(shape: tuple[int, ...], nodes: int = NODES, *, parameter: bool = False) -> irlib.Graph:
    """``tanh(v) * c + c`` again and again; its sum is the loss."""
    b = irlib.Builder("chain")
    v: Any = b.input("x", ("float64", shape))
    c = b.parameter("c", np.full(shape, 0.7)) if parameter else b.constant(np.full(shape, 0.7))
    for _ in range(nodes // 3):
        v = b.add(b.multiply(b.tanh(v), c), c)
    b.output("y", v)
    b.output("loss", b.sum(v), role="loss")
    return b.build()


def has(module: str) -> bool:
    """Whether `module` is installed."""
    return importlib.util.find_spec(module) is not None


def forward_contenders(shape: tuple[int, ...], x: Any, c: Any) -> dict[str, Callable[[], object]]:
    """The chain forward in each engine."""
    f = irlib.compile(chain(shape))
    feeds = {"x": x}

    def dict_loop() -> object:
        values = {0: x}
        for i in range(0, NODES, 3):
            values[i + 1] = np.tanh(values[i])
            values[i + 2] = np.multiply(values[i + 1], c)
            values[i + 3] = np.add(values[i + 2], c)
        return values[NODES]

    made: dict[str, Callable[[], object]] = {"irlib": lambda: f(feeds), "numpy loop over a dict": dict_loop}
    if has("onnx"):
        made["onnx.reference"] = onnx_reference(shape, x, c)
    if has("torch"):
        made["torch eager"] = torch_forward(x, c)
    if has("autograd"):
        made["autograd"] = autograd_forward(x, c)
    return made


def onnx_reference(shape: tuple[int, ...], x: Any, c: Any) -> Callable[[], object]:
    """The chain as an ONNX model in its reference evaluator."""
    from onnx import TensorProto, helper, numpy_helper
    from onnx.reference import ReferenceEvaluator

    nodes, last = [], "x"
    for i in range(0, NODES, 3):
        nodes += [
            helper.make_node("Tanh", [last], [f"a{i}"]),
            helper.make_node("Mul", [f"a{i}", "c"], [f"b{i}"]),
            helper.make_node("Add", [f"b{i}", "c"], [f"v{i}"]),
        ]
        last = f"v{i}"
    t = [helper.make_tensor_value_info(n, TensorProto.DOUBLE, list(shape)) for n in ("x", last)]
    graph = helper.make_graph(nodes, "chain", [t[0]], [t[1]], [numpy_helper.from_array(c, "c")])
    evaluator = ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]))
    return lambda: evaluator.run(None, {"x": x})


def torch_forward(x: Any, c: Any) -> Callable[[], object]:
    """The chain in torch, eagerly."""
    import torch

    torch.set_num_threads(1)
    tx, tc = torch.from_numpy(x), torch.from_numpy(c)

    def run() -> object:
        with torch.no_grad():
            v = tx
            for _ in range(NODES // 3):
                v = torch.tanh(v) * tc + tc
        return v

    return run


def autograd_forward(x: Any, c: Any) -> Callable[[], object]:
    """The chain in autograd, untraced."""
    import autograd.numpy as anp

    def run() -> object:
        v = x
        for _ in range(NODES // 3):
            v = anp.tanh(v) * c + c
        return v

    return run


def gradient_contenders(shape: tuple[int, ...], x: Any, c: Any, *, wrt_c: bool) -> dict[str, Callable[[], object]]:
    """`wrt_c`: every operand carries a cotangent, c being differentiated too; else c is a constant."""
    model = chain(shape, parameter=wrt_c)
    g = irlib.compile(irlib.gradient(model, of="loss", wrt=["x", "c"] if wrt_c else ["x"], outputs=["loss"]))
    feeds = {"x": x}
    made: dict[str, Callable[[], object]] = {"irlib": lambda: g(feeds)}
    if has("torch"):
        import torch

        leaves = [torch.from_numpy(x.copy()).requires_grad_(True), torch.from_numpy(c.copy()).requires_grad_(wrt_c)]

        def torch_gradient() -> object:
            v, tc = leaves
            for _ in range(NODES // 3):
                v = torch.tanh(v) * tc + tc
            for leaf in leaves:
                leaf.grad = None
            v.sum().backward()
            return leaves

        made["torch eager"] = torch_gradient
    if has("autograd"):
        import autograd
        import autograd.numpy as anp

        def loss(v: Any, k: Any) -> Any:
            for _ in range(NODES // 3):
                v = anp.tanh(v) * k + k
            return anp.sum(v)

        value_and_grad = autograd.value_and_grad(loss, (0, 1) if wrt_c else 0)
        made["autograd"] = lambda: value_and_grad(x, c)
    return made


def growth() -> None:
    """(forward + backward) / forward, and costs of making, from a hundred nodes to a million."""
    print("\nfrom 1e2 to 1e6 nodes, shape (): us per node to build a gradient and to plan; run ratio")
    for nodes in (99, 999, 9_999, 99_999, 999_999):
        model = chain((), nodes)
        x = {"x": np.array(0.3)}
        start = time.perf_counter()
        gradient = irlib.gradient(model, of="loss", wrt=["x"], outputs=["loss"])
        built = time.perf_counter() - start
        f, g = irlib.compile(model), irlib.compile(gradient)
        start = time.perf_counter()
        f.planned(x)
        planned = time.perf_counter() - start
        times = interleaved({"f": lambda: f(x), "g": lambda: g(x)}, rounds=max(3, 20_000 // nodes), warmup=1)  # noqa: B023
        print(
            f"  {nodes:8d} nodes: gradient {built / nodes * 1e6:6.2f}, plan {planned / nodes * 1e6:5.2f}, "
            f"forward {times['f'] / nodes * 1e9:6.0f} ns, (forward + backward) / forward {times['g'] / times['f']:.2f}"
        )


def main() -> None:
    """Print every table."""
    print(blas())
    for shape in ((), (64,)):
        x, c = np.full(shape, 0.3), np.full(shape, 0.7)
        times = interleaved(forward_contenders(shape, x, c))
        table(f"forward, {NODES} nodes, shape {shape}", "irlib", times, 1e9 / NODES, "ns/node")
        for wrt_c in (False, True):
            times = interleaved(gradient_contenders(shape, x, c, wrt_c=wrt_c))
            what = "every operand differentiated" if wrt_c else "c a constant"
            table(f"value and gradient, {NODES} nodes, shape {shape}, {what}", "irlib", times, 1e9 / NODES, "ns/node")
    growth()


if __name__ == "__main__":
    main()
