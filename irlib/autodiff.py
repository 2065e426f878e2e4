"""Reverse-mode differentiation: Algorithm 5.4 as building a graph.

d(N) = 1, and for i = N-1 .. 1: d(i) = sum over consumers j of d(j) * df_j/di. `reverse_sweep` is that loop; it runs on
any emitter, so the interpreter's backward and the gradient graph are the same rules. `gradient` makes the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from irlib.builder import Builder, GraphValue
from irlib.closures import carries_cotangent
from irlib.collector import collector_paused
from irlib.dims import Dim
from irlib.errors import DerivativeError, IRError
from irlib.graph import Graph, OutputRole
from irlib.methods import Emitter, NodeView
from irlib.op import Composite, Op
from irlib.transforms.inline import inline
from irlib.types import TensorType

__all__ = ["carries_cotangent", "gradient", "prepared", "pullback", "reverse_sweep"]


class GradientBuilder(Builder):
    """A builder that differentiation appends to: equal nodes are one, and rules may differentiate regions.

    Rules turn and reshape without looking at what is turned or reshaped: two transposes in a row are made one or none,
    and of two reshapes the last. They ask for the shapes of whatever they have at hand: it is read from the value that
    had it first, so that what is between need not be there.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, share=True)
        self._superseded: dict[int, int] = {}
        self._shaped_like: dict[int, GraphValue] = {}

    def shaped_like(self, x: GraphValue) -> GraphValue:
        """The earliest value from which `x` is made whose dims are those of `x`, or `x`."""
        passed = []
        while x.id not in self._shaped_like:
            shape = x.shape
            made = None if shape is None or None in shape else self.made_by(x)
            alike = [] if made is None else [o for o in made[1] if isinstance(o.type, TensorType) and o.shape == shape]
            if not alike:
                self._shaped_like[x.id] = x
                break
            passed.append(x.id)
            x = alike[0]
        found = self._shaped_like[x.id]
        self._shaped_like.update(dict.fromkeys(passed, found))
        return found

    def emit(
        self, op: Op, operands: Sequence[Any], name: str | None = None, body: Graph | None = None
    ) -> tuple[GraphValue, ...]:
        if name is None and op.name in _MERGED and operands[0].builder is self:
            merged = _MERGED[op.name](self, op, operands)
            if merged is not None:
                return (merged,)
        return super().emit(op, operands, name, body)

    def supersede(self, old: Sequence[Any], new: Sequence[Any]) -> None:
        """A loop that records its steps does what the loop it is the derivative of does: it takes its place."""
        self._superseded.update({o.id: n.id for o, n in zip(old, new, strict=False)})

    def build(self, *, prune: bool = False) -> Graph:
        self.replace_values(self._superseded)
        return super().build(prune=prune)

    def pullback(self, graph: Graph, wrt: Sequence[int]) -> Graph:
        return pullback(graph, tuple(wrt))


def _transposed(b: GradientBuilder, op: Any, operands: Sequence[Any]) -> Any:
    """A transpose of a transpose as one, or as what was turned; None where it is none."""
    made = b.made_by(operands[0])
    rank = operands[0].rank
    if made is None or made[0].name != "transpose" or rank is None:
        return None
    inner: Any = made[0]
    first, then = ((o.perm or tuple(range(rank))[::-1]) for o in (inner, op))
    perm = tuple(first[axis] for axis in then)
    (x,) = made[1]
    return x if perm == tuple(range(rank)) else b.emit(replace(op, perm=perm), (x,))[0]


def _reshaped(b: GradientBuilder, op: Op, operands: Sequence[Any]) -> Any:
    """A reshape to the shape that is there, or of a reshape, without what is not needed; None where there is none."""
    x, shape = operands
    if x.shape is not None and shape.ints == x.shape:
        return x
    made = b.made_by(x)
    return b.emit(op, (made[1][0], shape))[0] if made is not None and made[0].name == "reshape" else None


def _shape(b: GradientBuilder, op: Op, operands: Sequence[Any]) -> Any:
    """The shape of the earliest value that has it; None where that is this one."""
    (x,) = operands
    first = b.shaped_like(x)
    return None if first.id == x.id else b.emit(op, (first,))[0]


_MERGED: dict[str, Callable[[GradientBuilder, Any, Sequence[Any]], Any]] = {
    "transpose": _transposed, "reshape": _reshaped, "shape_of": _shape,
}  # fmt: skip


def reverse_sweep(
    b: Emitter,
    graph: Graph,
    values: Sequence[Any],
    cotangents: dict[int, Any],
    targets: Sequence[int],
    observe: Callable[[int, Any], None] | None = None,
) -> dict[int, Any]:
    """The cotangent of each value in `targets` that has one, given those of some values of `graph`.

    `values` holds every value of the graph as values of `b`; `cotangents` maps value to cotangent and is consumed.
    `observe` is told each d(i) when it is complete. Composites must have a rule of their own (see `prepared`).

    Raises: DerivativeError naming the node whose derivative is not known.
    """
    needs = dependents(graph, targets)
    wanted = set(targets)
    found: dict[int, Any] = {}
    kinds, first = graph.kind.tolist(), graph.first.tolist()
    start, operand = graph.start.tolist(), graph.operand.tolist()
    for node in range(len(kinds) - 1, -1, -1):
        results = range(first[node], first[node + 1])
        given = [cotangents.pop(v, None) for v in results]
        if given.count(None) == len(given):
            continue
        for v, d in zip(results, given, strict=True):
            if d is not None:
                if observe is not None:
                    observe(v, d)
                if v in wanted:
                    found[v] = d
        if kinds[node] < 0:
            continue
        ids = operand[start[node] : start[node + 1]]
        needed = tuple([i >= 0 and needs[i] == 1 for i in ids])
        if True not in needed:
            continue
        made = _operand_cotangents(b, graph, node, kinds[node], first[node], values, given, ids, needed)
        for v, d, need in zip(ids, made, needed, strict=False):
            if d is not None and need:
                before = cotangents.get(v)
                cotangents[v] = d if before is None else accumulate(b, before, d)
    return found


def _operand_cotangents(
    b: Emitter,
    graph: Graph,
    node: int,
    kind: int,
    first: int,
    values: Sequence[Any],
    given: list[Any],
    ids: list[int],
    needed: tuple[bool, ...],
) -> tuple[Any, ...]:
    """What the node's rule gives, each cotangent brought to its operand's shape."""
    op = graph.ops[kind]
    results = tuple(values[first : first + len(given)])
    if len(given) > 1:
        given = [
            b.zeros_like(r) if d is None and carries_cotangent(r.type) else d
            for d, r in zip(given, results, strict=True)
        ]
    view = NodeView(op, tuple([None if i < 0 else values[i] for i in ids]), results, needed)
    try:
        made = op.vjp(b, view, *given)
    except IRError as error:
        raise error.at(f"graph {graph.name!r}, {graph.nodes[node]}") from None
    if not op.broadcasts:
        return made
    return tuple([
        _summed_to(b, d, x) if d is not None and need else None
        for d, x, need in zip(made, view.operands, needed, strict=True)
    ])  # fmt: skip


def _summed_to(b: Emitter, d: Any, x: Any) -> Any:
    """The one place where a broadcast is undone: the cotangent summed to the operand's exact shape."""
    shape = x.operand.type.shape
    if shape is not None and None not in shape:
        made = d.operand.type.shape
        if made is shape or made == shape:
            return d
    return b.sum_to(d, b.shape(x))


def accumulate(b: Emitter, before: Any, d: Any) -> Any:
    """The sum of two cotangents of one value; of sequences and optionals, element by element."""
    if isinstance(before.type, TensorType):
        return b.add(before, d)
    return b.cotangent_add(before, d)


def dependents(graph: Graph, targets: Sequence[int]) -> bytearray:
    """1 for each value that depends on one in `targets` by a path that carries cotangents, 0 for the others."""
    carries = [carries_cotangent(t) for t in graph.types]
    able = [carries[t] for t in graph.type.tolist()]
    needs = bytearray(len(able))
    for v in targets:
        needs[v] = 1
    first, start, operand = graph.first.tolist(), graph.start.tolist(), graph.operand.tolist()
    low, kinds = min(targets, default=0), graph.kind.tolist()
    for node in range(int(graph.owner[low]) if targets else len(kinds), len(kinds)):
        for i in operand[start[node] : start[node + 1]]:
            if i >= 0 and needs[i]:
                for v in range(first[node], first[node + 1]):
                    if able[v]:
                        needs[v] = 1
                break
    return needs


def prepared(graph: Graph, keep: Collection[str] = ()) -> Graph:
    """`graph` with every composite that has no derivative of its own replaced by its body; names in `keep` stay."""
    return inline(graph, lambda op: isinstance(op, Composite) and not op.has_vjp(), keep)


@collector_paused()
def gradient(
    graph: Graph,
    of: str | Sequence[str] | None = None,
    wrt: Sequence[str] | str | None = None,
    *,
    cotangents: bool = False,
    outputs: Sequence[str] = (),
    named: bool = False,
) -> Graph:
    """The graph that computes the derivative of output `of` with respect to the values named in `wrt`.

    Its outputs are ``d_w`` for each w, with role gradient-of, after those of `graph` named in `outputs`. `of` is the
    one output that is a loss, or the only output, where it is None; `wrt` is every float parameter (every float input
    where there is none). A scalar `of` is seeded with 1; with `cotangents`, each output y in `of` has an input ``d_y``
    of its type instead. With `named`, the cotangent of a node called h is the node ``d_h`` where that
    name is free, and nodes that have a cotangent and no name get one.

    Raises: DerivativeError for a non-scalar `of` without cotangents, an integer `wrt`, an op whose derivative is not
    known; NameConflictError for a name that is not there.
    """
    ofs = _ofs(graph, of)
    wrts = _wrts(graph, wrt)
    graph = prepared(graph, {*ofs, *wrts})
    b = GradientBuilder(f"{graph.name}.gradient")
    b.declare(graph.symbols)
    values = b.absorb(graph, {}, named=True)
    targets = {name: _target(graph, name) for name in wrts}
    seeds: dict[int, Any] = {}
    for name in ofs:
        v = graph.value_named(name)
        seed = _seed(b, graph, name, v, cotangents=cotangents)
        seeds[v] = seed if v not in seeds else accumulate(b, seeds[v], seed)
    seen: list[tuple[int, Any]] = []
    observe = (lambda v, d: seen.append((v, d))) if named else None
    found = reverse_sweep(b, graph, values, seeds, list(targets.values()), observe)
    for name in outputs:
        o = graph.outputs_by_name[name]
        b.output(name, values[graph.output_value(o)], role=o.role, of=o.of)
    for name, v in targets.items():
        d = found.get(v)
        b.output(_fresh(b, f"d_{name}"), b.zeros_like(values[v]) if d is None else d, role=OutputRole.GRADIENT, of=name)
    _name_cotangents(b, graph, values, seen)
    b.metadata.update(graph.metadata)
    return b.build(prune=True)


def _name_cotangents(b: Builder, graph: Graph, values: Sequence[Any], seen: Sequence[tuple[int, Any]]) -> None:
    """Call the cotangent of each node after it."""
    taken = b.taken_names() if seen else set()
    for v, d in seen:
        node, result = graph.source(v)
        name = graph.names.get(node, f"v{v}")
        if result or f"d_{name}" in taken or b.variable_of(d) is not None:
            continue
        if node not in graph.names and name not in taken and b.variable_of(values[v]) is None:
            b.name_if_free(values[v], name)
        b.name_if_free(d, f"d_{name}")


@lru_cache(maxsize=256)
def pullback(graph: Graph, wrt: tuple[int, ...]) -> Graph:
    """The graph from (inputs of `graph`, cotangent of each float output) to the cotangents of inputs `wrt`.

    What has no path from those inputs comes out as zeros. Used for regions: it has no free variables.
    """
    graph = prepared(graph)
    b = GradientBuilder(f"{graph.name}.pullback")
    bound = {n.index: b.input(n.name or f"x{k}", n.type) for k, n in enumerate(graph.inputs)}
    values = b.absorb(graph, bound)
    seeds: dict[int, Any] = {}
    for k, o in enumerate(graph.outputs):
        v = graph.output_value(o)
        if carries_cotangent(graph.value_type(v)):
            seed = b.input(_fresh(b, f"d_{o.name or k}"), graph.value_type(v))
            seeds[v] = seed if v not in seeds else accumulate(b, seeds[v], seed)
    targets = [int(graph.first[graph.inputs[k].index]) for k in wrt]
    found = reverse_sweep(b, graph, values, seeds, targets)
    for k, v in zip(wrt, targets, strict=True):
        d = found.get(v)
        b.output(_fresh(b, f"d_input.{k}"), b.zeros_like(values[v]) if d is None else d)
    return b.build(prune=True)


def _ofs(graph: Graph, of: str | Sequence[str] | None) -> list[str]:
    if of is not None:
        names = [of] if isinstance(of, str) else list(of)
        for name in names:
            graph.value_named(name)
        return names
    losses = [o.name for o in graph.outputs if o.role is OutputRole.LOSS]
    if len(losses) == 1:
        return losses
    if len(graph.outputs) == 1:
        return [graph.outputs[0].name]
    raise DerivativeError(
        f"what to differentiate is not said and the graph has {len(graph.outputs)} outputs",
        code="IR704", where=f"graph {graph.name!r}", remedy="name one as `of`",
    )  # fmt: skip


def _wrts(graph: Graph, wrt: Sequence[str] | str | None) -> list[str]:
    if wrt is not None:
        return [wrt] if isinstance(wrt, str) else list(wrt)
    parameters = [n for n in graph.parameters if carries_cotangent(n.type)]
    if not parameters:
        parameters = [n for n in graph.inputs if carries_cotangent(n.type)]
    return [n.name for n in parameters if n.name is not None]


def _target(graph: Graph, name: str) -> int:
    v = graph.value_named(name)
    if not carries_cotangent(graph.value_type(v)):
        raise DerivativeError(
            f"no derivative with respect to {name!r}: it is {graph.value_type(v)}, expected a float",
            code="IR703", where=f"graph {graph.name!r}",
        )  # fmt: skip
    return v


def _seed(b: Builder, graph: Graph, name: str, v: int, *, cotangents: bool) -> Any:
    t = graph.value_type(v)
    where = f"graph {graph.name!r}, output {name!r}"
    if not carries_cotangent(t):
        raise DerivativeError(f"it is {t} and has no derivative, expected a float", code="IR703", where=where)
    if cotangents:
        return b.input(_fresh(b, f"d_{name}"), t)
    shape = t.shape if isinstance(t, TensorType) else None
    if not isinstance(t, TensorType) or shape is None or any(isinstance(d, Dim) or d != 1 for d in shape):
        raise DerivativeError(
            f"it is {t}, expected a scalar", code="IR702", where=where, remedy="give its cotangent (cotangents=True)"
        )
    if t.dtype.is_complex:
        raise DerivativeError(f"it is {t}, expected a real scalar", code="IR702", where=where)
    return b.constant(np.ones((1,) * len(shape)), t.dtype)


def _fresh(b: Builder, name: str) -> str:
    """`name`, or with a number behind it where it is taken."""
    taken = b.taken_names()
    if name not in taken:
        return name
    k = 2
    while f"{name}.{k}" in taken:
        k += 1
    return f"{name}.{k}"
