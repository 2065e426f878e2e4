"""What files cost: bytes and milliseconds at a million nodes, and 200 MB of weights mapped and read.

    python -m benchmarks.files [NODES]

Prints the best of several runs; the targets are those of DESIGN 2a.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import irlib
from irlib.graph import Graph, Output, Role, Variable
from irlib.op import lookup
from irlib.serde.assemble import assemble
from irlib.serde.binary import decode
from irlib.serde.weights import MappedWeights
from irlib.types import parse_type


def chain(count: int) -> Graph:
    """Tanh, multiply, add over and over: 5/3 operands per node, each of the two values before."""
    ops = tuple(lookup("irlib", name, 1)() for name in ("tanh", "multiply", "add"))
    kind = np.arange(count, dtype=np.int32) % 3
    kind[0] = -1
    arity = np.where(kind == 0, 1, 2)
    arity[0], arity[1] = 0, 2
    start = np.concatenate([[0], np.cumsum(arity)])
    target = np.repeat(np.arange(count), arity)
    place = np.arange(len(target)) - start[target]
    operand = np.maximum(target - 1 - place, 0)
    t = parse_type("float32[batch, 64]")
    return Graph(
        name="chain",
        ops=ops,
        bodies=(None,) * 3,
        variables=(Variable(Role.INPUT, t),),
        types=(t,),
        kind=kind,
        first=np.arange(count + 1),
        type=np.zeros(count, np.int32),
        start=start,
        operand=operand,
        names={0: "x"},
        outputs=(Output("y", count - 1),),
    )


def best(call: Callable[[], Any], runs: int = 7) -> float:
    """Milliseconds of the fastest run."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times) * 1e3


def nodes(count: int, folder: Path) -> None:
    """A chain of many nodes."""
    graph = chain(count)
    path = folder / "chain.pb"
    began = time.perf_counter()
    irlib.save(graph, path)
    saving = (time.perf_counter() - began) * 1e3
    size = path.stat().st_size
    print(f"{count} nodes: {size / count:.2f} bytes per node; saved in {saving:.0f} ms")

    def structure() -> None:
        raw, findings = decode(path.read_bytes())
        assert raw is not None, findings
        made, findings = assemble(raw, lambda keyed: keyed)  # type: ignore[arg-type, return-value]
        assert made is not None, findings

    print(f"  file to structure-checked graph {best(structure):.1f} ms")
    print(f"  load (types checked too)        {best(lambda: irlib.load(path), 3):.1f} ms")


def weights(folder: Path) -> None:
    """Two hundred megabytes in fifty tensors."""
    b = irlib.Builder("weights")
    for i in range(50):
        b.output(f"o{i}", b.parameter(f"w{i}", np.random.default_rng(i).random(1_000_000, np.float32)))
    path = folder / "weights.pb"
    began = time.perf_counter()
    irlib.save(b.build(), path)
    print(f"200 MB of weights: saved in {(time.perf_counter() - began) * 1e3:.0f} ms")
    print(f"  loaded, mapped {best(lambda: irlib.load(path)):.2f} ms")
    raw, _ = decode(path.read_bytes())
    assert raw is not None
    assert raw.weights is not None
    found = raw.weights
    print(f"  the weights file alone {best(lambda: MappedWeights(folder, found)):.2f} ms")

    def touched() -> None:
        for variable in irlib.load(path).variables:
            assert variable.tensor is not None
            variable.tensor.array.copy()

    print(f"  loaded and copied {best(touched):.1f} ms")
    print(f"  loaded and verified {best(lambda: irlib.load(path, verify=True), 3):.0f} ms")
    try:
        from safetensors.numpy import load_file

        (beside,) = folder.glob("weights.pb.*.safetensors")
        print(f"  safetensors.numpy.load_file {best(lambda: load_file(beside)):.1f} ms")
    except ImportError:
        pass


def imports(folder: Path) -> None:
    """What starting costs."""
    b = irlib.Builder("small")
    b.output("y", b.tanh(b.input("x", "float32[n]")))
    path = folder / "small.pb"
    irlib.save(b.build(), path)
    for what, code in (
        ("python", "pass"),
        ("numpy", "import numpy"),
        ("irlib.serde", "import irlib.serde"),
        ("check of a small file", f"import irlib; assert irlib.check({str(path)!r}).ok"),
    ):
        times = [
            best(lambda code=code: subprocess.run([sys.executable, "-c", code], check=True), 1) for _ in range(9)  # type: ignore[misc]
        ]  # fmt: skip
        print(f"cold start, {what}: {min(times):.0f} ms (median {statistics.median(times):.0f})")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        nodes(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, Path(made))
        weights(Path(made))
        imports(Path(made))
