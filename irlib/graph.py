"""The graph: frozen numpy columns, and light views of its nodes.

Node i is an op (``kind[i] >= 0``: ``ops[kind[i]]``) or a bound variable (``kind[i] < 0``: ``variables[~kind[i]]``).
Values are numbered through: result r of node i is value ``first[i] + r``. Operand k of node i is value
``operand[start[i] + k]``, or -1 where it is absent. Nodes stand in topological order: a graph that exists is acyclic.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from irlib.dims import Dim
from irlib.errors import NameConflictError
from irlib.fingerprint import fingerprint
from irlib.op import Composite, Op
from irlib.tensor import Tensor
from irlib.types import OptionalType, SequenceType, TensorType, Type

__all__ = ["Graph", "Location", "Node", "Output", "OutputRole", "Role", "Source", "Symbol", "Variable"]

Column = np.ndarray[Any, np.dtype[Any]]


class Role(enum.Enum):
    """What a bound variable is. The number is its number in files."""

    PARAMETER = 1
    INPUT = 2
    CONSTANT = 3
    BUFFER = 4

    def __str__(self) -> str:
        return self.name.lower()


class OutputRole(enum.Enum):
    """What an output is of; `GRADIENT` and `UPDATE` name a variable. The number is its number in files."""

    RESULT = 1
    LOSS = 2
    GRADIENT = 3
    UPDATE = 4

    def __str__(self) -> str:
        return {"GRADIENT": "gradient-of", "UPDATE": "update-of"}.get(self.name, self.name.lower())


@dataclass(frozen=True, slots=True)
class Variable:
    """A bound variable: its role, its type, and its value where it has one (a constant always, an input never)."""

    role: Role
    type: Type
    tensor: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A named value of the graph: result `result` of node `node`, what it is, and the variable it is that of."""

    name: str
    node: int
    result: int = 0
    role: OutputRole = OutputRole.RESULT
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named dim and its bounds; `maximum` is None where there is none."""

    name: str
    minimum: int = 0
    maximum: int | None = None


class Location(NamedTuple):
    """Where in somebody's source a node came from."""

    file: str
    line: int


class Source(NamedTuple):
    """The value an edge comes from: result `result` of node `node`."""

    node: int
    result: int


class Node:
    """A view of one node; cheap to make, holds no state of its own."""

    __slots__ = ("graph", "index")

    def __init__(self, graph: Graph, index: int) -> None:
        self.graph = graph
        self.index = index

    @property
    def name(self) -> str | None:
        """The author's name for it, or None."""
        return self.graph.names.get(self.index)

    @property
    def label(self) -> str:
        """``%name``, or ``%i`` where it has none."""
        return f"%{self.graph.names.get(self.index, self.index)}"

    @property
    def op(self) -> Op | None:
        """The op, or None for a bound variable."""
        kind = int(self.graph.kind[self.index])
        return self.graph.ops[kind] if kind >= 0 else None

    @property
    def body(self) -> Graph | None:
        """The body of a composite, where it has been made."""
        kind = int(self.graph.kind[self.index])
        return self.graph.bodies[kind] if kind >= 0 else None

    @property
    def variable(self) -> Variable | None:
        kind = int(self.graph.kind[self.index])
        return self.graph.variables[~kind] if kind < 0 else None

    @property
    def operands(self) -> tuple[Source | None, ...]:
        """Where each operand comes from, None where it is absent."""
        graph = self.graph
        return tuple(None if v < 0 else graph.source(int(v)) for v in graph.operand_values(self.index))

    @property
    def types(self) -> tuple[Type, ...]:
        """The types of the results."""
        graph = self.graph
        return tuple(graph.types[int(t)] for t in graph.type[graph.first[self.index] : graph.first[self.index + 1]])

    @property
    def type(self) -> Type:
        """The type of the first result."""
        return self.graph.types[int(self.graph.type[self.graph.first[self.index]])]

    @property
    def location(self) -> Location | None:
        return self.graph.locations.get(self.index)

    def __str__(self) -> str:
        what = self.op.name if self.op is not None else str(self.variable.role) if self.variable else "?"
        return f"node {self.label} ({what})"

    def __repr__(self) -> str:
        return f"<{self}>"


class Nodes(Sequence[Node]):
    """The nodes of a graph, by index or, where they have one, by name."""

    __slots__ = ("_graph",)

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __len__(self) -> int:
        return len(self._graph.kind)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return Node(self._graph, self._graph.node_named(key))
        if isinstance(key, slice):
            return [Node(self._graph, i) for i in range(*key.indices(len(self)))]
        index = int(key)
        if not -len(self) <= index < len(self):
            raise IndexError(f"node {index} of a graph of {len(self)}")
        return Node(self._graph, index % len(self))

    def __iter__(self) -> Iterator[Node]:
        return (Node(self._graph, i) for i in range(len(self)))


@dataclass(frozen=True, eq=False, repr=False)
class Graph:
    """A computation graph. Made by `Builder.build` or by loading a file; never changes."""

    name: str
    ops: tuple[Op, ...]
    bodies: tuple[Graph | None, ...]
    variables: tuple[Variable, ...]
    types: tuple[Type, ...]
    kind: Column
    """int32[n]: index into `ops`, or ~index into `variables`."""
    first: Column
    """int64[n + 1]: the first value of each node."""
    type: Column
    """int32[values]: index into `types` of each value."""
    start: Column
    """int64[n + 1]: where each node's operands begin."""
    operand: Column
    """int64[operands]: the value each operand is, -1 where absent."""
    names: Mapping[int, str]
    outputs: tuple[Output, ...]
    symbols: tuple[Symbol, ...] = ()
    locations: Mapping[int, Location] = field(default_factory=dict)
    metadata: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for column in (self.kind, self.first, self.type, self.start, self.operand):
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.kind)

    def __repr__(self) -> str:
        return f"<graph {self.name!r}: {len(self.kind)} nodes, {len(self.outputs)} outputs>"

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Graph) and fingerprint(self) == fingerprint(other))

    def __hash__(self) -> int:
        return hash(fingerprint(self))

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """What others keep with this very graph, such as programs made of it; gone with it, and no part of it."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def nodes(self) -> Nodes:
        return Nodes(self)

    @cached_property
    def by_name(self) -> Mapping[str, int]:
        """The index of each named node."""
        return MappingProxyType({name: index for index, name in self.names.items()})

    @cached_property
    def outputs_by_name(self) -> Mapping[str, Output]:
        return MappingProxyType({o.name: o for o in self.outputs})

    @cached_property
    def variable_nodes(self) -> tuple[int, ...]:
        """The nodes that are bound variables, in the order of `variables`."""
        found = np.flatnonzero(self.kind < 0)
        return tuple(int(i) for i in found[np.argsort(~self.kind[found], kind="stable")])

    @cached_property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes that are inputs, in the order of the signature."""
        return self._with_role(Role.INPUT)

    @cached_property
    def parameters(self) -> tuple[Node, ...]:
        return self._with_role(Role.PARAMETER)

    @cached_property
    def buffers(self) -> tuple[Node, ...]:
        return self._with_role(Role.BUFFER)

    def _with_role(self, role: Role) -> tuple[Node, ...]:
        return tuple(Node(self, i) for i in self.variable_nodes if self.variables[~int(self.kind[i])].role is role)

    @cached_property
    def owner(self) -> Column:
        """int64[values]: the node each value is a result of."""
        if len(self.type) == len(self.kind):
            return np.arange(len(self.kind))
        return np.repeat(np.arange(len(self.kind)), np.diff(self.first))

    def source(self, value: int) -> Source:
        """The node and result index of a value."""
        node = int(self.owner[value])
        return Source(node, value - int(self.first[node]))

    def operand_values(self, index: int) -> Column:
        """The values that are the operands of node `index`, -1 where absent."""
        return self.operand[self.start[index] : self.start[index + 1]]

    def output_value(self, output: Output) -> int:
        return int(self.first[output.node]) + output.result

    def value_type(self, value: int) -> Type:
        return self.types[int(self.type[value])]

    def label(self, value: int) -> str:
        """``%name`` of a value's node, with ``.r`` where the node has several results."""
        node, result = self.source(value)
        several = int(self.first[node + 1] - self.first[node]) > 1
        return f"{Node(self, node).label}{f'.{result}' if several else ''}"

    def node_named(self, name: str) -> int:
        """The index of the node called `name`. Raises: NameConflictError when there is none."""
        found = self.by_name.get(name)
        if found is None:
            raise NameConflictError(f"no node is named {name!r}", code="IR113", where=f"graph {self.name!r}")
        return found

    def value_named(self, name: str) -> int:
        """The value of the output called `name`, or else of the node called so. Raises: NameConflictError."""
        output = self.outputs_by_name.get(name)
        if output is not None:
            return self.output_value(output)
        return int(self.first[self.node_named(name)])

    def composites(self) -> Iterator[tuple[int, Composite, Graph | None]]:
        """The composites of the op table: index, op, body."""
        for k, op in enumerate(self.ops):
            if isinstance(op, Composite):
                yield k, op, self.bodies[k]


def symbols_of(t: Type) -> frozenset[str]:
    """The names of the symbols in a type."""
    while isinstance(t, SequenceType | OptionalType):
        t = t.element
    assert isinstance(t, TensorType)
    return frozenset().union(*(d.symbols for d in t.shape or () if isinstance(d, Dim)))
