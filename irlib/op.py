"""What an op is: a frozen, hashable value (a name and attributes) that knows its types and its derivative.

A primitive subclasses `Op`, a composite `Composite`. `register` enters the class in `REGISTRY` under its dialect, name
and version, and gives every builder a method of that name (see `methods.py`).
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias, TypeVar

import numpy as np

from irlib.dims import DimLike
from irlib.errors import AttributeValueError, DerivativeError, IRTypeError, UnknownOpError
from irlib.tensor import Array
from irlib.types import Shape, TensorType, Type

if TYPE_CHECKING:
    from irlib.graph import Graph
    from irlib.methods import Emitter, NodeView, Value

__all__ = [
    "DIALECTS",
    "REGISTRY",
    "Composite",
    "Dialect",
    "ForeignOp",
    "Known",
    "Op",
    "Operand",
    "Signature",
    "load",
    "lookup",
    "on_missing",
    "register",
    "registered",
    "signature_of",
]

Known: TypeAlias = DimLike | bool | tuple[DimLike | bool | None, ...] | None
"""What is known of an integer or bool value of rank 0 or 1 before the graph runs: dims, None where not known."""


@dataclass(frozen=True, slots=True)
class Operand:
    """What type inference is told of an operand: its type, and what is known of its value (`Known`).

    `known` is a number or expression for a scalar, a tuple of them for a vector, None where nothing is known.
    """

    type: Type
    known: Known = None

    @property
    def tensor(self) -> TensorType:
        """The operand's type, which must be a tensor's. Raises: IRTypeError otherwise."""
        if isinstance(self.type, TensorType):
            return self.type
        raise IRTypeError(f"got a {self.type}, expected a tensor", code="IR203")

    @property
    def dtype(self) -> Any:
        return self.tensor.dtype

    @property
    def shape(self) -> Shape | None:
        return self.tensor.shape

    @property
    def rank(self) -> int | None:
        return self.tensor.rank

    @property
    def ints(self) -> tuple[int, ...] | None:
        """The vector (or scalar, as one element) as plain numbers; None when any of it is not known as a number."""
        items = self.known if isinstance(self.known, tuple) else (self.known,)
        if all(isinstance(k, int) for k in items):
            return tuple(int(k) for k in items)  # type: ignore[arg-type]
        return None

    @property
    def dims(self) -> tuple[DimLike | None, ...] | None:
        """The vector as symbolic dims, None for the elements not known; None when not even its length is."""
        if isinstance(self.known, tuple):
            return self.known
        shape = self.shape
        if shape is not None and len(shape) == 1 and isinstance(shape[0], int) and shape[0] <= MAX_KNOWN:
            return (None,) * shape[0]
        return None


MAX_KNOWN = 64
"""The longest integer vector whose value type inference carries."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The operands an op class takes: their names, which may be absent, and whether the last one repeats."""

    operands: tuple[str, ...]
    required: int
    variadic: bool

    def accepts(self, count: int) -> bool:
        return self.required <= count and (self.variadic or count <= len(self.operands))


class Op:
    """One op with its attributes. Subclasses are frozen dataclasses whose fields are the attributes.

    Class attributes: `name` in files and messages; `dialect`; `version`, raised when the meaning changes; `family`, the
    module it lives in; `results`, the names of its results, the last ending in ``*`` where their number varies.
    """

    name: ClassVar[str]
    dialect: ClassVar[str] = "irlib"
    version: ClassVar[int] = 1
    results: ClassVar[tuple[str, ...]] = ("y",)
    broadcasts: ClassVar[bool] = False
    """Whether operands broadcast by numpy's rule, so that the reverse sweep sums cotangents back to operand shapes."""
    smoothness: ClassVar[str] = "other"
    """How its derivative is judged (GRADIENT LAW): smooth, linear, other, or zero where it is zero by definition."""

    def infer(self, *operands: Any) -> Type | tuple[Type, ...]:
        """The result type or types for these operands (`Operand`, or None where absent).

        Raises: IRTypeError naming the operand that does not fit.
        """
        raise NotImplementedError(f"{type(self).__name__}.infer")

    def known(self, *operands: Any) -> Known | tuple[Known, ...]:
        """What is known of the result's value, for ops on integer scalars and vectors that shapes are computed with."""
        return None

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Any) -> tuple[Value | None, ...]:
        """The cotangent of each operand, given those of the results: Algorithm 5.4's d(j) * df_j/di, as ops on `b`.

        One entry per operand; None where the derivative is zero by definition or the operand carries none (integers).
        Cotangents of results that are integers are None; those of unused float results are zeros.

        Raises: DerivativeError when the derivative is not known.
        """
        raise DerivativeError(f"the derivative of {self.name} is not known", code="IR701", where=str(node))

    @classmethod
    def attributes(cls) -> tuple[dataclasses.Field[Any], ...]:
        """The fields of the class: its attributes, in order."""
        return dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()

    def attribute_values(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in self.attributes()}

    def regions(self) -> tuple[Graph, ...]:
        """The graphs among the attributes, in field order."""
        from irlib.graph import Graph

        return tuple(v for v in self.attribute_values().values() if isinstance(v, Graph))

    def __str__(self) -> str:
        shown = ", ".join(f"{k}={v}" for k, v in self.attribute_values().items())
        prefix = "" if self.dialect == "irlib" else f"{self.dialect}."
        return f"{prefix}{self.name}({shown})" if shown else f"{prefix}{self.name}"


class Composite(Op):
    """An op whose meaning is a body of primitives.

    The body is made by `decompose` for the operands' types (and what is known of their values) and is embedded in the
    file. A subclass may give its own `vjp` where the derived one is numerically poor, and its own `infer` for operands
    whose type is not known enough to make the body.
    """

    def decompose(self, b: Emitter, *operands: Any) -> Value | tuple[Value, ...]:
        """Append the body to `b` for these operands and return the result or results."""
        raise NotImplementedError(f"{type(self).__name__}.decompose")

    @classmethod
    def has_vjp(cls) -> bool:
        """Whether the class gives its own derivative instead of that of its body."""
        return cls.vjp is not Composite.vjp

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Any) -> tuple[Value | None, ...]:
        """Raises: DerivativeError: the derivative is that of the body, and this node has none yet."""
        raise DerivativeError(
            f"the derivative of {self.name} is that of its body, which is not made: the types of its operands are not "
            "known enough",
            code="IR701", where=str(node), remedy="declare the types of the inputs, or use irlib.specialize",
        )  # fmt: skip


class Dialect(Protocol):
    """What makes the bodies of a dialect's ops, where that is not known from classes: a converter's rules."""

    def decompose(self, op: ForeignOp, b: Emitter, *operands: Any) -> Value | tuple[Value, ...]:
        """The body of `op`, appended to `b`. Raises: UnknownOpError for an op the dialect does not have."""

    def infer(self, op: ForeignOp, *operands: Operand | None) -> tuple[Type, ...]:
        """The result types where the operands' are not known enough to make the body."""


DIALECTS: dict[str, Callable[[], Dialect]] = {}
"""What gives the dialect of a name when it is first needed; filled where converters may be named, at the top."""


@dataclass(frozen=True)
class ForeignOp(Composite):
    """A composite that keeps the identity it has in another standard: dialect, name, version and attributes.

    Its body comes from the dialect's rules when it is appended; a file embeds it, so a reader without those rules runs,
    differentiates and prints the op all the same.
    """

    op_dialect: str
    op_name: str
    op_version: int
    op_attributes: tuple[tuple[str, Any], ...] = ()

    @property
    def dialect(self) -> str:  # type: ignore[override]
        return self.op_dialect

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.op_name

    @property
    def version(self) -> int:  # type: ignore[override]
        return self.op_version

    def attribute_values(self) -> dict[str, Any]:
        return dict(self.op_attributes)

    def decompose(self, b: Emitter, *operands: Any) -> Value | tuple[Value, ...]:
        return self._rules().decompose(self, b, *operands)

    def infer(self, *operands: Any) -> Type | tuple[Type, ...]:
        return self._rules().infer(self, *operands)

    def _rules(self) -> Dialect:
        loaded = DIALECTS.get(self.op_dialect)
        if loaded is None:
            raise UnknownOpError(
                f"op {self.op_dialect}.{self.op_name} version {self.op_version} has no body, its dialect is not known",
                code="IR312",
            )
        return loaded()

    @cached_property
    def _by_name(self) -> dict[str, Any]:
        return dict(self.op_attributes)

    def attribute(self, name: str, default: Any = None) -> Any:
        """The attribute called `name`, or `default`."""
        return self._by_name.get(name, default)


REGISTRY: dict[tuple[str, str, int], type[Op]] = {}
"""The op classes registered so far, by dialect, name and version; `irlib.ops.load_all` registers all of irlib's."""

_OpClass = TypeVar("_OpClass", bound=type[Op])
_ON_REGISTER: list[Callable[[type[Op]], None]] = []
_ON_MISSING: list[Callable[[str], None]] = []


def register(cls: _OpClass) -> _OpClass:
    """Enter an op class in `REGISTRY` and give every builder its method. Used as a decorator."""
    key = (cls.dialect, cls.name, cls.version)
    if key in REGISTRY:
        raise ValueError(f"op {key} is registered twice: {REGISTRY[key]} and {cls}")
    REGISTRY[key] = cls
    for hook in _ON_REGISTER:
        hook(cls)
    return cls


def on_register(hook: Callable[[type[Op]], None]) -> None:
    """Call `hook` for every class registered so far and from now on."""
    _ON_REGISTER.append(hook)
    for cls in list(REGISTRY.values()):
        hook(cls)


def on_missing(load: Callable[[str], None]) -> None:
    """Call ``load(name)`` when an op of irlib's dialect is asked for that is not registered: it may register it."""
    _ON_MISSING.append(load)


def load(name: str) -> None:
    """Have the op called `name` registered, if there is one: its family is imported when it is first asked for."""
    for hook in _ON_MISSING:
        hook(name)


def registered(dialect: str, name: str, version: int) -> type[Op] | None:
    """The class of an op, or None where there is none."""
    found = REGISTRY.get((dialect, name, version))
    if found is None and dialect == "irlib":
        load(name)
        found = REGISTRY.get((dialect, name, version))
    return found


def lookup(dialect: str, name: str, version: int) -> type[Op]:
    """The class of an op.

    Raises: UnknownOpError, telling an unknown version of a known op from an unknown op.
    """
    found = registered(dialect, name, version)
    if found is not None:
        return found
    versions = sorted(v for d, n, v in REGISTRY if (d, n) == (dialect, name))
    if versions:
        raise UnknownOpError(
            f"op {dialect}.{name} has no version {version}, this reader knows {', '.join(map(str, versions))}",
            code="IR311",
            remedy="a newer irlib may read the file",
        )
    raise UnknownOpError(f"unknown op {dialect}.{name} version {version}", code="IR310")


_SIGNATURES: dict[type[Op], Signature] = {}


def signature_of(cls: type[Op]) -> Signature:
    """The operands of an op class, read from the parameters of `infer` (of a composite without it: `decompose`)."""
    if cls in _SIGNATURES:
        return _SIGNATURES[cls]
    if issubclass(cls, ForeignOp):
        found = Signature(("operands",), 0, True)
    else:
        of_body = issubclass(cls, Composite) and cls.infer is Op.infer
        parameters = list(inspect.signature(cls.decompose if of_body else cls.infer).parameters.values())  # type: ignore[attr-defined]
        parameters = parameters[2 if of_body else 1 :]
        variadic = bool(parameters) and parameters[-1].kind is inspect.Parameter.VAR_POSITIONAL
        fixed = parameters[:-1] if variadic else parameters
        required = sum(p.default is inspect.Parameter.empty for p in fixed)
        found = Signature(tuple(p.name for p in parameters), required, variadic)
    _SIGNATURES[cls] = found
    return found


def known_value(array: Array) -> Known:
    """What inference knows of a constant: all of an integer or bool of rank 0 or 1, up to `MAX_KNOWN` elements."""
    if array.ndim > 1 or array.size > MAX_KNOWN or array.dtype.kind not in "biu":
        return None
    if array.ndim == 0:
        return bool(array) if array.dtype.kind == "b" else int(array)
    return tuple(bool(v) if array.dtype.kind == "b" else int(v) for v in np.asarray(array))


def normalized_axis(axis: int, rank: int) -> int:
    """`axis` counted from the front.

    Raises: AttributeValueError unless -rank <= axis < rank.
    """
    if not -rank <= axis < rank:
        raise AttributeValueError(
            f"axis {axis} is out of range for rank {rank}, expected {-rank} <= axis < {rank}", code="IR303"
        )
    return axis + rank if axis < 0 else axis
