"""The .json form, for people: one row per node, operands by name; to a `RawModel` and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from irlib.errors import FileError, IRError
from irlib.graph import Column, OutputRole, Role, Symbol
from irlib.serde import json_values as values
from irlib.serde.canonical import exact_value
from irlib.serde.json_schema import against_schema
from irlib.serde.raw import RawGraph, RawLocations, RawModel, RawOp, RawOutput, RawVariable, Weights
from irlib.types import Type
from irlib.validate.finding import Finding

__all__ = ["MAX_JSON", "decode", "encode"]

MAX_JSON = 2**28
"""The largest .json file, in bytes: what is read makes some ten times as many."""
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_ROLES: dict[str, int] = {str(r): r.value for r in Role}
_OUTPUT_ROLES: dict[str, int] = {str(r): r.value for r in OutputRole}
_NAMES = {r.value: str(r) for r in Role}
_OUTPUT_NAMES = {r.value: str(r) for r in OutputRole}


# Reading


def decode(raw: bytes) -> tuple[RawModel | None, list[Finding]]:
    """What the text states, and everything wrong with how it states it; None where that is an error."""
    if len(raw) > MAX_JSON:
        return None, [Finding("IR511", "error", "", f"{len(raw)} bytes, expected at most {MAX_JSON}", "save it as .pb")]
    try:
        stated = json.loads(raw.decode("utf-8"), object_pairs_hook=_distinct, parse_constant=_refused)
        if _SURROGATE.search(raw):
            json.dumps(stated, ensure_ascii=False).encode()
    except IRError as error:
        return None, [Finding.of(error)]
    except RecursionError:
        return None, [Finding("IR501", "error", "", "not a model: lists and objects nest too deep")]
    except ValueError as error:  # not JSON, not UTF-8, or a number of thousands of digits
        return None, [Finding("IR501", "error", "", f"not JSON: {str(error)[:200]}")]
    if isinstance(stated, dict) and stated.get("format") == "irlib" and stated.get("version") not in (1, None):
        what = f"format version {str(stated['version'])[:20]}, this reader knows 1"
        return None, [Finding("IR503", "error", "", what, "use a newer irlib")]
    findings = list(against_schema(stated))
    if findings:
        return None, findings
    reader = _Reader()
    model = reader.model(stated)
    return (None if reader.findings else model), reader.findings


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise IRError(f"an object has one of {', '.join(k[:40] for k in list(found)[:8])} twice", code="IR505")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


class _Reader:
    """Takes apart what follows the schema; what is wrong all the same goes to `findings`."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.place = ""

    def add(self, error: IRError, where: str) -> None:
        self.findings.append(Finding(error.code, "error", f"{self.place}{where}", error.what, error.remedy))

    def model(self, stated: dict[str, Any]) -> RawModel:
        graphs = []
        for i, graph in enumerate(stated.get("graphs", ())):
            self.place = f"graphs[{i}]."
            graphs.append(_GraphReader(self, graph).raw())
        self.place = "graph."
        graph = _GraphReader(self, stated["graph"]).raw()
        weights = None
        if "weights" in stated:
            w = stated["weights"]
            weights = Weights(w["file"], values.read_int(w["length"]), bytes.fromhex(w["sha256"]))
        return RawModel(graph, tuple(graphs), weights)


class _GraphReader:
    """Turns the rows of one graph into tables."""

    def __init__(self, reader: _Reader, stated: dict[str, Any]) -> None:
        self.reader = reader
        self.stated = stated
        self.rows: list[dict[str, Any]] = stated["nodes"]
        self.index: dict[str, int] = {}
        for i, row in enumerate(self.rows):
            if "name" in row:
                self.index.setdefault(row["name"], i)
        self.ops: dict[Any, int] = {}
        self.raw_ops: list[RawOp] = []
        self.variables: list[RawVariable] = []
        self.types: dict[Type | None, int] = {}
        self.type_texts: dict[str, int] = {}

    def raw(self) -> RawGraph:
        kind: list[int] = []
        results: list[int] = []
        types: list[int] = []
        edges: list[tuple[int, int, int, int]] = []
        for i, row in enumerate(self.rows):
            where = f"nodes[{i}]"
            kind.append(self._op(row, where) if "op" in row else self._variable(row, where))
            texts = [row["type"]] if "type" in row else row["types"]
            results.append(len(texts))
            types += [self._type(t, where) for t in texts]
            for k, operand in enumerate(row.get("operands", ())):
                if operand is not None:
                    node, result = self._value(operand, f"{where}.operands[{k}]")
                    edges.append((node, i, result, k))
        columns = np.array(edges, np.int64).reshape(-1, 4)
        named = [(i, row["name"]) for i, row in enumerate(self.rows) if "name" in row]
        return RawGraph(
            name=self.stated["name"],
            ops=tuple(self.raw_ops),
            variables=tuple(self.variables),
            types=tuple([t for t in self.types if t is not None]),
            kind=np.array(kind, np.int32),
            type=np.array(types, np.uint32),
            source=_uint32(columns[:, 0]),
            target=_uint32(columns[:, 1]),
            results=np.array(results, np.uint32),
            result=_uint32(columns[:, 2]),
            operand=_uint32(columns[:, 3]),
            name_nodes=np.array([i for i, _ in named], np.uint32),
            name_texts=tuple([n for _, n in named]),
            outputs=tuple([self._output(o, i) for i, o in enumerate(self.stated.get("outputs", ()))]),
            symbols=tuple([self._symbol(s) for s in self.stated.get("symbols", ())]),
            locations=self._locations(),
            metadata=tuple(self.stated.get("metadata", {}).items()),
        )

    def _variable(self, row: dict[str, Any], where: str) -> int:
        tensor = None
        if "value" in row:
            try:
                tensor = values.read_tensor(row["value"])
            except IRError as error:
                self.reader.add(error, f"{where}.value")
        self.variables.append(RawVariable(_ROLES[row["variable"]], tensor))
        return ~(len(self.variables) - 1)

    def _op(self, row: dict[str, Any], where: str) -> int:
        attributes = []
        for name, stated in row.get("attributes", {}).items():
            try:
                attributes.append((name, values.read_value(stated)))
            except IRError as error:
                self.reader.add(error, f"{where}.attributes.{name[:40]}")
        body = row.get("body")
        op = RawOp(
            row.get("dialect", "irlib"),
            row["op"],
            int(row.get("version", 1)),
            tuple(sorted(attributes, key=lambda item: item[0])),
            None if body is None else int(body),
        )
        key = (op.dialect, op.name, op.version, tuple([(n, exact_value(v)) for n, v in op.attributes]), op.body)
        number = self.ops.setdefault(key, len(self.ops))
        if number == len(self.raw_ops):
            self.raw_ops.append(op)
        return number

    def _type(self, text: str, where: str) -> int:
        found = self.type_texts.get(text)
        if found is None:
            try:
                t: Type | None = values.read_type(text)
            except IRError as error:
                self.reader.add(error, f"{where}.type")
                t = None
            found = self.type_texts[text] = self.types.setdefault(t, len(self.types))
        return found

    def _value(self, stated: Any, where: str) -> tuple[int, int]:
        """Node and result of ``"name"``, ``index``, ``["name", result]`` or ``[index, result]``."""
        node, result = stated if isinstance(stated, list) else (stated, 0)
        if isinstance(node, str):
            found = self.index.get(node)
            if found is None:
                what = f"no node is named {node[:80]!r}"
                self.reader.add(FileError(what, code="IR102"), where)
                return 0, 0
            return found, int(result)
        return int(node), int(result)

    def _output(self, o: dict[str, Any], index: int) -> RawOutput:
        node, result = self._value(o["value"], f"outputs[{index}].value")
        return RawOutput(o["name"], node, result, _OUTPUT_ROLES[o.get("role", "result")], o.get("of"))

    def _symbol(self, s: dict[str, Any]) -> Symbol:
        maximum = s.get("maximum")
        return Symbol(
            s["name"],
            values.read_int(s.get("minimum", 0)),
            None if maximum is None else values.read_int(maximum),
        )

    def _locations(self) -> RawLocations | None:
        files: dict[str, int] = {}
        found = [(i, row["location"]) for i, row in enumerate(self.rows) if "location" in row]
        if not found:
            return None
        file = [files.setdefault(at[0], len(files)) for _, at in found]
        node = np.array([i for i, _ in found], np.uint32)
        return RawLocations(tuple(files), node, np.array(file, np.uint32), _uint32([int(at[1]) for _, at in found]))


def _uint32(column: Any) -> Column:
    return np.asarray(column, np.uint32)


# Writing


def encode(model: RawModel) -> bytes:
    """The text of a model: one row per line. Raises: FileError when the form has no way to say something."""
    parts = ['"format": "irlib"', '"version": 1', f'"graph": {_graph_text(model.graph)}']
    if model.graphs:
        inner = ",\n".join(_graph_text(g) for g in model.graphs)
        parts.append(f'"graphs": [\n{inner}\n]')
    if model.weights is not None:
        w = model.weights
        parts.append(f'"weights": {_line({"file": w.file, "length": w.length, "sha256": w.sha256.hex()})}')
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise FileError("a text that is not Unicode", code="IR508") from error


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _graph_text(g: RawGraph) -> str:
    parts = [f'"name": {_line(g.name)}', _rows("nodes", _node_rows(g))]
    names = dict(zip(g.name_nodes.tolist(), g.name_texts, strict=True))
    parts.append(_rows("outputs", (_output_row(o, names) for o in g.outputs)))
    if g.symbols:
        parts.append(_rows("symbols", map(_symbol_row, g.symbols)))
    if g.metadata:
        parts.append(f'"metadata": {_line(dict(g.metadata))}')
    return "{\n  " + ",\n  ".join(parts) + "\n}"


def _rows(key: str, rows: Iterable[dict[str, Any]]) -> str:
    lines = [_line(row) for row in rows]
    return f'"{key}": [\n    ' + ",\n    ".join(lines) + "\n  ]" if lines else f'"{key}": []'


def _node_rows(g: RawGraph) -> Iterator[dict[str, Any]]:
    names = dict(zip(g.name_nodes.tolist(), g.name_texts, strict=True))
    types = [values.write_type(t) for t in g.types]
    type_column = (g.type if g.type_run is None else np.repeat(g.type, g.type_run)).tolist()
    results = [1] * len(g.kind) if g.results is None else g.results.tolist()
    operands = _operands(g)
    ops = [_op_entries(op) for op in g.ops]
    locations = {}
    if g.locations is not None:
        at = g.locations
        locations = {n: [at.files[f], line] for n, f, line in zip(*(c.tolist() for c in (at.node, at.file, at.line)), strict=True)}  # fmt: skip # noqa: E501
    value = 0
    for i, kind in enumerate(g.kind.tolist()):
        row: dict[str, Any] = {"name": names[i]} if i in names else {}
        if kind < 0:
            row["variable"] = _NAMES[g.variables[~kind].role]
        else:
            row |= ops[kind]
            row["operands"] = [_reference(v, names) for v in operands[i]]
        of_results = [types[t] for t in type_column[value : value + results[i]]]
        row |= {"type": of_results[0]} if len(of_results) == 1 else {"types": of_results}
        value += results[i]
        tensor = g.variables[~kind].tensor if kind < 0 else None
        if tensor is not None:
            row["value"] = values.write_tensor(tensor)
        if i in locations:
            row["location"] = locations[i]
        yield row


def _op_entries(op: RawOp) -> dict[str, Any]:
    made: dict[str, Any] = {"op": op.name}
    if op.dialect != "irlib":
        made["dialect"] = op.dialect
    if op.version != 1:
        made["version"] = op.version
    if op.attributes:
        made["attributes"] = {n: values.write_value(v, f"op {op.name}, attribute {n!r}") for n, v in op.attributes}
    if op.body is not None:
        made["body"] = op.body
    return made


def _operands(g: RawGraph) -> list[list[tuple[int, int] | None]]:
    """The operands of each node of a canonical graph: node and result, None where absent."""
    operands: list[list[tuple[int, int] | None]] = [[] for _ in range(len(g.kind))]
    result = [0] * len(g.source) if g.result is None else g.result.tolist()
    place = [None] * len(g.source) if g.operand is None else g.operand.tolist()
    for s, t, r, k in zip(g.source.tolist(), g.target.tolist(), result, place, strict=True):
        listed = operands[t]
        if k is not None:
            listed.extend([None] * (k - len(listed)))
        listed.append((s, r))
    return operands


def _reference(value: tuple[int, int] | None, names: dict[int, str]) -> Any:
    if value is None:
        return None
    node, result = value
    called = names.get(node, node)
    return [called, result] if result else called


def _output_row(o: RawOutput, names: dict[int, str]) -> dict[str, Any]:
    row = {"name": o.name, "value": _reference((o.node, o.result), names), "role": _OUTPUT_NAMES[o.role]}
    return row if o.of is None else row | {"of": o.of}


def _symbol_row(s: Symbol) -> dict[str, Any]:
    row: dict[str, Any] = {"name": s.name, "minimum": values.write_int(s.minimum)}
    return row if s.maximum is None else row | {"maximum": values.write_int(s.maximum)}
