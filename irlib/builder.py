"""The builder: grows a graph node by node and freezes it.

>>> import irlib
>>> b = irlib.Builder("line")
>>> x = b.input("x", "float64[n]")
>>> b.output("y", 2.0 * x + 1.0)
>>> b.build()
<graph 'line': 5 nodes, 1 outputs>
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from irlib.collector import collector_paused
from irlib.errors import IRError, IRTypeError, NameConflictError, StructureError
from irlib.freezing import Freezer
from irlib.graph import Graph, Location, OutputRole, Role, Symbol, Variable
from irlib.inference import Entry, Inference, known_of_variable, remember_body_knowns
from irlib.methods import Emitter, Value
from irlib.naming import as_output_role, check_name, check_text
from irlib.op import Composite, Known, Op, Operand, signature_of
from irlib.tensor import Tensor
from irlib.types import TensorType, Type, as_type, dtype

__all__ = ["Builder", "GraphValue", "body_of"]

_SMALL = 4096  # bytes up to which equal constants are stored once


class GraphValue(Value):
    """A value of a graph under construction."""

    __slots__ = ("id",)
    builder: Builder

    def __init__(self, builder: Builder, id: int) -> None:
        self.builder = builder
        self.id = id

    @property
    def operand(self) -> Operand:
        return self.builder._inference.described[self.builder._description[self.id]]

    def __repr__(self) -> str:
        return f"<{self.builder.label(self.id)}: {self.type}>"


class Builder(Emitter):
    """Grows a graph. Every registered op is a method; `build` freezes what was built.

    `share` makes equal nodes one node (common subexpressions); an author's graph keeps them apart unless asked.
    """

    def __init__(self, name: str = "graph", *, share: bool = False) -> None:
        self.name = name
        self.share = share
        self.location: Location | None = None
        """Put on every node appended from now on."""
        self.region_kind: Callable[[str, Builder], Any] | None = None
        """What builds the regions of this graph; None: `irlib.regions.RegionBuilder`."""
        self._inference = Inference(body_of)
        self._entries: dict[tuple[int, ...], tuple[int, Entry]] = {}
        self._alive: list[Op] = []
        self._kinds: dict[tuple[Op, str, int], int] = {}
        self._ops: list[Op] = []
        self._bodies: list[Graph | None] = []
        self._variables: list[Variable] = []
        self._kind: list[int] = []
        self._first: list[int] = []
        self._description: list[int] = []
        self._start: list[int] = [0]
        self._operand: list[int] = []
        self._names: dict[int, str] = {}
        self._by_name: dict[str, int] = {}
        self._outputs: dict[str, tuple[int, OutputRole, str | None]] = {}
        self._locations: dict[int, Location] = {}
        self._symbols: dict[str, Symbol] = {}
        self._shared: dict[tuple[int, ...], int] = {}
        self._constants: dict[Any, GraphValue] = {}
        self.metadata: dict[str, str] = {}

    # Variables

    def input(self, name: str, type: Type | str | tuple[Any, Any], *, known: Known = None) -> GraphValue:
        """An input of this type, given with the data."""
        return self._variable(Variable(Role.INPUT, as_type(type)), name, known)

    def parameter(self, name: str, value: Any) -> GraphValue:
        """A parameter, to be estimated: an array that is its value, or a type where it has none yet."""
        return self._variable(_bound(Role.PARAMETER, value), name)

    def buffer(self, name: str, value: Any) -> GraphValue:
        """State that is not trained: an array that is its value, or a type where it has none yet."""
        return self._variable(_bound(Role.BUFFER, value), name)

    def constant(self, value: Any, dtype: Any = None, name: str | None = None) -> GraphValue:
        """A constant: an array, a number or a nested list, of `dtype` where given (else numpy's for it).

        Equal small constants without a name are one node.
        """
        key: Any = None
        if name is None and isinstance(value, int | float) and dtype is not None:
            # repr tells -0.0 from 0.0 and True from 1
            key = (repr(value), dtype)
            found = self._constants.get(key)
            if found is not None:
                return found
        tensor = value if isinstance(value, Tensor) else Tensor(as_array(value, dtype))
        small = name is None and tensor.nbytes <= _SMALL
        made = self._constants.get(tensor) if small else None
        if made is None:
            made = self._variable(Variable(Role.CONSTANT, tensor.type, tensor), name, known_of_variable(tensor))
            if small:
                self._constants[tensor] = made
        if key is not None:
            self._constants[key] = made
        return made

    def symbol(self, name: str, *, minimum: int = 0, maximum: int | None = None) -> None:
        """Declare bounds of the dim called `name`."""
        self._symbols[name] = Symbol(name, minimum, maximum)

    def _variable(self, variable: Variable, name: str | None, known: Known = None) -> GraphValue:
        self._variables.append(variable)
        node = len(self._kind)
        if name is None and variable.role is not Role.CONSTANT:
            raise NameConflictError(f"a {variable.role} needs a name", code="IR111", where=self._where)
        if name is not None:
            self._name(node, name)
        self._kind.append(~(len(self._variables) - 1))
        self._start.append(len(self._operand))
        self._first.append(len(self._description))
        self._description.append(self._inference.describe(variable.type, known))
        return GraphValue(self, self._first[node])

    # Ops

    def emit(
        self, op: Op, operands: Sequence[Any], name: str | None = None, body: Graph | None = None
    ) -> tuple[GraphValue, ...]:
        """Append `op` on `operands`, values of this builder or None where absent, and return its results.

        `body` is the one a composite already has, as when a graph is copied; without it, it is made.

        Raises: IRTypeError, StructureError, AttributeValueError when the operands do not fit the op.
        """
        while operands and operands[-1] is None:
            operands = operands[:-1]
        described = self._description
        ids: list[int] = []
        # ops are known again by identity: the methods and the graphs that are copied use one object for equal ops
        signature = [id(op), id(body)]
        try:
            for v in operands:  # one plain loop: this is the hot spot of all that builds graphs
                i = -1 if v is None else v.id if v.builder is self else self._foreign(v)
                ids.append(i)
                signature.append(described[i] if i >= 0 else -1)
        except _Within as within:
            return within.builder.emit(op, operands, name, body)
        key = tuple(signature)
        found = self._entries.get(key)
        if found is None:
            found = self._entries[key] = self._entry(op, key[2:], body)
            self._alive.append(op)
        kind, entry = found
        results = entry.results
        value = len(described)
        if self.share and name is None:
            shared = self._shared.setdefault((kind, *ids), value)
            if shared != value:
                return tuple([GraphValue(self, shared + r) for r in range(len(results))])
        if name is not None:
            self._name(len(self._kind), name)
        if self.location is not None:
            self._locations[len(self._kind)] = self.location
        self._kind.append(kind)
        self._operand += ids
        self._start.append(len(self._operand))
        self._first.append(value)
        described += results
        if len(results) == 1:
            return (GraphValue(self, value),)
        return tuple([GraphValue(self, value + r) for r in range(len(results))])

    def _entry(self, op: Op, descriptions: tuple[int, ...], body: Graph | None = None) -> tuple[int, Entry]:
        try:
            entry = self._inference.infer(op, descriptions, body)
        except IRError as error:
            raise (error if error.where.startswith("graph ") else error.at(self._where)) from None
        return self._op_kind(op, entry.body), entry

    def _op_kind(self, op: Op, body: Graph | None) -> int:
        key = (op, str(op), id(body))  # the spelling tells apart what compares equal: 0.0 from -0.0
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = len(self._ops)
            self._ops.append(op)
            self._bodies.append(body)
        return kind

    def is_within(self, outer: Builder) -> bool:
        """Whether this builds a region, still open, of a graph that `outer` builds."""
        return False

    def _foreign(self, value: Any) -> int:
        if isinstance(value.builder, Builder) and value.builder.is_within(self):
            raise _Within(value.builder)
        raise StructureError(
            f"got a value of graph {getattr(value.builder, 'name', '?')!r}, expected one of this graph",
            code="IR106",
            where=self._where,
            remedy="pass it in as an input",
        )

    def apply(self, graph: Graph, operands: Sequence[Any]) -> tuple[GraphValue, ...]:
        """Append the nodes of `graph`, its inputs replaced by `operands` in order; returns its outputs' values.

        Other variables of `graph` are added as they are (constants) or must not be there.
        """
        values = self.absorb(graph, dict(zip((n.index for n in graph.inputs), operands, strict=True)))
        return tuple(values[graph.output_value(o)] for o in graph.outputs)

    def absorb(self, graph: Graph, bound: Mapping[int, Any], *, named: bool = False) -> list[GraphValue]:
        """Append the nodes of `graph` with the variable nodes in `bound` replaced; returns each value of `graph`.

        `named` keeps the names of nodes, and variables that are not bound; without it they may only be constants.
        """
        values: list[Any] = [None] * len(graph.type)
        kinds, first, start = graph.kind.tolist(), graph.first.tolist(), graph.start.tolist()
        operand, ops, bodies = graph.operand.tolist(), graph.ops, graph.bodies
        names: Mapping[int, str] = graph.names if named else {}
        locations, around = graph.locations, self.location
        for node, kind in enumerate(kinds):
            at = first[node]
            if bound and node in bound:
                values[at] = bound[node]
            elif kind < 0:
                values[at] = self.copied(graph.variables[~kind], names.get(node), graph)
            else:
                operands = [values[i] if i >= 0 else None for i in operand[start[node] : start[node + 1]]]
                if locations:
                    self.location = locations.get(node, around)
                results = self.emit(ops[kind], operands, names.get(node), bodies[kind])
                values[at : at + len(results)] = results
        self.location = around
        return values

    def variable_of(self, value: GraphValue) -> Variable | None:
        """The bound variable that `value` is, None where an op makes it."""
        kind = self._kind[self._node_of(value.id)]
        return self._variables[~kind] if kind < 0 else None

    def made_by(self, value: GraphValue) -> tuple[Op, tuple[GraphValue, ...]] | None:
        """The op that makes `value`, and its operands that are there; None for a bound variable."""
        node = self._node_of(value.id)
        kind = self._kind[node]
        if kind < 0:
            return None
        ids = self._operand[self._start[node] : self._start[node + 1]]
        return self._ops[kind], tuple(GraphValue(self, i) for i in ids if i >= 0)

    def copied(self, variable: Variable, name: str | None, graph: Graph) -> GraphValue:
        if variable.role is Role.CONSTANT:
            return self.constant(variable.tensor, name=name)
        if name is None:
            raise StructureError(f"graph {graph.name!r} has a free {variable.role}", code="IR107", where=self._where)
        return self._variable(variable, name, None)

    # Names and outputs

    def named(self, value: Any, name: str) -> GraphValue:
        """`value`, a value of this builder, its node now called `name`."""
        node = self._node_of(value.id)
        self._name(node, name)
        return value  # type: ignore[no-any-return]

    def _node_of(self, id: int) -> int:
        import bisect

        return bisect.bisect_right(self._first, id) - 1

    def _name(self, node: int, name: str) -> None:
        check_name(name, self._where)
        taken = self._by_name.get(name)
        if taken is not None and taken != node:
            raise NameConflictError(f"the name {name!r} is taken", code="IR112", where=self._where)
        if self._names.get(node) is not None:
            self._by_name.pop(self._names[node])
        self._names[node] = name
        self._by_name[name] = node

    def name_if_free(self, value: GraphValue, name: str) -> bool:
        """Give the node of `value` this name unless it has one or the name is taken; whether it was given."""
        free = self._node_of(value.id) not in self._names and name not in self._by_name
        if free:
            self.named(value, name)
        return free

    def taken_names(self) -> set[str]:
        """The names of nodes and outputs so far."""
        return self._by_name.keys() | self._outputs.keys()

    def declare(self, symbols: Iterable[Symbol]) -> None:
        """Take over the bounds of symbols."""
        self._symbols.update({s.name: s for s in symbols})

    def output(
        self, name: str, value: Any, *, role: OutputRole | str = OutputRole.RESULT, of: str | None = None
    ) -> None:
        """Make `value` an output called `name`. `role` is result, loss, gradient-of or update-of; `of` names what."""
        check_name(name, self._where)
        if name in self._outputs:
            raise NameConflictError(f"there are two outputs called {name!r}", code="IR112", where=self._where)
        if not isinstance(value, GraphValue) or value.builder is not self:
            value = self.lift(value) if not isinstance(value, GraphValue) else value
            if value.builder is not self:
                self._foreign(value)
        self._outputs[name] = (value.id, as_output_role(role), of)

    def label(self, id: int) -> str:
        """How messages call value `id`."""
        node = self._node_of(id)
        return f"%{self._names.get(node, node)}"

    def value(self, name: str) -> GraphValue:
        """The first result of the node called `name`. Raises: NameConflictError when there is none."""
        if name not in self._by_name:
            raise NameConflictError(f"no node is named {name!r}", code="IR113", where=self._where)
        return GraphValue(self, self._first[self._by_name[name]])

    @property
    def _where(self) -> str:
        return f"graph {self.name!r}"

    def replace_values(self, by: Mapping[int, int]) -> None:
        """Let every use of the values in `by` be one of the value given for each; their nodes' names go along.

        What replaces a value must not depend on it.
        """
        if not by:
            return
        self._operand = [by.get(i, i) for i in self._operand]
        self._outputs = {n: (by.get(i, i), role, of) for n, (i, role, of) in self._outputs.items()}
        for old, new in by.items():
            before, after = self._node_of(old), self._node_of(new)
            name = self._names.get(before)
            if name is not None and after not in self._names:
                del self._names[before]
                self._names[after], self._by_name[name] = name, after

    # Freezing

    @collector_paused()
    def build(self, *, prune: bool = False) -> Graph:
        """Freeze: a graph in canonical order. `prune` drops nodes that no output needs; variables with a name stay.

        Raises: NameConflictError, StructureError when outputs and names do not agree.
        """
        for what, words in (
            ("name of a graph", self.name),
            *(("metadata", t) for kv in self.metadata.items() for t in kv),
        ):
            check_text(what, words)
        return Freezer(self, prune=prune).graph()


class _Within(Exception):  # noqa: N818  it is caught at once and is no error
    """An operand is a value of a region under construction: the op belongs there."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder


@lru_cache(maxsize=4096)
def body_of(op: Composite, operands: tuple[Operand | None, ...]) -> Graph | None:
    """The body of a composite for these operands; None where their types are not known enough to make one.

    The body's inputs are the operands that are there, in order; its outputs are the results.
    """
    b = Builder(op.name, share=True)
    signature = signature_of(type(op))
    values = [
        None
        if operand is None
        else b.input(
            _operand_name(signature.operands, i, variadic=signature.variadic), operand.type, known=operand.known
        )
        for i, operand in enumerate(operands)
    ]
    try:
        results = op.decompose(b, *values)
    except IRTypeError as error:
        # not known enough: it is made when the graph is specialized, planned or run
        if error.code == "IR210" and type(op).infer is not Op.infer:
            return None
        raise
    made = results if isinstance(results, tuple) else (results,)
    for i, value in enumerate(made):
        b.output("result" if len(made) == 1 else f"result.{i}", value)
    body = b.build(prune=True)
    remember_body_knowns(body, tuple(v.known for v in made))
    return body


def _operand_name(names: Sequence[str], index: int, *, variadic: bool) -> str:
    return f"{names[-1]}{index}" if variadic and index >= len(names) - 1 else names[index]


def _bound(role: Role, value: Any) -> Variable:
    if isinstance(value, str | TensorType | tuple):
        return Variable(role, as_type(value))
    tensor = value if isinstance(value, Tensor) else Tensor(np.asarray(value))
    return Variable(role, tensor.type, tensor)


def as_array(value: Any, to: Any) -> Any:
    if to is None:
        array = np.asarray(value)
        # the platform's int is int32 on Windows with numpy 1
        return array.astype(np.int64) if isinstance(value, int | list | tuple) and array.dtype.kind == "i" else array
    return np.asarray(value).astype(dtype(to).numpy)
