"""Ops from what a file states of them, and back: each attribute there is, of a kind its class allows, in one order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from irlib.errors import AttributeValueError, IRError
from irlib.op import DIALECTS, Composite, ForeignOp, Op, lookup, registered
from irlib.validate.kinds import is_of_kind, kinds_of

__all__ = ["attributes_of", "op_of"]


def op_of(dialect: str, name: str, version: int, attributes: tuple[tuple[str, Any], ...], *, has_body: bool) -> Op:
    """The op that a file states: of the class registered for it, else one that its body gives its meaning.

    Raises: UnknownOpError, AttributeValueError.
    """
    cls = registered(dialect, name, version)
    if len({a for a, _ in attributes}) < len(attributes):
        raise AttributeValueError("an attribute is there twice", code="IR505")
    if cls is None:
        if not has_body and dialect not in DIALECTS:
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
        if not is_of_kind(values[name], annotation, exactly=True):
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
    if isinstance(value, list):
        value = tuple(value)
    allowed = kinds_of(annotation)
    if allowed is None or is_of_kind(value, annotation, exactly=True):
        return value
    plain, items = allowed
    if type(value) is int and float in plain:
        return float(value)
    if isinstance(value, tuple) and items is not None and float in items:
        return tuple(float(v) if type(v) is int else v for v in value)
    return value
