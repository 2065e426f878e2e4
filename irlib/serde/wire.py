"""The closed-world check of protobuf bytes before anything is parsed: known fields, each once, nothing over a limit.

A protobuf parser keeps what it does not know, takes the last of two values and allocates as it goes. This scan of the
wire format, one step per field, refuses all of that first. It steps over columns whole and says where they lie, so that
they become arrays in one copy whatever the version of protobuf.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from irlib.graph import Column
from irlib.validate.finding import Finding

__all__ = ["LONG_TEXT", "MAX_DEPTH", "MAX_MESSAGES", "MAX_TEXT", "Scan", "scan"]

MAX_MESSAGES = 2**22
MAX_DEPTH = 32
MAX_TEXT = 4096
LONG_TEXT = 2**20
_MAX_FINDINGS = 20

# the length limits of texts and byte strings other than MAX_TEXT; None: that of the file
_LIMITS: dict[tuple[str, str], int | None] = {
    ("Names", "text"): None,
    ("Tensor", "data"): None,
    ("Strings", "items"): None,
    ("Attribute", "text"): LONG_TEXT,
    ("Attribute", "raw"): LONG_TEXT,
    ("Texts", "items"): LONG_TEXT,
    ("Entry", "value"): LONG_TEXT,
}

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(slots=True)
class _Field:
    name: str
    wire: int
    many: bool = False
    child: _Message | None = None
    oneof: str = ""
    limit: int | None = None
    column: str = ""
    """The numpy dtype of a column; empty where the field is none."""


@dataclass(slots=True)
class _Message:
    name: str
    fields: dict[int, _Field] = field(default_factory=dict)


@dataclass(slots=True)
class Scan:
    """What a scan found: the columns of each graph, the model's own under -1, and what is wrong."""

    columns: dict[int, dict[str, Column]]
    findings: list[Finding]


_TABLES: dict[str, _Message] = {}


def _table_of(descriptor: Any) -> _Message:
    """What may stand in a message, from its descriptor."""
    from google.protobuf.descriptor import FieldDescriptor as Kind

    found = _TABLES.get(descriptor.full_name)
    if found is not None:
        return found
    table = _TABLES[descriptor.full_name] = _Message(descriptor.name)
    columns = {Kind.TYPE_FIXED32: "<u4", Kind.TYPE_SFIXED32: "<i4"}
    wires = {Kind.TYPE_DOUBLE: _FIXED64, Kind.TYPE_STRING: _BYTES, Kind.TYPE_BYTES: _BYTES, Kind.TYPE_MESSAGE: _BYTES}
    for f in descriptor.fields:
        is_list = bool(f.is_repeated) if hasattr(f, "is_repeated") else f.label == Kind.LABEL_REPEATED
        by_length = f.type in (Kind.TYPE_STRING, Kind.TYPE_BYTES, Kind.TYPE_MESSAGE)
        oneof = f.containing_oneof
        table.fields[f.number] = _Field(
            name=f.name,
            wire=_BYTES if is_list else wires.get(f.type, _VARINT),
            many=is_list and by_length,
            child=_table_of(f.message_type) if f.message_type is not None else None,
            oneof=oneof.name if oneof is not None and not oneof.name.startswith("_") else "",
            limit=_LIMITS.get((descriptor.name, f.name), MAX_TEXT)
            if f.type in (Kind.TYPE_STRING, Kind.TYPE_BYTES)
            else None,
            column=columns.get(f.type, "") if is_list else "",
        )
    return table


@dataclass(slots=True)
class _Span:
    """A message to be scanned: where it lies, what it is, and of which graph."""

    at: int
    end: int
    table: _Message
    path: str
    graph: int


class _StopError(Exception):
    """Nothing after this place can be told."""


class _CutShortError(Exception):
    """A number or a field that reaches beyond the bytes."""


def _varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 64:
                break
            return value, at
        shift += 7
        if shift > 63:
            break
    raise _CutShortError


def scan(raw: bytes, descriptor: Any) -> Scan:
    """Scan `raw` as a message of `descriptor` (a Model). Findings that cannot be got past end the scan."""
    scanner = _Scanner(raw, _table_of(descriptor))
    try:
        scanner.run()
    except _StopError:
        pass
    except _CutShortError:
        scanner.add(
            "IR501", scanner.path, "the bytes end within a field", "the file is damaged or cut short; get it again"
        )
    return Scan(scanner.columns, scanner.findings)


class _Scanner:
    def __init__(self, raw: bytes, model: _Message) -> None:
        self.raw = raw
        self.data = memoryview(raw)
        self.model = model
        self.columns: dict[int, dict[str, Column]] = {}
        self.findings: list[Finding] = []
        self.path = ""

    def add(self, code: str, where: str, what: str, remedy: str = "") -> None:
        self.findings.append(Finding(code, "error", where, what, remedy))

    def run(self) -> None:
        messages = 0
        stack = [_Span(0, len(self.data), self.model, "", -1)]
        while stack and len(self.findings) < _MAX_FINDINGS:
            span = stack.pop()
            messages += 1
            if span.path.count(".") > MAX_DEPTH:
                self.add("IR517", span.path[:200], f"messages nest more than {MAX_DEPTH} deep")
                return
            children = self._message(span)
            if messages + len(children) + len(stack) > MAX_MESSAGES:
                self.add("IR511", span.path, f"more than {MAX_MESSAGES} messages")
                return
            stack.extend(reversed(children))

    def _message(self, span: _Span) -> list[_Span]:
        """Scan the fields of one message; returns the messages in it."""
        data, fields, path, end, at = self.data, span.table.fields, span.path, span.end, span.at
        seen: dict[str, int] = {}
        children: list[_Span] = []
        self.path = path
        while at < end:
            tag = data[at]
            at += 1
            if tag >= 0x80:
                tag, at = _varint(data, at - 1, end)
            found = fields.get(tag >> 3)
            wire = tag & 7
            if found is None or found.wire != wire:
                at = self._unknown(at, span, tag, found)
                continue
            start, at = self._extent(at, end, wire)
            count = seen[found.name] = seen.get(found.name, -1) + 1
            if not found.many:
                self._once(found, count, seen, path)
            if wire != _BYTES:
                continue
            if found.child is not None:
                inner = f"{path}{found.name}{f'[{count}]' if found.many else ''}."
                graph = count if found.many and found.name == "graphs" else span.graph
                children.append(_Span(start, at, found.child, inner, graph))
                if len(children) > MAX_MESSAGES:
                    return children
            elif found.column:
                self._column(found, span, start, at - start)
            elif found.limit is not None and at - start > found.limit:
                self.add("IR511", path + found.name, f"{at - start} bytes, expected at most {found.limit}")
        return children

    def _extent(self, at: int, end: int, wire: int) -> tuple[int, int]:
        """Where a field's contents begin and end."""
        if wire == _BYTES:
            length, at = _varint(self.data, at, end)
            start, at = at, at + length
        elif wire == _VARINT:
            start, (_, at) = at, _varint(self.data, at, end)
        else:
            start, at = at, at + (8 if wire == _FIXED64 else 4)
        if at > end:
            raise _CutShortError
        return start, at

    def _once(self, found: _Field, count: int, seen: dict[str, int], path: str) -> None:
        if count:
            self.add("IR505", path + found.name, "written twice, expected once")
        if found.oneof:
            first = seen.setdefault(f"oneof {found.oneof}", 0)
            seen[f"oneof {found.oneof}"] += 1
            if first:
                self.add("IR505", path + found.name, f"a second value of {found.oneof}, expected one")

    def _column(self, found: _Field, span: _Span, start: int, length: int) -> None:
        if length % 4:
            self.add("IR501", span.path + found.name, f"{length} bytes, expected a multiple of 4")
            return
        column = np.frombuffer(self.raw, found.column, length // 4, start)
        native = np.int32 if found.column == "<i4" else np.uint32
        self.columns.setdefault(span.graph, {})[f"{span.table.name}.{found.name}"] = column.astype(native)

    def _unknown(self, at: int, span: _Span, tag: int, found: _Field | None) -> int:
        number, wire = tag >> 3, tag & 7
        if found is not None:
            self.add("IR504", span.path + found.name, f"wire type {wire}, expected {found.wire}")
        else:
            what = f"unknown field {number} of {span.table.name}"
            self.add("IR504", span.path or "model", what, "a newer irlib may read the file")
        if len(self.findings) >= _MAX_FINDINGS or number == 0 or wire in (3, 4, 6, 7):
            raise _StopError
        return self._extent(at, span.end, wire)[1]
