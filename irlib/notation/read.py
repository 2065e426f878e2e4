"""From text to a graph. Reads each line once, from the left; nothing nests but lists of elements, which are capped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import irlib.ops  # noqa: F401  the ops of a text are the registered ones
from irlib.errors import AttributeValueError, FileError, IRError, UnknownOpError
from irlib.graph import Graph, Location, Output, OutputRole, Role, Symbol, Variable, symbols_of
from irlib.notation.attributes import graph_numbered, read_attribute, read_tensor_type
from irlib.notation.elements import read_tensor
from irlib.notation.scan import Line
from irlib.notation.words import LABEL, NAME, OP, STRING, TYPE, unquoted
from irlib.op import ForeignOp, Op, lookup
from irlib.types import TensorType, Type, parse_type
from irlib.validate import require_valid

__all__ = ["parse_text"]

MAX_CHARACTERS = 2**28
MAX_GRAPHS = 2**16

_ROLES = {str(role): role for role in Role}
_OUTPUT_ROLES = {str(role): role for role in OutputRole}


def parse_text(text: str) -> Graph:
    """The graph that `text` writes, validated.

    Raises: FileError with line and column where it is not the text form or leaves a tensor out; any other IRError that
    validation finds.
    """
    if len(text) > MAX_CHARACTERS:
        raise FileError(f"{len(text)} characters of text, expected at most {MAX_CHARACTERS}", code="IR511")
    blocks = _blocks(text)
    graphs: list[Graph | None] = [None] * len(blocks)
    for number in reversed(range(len(blocks))):
        header, lines = blocks[number]
        reader = _GraphReader(header, graphs)
        for line in lines:
            reader.read(line)
        graphs[number] = reader.graph()
    graph = graphs[0]
    assert graph is not None
    return require_valid(graph)


def _blocks(text: str) -> list[tuple[str, list[Line]]]:
    """The name and the lines of each graph, in order of their numbers, which is the order they stand in."""
    blocks: list[tuple[str, list[Line]]] = []
    inside = False
    line = Line("", 1)
    for number, content in enumerate(text.split("\n"), 1):
        line = Line(content.removesuffix("\r"), number)
        if not content or content.isspace() or line.take("#") is not None:
            continue
        if inside and line.take(r"\}") is not None:
            line.end()
            inside = False
        elif inside:
            blocks[-1][1].append(line)
        else:
            blocks.append((_header(line, len(blocks)), []))
            inside = True
    if inside or not blocks:
        line.fail("the text ends, expected " + ("}" if inside else "a graph"))
    return blocks


def _header(line: Line, expected: int) -> str:
    line.need(r"graph\b", "'graph'")
    if expected >= MAX_GRAPHS:
        line.fail(f"more than {MAX_GRAPHS} graphs", code="IR511")
    number = line.need_int("a number") if line.take("@") else 0
    if number != expected:
        line.fail(f"graph @{number}, expected @{expected}: graphs stand in order")
    name = line.need_name(NAME, "a graph's name")
    line.need(r"\{", "'{'")
    line.end()
    return name


class _GraphReader:
    """Gathers the columns of one graph, line by line."""

    def __init__(self, name: str, graphs: Sequence[Graph | None]) -> None:
        self.name = name
        self.graphs = graphs
        self.kinds: dict[tuple[Op, int], int] = {}
        self.bodies: list[Graph | None] = []
        self.variables: list[Variable] = []
        self.types: dict[Type, int] = {}
        self.by_number: list[Type] = []
        self.spelled: dict[str, int] = {}
        self.kind: list[int] = []
        self.first = [0]
        self.type: list[int] = []
        self.start = [0]
        self.operand: list[int] = []
        self.nodes: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.outputs: list[Output] = []
        self.symbols: list[Symbol] = []
        self.locations: dict[int, Location] = {}
        self.metadata: list[tuple[str, str]] = []

    def read(self, line: Line) -> None:
        word = line.take(r"symbol\b|metadata\b|output\b|(?=%)")
        match word:
            case "symbol":
                self._symbol(line)
            case "metadata":
                key = line.need_name(NAME, "a key")
                line.need("=", "'='")
                self.metadata.append((key, line.need_name(STRING, "a quoted value")))
            case "output":
                self._output(line)
            case "":
                self._node(line)
            case _:
                line.fail(f"got {line.rest()!r}, expected a node, output, symbol, metadata or '}}'")
        line.end()

    def _symbol(self, line: Line) -> None:
        name = line.need_name(NAME, "a symbol's name")
        low = line.need_int("a number") if line.take(">=") else 0
        self.symbols.append(Symbol(name, low, line.need_int("a number") if line.take("<=") else None))

    def _output(self, line: Line) -> None:
        name = line.need_name(NAME, "an output's name")
        line.need("=", "'='")
        node, result = self._reference(line, line.need(LABEL, "a node's label"))
        role, of = OutputRole.RESULT, None
        if line.take(r"as\b"):
            role = _OUTPUT_ROLES[line.need("|".join(_OUTPUT_ROLES), f"one of {', '.join(_OUTPUT_ROLES)}")]
            token = line.take(NAME)
            of = None if token is None else unquoted(token)
        self.outputs.append(Output(name, node, result, role, of))

    def _node(self, line: Line) -> None:
        token = line.need(LABEL, "a label")
        index = len(self.kind)
        if token in self.nodes:
            line.fail(f"the label {token[:40]} is taken", code="IR112")
        results = line.need_int("a number of results") if line.take(":") else 1
        line.need("=", "'='")
        role = line.take(rf"(?:{'|'.join(_ROLES)})(?=[ \t]*:)")
        if role is not None:
            types = self._bound(line, _ROLES[role])
        else:
            self._call(line)
            types = self._types(line) if line.take(":") else []
        if len(types) != results:
            line.fail(f"{len(types)} types for {results} results, expected as many", code="IR231")
        self.start.append(len(self.operand))
        self.type += types
        self.first.append(len(self.type))
        self.nodes[token] = index
        if not token[1].isdigit():
            self.names[index] = _name(line, token[1:])
        if line.take(r"at\b"):
            file = line.need_name(STRING, "a quoted file")
            line.need(":", "':'")
            self.locations[index] = Location(file, line.need_int("a line"))

    def _bound(self, line: Line, role: Role) -> list[int]:
        line.need(":", "':'")
        (number,) = self._types(line, most=1)
        declared = self.by_number[number]
        tensor = None
        if line.take("="):
            own = read_tensor_type(line) if line.take(r"tensor\b") else declared
            if not isinstance(own, TensorType):
                line.fail(f"a value of type {own}, expected a tensor")
            tensor = read_tensor(line, own)
        self.kind.append(~len(self.variables))
        self.variables.append(Variable(role, declared, tensor))
        return [number]

    def _types(self, line: Line, most: int = 2**16) -> list[int]:
        found: list[int] = []
        while len(found) < most:
            spelled = line.need(TYPE, "a type")
            number = self.spelled.get(spelled)
            if number is None:
                try:
                    made = parse_type(spelled)
                except IRError as error:
                    raise error.at(line.where) from None
                number = self.spelled[spelled] = self.types.setdefault(made, len(self.types))
                if number == len(self.by_number):
                    self.by_number.append(made)
            found.append(number)
            if most == 1 or line.take(",") is None:
                break
        return found

    def _call(self, line: Line) -> None:
        token = line.need(OP, "an op")
        version = line.need_int("a version") if line.take(":") else 1
        body = graph_numbered(line, self.graphs) if line.take("@") else None
        line.need(r"\(", "'('")
        attributes: dict[str, Any] = {}
        if line.take(r"\)") is None:
            while True:
                self._argument(line, attributes)
                if line.need(r"[),]", "a comma or ')'") == ")":
                    break
        op = _op(line, (*_dialect_and_name(line, token), version), attributes, body)
        key = (op, id(body))
        number = self.kinds.get(key)
        if number is None:
            number = self.kinds[key] = len(self.kinds)
            self.bodies.append(body)
        self.kind.append(number)

    def _argument(self, line: Line, attributes: dict[str, Any]) -> None:
        token = line.take(LABEL)
        if token is not None:
            node, result = self._reference(line, token)
            self.operand.append(self.first[node] + result)
        elif line.take(r"_(?=[ \t]*[,)])") is not None:
            self.operand.append(-1)
        else:
            name = line.need_name(NAME, "an operand or attribute")
            line.need("=", "'='")
            if name in attributes:
                line.fail(f"attribute {name!r} is given twice", code="IR505")
            attributes[name] = read_attribute(line, self.graphs)

    def _reference(self, line: Line, token: str) -> tuple[int, int]:
        node = self.nodes.get(token)
        if node is None:
            line.fail(f"no node {token[:40]} stands above this line", code="IR532")
        result = line.need_int("a result's number") if line.take("#") else 0
        if result >= self.first[node + 1] - self.first[node]:
            line.fail(f"{token[:40]} has no result {result}", code="IR532")
        return node, result

    def graph(self) -> Graph:
        used = frozenset().union(*(symbols_of(t) for t in self.types))
        undeclared = sorted(used - {s.name for s in self.symbols})
        return Graph(
            name=self.name,
            ops=tuple(op for op, _ in self.kinds),
            bodies=tuple(self.bodies),
            variables=tuple(self.variables),
            types=tuple(self.types),
            kind=np.array(self.kind, np.int32),
            first=np.array(self.first, np.int64),
            type=np.array(self.type, np.int32),
            start=np.array(self.start, np.int64),
            operand=np.array(self.operand, np.int64),
            names=self.names,
            outputs=tuple(self.outputs),
            symbols=(*self.symbols, *map(Symbol, undeclared)),
            locations=self.locations,
            metadata=tuple(self.metadata),
        )


def _name(line: Line, token: str) -> str:
    try:
        return unquoted(token)
    except ValueError:
        line.fail(f"{token[:40]!r} is not a quoted name")


def _dialect_and_name(line: Line, token: str) -> tuple[str, str]:
    if token.startswith('"'):
        quoted = Line(token, line.number)
        dialect = quoted.need_name(STRING, "a dialect")
        quoted.need(r"\.", "'.'")
        return dialect, quoted.need_name(STRING, "an op's name")
    dialect, dot, name = token.rpartition(".")
    return (dialect, name) if dot else ("irlib", token)


def _op(line: Line, key: tuple[str, str, int], attributes: dict[str, Any], body: Graph | None) -> Op:
    name = key[1]
    try:
        cls = lookup(*key)
    except UnknownOpError as error:
        if body is None and key[0] == "irlib":  # of another dialect, rules may give it when it is needed
            raise error.at(line.where) from None
        return ForeignOp(*key, tuple(attributes.items()))
    unknown = [a for a in attributes if a not in {f.name for f in cls.attributes()}]
    if unknown:
        line.fail(f"{name} has no attribute {unknown[0]!r}", code="IR301")
    try:
        return cls(**attributes)
    except TypeError as error:
        raise AttributeValueError(f"{name}: {error}", code="IR302", where=line.where) from None
    except IRError as error:
        raise error.at(line.where) from None
