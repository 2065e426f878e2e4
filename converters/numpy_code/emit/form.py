"""What a rule of the emitter is given and what it makes: expressions with a precedence, and the site of a node."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from irlib.errors import UnsupportedError
from irlib.op import Known, Op
from irlib.types import DType, TensorType, Type

if TYPE_CHECKING:
    from irlib.graph import Graph

__all__ = [
    "LOOSE",
    "MOST",
    "RULES",
    "TIGHT",
    "Expr",
    "Module",
    "Operand",
    "Rule",
    "Site",
    "call",
    "dtype_text",
    "quoted",
]

TIGHT = 100
"""The precedence of names, calls, subscripts and numbers that are not negative."""
POWER, UNARY, PRODUCT, SUM, SHIFT, BIT_AND, BIT_XOR, BIT_OR, COMPARISON = 90, 80, 70, 60, 55, 50, 45, 40, 30
LOOSE = 0
MOST = 8
"""The most numbers that stand in a row in source."""


@dataclass(frozen=True, slots=True)
class Expr:
    """A Python expression and how tightly its outermost operator binds."""

    text: str
    level: int = TIGHT

    def at(self, level: int) -> str:
        """The text, in parentheses where it would bind less than `level`."""
        return self.text if self.level >= level else f"({self.text})"


class Operand:
    """An operand of the node: its type, what is known of its value, and `at`, its text or what stands for it."""

    __slots__ = ("constant", "is_size", "known", "type")

    def __init__(self, type: Type, known: Known, constant: Any, *, is_size: bool = False) -> None:
        self.type = type
        self.known = known
        self.constant = constant
        """The array, where it is a constant of the graph."""
        self.is_size = is_size
        """Whether it can be written as Python ints (`size`)."""

    def at(self, level: int) -> str:
        """The text, binding at least at `level`."""
        raise NotImplementedError

    def size(self, level: int) -> str:
        """The text as an int or a tuple of ints, binding at least at `level`."""
        raise NotImplementedError

    def number(self, level: int) -> str:
        """The text as a bare number, binding at least at `level`."""
        raise NotImplementedError

    def __str__(self) -> str:
        """As an argument of a call."""
        return self.at(LOOSE)

    @property
    def atom(self) -> str:
        """To be followed by an attribute or an index."""
        return self.at(TIGHT)

    @property
    def dtype(self) -> DType:
        assert isinstance(self.type, TensorType)
        return self.type.dtype

    @property
    def rank(self) -> int | None:
        return self.type.rank if isinstance(self.type, TensorType) else None

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape where it is static."""
        t = self.type
        return t.shape if isinstance(t, TensorType) and t.is_static else None  # type: ignore[return-value]

    @property
    def ints(self) -> tuple[int, ...] | None:
        """The value as plain numbers where it is a constant."""
        if self.known is None:
            return None
        items = self.known if isinstance(self.known, tuple) else (self.known,)
        return tuple(int(k) for k in items) if all(isinstance(k, int) for k in items) else None  # type: ignore[arg-type]


class Module(Protocol):
    """What a rule may ask of the module that is written."""

    def helper(self, name: str) -> str:
        """The name of a helper function, which goes along into the module."""

    def region(self, graph: Graph, name: str = "") -> str:
        """The name of the function that a region or a body becomes, close to `name`."""


@dataclass(slots=True)
class Site:
    """A node to be written: its op, operands (None where absent) and result types."""

    op: Any
    operands: Sequence[Operand | None]
    results: Sequence[Type]
    module: Module

    def __getitem__(self, k: int) -> Operand:
        """Operand `k`, which must be there."""
        operand = self.operands[k]
        assert operand is not None
        return operand

    def has(self, k: int) -> bool:
        return k < len(self.operands) and self.operands[k] is not None

    def helper(self, name: str, *arguments: Any) -> Expr:
        """A call of a helper function."""
        return call(self.module.helper(name), *arguments)

    def ints(self, k: int) -> str:
        """An integer vector operand as a tuple: written out where it is a constant."""
        x = self[k]
        if x.is_size and isinstance(x.known, tuple):
            return x.size(LOOSE)
        known = x.ints
        if known is not None and (x.constant is None or len(known) <= MOST):
            return repr(known)
        return self.helper("_ints", x).text

    def number(self, k: int) -> str:
        """An integer scalar operand."""
        x = self[k]
        if x.is_size and not isinstance(x.known, tuple):
            return x.size(LOOSE)
        known = x.ints
        return repr(known[0]) if known is not None and len(known) == 1 else f"int({x})"

    def dtype(self, dtype: DType) -> str:
        return dtype_text(dtype)

    def result(self, k: int = 0) -> TensorType:
        t = self.results[k]
        assert isinstance(t, TensorType)
        return t

    @property
    def static(self) -> tuple[int, ...] | None:
        """The shape of the result where it is known."""
        t = self.results[0]
        return t.shape if isinstance(t, TensorType) and t.is_static else None  # type: ignore[return-value]


Rule: TypeAlias = Callable[[Site], Expr]

RULES: dict[str, Rule] = {}
"""How each op of irlib's dialect is written: primitives, and the composites that are a numpy idiom."""


def dtype_text(dtype: DType) -> str:
    """A dtype as an expression; those that numpy does not have are ml_dtypes'."""
    if dtype.kind == "string":
        return "object"
    if dtype.kind == "bool":
        return "np.bool_"
    if dtype.numpy.isbuiltin == 1:
        return f"np.{dtype.name}"
    return f"ml_dtypes.{dtype.numpy.name}"


def call(function: str, *arguments: Any, **keywords: Any) -> Expr:
    """A call; None among the keywords is left out."""
    given = [str(a) for a in arguments] + [f"{k}={v}" for k, v in keywords.items() if v is not None]
    return Expr(f"{function}({', '.join(given)})")


def quoted(text: str) -> str:
    """Any text as a string literal in ASCII that a formatter leaves alone."""
    escaped = text.encode("unicode_escape").decode("ascii")
    return '"' + re.sub(r'"', r"\\x22", escaped) + '"'


def rules(table: dict[str, Rule]) -> None:
    """Enter rules by op name."""
    for name, rule in table.items():
        if name in RULES:
            raise ValueError(f"op {name!r} has two rules in the emitter")
        RULES[name] = rule


# Functions of elements: computed wider, and cast once, where numpy has no loop for the dtype.

_WIDE = {"float": "np.float32", "int": "np.int64", "uint": "np.uint64"}


def is_native(ufunc: np.ufunc, dtype: DType) -> bool:
    """Whether `ufunc` has a loop of its own for `dtype`."""
    return any(t.partition("->")[0] == dtype.numpy.char * ufunc.nin for t in ufunc.types)


def widened(dtype: DType) -> str | None:
    """The dtype to compute in, of one that numpy does not compute in itself."""
    return None if dtype.numpy.isbuiltin == 1 or dtype.kind in ("bool", "string") else _WIDE[dtype.kind]


def _cast_back(site: Site, expr: Expr) -> Expr:
    result = site.result()
    if result.dtype.kind == "bool":
        return expr
    return Expr(f"{expr.at(TIGHT)}.astype({site.dtype(result.dtype)})")


def function(ufunc: np.ufunc) -> Rule:
    """A ufunc by its name."""

    def rule(site: Site) -> Expr:
        name = f"np.{ufunc.__name__}"
        operands = [site[k] for k in range(ufunc.nin)]
        wide = None if is_native(ufunc, operands[0].dtype) else widened(operands[0].dtype)
        if wide is None:
            return call(name, *operands)
        return _cast_back(site, call(name, *(f"{o.atom}.astype({wide})" for o in operands)))

    return rule


def infix(sign: str, level: int, ufunc: np.ufunc) -> Rule:
    """A binary operator; a number beside a float array is written as a number."""

    def rule(site: Site) -> Expr:
        x, y = site[0], site[1]
        wide = None if is_native(ufunc, x.dtype) else widened(x.dtype)
        if wide is not None:
            made = Expr(f"{x.atom}.astype({wide}) {sign} {y.atom}.astype({wide})", level)
            return _cast_back(site, made)
        if x.dtype.kind == "string":
            return call(f"np.{ufunc.__name__}", x, y)
        left, right = number(x, beside=y), number(y, beside=x)
        tight = level + 1
        if level == COMPARISON:
            level_left = level_right = tight
        else:
            level_left, level_right = (tight, level) if sign == "**" else (level, tight)
        a = left.at(level_left) if left is not None else x.at(level_left)
        c = right.at(level_right) if right is not None else y.at(level_right)
        return Expr(f"{a} {sign} {c}", level)

    return rule


@dataclass(frozen=True, slots=True)
class Number:
    """A number in place of an operand."""

    x: Operand

    def at(self, level: int) -> str:
        return self.x.size(level) if self.x.is_size else self.x.number(level)


def number(x: Operand, *, beside: Operand) -> Number | None:
    """A scalar constant as a bare number: it takes the dtype of the array beside it. None where it is not one."""
    if beside.constant is not None or beside.is_size:
        return None
    if x.is_size and not isinstance(x.known, tuple):
        return Number(x)
    if x.constant is None or x.constant.ndim or x.dtype.kind not in ("float", "int") or x.dtype.numpy.isbuiltin != 1:
        return None
    return Number(x) if x.dtype.kind == "int" or np.isfinite(x.constant[()]) else None


def bare(value: Any) -> Expr:
    """The shortest Python number that becomes `value`, a scalar of numpy, beside an array of its dtype."""
    if value.dtype.kind in "iu":
        text = repr(int(value))
    else:
        text = str(value).replace("e+", "e")
        if float(text) != float(value) and value.dtype.itemsize >= 8:
            text = repr(float(value))
    return Expr(text, UNARY if text.startswith("-") else TIGHT)


def prefix(sign: str, ufunc: np.ufunc) -> Rule:
    """A unary operator."""

    def rule(site: Site) -> Expr:
        x = site[0]
        wide = None if is_native(ufunc, x.dtype) else widened(x.dtype)
        if wide is not None:
            return _cast_back(site, Expr(f"{sign}{x.atom}.astype({wide})", UNARY))
        return Expr(f"{sign}{x.at(UNARY)}", UNARY)

    return rule


def wide_function(helper: str, native: str = "fd", wide: str = "np.float32") -> Rule:
    """A helper function of one array, computed in `wide` where the dtype is not one of `native` (numpy's letters)."""

    def rule(site: Site) -> Expr:
        x = site[0]
        if x.dtype.numpy.char in native:
            return site.helper(helper, x)
        return _cast_back(site, site.helper(helper, f"{x.atom}.astype({wide})"))

    return rule


def unsupported(why: str) -> Rule:
    """No numpy for it."""

    def rule(site: Site) -> Expr:
        op: Op = site.op
        raise UnsupportedError(f"{op.name} cannot be written as numpy: {why}", code="IR870")

    return rule
