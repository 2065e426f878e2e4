"""The JSON form held against its published schema: every row, and the plain ones fast.

jsonschema takes some 200 us for a row. Most rows of a large file are so plain that one look shows that they follow the
schema; only the others, and all that is not a row, go to jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from irlib.validate.finding import Finding

__all__ = ["against_schema", "is_plain_row", "schema"]

_MAX_FINDINGS = 20
_MAX_NAME = 4096
_MAX_INDEX = 2**32 - 1
_PLAIN_KEYS = frozenset({"name", "op", "operands", "type", "attributes"})


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of the form."""
    text = resources.files("irlib.schema.v1").joinpath("model.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _validator(definition: str) -> Any:
    from jsonschema import Draft202012Validator

    published = schema()
    return Draft202012Validator(
        {"$ref": f"#/$defs/{definition}", "$defs": published["$defs"]} if definition else published
    )


def against_schema(stated: Any) -> Iterator[Finding]:
    """What in `stated` does not follow the schema, the first few findings."""
    try:
        for count, finding in enumerate(_findings(stated)):
            if count == _MAX_FINDINGS:
                return
            yield finding
    except RecursionError:
        yield Finding("IR501", "error", "", "not a model: lists and objects nest too deep")


def _findings(stated: Any) -> Iterator[Finding]:
    if not isinstance(stated, dict):
        yield from _errors("", stated, "")
        return
    without = dict(stated)
    without["graph"] = _without_rows(stated.get("graph"))
    if "graph" not in stated:
        del without["graph"]
    graphs = stated.get("graphs")
    if isinstance(graphs, list):
        without["graphs"] = [_without_rows(g) for g in graphs]
    yield from _errors("", without, "")
    yield from _row_errors(stated.get("graph"), "graph")
    for i, graph in enumerate(graphs if isinstance(graphs, list) else ()):
        yield from _row_errors(graph, f"graphs[{i}]")


def _without_rows(graph: Any) -> Any:
    return {**graph, "nodes": []} if isinstance(graph, dict) and isinstance(graph.get("nodes"), list) else graph


def _row_errors(graph: Any, where: str) -> Iterator[Finding]:
    if isinstance(graph, dict) and isinstance(graph.get("nodes"), list):
        for i, row in enumerate(graph["nodes"]):
            if not is_plain_row(row):
                yield from _errors("node", row, f"{where}.nodes[{i}]")


def is_plain_row(row: Any) -> bool:
    """Whether a row follows the schema, as far as one look can tell: where it says True, it does."""
    return (
        type(row) is dict
        and row.keys() <= _PLAIN_KEYS
        and _is_text(row.get("op"), _MAX_NAME)
        and _is_text(row.get("type"), _MAX_NAME)
        and ("name" not in row or _is_text(row["name"], _MAX_NAME))
        and ("operands" not in row or _are_operands(row["operands"]))
        and ("attributes" not in row or _are_attributes(row["attributes"]))
    )


def _is_text(value: Any, limit: int) -> bool:
    return type(value) is str and 0 < len(value) <= limit


def _are_operands(operands: Any) -> bool:
    return type(operands) is list and all(
        type(o) is str or o is None or (type(o) is int and 0 <= o <= _MAX_INDEX) for o in operands
    )


def _are_attributes(attributes: Any) -> bool:
    return type(attributes) is dict and all(
        _is_text(name, _MAX_NAME) and (value is None or type(value) is bool or _is_text(value, _MAX_NAME))
        for name, value in attributes.items()
    )


def _errors(definition: str, stated: Any, where: str) -> Iterator[Finding]:
    for error in _validator(definition).iter_errors(stated):
        found = error
        while found.context:  # of the alternatives that all failed, the one that came furthest says most
            found = max(found.context, key=lambda e: (len(e.absolute_path), -len(e.absolute_schema_path)))
        path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in found.absolute_path)
        yield Finding("IR507", "error", f"{where}{path}".lstrip(".")[:200], _short(found.message))


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:140]} .. {message[-140:]}"
