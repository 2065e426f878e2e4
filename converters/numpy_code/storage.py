"""Where the values of a function live that runs again and again: buffers that are kept, reused once a value is dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from irlib.converters.numpy_code.emit.elementwise import UFUNCS
from irlib.converters.numpy_code.templates import Templates
from irlib.graph import Graph
from irlib.types import TensorType

__all__ = ["FRESH", "Storage"]

FRESH = frozenset(
    {*UFUNCS, "relu", "sigmoid", "softplus", "softmax", "log_softmax", "erf", "erfc", "erfinv", "lgamma", "polygamma"}
    | {"matmul", "sum", "prod", "max", "min", "any", "all", "mean", "argmax", "argmin", "cast", "where", "iota"}
    | {"cumulative_sum", "cumulative_prod", "cumulative_max", "cumulative_min", "linear_recurrence", "shape_of"}
    | {"concat", "clip", "take_along_axis", "gather_nd", "scatter", "scatter_along_axis", "scatter_nd", "sort"}
    | {"argsort", "searchsorted", "convolution", "convolution_transpose", "max_pool", "max_pool_indices"}
    | {"overlap_add", "slice_update", "random_bits", "random_split", "fold_in", "random_permutation", "adjugate"}
    | {"solve", "inv", "det", "slogdet", "cholesky", "eigh", "svd", "qr", "eig", "eigvals", "pinv", "triangular_solve"}
)
"""The ops whose text never gives a view of an operand, or the operand itself."""


class Storage:
    """Assigns buffers to values of a graph that is run node by node.

    `into` has the values that are written into an array that is given; those in `outputs` are handed out, so they get
    none. A buffer is free again when neither its value nor a view of it is used any more.
    """

    def __init__(self, templates: Templates, nodes: Sequence[int], into: Mapping[int, str], outputs: set[int]) -> None:
        self._templates = templates
        self._graph: Graph = templates.graph
        self._into = into
        self._outputs = outputs
        self.holds: dict[int, frozenset[int]] = {}
        """The values in buffers that a value may be a view of."""
        self.borrowed: set[int] = set()
        """The values that may be views of what was fed, or constants."""
        self._uses = [templates.used(n) for n in nodes]
        self._nodes = nodes
        self._last = self._last_uses()
        self.slot: dict[int, int] = {}
        self.sizes: list[int] = []
        """How many bytes each buffer has."""
        self.in_place: dict[int, int] = {}
        """The operand whose buffer a value takes over."""
        self.given: dict[int, int] = {}
        """The values that are made in the memory of an output, each with the first one that is: it is new memory."""
        self._assign()

    def _last_uses(self) -> dict[int, int]:
        graph, holds = self._graph, self.holds
        last: dict[int, int] = {}
        nobody: frozenset[int] = frozenset()
        for at, (node, used) in enumerate(zip(self._nodes, self._uses, strict=True)):
            for v in used:
                for held in holds.get(v, nobody):
                    last[held] = at
            op = graph.ops[int(graph.kind[node])]
            is_fresh = op.dialect == "irlib" and op.name in FRESH
            for v in range(int(graph.first[node]), int(graph.first[node + 1])):
                if v in self._into and v not in self._outputs:
                    holds[v] = frozenset((v,))
                    last[v] = at
                elif not is_fresh:
                    holds[v] = nobody.union(*(holds.get(u, nobody) for u in used))
                    if any(u in self.borrowed or graph.kind[graph.owner[u]] < 0 for u in used):
                        self.borrowed.add(v)
        for v in self._outputs:
            for held in holds.get(v, nobody):
                last[held] = len(self._nodes)
        return last

    def _assign(self) -> None:
        free: list[int] = []
        dying: dict[int, list[int]] = {}
        for v, at in self._last.items():
            dying.setdefault(at, []).append(v)
        first = self._graph.first
        for at, node in enumerate(self._nodes):
            v = int(first[node])
            taken: int | None = None
            if v in self._into and v not in self._outputs:
                taken = self._taken_over(v, at)
                if taken is not None:
                    self.in_place[v] = taken
                    self.slot[v] = self.slot[taken]
                else:
                    self.slot[v] = self._found(self._bytes(v), free)
            elif v in self._into:
                self._give(v, at)
            free += {self.slot[u] for u in dying.get(at, ()) if u != taken}

    def _give(self, value: int, at: int) -> None:
        """Have an output take over the memory of an operand, which is then new memory instead of a buffer."""
        taken = self._taken_over(value, at)
        if taken is None or taken in self.given:
            return
        self.in_place[value] = taken
        chain = [value, taken]
        while chain[-1] in self.in_place:
            chain.append(self.in_place[chain[-1]])
        self.given.update(dict.fromkeys(chain, chain[-1]))

    def _taken_over(self, value: int, at: int) -> int | None:
        """An operand that dies here and has the same type, where the op can work in place."""
        if self._into[value] != "elementwise":
            return None
        graph = self._graph
        for u in self._uses[at]:
            if u in self.slot and self._last[u] == at and u in self._into and self._same(u, value):
                others = [w for w in self._uses[at] if w != u and u in self.holds.get(w, ())]
                if not others and graph.operand_values(self._nodes[at]).tolist().count(u) >= 1:
                    return u
        return None

    def _same(self, u: int, v: int) -> bool:
        return int(self._graph.type[u]) == int(self._graph.type[v])

    def _found(self, size: int, free: list[int]) -> int:
        """A free buffer that is large enough and not much too large, else a new one."""
        fitting = [s for s in free if size <= self.sizes[s] <= 4 * size]
        if fitting:
            best = min(fitting, key=lambda s: (self.sizes[s], s))
            free.remove(best)
            return best
        self.sizes.append(size)
        return len(self.sizes) - 1

    def _bytes(self, value: int) -> int:
        t = self._graph.value_type(value)
        assert isinstance(t, TensorType)
        size = prod(t.shape) * int(t.dtype.numpy.itemsize)  # type: ignore[arg-type]
        # whole cache lines
        return -(-size // 64) * 64
