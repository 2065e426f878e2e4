"""Write the files of this version that tests/frozen/v1/ does not have yet. What is there is never written again.

``python tests/frozen/freeze.py``. A file that a later version reads differently, or writes back with other bytes, is a
bug of that version; the file stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import irlib
from irlib.builder import Builder
from irlib.graph import Graph
from irlib.serde.binary_write import encode
from irlib.serde.canonical import canonical
from irlib.serde.flatten import flatten
from irlib.serde.raw import Weights
from irlib.serde.weights import Sidecar
from irlib.types import TensorType
from tests.serde.corpus import CORPUS

FOLDER = Path(__file__).parent / "v1"
RUN = ("mlp", "roles", "regions", "foreign", "locations")


def feeds_of(graph: Graph) -> dict[str, Any]:
    """Values for the inputs, and for the parameters that have none."""
    rng = np.random.default_rng(1)
    feeds = {}
    for node in (*graph.inputs, *graph.parameters):
        if node.variable is None or node.variable.tensor is not None:
            continue
        t = node.type
        assert isinstance(t, TensorType)
        numbers = rng.random([d if isinstance(d, int) else 2 for d in t.shape or ()])
        feeds[node.name or ""] = numbers > 0.5 if t.dtype.name == "bool" else numbers.astype(t.dtype.numpy)
    return feeds


def with_weights() -> Graph:
    """A graph whose parameters are in a weights file, small as they are: a reader takes any division."""
    b = Builder("weights")
    b.output("y", b.input("x", "float32[3]") * b.parameter("w", np.array([1, -2, 0.5], np.float32)))
    b.output("n", b.parameter("n", np.arange(4)))
    return canonical(b.build())


def _new(path: Path, write: Callable[[Path], object]) -> None:
    if not path.exists():
        write(path)
        print("wrote", path.name)  # noqa: T201


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, make in CORPUS.items():
        graph = make()
        _new(FOLDER / f"{name}.pb", lambda path, graph=graph: irlib.save(graph, path))  # type: ignore[misc]
        _new(FOLDER / f"{name}.json", lambda path, graph=graph: irlib.save(graph, path))  # type: ignore[misc]
        if name in RUN:
            feeds = feeds_of(graph)
            arrays = {f"in.{k}": v for k, v in feeds.items()}
            arrays |= {f"out.{k}": v for k, v in irlib.run(graph, feeds).items()}
            _new(FOLDER / f"{name}.npz", lambda path, arrays=arrays: np.savez(path, **arrays))  # type: ignore[misc]
    graph = with_weights()
    found = {i: (graph.names[n], v.tensor) for n, i, v in _with_tensors(graph)}
    sidecar = Sidecar(found)
    sha256 = sidecar.sha256()
    weights = Weights(f"weights.pb.{sha256.hex()[:16]}.safetensors", sidecar.length, sha256)
    _new(FOLDER / weights.file, lambda path: path.write_bytes(b"".join(map(bytes, sidecar.parts()))))
    _new(FOLDER / "weights.pb", lambda path: path.write_bytes(encode(flatten(graph, sidecar.keyed, weights))))
    sums = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in FOLDER.iterdir() if p.name != "SHA256SUMS"}
    (FOLDER / "SHA256SUMS").write_text("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))


def _with_tensors(graph: Graph) -> list[tuple[int, int, Any]]:
    places = [(node, int(~graph.kind[node])) for node in graph.variable_nodes]
    return [(n, i, graph.variables[i]) for n, i in places if graph.variables[i].tensor is not None]


if __name__ == "__main__":
    main()
