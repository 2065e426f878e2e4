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

from irlib.collector import collector_paused
from irlib.errors import BudgetError, IRError
from irlib.graph import Graph, Role
from irlib.interpreters.numpy_ref.budget import Budget, metered
from irlib.interpreters.numpy_ref.eager import execute, guarded
from irlib.interpreters.numpy_ref.entry import CONST, LATE, STATIC, Entries, Entry
from irlib.interpreters.numpy_ref.kernel import Style
from irlib.interpreters.numpy_ref.memory import Fresh, maker
from irlib.interpreters.numpy_ref.steps import (
    Plan,
    Uses,
    copying,
    deferred,
    live_nodes,
    release,
    storing,
    storing_all,
)
from irlib.op import Op, known_value
from irlib.tensor import Array
from irlib.types import TensorType, Type

__all__ = ["Plan", "plan"]


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
        self.entries = Entries(graph)
        self.slots: list[Any] = [None] * len(graph.type)
        self.described: list[int] = [0] * len(graph.type)
        self.uses: dict[int, Uses] = {}
        self.root: dict[int, tuple[int, int]] = {}
        """For a view: the value whose array it looks into, and how many uses of the view were added to that one's."""
        self.steps: list[tuple[Callable[..., Any], Sequence[Any]]] = []
        self.nodes: list[int] = []
        self.feed_uses: dict[str, Uses] = {}
        self.fresh: dict[int, Fresh] = {}
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

    def made(self) -> Plan:
        graph = self.graph
        for node in graph.variable_nodes:
            self._variable(node)
        live = live_nodes(graph)
        kinds, first = graph.kind.tolist(), graph.first.tolist()
        start, operand = graph.start.tolist(), graph.operand.tolist()
        described, entries, slots, remaining = self.described, self.entries.made, self.slots, self.remaining
        outputs, steps, nodes, owned, free = self.output_values, self.steps, self.nodes, self.owned, self.free
        for node, kind in enumerate(kinds):
            if kind < 0 or (live is not None and not live[node]):
                continue
            ids = operand[start[node] : start[node + 1]]
            key = (kind, *[described[i] if i >= 0 else -1 for i in ids])
            entry = entries.get(key)
            if entry is None:
                entry = self.entries.entry(node, kind, key)
            entry.count += 1
            value = first[node]
            if not entry.static or entry.late or value in outputs:
                self._general(node, kind, ids, value, entry)
                continue
            # the common case, inline: every operand and the result in fixed arrays
            pool = None if entry.elementwise else free.get(entry.type)
            array = pool.pop() if pool else self._buffer(ids, entry)
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

    def _buffer(self, ids: list[int], entry: Entry) -> Array:
        """An array for a result: that of an operand used here last, where it may be written over; or a free one."""
        if entry.elementwise:
            for i in ids:
                if self.remaining[i] == 1 and self.owned.get(i) == entry.type:
                    del self.owned[i]
                    return self.slots[i]  # type: ignore[no-any-return]
        pool = self.free.get(entry.type)
        return pool.pop() if pool else self._allocate(entry)

    def _allocate(self, entry: Entry) -> Array:
        self._hold_bytes(entry.nbytes)
        return np.empty(entry.shape, entry.dtype)

    def _hold_bytes(self, count: int) -> None:
        """Count an array that the plan will hold, before it is there. Raises: BudgetError when it is too much."""
        self.bytes += count
        if self.bytes > self.budget.bytes:
            raise BudgetError(
                f"the plan needs more than {self.budget.bytes} bytes", code="IR620",
                where=f"graph {self.graph.name!r}", remedy="raise the budget's bytes",
            )  # fmt: skip

    def _variable(self, node: int) -> None:
        graph = self.graph
        v = int(graph.first[node])
        variable = graph.variables[~int(graph.kind[node])]
        name = graph.names.get(node)
        if name is not None and name in self.fed:
            self.described[v] = self.entries.describe(self.fed[name], None, LATE)
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
        self.described[v] = self.entries.describe(variable.tensor.type, known, CONST if constant else STATIC)

    # Nodes that are not the common case

    def _general(self, node: int, kind: int, ids: list[int], value: int, entry: Entry) -> None:
        count = len(entry.results)
        self.described[value : value + count] = entry.results
        if entry.value is not None:
            self.slots[value] = entry.value
        elif self.entries.modes[entry.results[0]] == CONST:
            self._fold(node, kind, ids, value, entry)
        elif entry.static:
            self._into(node, ids, value, entry)
        elif not (not entry.late and self._static_view(ids, value, entry)):
            self._late(node, kind, ids, value, entry)
        for i in ids:
            if i >= 0:
                self.remaining[i] -= 1
                if not self.remaining[i]:
                    self._dead(i, node)

    def _fold(self, node: int, kind: int, ids: list[int], value: int, entry: Entry) -> None:
        """All operands are constants: the result is one too."""
        graph = self.graph
        arrays = [None if i < 0 else self.slots[i] for i in ids]
        self._hold_bytes(entry.nbytes)
        try:
            with np.errstate(all="ignore"), metered(self.budget):
                results = execute(graph.ops[kind], arrays, graph.bodies[kind])
        except IRError as error:
            raise error.at(f"graph {graph.name!r}, {graph.nodes[node]}") from None
        for r, result in enumerate(results):
            self.slots[value + r] = result
            known = known_value(result) if isinstance(result, np.ndarray) else None
            t = self.entries.operand(self.described[value + r]).type
            if isinstance(result, np.ndarray):
                t = TensorType(t.dtype, result.shape) if isinstance(t, TensorType) else t
            self.described[value + r] = self.entries.describe(t, known, CONST)

    def _into(self, node: int, ids: list[int], value: int, entry: Entry) -> None:
        """A kernel that writes into an array; an operand is late or the result is an output, made anew for each run."""
        assert entry.bound is not None
        arguments = self._arguments(ids)
        if value in self.output_values:
            t = self.entries.operand(entry.results[0])
            self.described[value] = self.entries.describe(t.type, t.known, LATE)
            uses = self.uses[value] = [(arguments, len(ids))]
            arguments.append(None)
            self.fresh[value] = Fresh(maker(entry.shape, entry.dtype, entry.nbytes), uses, [None])
            self.bytes += entry.nbytes
        else:
            array = self._buffer(ids, entry)
            self.slots[value] = array
            self.owned[value] = entry.type
            arguments.append(array)
        self._step(node, entry.bound.call, arguments)

    def _static_view(self, ids: list[int], value: int, entry: Entry) -> bool:
        """A view of a fixed array is a fixed array: made now, no step. False where it is not one.

        What the view is of may be computed later, into the same array; how it looks (a shape, axes) must be known now.
        """
        bound = entry.bound
        if bound is None or bound.style is not Style.VIEW:
            return False
        if any(i >= 0 and self.entries.modes[self.described[i]] != CONST for i in ids[1:]):
            return False
        source = self.slots[ids[0]]
        made = bound.call(*[None if i < 0 else self.slots[i] for i in ids])
        if not isinstance(made, np.ndarray) or not np.may_share_memory(made, source):
            return False  # numpy had to copy: it is to be done for each run
        t = self.entries.operand(entry.results[0])
        self.described[value] = self.entries.describe(t.type, t.known, STATIC)
        self.slots[value] = made
        root = self.root.get(ids[0], (ids[0], 0))[0]
        self.root[value] = (root, self.remaining[value])
        self.remaining[root] += self.remaining[value]
        return True

    def _late(self, node: int, kind: int, ids: list[int], value: int, entry: Entry) -> None:
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

    def _bound_call(self, ids: list[int], op: Op, entry: Entry) -> Callable[..., Any]:
        """The kernel's call, weighed first where values decide how large its results are."""
        assert entry.bound is not None
        of = self.entries.operand
        operands = [None if i < 0 else of(self.described[i]) for i in ids]
        return guarded(op, operands, [of(d).type for d in entry.results], entry.bound.call)

    def _touches_container(self, ids: list[int], entry: Entry) -> bool:
        descriptions = [*entry.results, *(self.described[i] for i in ids if i >= 0)]
        return any(not isinstance(self.entries.operand(d).type, TensorType) for d in descriptions)

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
            types[o.name] = self.entries.operand(self.described[v]).type
            cell = [self.slots[v]]
            if v in self.fresh:
                cell = self.fresh[v].cell
            if v in self.uses:
                self.uses[v].append((cell, 0))
            own = v in self.uses and v not in self.borrowed and v not in seen
            outputs.append((o.name, cell, not own))
            seen.add(v)
        patched = {id(a) for uses in self.uses.values() for a, _ in uses}
        steps = [(call, a if id(a) in patched else tuple(a)) for call, a in self.steps]
        elements = sum(entry.cost * entry.count for entry in self.entries.made.values())
        cost = Budget(self.bytes, elements, len(steps))
        if cost.elements > self.budget.elements or cost.nodes > self.budget.nodes:
            raise BudgetError(
                f"the plan has {cost.nodes} steps on {cost.elements} elements, "
                f"expected at most {self.budget.nodes} on {self.budget.elements}",
                code="IR620", where=f"graph {graph.name!r}", remedy="raise the budget",
            )  # fmt: skip
        return Plan(steps, self.nodes, self.feed_uses, list(self.fresh.values()), outputs, cost, types)
