"""The table of ops: each is one that this process knows, of this version, with attributes a file can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from irlib.errors import UnknownOpError
from irlib.graph import Graph
from irlib.op import Composite, ForeignOp, Op, lookup
from irlib.tensor import Tensor
from irlib.types import DType, OptionalType, SequenceType, TensorType
from irlib.validate.finding import Finding
from irlib.validate.kinds import is_of_kind
from irlib.validate.place import shown

__all__ = ["check_ops"]

_PLAIN = (bool, int, float, str, bytes, DType, TensorType, SequenceType, OptionalType, Graph, Tensor, type(None))
_INT64 = 2**63


def check_ops(graph: Graph, place: str) -> Iterator[Finding]:
    """What is wrong with the ops themselves, whatever their operands."""
    for index, op in enumerate(graph.ops):
        where = f"{place}, op {index} ({shown(op.name)})"
        yield from _check_known(op, where)
        if graph.bodies[index] is not None and not isinstance(op, Composite):
            what = "a primitive with a body"
            yield Finding("IR304", "error", where, what, "leave the body out")
        for name, value in op.attribute_values().items():
            for what in _wrong_with(value):
                yield Finding("IR302", "error", where, f"attribute {shown(name)!r} is {what}")
        for field in () if isinstance(op, ForeignOp) else op.attributes():
            value = getattr(op, field.name)
            if not is_of_kind(value, str(field.type)):
                what = f"attribute {field.name!r} is a {type(value).__name__}, expected {field.type}"
                yield Finding("IR302", "error", where, what)


def _check_known(op: Op, where: str) -> Iterator[Finding]:
    if isinstance(op, ForeignOp):
        return
    try:
        known = lookup(op.dialect, op.name, op.version)
    except UnknownOpError as error:
        yield Finding(error.code, "error", where, error.what, error.remedy)
        return
    if known is not type(op):
        what = f"an op of class {type(op).__name__}, expected {known.__name__}, which is registered"
        yield Finding("IR310", "error", where, what)


def _wrong_with(value: Any) -> Iterator[str]:
    """Attributes nest at most as deep as our own classes make them; a list within a list is the most there is."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple):
            waiting.extend(item)
        elif not isinstance(item, _PLAIN) or isinstance(item, np.generic):
            yield f"a {type(item).__name__}, which no file can hold"
        elif isinstance(item, int) and not -_INT64 <= item < _INT64:
            yield "an integer outside 64 bits"
