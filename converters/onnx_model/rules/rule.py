"""The table of rules, and what a rule is given: the op with its attributes, defaults filled in from the schema."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from irlib.converters.onnx_model import schemas
from irlib.converters.onnx_model.dtypes import dtype_of_number
from irlib.errors import AttributeValueError, IRTypeError, UnsupportedError
from irlib.graph import Graph
from irlib.methods import Value
from irlib.op import ForeignOp
from irlib.types import DType

__all__ = [
    "CAPTURES",
    "OURS",
    "RESULTS",
    "RULES",
    "SCALES",
    "OnnxOp",
    "Rule",
    "find_rule",
    "rank_of",
    "rule",
    "shape_of_rank",
]

RESULTS = "results"
"""The attribute of ours that says how many outputs a node lists, where it is not one."""

CAPTURES = "captures"
"""The attribute of ours that says how many of the last operands regions use from outside, where there are any."""

SCALES = "scales_are"
"""The attribute of ours that says what the scales of a Resize are, where a constant says so."""

OURS = (RESULTS, CAPTURES, SCALES)
"""Attributes that ONNX does not have."""

Body = Callable[..., Any]
_Body = TypeVar("_Body", bound=Body)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for the versions from `since` to `until` of an op."""

    since: int
    until: int
    body: Body
    operands: int
    """How many operands the function names; absent ones are filled up with None. -1: it takes any number."""


RULES: dict[tuple[str, str], list[Rule]] = {}
"""The rules of each (dialect, op)."""

_NEWEST = 2**31


def rule(name: str, since: int, *, until: int = _NEWEST, dialect: str = "ai.onnx") -> Callable[[_Body], _Body]:
    """Enter the decorated function as the body of op `name`, versions `since` to `until` inclusive."""

    def enter(body: _Body) -> _Body:
        rules = RULES.setdefault((dialect, name), [])
        for other in rules:
            if since <= other.until and other.since <= until:
                raise ValueError(f"{name} has two rules for version {max(since, other.since)}")
        rules.append(Rule(since, until, body, _operands(body)))
        return body

    return enter


def _operands(body: Body) -> int:
    parameters = list(inspect.signature(body).parameters.values())[2:]
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return -1
    return sum(p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for p in parameters)


@cache
def _loaded() -> None:
    package = import_module("irlib.converters.onnx_model.rules")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")


def find_rule(dialect: str, name: str, version: int) -> Rule | None:
    """The rule for a version of an op, or None."""
    _loaded()
    for found in RULES.get((dialect, name), ()):
        if found.since <= version <= found.until:
            return found
    return None


class OnnxOp:
    """The op a rule is for. ``n["axis"]`` is an attribute: as given, else the schema's default, else None."""

    __slots__ = ("_defaults", "op", "outputs")

    def __init__(self, op: ForeignOp) -> None:
        self.op = op
        self.outputs: int = op.attribute(RESULTS, 1)
        """How many results are wanted: a rule may give more, which are left out, never fewer."""
        self._defaults = _defaults(op.op_dialect, op.op_name, op.op_version)

    @property
    def name(self) -> str:
        return self.op.op_name

    @property
    def version(self) -> int:
        return self.op.op_version

    @property
    def captures(self) -> int:
        """How many of the last operands are values that regions use from outside; every region takes them all last."""
        return int(self.op.attribute(CAPTURES, 0))

    @property
    def scales(self) -> tuple[float, ...] | None:
        """The numbers of the operand `scales`, where it is a constant."""
        found = self.op.attribute(SCALES)
        return None if found is None else tuple(found)

    def __contains__(self, attribute: str) -> bool:
        """Whether the attribute is given; a default is not."""
        return attribute in self.op._by_name

    def __getitem__(self, attribute: str) -> Any:
        given = self.op._by_name
        if attribute in given:
            return given[attribute]
        if attribute in self._defaults:
            return self._defaults[attribute]
        raise AttributeValueError(f"{self.name} has no attribute {attribute!r}", code="IR302")

    def dtype(self, attribute: str) -> DType | None:
        """The dtype that an attribute of an element type's number names; None where it is not given."""
        number = self[attribute]
        return None if number is None else dtype_of_number(number, f"attribute {attribute!r}")

    def graph(self, attribute: str) -> Graph:
        """A region: a graph whose inputs are the subgraph's own, then every captured value."""
        found = self[attribute]
        if not isinstance(found, Graph):
            raise AttributeValueError(f"attribute {attribute!r} is no graph", code="IR302")
        return found

    def unsupported(self, what: str) -> UnsupportedError:
        """The error for something the operator allows and irlib cannot do; to be raised."""
        return UnsupportedError(what, code="IR320", where=f"{self.op.op_dialect}.{self.name}-{self.version}")


@cache
def _defaults(dialect: str, name: str, version: int) -> dict[str, Any]:
    """Every attribute of the schema with its default, None where it has none; required ones are left out."""
    found = schemas.schema(schemas.DOMAIN_OF.get(dialect, dialect), name, version)
    if found is None:
        return {}
    return {a.name: found.defaults.get(a.name) for a in found.attributes.values() if not a.required}


def rank_of(x: Value, what: str = "the operand") -> int:
    """The rank of `x`.

    Raises: IRTypeError with the code that puts the body off until the rank is known.
    """
    if x.rank is None:
        raise IRTypeError(
            f"the rank of {what} is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
        )
    return x.rank


def shape_of_rank(x: Value, what: str = "the operand") -> tuple[Any, ...]:
    """The dims of `x`, None for those not known. Raises: as `rank_of`."""
    rank_of(x, what)
    return tuple(x.shape or ())
