"""Ops from what a file states of them, and back: each attribute there is, of a kind its class allows, in one order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from irlib.errors import AttributeValueError, IRError
from irlib.graph import Graph
from irlib.op import DIALECTS, Composite, ForeignOp, Op, lookup, registered
from irlib.tensor import Tensor
from irlib.types import DType, OptionalType, SequenceType, TensorType

__all__ = ["attributes_of", "op_of"]

_KINDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (float,),
    "str": (str,),
    "bytes": (bytes,),
    "DType": (DType,),
    "Type": (TensorType, SequenceType, OptionalType),
    "TensorType": (TensorType,),
    "Tensor": (Tensor,),
    "Graph": (Graph,),
    "None": (type(None),),
}
_PART = re.compile(
    r"tuple\[\s*(?P<items>[^\]]*?)\s*(?:,\s*\.\.\.)?\s*\]|(?P<literal>Literal\[[^\]]*\])|(?P<plain>[\w.]+)"
)


def op_of(dialect: str, name: str, version: int, attributes: tuple[tuple[str, Any], ...], *, has_body: bool) -> Op:
    """The op that a file states: of the class registered for it, else one that its body gives its meaning.

    Raises: UnknownOpError, AttributeValueError.
    """
    cls = registered(dialect, name, version)
    if len({a for a, _ in attributes}) < len(attributes):
        raise AttributeValueError("an attribute is there twice", code="IR505")
    if cls is None:
        if dialect == "irlib" or not (has_body or dialect in DIALECTS):
            lookup(dialect, name, version)
        return ForeignOp(dialect, name, version, tuple(sorted(attributes)) if attributes else ())
    if has_body and not issubclass(cls, Composite):
        raise AttributeValueError(f"{name} is a primitive, yet it has a body", code="IR304")
    return _constructed(cls, dict(attributes))


def _constructed(cls: type[Op], values: Mapping[str, Any]) -> Op:
    fields = {f.name: str(f.type) for f in cls.attributes()}
    for name in values:
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise AttributeValueError(f"no attribute {name!r}, expected {known}", code="IR301")
    for name, annotation in fields.items():
        if name not in values:
            raise AttributeValueError(f"attribute {name!r} is missing", code="IR302")
        if not _fits(values[name], annotation):
            what = f"attribute {name!r} is {_kind_of(values[name])}, expected {annotation}"
            raise AttributeValueError(what, code="IR302")
    try:
        return cls(**values)
    except IRError:
        raise
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise AttributeValueError(f"{cls.name}: {error}", code="IR302") from error


def _kind_of(value: Any) -> str:
    return f"a tuple of {', '.join({type(v).__name__ for v in value}) or 'nothing'}" if isinstance(value, tuple) else (
        f"a {type(value).__name__}"
    )  # fmt: skip


@cache
def _allowed(annotation: str) -> tuple[tuple[type, ...], tuple[type, ...] | None] | None:
    """The types an annotation allows, and those of a tuple's items (None: no tuple); None where it is not of ours."""
    plain: list[type] = []
    items: tuple[type, ...] | None = None
    for part in _PART.finditer(annotation):
        if part["literal"]:
            plain += (str, int)
        elif part["items"] is not None:
            words = re.findall(r"\w+", part["items"])
            if not all(w in _KINDS for w in words):
                return None
            items = tuple(t for w in words for t in _KINDS[w])
        elif part["plain"] in _KINDS:
            plain += _KINDS[part["plain"]]
        else:
            return None
    return tuple(plain), items


def _fits(value: Any, annotation: str) -> bool:
    allowed = _allowed(annotation)
    if allowed is None:
        return True
    plain, items = allowed
    if isinstance(value, tuple):
        return items is not None and all(type(v) in items for v in value)
    return type(value) in plain


def attributes_of(op: Op) -> tuple[tuple[str, Any], ...]:
    """Every attribute of `op`, by name in order; an int where the class says float is that float."""
    values = op.attribute_values()
    if not isinstance(op, ForeignOp):
        for f in op.attributes():
            values[f.name] = _as_annotated(values[f.name], str(f.type))
    return tuple(sorted(values.items(), key=_first))


def _first(item: tuple[str, Any]) -> str:
    return item[0]


def _as_annotated(value: Any, annotation: str) -> Any:
    allowed = _allowed(annotation)
    if isinstance(value, list):
        value = tuple(value)
    if allowed is None or _fits(value, annotation):
        return value
    plain, items = allowed
    if type(value) is int and float in plain:
        return float(value)
    if isinstance(value, tuple) and items is not None and float in items:
        return tuple(float(v) if type(v) is int else v for v in value)
    return value
