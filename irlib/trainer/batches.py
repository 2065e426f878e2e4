"""Mini-batches: the rows of the data in an order that the seed and the epoch alone decide.

No generator runs along with the training, so a resumed run needs to know only where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import numpy as np

from irlib.errors import FeedError
from irlib.graph import Graph, Node
from irlib.types import TensorType

__all__ = ["Batches", "data_digest", "is_key", "permutation", "split"]

Arrays = Mapping[str, Any]


def _bits(count: int, *words: Any) -> Any:
    """`count` random uint64, the same for the same words on every machine and with every numpy."""
    key = np.frombuffer(sha256("/".join(map(str, words)).encode()).digest()[:16], "<u8").astype(np.uint64)
    return np.asarray(np.random.Philox(key=key).random_raw(count), np.uint64)


def permutation(count: int, *words: Any) -> Any:
    """The numbers 0 .. count - 1 in an order made from `words`."""
    return np.argsort(_bits(count, *words), kind="stable")


def is_key(node: Node) -> bool:
    """Whether an input is a random key: uint32[2]. One that the data does not have is drawn anew for each step."""
    t = node.type
    return isinstance(t, TensorType) and t.dtype.name == "uint32" and t.shape == (2,)


def split(data: Arrays, part: float, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data without a random `part` of its rows, and those rows."""
    count = rows(data)
    order = permutation(count, "split", seed)
    kept = np.sort(order[round(part * count) :]), np.sort(order[: round(part * count)])
    return {k: a[kept[0]] for k, a in data.items()}, {k: a[kept[1]] for k, a in data.items()}


def rows(data: Arrays) -> int:
    """How many rows the arrays have. Raises: FeedError when they have not as many, or none."""
    counts = {name: a.shape[0] if a.ndim else 0 for name, a in data.items()}
    if not counts or len(set(counts.values())) > 1 or 0 in counts.values():
        shown = ", ".join(f"{name}{list(a.shape)}" for name, a in data.items()) or "nothing"
        raise FeedError(f"got {shown}, expected arrays with equally many rows", code="IR603", where="training data")
    return next(iter(counts.values()))


def data_digest(data: Arrays) -> str:
    """What tells these arrays from others."""
    made = sha256()
    for name in sorted(data):
        made.update(f"{name} {data[name].dtype} {data[name].shape} ".encode())
        made.update(np.ascontiguousarray(data[name]).tobytes())
    return made.hexdigest()


class Batches:
    """The batches of every epoch for the inputs of a graph.

    The last batch is smaller where the rows do not come out even; a graph whose inputs have a fixed number of rows gets
    whole batches of that many alone.

    Raises: FeedError for data that the graph has no input for, or that lacks one.
    """

    def __init__(self, graph: Graph, data: Arrays, size: int, seed: int) -> None:
        inputs = {str(n.name): n for n in graph.inputs}
        where = "training data"
        for name in data:
            if name not in inputs:
                raise FeedError(
                    f"array {name!r} feeds nothing, expected one of: {', '.join(inputs)}", code="IR601", where=where
                )
        self.keys = [name for name, n in inputs.items() if name not in data and is_key(n)]
        missing = [f"{name!r} ({n.type})" for name, n in inputs.items() if name not in data and name not in self.keys]
        if missing:
            raise FeedError(f"no array for input {', '.join(missing[:8])}", code="IR602", where=where)
        fixed = [size for name, n in inputs.items() if name in data for size in _fixed_rows(n)]
        self.data, self.count, self.seed = data, rows(data), seed
        self.size = min(fixed, default=min(size, self.count))
        whole, rest = divmod(self.count, self.size)
        self.per_epoch = whole + (rest > 0 and not fixed)
        if not self.per_epoch:
            raise FeedError(f"{self.count} rows, expected at least {self.size}", code="IR603", where=where)

    def epoch(self, number: int, start: int = 0) -> Iterator[dict[str, Any]]:
        """The feeds of the batches of epoch `number`, from batch `start` on."""
        order = permutation(self.count, "epoch", self.seed, number)
        for k in range(start, self.per_epoch):
            chosen = order[k * self.size : (k + 1) * self.size]
            yield {**{name: a[chosen] for name, a in self.data.items()}, **self._drawn(number, k)}

    def in_order(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """How many rows each batch has, and its feeds, without shuffling."""
        for k in range(self.per_epoch):
            at = slice(k * self.size, min((k + 1) * self.size, self.count))
            yield at.stop - at.start, {**{name: a[at] for name, a in self.data.items()}, **self._drawn(0, k)}

    def _drawn(self, epoch: int, k: int) -> dict[str, Any]:
        return {name: _bits(2, "key", name, self.seed, epoch, k).astype(np.uint32) for name in self.keys}


def _fixed_rows(node: Node) -> list[int]:
    """The number of rows that an input is declared with, if it is one."""
    t = node.type
    first = t.shape[0] if isinstance(t, TensorType) and t.shape else None
    return [first] if isinstance(first, int) else []
