"""The plan: a graph bound to numpy for feeds of given types, made once, run many times.

Every node becomes a step ``(call, arguments)``: the kernel with its operand arrays and, behind them, the array it
writes into. Where shapes are known the arrays are there before the run, so that running is calling. A value is in one
of three modes. CONST: known when planned. STATIC: it lives in a fixed array (a buffer taken from a pool and given back
after its last use, a parameter, or a view of one of these). LATE: its array appears while the graph runs (feeds,
outputs, results of unknown shape), and is put into the argument lists of its consumers when it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from irlib.builder import body_of
from irlib.collector import collector_paused
from irlib.errors import BudgetError, IRError
from irlib.graph import Graph, Role
from irlib.inference import Inference
from irlib.interpreters.numpy_ref.budget import Budget
from irlib.interpreters.numpy_ref.eager import execute, guarded
from irlib.interpreters.numpy_ref.kernel import KERNELS, Bound, Style
from irlib.interpreters.numpy_ref.steps import (
    Plan,
    Uses,
    copying,
    deferred,
    is_bindable,
    live_nodes,
    release,
    storing,
    storing_all,
)
from irlib.op import Op, Operand, known_value
from irlib.tensor import Array
from irlib.types import TensorType, Type

__all__ = ["Plan", "plan"]

CONST, STATIC, LATE = 0, 1, 2
_BIG = 1 << 16  # bytes from which a buffer is reused by size rather than by type


class _Entry:
    """What one signature (op, operand types, known values, modes) becomes."""

    __slots__ = ("bound", "cost", "count", "late", "nbytes", "results", "shape", "static", "type")

    def __init__(self) -> None:
        self.bound: Bound | None = None
        self.results: tuple[int, ...] = ()
        self.static = False
        """Whether the one result can be written into an array made beforehand."""
        self.late = False
        """Whether an operand is late."""
        self.nbytes = 0
        self.cost = 0
        self.count = 0
        self.shape: tuple[int, ...] = ()
        self.type: Any = None


@collector_paused()
def plan(graph: Graph, feeds: Mapping[str, Type], budget: Budget) -> Plan:
    """Bind `graph` for feeds of these types. Variables that are not fed have their own tensors.

    Raises: IRError where types do not fit; BudgetError when it would cost more than `budget`.
    """
    return _Planner(graph, feeds, budget).made()


class _Planner:
    def __init__(self, graph: Graph, feeds: Mapping[str, Type], budget: Budget) -> None:
        self.graph = graph
        self.fed = feeds
        self.budget = budget
        self.inference = Inference(body_of)
        self.modes: list[int] = []
        self._described: dict[tuple[int, int], int] = {}
        self._of: list[int] = []  # description of inference behind each (description, mode) number
        self.entries: dict[tuple[int, ...], _Entry] = {}
        self.slots: list[Any] = [None] * len(graph.type)
        self.described: list[int] = [0] * len(graph.type)
        self.uses: dict[int, Uses] = {}
        self.root: dict[int, tuple[int, int]] = {}
        """For a view: the value whose array it looks into, and how many uses of the view were added to that one's."""
        self.steps: list[tuple[Callable[..., Any], Sequence[Any]]] = []
        self.nodes: list[int] = []
        self.feed_uses: dict[str, Uses] = {}
        self.fresh: dict[int, tuple[tuple[int, ...], Any, Uses, list[Any]]] = {}
        self.free: dict[Any, list[Array]] = {}
        self.owned: dict[int, Any] = {}
        self.bytes = 0
        self.feed_values: set[int] = set()
        self.borrowed: set[int] = set()
        """Late values whose array is not their own: feeds, views, results of deferred nodes."""
        outputs = [graph.output_value(o) for o in graph.outputs]
        self.output_values = set(outputs)
        counts = np.bincount(graph.operand[graph.operand >= 0], minlength=len(graph.type))
        counts[outputs] += 1
        self.remaining: list[int] = counts.tolist()

    def describe(self, t: Type, known: Any, mode: int) -> int:
        key = (self.inference.describe(t, known), mode)
        number = self._described.get(key)
        if number is None:
            number = self._described[key] = len(self._of)
            self._of.append(key[0])
            self.modes.append(mode)
        return number

    def made(self) -> Plan:
        graph = self.graph
        for node in graph.variable_nodes:
            self._variable(node)
        live = live_nodes(graph)
        kinds, first = graph.kind.tolist(), graph.first.tolist()
        start, operand = graph.start.tolist(), graph.operand.tolist()
        described, entries, slots, remaining = self.described, self.entries, self.slots, self.remaining
        outputs, steps, nodes, owned, free = self.output_values, self.steps, self.nodes, self.owned, self.free
        for node, kind in enumerate(kinds):
            if kind < 0 or (live is not None and not live[node]):
                continue
            ids = operand[start[node] : start[node + 1]]
            key = (kind, *[described[i] if i >= 0 else -1 for i in ids])
            entry = entries.get(key)
            if entry is None:
                entry = entries[key] = self._entry(node, kind, key[1:])
            entry.count += 1
            value = first[node]
            if not entry.static or entry.late or value in outputs:
                self._general(node, kind, ids, value, entry)
                continue
            # the common case, inline: every operand and the result in fixed arrays
            pool = free.get(entry.type)
            array = pool.pop() if pool else self._allocate(entry)
            described[value] = entry.results[0]
            slots[value] = array
            owned[value] = entry.type
            arguments = [slots[i] if i >= 0 else None for i in ids]
            arguments.append(array)
            steps.append((entry.bound.call, tuple(arguments)))  # type: ignore[union-attr]
            nodes.append(node)
            for i in ids:
                if i >= 0:
                    left = remaining[i] = remaining[i] - 1
                    if not left:
                        self._dead(i, node)
        return self._plan()

    def _allocate(self, entry: _Entry) -> Array:
        self.bytes += entry.nbytes
        if self.bytes > self.budget.bytes:
            raise BudgetError(
                f"the plan needs more than {self.budget.bytes} bytes", code="IR620",
                where=f"graph {self.graph.name!r}", remedy="raise the budget's bytes",
            )  # fmt: skip
        if entry.nbytes >= _BIG:
            raw = np.empty(entry.nbytes, np.uint8)
            return np.ndarray(entry.shape, self._numpy(entry), raw)
        return np.empty(entry.shape, self._numpy(entry))

    def _numpy(self, entry: _Entry) -> Any:
        return self.inference.described[self._of[entry.results[0]]].tensor.dtype.numpy

    def _variable(self, node: int) -> None:
        graph = self.graph
        v = int(graph.first[node])
        variable = graph.variables[~int(graph.kind[node])]
        name = graph.names.get(node)
        if name is not None and name in self.fed:
            self.described[v] = self.describe(self.fed[name], None, LATE)
            self.uses[v] = self.feed_uses[name] = []
            self.borrowed.add(v)
            self.feed_values.add(v)
            return
        if variable.tensor is None:
            return  # nothing needs it: feeds were checked
        array = variable.tensor.array
        constant = variable.role is Role.CONSTANT
        self.slots[v] = array
        known = known_value(array) if constant else None
        self.described[v] = self.describe(variable.tensor.type, known, CONST if constant else STATIC)

    # Entries: once per signature

    def _entry(self, node: int, kind: int, key: Sequence[int]) -> _Entry:
        graph = self.graph
        op, body = graph.ops[kind], graph.bodies[kind]
        entry = _Entry()
        present = [d for d in key if d >= 0]
        entry.late = any(self.modes[d] == LATE for d in present)
        constant = all(self.modes[d] == CONST for d in present)
        operands = tuple(None if d < 0 else self.inference.described[self._of[d]] for d in key)
        try:
            found = self.inference.infer(op, [-1 if d < 0 else self._of[d] for d in key], body)
            results = tuple(self.inference.described[d] for d in found.results)
            entry.bound = self._bind(op, operands, results)
        except IRError as error:
            raise error.at(f"graph {graph.name!r}, {graph.nodes[node]}") from None
        single = results[0] if len(results) == 1 else None
        static = single is not None and isinstance(single.type, TensorType) and single.type.is_static
        if static and single is not None:
            t = single.tensor
            size = int(t.size)  # type: ignore[arg-type]
            entry.shape = tuple(int(d) for d in t.shape or ())  # type: ignore[arg-type]
            entry.nbytes = size * t.dtype.numpy.itemsize
            sizes = [o.tensor.size for o in operands if o is not None and isinstance(o.type, TensorType)]
            entry.cost = max([size, *(n for n in sizes if isinstance(n, int))])
            entry.type = (t.dtype.name, entry.shape)
            entry.static = entry.bound is not None and entry.bound.style is Style.INTO and not constant
        mode = CONST if constant else STATIC if entry.static else LATE
        entry.results = tuple(self.describe(r.type, r.known, mode) for r in results)
        return entry

    def _bind(self, op: Op, operands: tuple[Operand | None, ...], results: tuple[Operand, ...]) -> Bound | None:
        """The kernel, where every type is known; None: the node is bound when it runs."""
        binder = KERNELS.get(type(op))
        if binder is None or not all(is_bindable(o) for o in operands):
            return None
        return binder(op, operands, tuple(r.type for r in results))

    # Nodes that are not the common case

    def _general(self, node: int, kind: int, ids: list[int], value: int, entry: _Entry) -> None:
        count = len(entry.results)
        self.described[value : value + count] = entry.results
        if self.modes[entry.results[0]] == CONST:
            self._fold(node, kind, ids, value)
        elif entry.static:
            self._into(node, ids, value, entry)
        elif not (not entry.late and self._static_view(ids, value, entry)):
            self._late(node, kind, ids, value, entry)
        for i in ids:
            if i >= 0:
                self.remaining[i] -= 1
                if not self.remaining[i]:
                    self._dead(i, node)

    def _fold(self, node: int, kind: int, ids: list[int], value: int) -> None:
        """All operands are constants: the result is one too."""
        graph = self.graph
        arrays = [None if i < 0 else self.slots[i] for i in ids]
        try:
            with np.errstate(all="ignore"):
                results = execute(graph.ops[kind], arrays, graph.bodies[kind])
        except IRError as error:
            raise error.at(f"graph {graph.name!r}, {graph.nodes[node]}") from None
        for r, result in enumerate(results):
            self.slots[value + r] = result
            known = known_value(result) if isinstance(result, np.ndarray) else None
            t = self.inference.described[self._of[self.described[value + r]]].type
            if isinstance(result, np.ndarray):
                t = TensorType(t.dtype, result.shape) if isinstance(t, TensorType) else t
            self.described[value + r] = self.describe(t, known, CONST)

    def _into(self, node: int, ids: list[int], value: int, entry: _Entry) -> None:
        """A kernel that writes into an array; an operand is late or the result is an output, made anew for each run."""
        assert entry.bound is not None
        arguments = self._arguments(ids)
        if value in self.output_values:
            t = self.inference.described[self._of[entry.results[0]]]
            self.described[value] = self.describe(t.type, t.known, LATE)
            uses = self.uses[value] = [(arguments, len(ids))]
            arguments.append(None)
            cell: list[Any] = [None]
            self.fresh[value] = (entry.shape, t.tensor.dtype.numpy, uses, cell)
            self.bytes += entry.nbytes
        else:
            pool = self.free.get(entry.type)
            array = pool.pop() if pool else self._allocate(entry)
            self.slots[value] = array
            self.owned[value] = entry.type
            arguments.append(array)
        self._step(node, entry.bound.call, arguments)

    def _static_view(self, ids: list[int], value: int, entry: _Entry) -> bool:
        """A view of a fixed array is a fixed array: made now, no step. False where it is not one.

        What the view is of may be computed later, into the same array; how it looks (a shape, axes) must be known now.
        """
        bound = entry.bound
        if bound is None or bound.style is not Style.VIEW:
            return False
        if any(i >= 0 and self.modes[self.described[i]] != CONST for i in ids[1:]):
            return False
        source = self.slots[ids[0]]
        made = bound.call(*[None if i < 0 else self.slots[i] for i in ids])
        if not isinstance(made, np.ndarray) or not np.may_share_memory(made, source):
            return False  # numpy had to copy: it is to be done for each run
        t = self.inference.described[self._of[entry.results[0]]]
        self.described[value] = self.describe(t.type, t.known, STATIC)
        self.slots[value] = made
        root = self.root.get(ids[0], (ids[0], 0))[0]
        self.root[value] = (root, self.remaining[value])
        self.remaining[root] += self.remaining[value]
        return True

    def _late(self, node: int, kind: int, ids: list[int], value: int, entry: _Entry) -> None:
        """A kernel that makes its results, or a node whose types are known only when it runs."""
        graph = self.graph
        op, body = graph.ops[kind], graph.bodies[kind]
        call = self._bound_call(ids, op, entry) if entry.bound is not None else deferred(op, body)
        uses: list[Uses] = []
        if self._touches_container(ids, entry):
            # a container holds the arrays themselves: none of them may be one that is written to again
            fixed = [k for k, i in enumerate(ids) if i >= 0 and i not in self.uses and self.slots[i] is not None]
            call = copying(call, fixed)
            self.borrowed.update(range(value, value + len(entry.results)))
        elif entry.bound is None or entry.bound.style is not Style.NEW:
            self.borrowed.update(range(value, value + len(entry.results)))
            self._hold(ids, value)
        for r in range(len(entry.results)):
            mine: Uses = []
            self.uses[value + r] = mine
            uses.append(mine)
        single = len(uses) == 1 and entry.bound is not None
        self._step(node, storing(call, uses[0]) if single else storing_all(call, uses), self._arguments(ids))

    def _bound_call(self, ids: list[int], op: Op, entry: _Entry) -> Callable[..., Any]:
        """The kernel's call, weighed first where values decide how large its results are."""
        assert entry.bound is not None
        described, of = self.inference.described, self._of
        operands = [None if i < 0 else described[of[self.described[i]]] for i in ids]
        return guarded(op, operands, [described[of[d]].type for d in entry.results], entry.bound.call)

    def _touches_container(self, ids: list[int], entry: _Entry) -> bool:
        descriptions = [*entry.results, *(self.described[i] for i in ids if i >= 0)]
        return any(not isinstance(self.inference.described[self._of[d]].type, TensorType) for d in descriptions)

    def _hold(self, ids: list[int], value: int) -> None:
        """What may look into a fixed array keeps it from being written to again, up to the last use of the view."""
        root = self.root.get(ids[0], (ids[0], 0))[0] if ids else -1
        if root in self.owned:
            self.root[value] = (root, self.remaining[value])
            self.remaining[root] += self.remaining[value]

    def _arguments(self, ids: list[int]) -> list[Any]:
        """The operands of a step; the late ones are registered to be put in."""
        arguments: list[Any] = []
        for position, i in enumerate(ids):
            if i < 0:
                arguments.append(None)
                continue
            arguments.append(self.slots[i])
            uses = self.uses.get(i)
            if uses is not None:
                uses.append((arguments, position))
        return arguments

    def _step(self, node: int, call: Callable[..., Any], arguments: Sequence[Any]) -> None:
        self.steps.append((call, arguments))
        self.nodes.append(node)

    def _dead(self, value: int, node: int) -> None:
        """After the last use of `value`: its buffer goes back to the pool, a late array is let go."""
        if value in self.root:
            root, count = self.root[value]
            self.remaining[root] -= count
            if not self.remaining[root]:
                self._dead(root, node)
            if value not in self.uses:
                return
        kind = self.owned.pop(value, None)
        if kind is not None:
            pool = self.free.get(kind)
            if pool is None:
                pool = self.free[kind] = []
            pool.append(self.slots[value])
        elif value in self.uses and value not in self.output_values and value not in self.feed_values:
            self._step(node, release, (self.uses[value],))

    def _plan(self) -> Plan:
        graph = self.graph
        outputs: list[tuple[str, list[Any], bool]] = []
        types: dict[str, Type] = {}
        seen: set[int] = set()
        for o in graph.outputs:
            v = graph.output_value(o)
            types[o.name] = self.inference.described[self._of[self.described[v]]].type
            cell = [self.slots[v]]
            if v in self.fresh:
                cell = self.fresh[v][3]
            if v in self.uses:
                self.uses[v].append((cell, 0))
            own = v in self.uses and v not in self.borrowed and v not in seen
            outputs.append((o.name, cell, not own))
            seen.add(v)
        patched = {id(a) for uses in self.uses.values() for a, _ in uses}
        steps = [(call, a if id(a) in patched else tuple(a)) for call, a in self.steps]
        elements = sum(entry.cost * entry.count for entry in self.entries.values())
        cost = Budget(self.bytes, elements, len(steps))
        if cost.elements > self.budget.elements or cost.nodes > self.budget.nodes:
            raise BudgetError(
                f"the plan has {cost.nodes} steps on {cost.elements} elements, "
                f"expected at most {self.budget.nodes} on {self.budget.elements}",
                code="IR620", where=f"graph {graph.name!r}", remedy="raise the budget",
            )  # fmt: skip
        return Plan(steps, self.nodes, self.feed_uses, list(self.fresh.values()), outputs, cost, types)
