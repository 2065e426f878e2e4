"""The tape: the context of one trace. Ops on values go to its builder; what constants decide is computed at once.

Outside a trace an eager tape serves: the same functions, every value computed at once, nothing kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from pathlib import Path
from types import FrameType
from typing import Any, Self

import numpy as np

import irlib.interpreters.numpy_ref.kernels
import irlib.ops  # noqa: F401  a builder's methods are found there
from irlib.builder import Builder, GraphValue, as_array, body_of
from irlib.errors import IRError
from irlib.graph import Graph, Location
from irlib.interpreters.numpy_ref.budget import Budget, metered
from irlib.interpreters.numpy_ref.eager import EagerValue, execute
from irlib.methods import Emitter
from irlib.op import Composite, Op, Operand
from irlib.regions import RegionBuilder
from irlib.tensor import Tensor
from irlib.types import DType, TensorType, Type

__all__ = ["Concrete", "Tape", "line_of_error"]

MAX_FOLDED = 1 << 20
"""Bytes up to which a result of constants is computed while a graph is traced; a larger one stays a node."""

_ROOM = Budget(bytes=16 * MAX_FOLDED)
"""What the bodies of composites may hold on the way to such a result."""

_BOUNDED = frozenset({"nonzero", "unique", "boolean_mask", "compress", "searchsorted"})
"""Ops whose result, of a size that only its elements tell, is no larger than their operands."""


class Concrete(EagerValue):
    """A value whose elements are known now. It belongs to no graph until an op that is appended uses it."""

    __slots__ = ("_placed",)

    def __init__(self, builder: Emitter, array: Any) -> None:
        super().__init__(builder, array)
        self._placed: GraphValue | None = None


_INT = {int}


class _Folding(Builder):
    """A builder that computes what only constants decide, and puts the user's line on what it appends."""

    tape: Tape

    def constant(self, value: Any, dtype: Any = None, name: str | None = None) -> Any:
        """A value that is known now; in the graph at once where it has a name or is a tensor of a graph."""
        if name is not None or isinstance(value, Tensor):
            return super().constant(value, dtype, name)
        kind = type(value)
        if kind is int or (kind is list and len(value) < 8 and set(map(type, value)) == _INT):
            return self.tape.integers(self, value, dtype)
        return Concrete(self, as_array(value, dtype))

    def placed(self, value: Concrete) -> GraphValue:
        """`value` as a constant of this graph."""
        made = value._placed
        if made is None or made.builder is not self:
            made = value._placed = super().constant(Tensor(value.array))
        return made

    def brought_in(self, value: Any) -> GraphValue:
        """`value` as a value of this graph: a constant where it is known."""
        if type(value) is Concrete:
            return self.placed(value)
        return super().brought_in(value) if isinstance(self, RegionBuilder) else value  # type: ignore[misc, no-any-return]

    def emit(
        self, op: Op, operands: Sequence[Any], name: str | None = None, body: Graph | None = None
    ) -> tuple[Any, ...]:
        if operands and all(type(v) is Concrete or v is None for v in operands):
            results = _folded(op, operands, body)
            if results is not None:
                return tuple([Concrete(self, r) for r in results])
        self.location = self.tape.where()
        operands = [self.placed(v) if type(v) is Concrete else v for v in operands]
        made = super().emit(op, operands, name, body)
        if len(made) > 1 or name is not None:
            return made
        known = _decided(made[0].operand)
        return made if known is None else (Concrete(self, known),)

    @property
    def _where(self) -> str:
        at = self.tape.where()
        return f"{at.file}:{at.line}" if at is not None else super()._where


class _Recorder(_Folding):
    """The builder of a traced graph."""

    def __init__(self, tape: Tape, name: str) -> None:
        super().__init__(name, share=True)
        self.tape = tape
        self.region_kind = _InnerRecorder


class _InnerRecorder(_Folding, RegionBuilder):
    """The builder of a region of a traced graph."""

    def __init__(self, name: str, around: Builder) -> None:
        RegionBuilder.__init__(self, name, around)
        assert isinstance(around, _Folding)
        self.tape = around.tape
        self.region_kind = _InnerRecorder


class _Computing(Emitter):
    """The emitter outside a trace: it computes."""

    def emit(self, op: Op, operands: Sequence[Any], name: str | None = None) -> tuple[Concrete, ...]:
        with np.errstate(all="ignore"):
            return tuple([Concrete(self, r) for r in execute(op, [None if v is None else v.array for v in operands])])

    def constant(self, value: Any, dtype: Any = None, name: str | None = None) -> Concrete:
        return Concrete(self, value.array if isinstance(value, Tensor) else as_array(value, dtype))


def _folded(op: Op, operands: Sequence[Any], body: Graph | None) -> tuple[Any, ...] | None:
    """The results of `op` on known values; None where they are too large, or it is to fail when it runs."""
    if op.regions():
        return None
    try:
        if not _is_surely_small(op, operands):
            known = [None if v is None else v.operand for v in operands]
            while known and known[-1] is None:
                known.pop()
            types = _result_types(op, tuple(known), body)
            if types is None or not all(_is_small(op, t, known) for t in types):
                return None
        with np.errstate(all="ignore"), metered(_ROOM):
            results = execute(op, [None if v is None else v.array for v in operands], body)
    except IRError:
        return None  # appended, it says so where it stands, or fails when it runs
    return results if all(isinstance(r, np.ndarray) and r.nbytes <= MAX_FOLDED for r in results) else None


_BOUNDED_BY_OPERANDS = frozenset(
    {"slice", "slice_update", "reshape", "squeeze", "unsqueeze", "transpose", "cast", "sum", "max", "min", "scatter",
     "scatter_nd", "take", "gather_nd", "concat"}
)  # fmt: skip
"""Ops whose result has no more elements than the product of their operands' sizes."""


def _is_surely_small(op: Op, operands: Sequence[Any]) -> bool:
    """Whether the sizes of the operands alone say that the result is small, so that no type need be inferred."""
    if not op.broadcasts and op.name not in _BOUNDED_BY_OPERANDS:
        return False
    most = 1
    for v in operands:
        if v is not None:
            most *= max(2, v.array.size)
    return most * 16 <= MAX_FOLDED


def _result_types(op: Op, operands: tuple[Operand | None, ...], body: Graph | None) -> tuple[Type, ...] | None:
    if isinstance(op, Composite) and type(op).infer is Op.infer:
        body = body_of(op, operands) if body is None else body
        return None if body is None else tuple(body.value_type(body.output_value(o)) for o in body.outputs)
    types = op.infer(*operands)
    return types if isinstance(types, tuple) else (types,)


def _is_small(op: Op, t: Type, operands: Sequence[Operand | None]) -> bool:
    size = t.size if isinstance(t, TensorType) else None
    if isinstance(size, int) and isinstance(t, TensorType):
        return size * max(1, t.dtype.bits // 8) <= MAX_FOLDED
    return op.name in _BOUNDED and all(o is None or _is_small(op, o.type, ()) for o in operands)


def _decided(operand: Operand) -> Any:
    """The array, where inference already knows every number of an integer or boolean value."""
    known, t = operand.known, operand.type
    if known is None or not isinstance(t, TensorType) or t.rank not in (0, 1) or not t.is_static:
        return None  # a size that is not known is an assertion, which only a run can make
    items = known if isinstance(known, tuple) else (known,)
    kind = bool if t.dtype.kind == "bool" else int if t.dtype.is_integer else None
    if kind is None or not all(type(k) is kind for k in items):
        return None
    return np.array(items, t.dtype.numpy).reshape(() if t.rank == 0 else (len(items),))


class Tape:
    """The context of one trace: its builder, and where in the user's code it is."""

    def __init__(self, name: str = "graph") -> None:
        self.b: Emitter = _Recorder(self, name)
        """Where ops go now: the graph's builder, or in a region that of the region."""
        self.is_tracing = True
        self.location: Location | None = None
        """The line that a reader of source is at. None: the line is looked up on Python's stack."""
        self._copies: dict[int, tuple[Any, Any]] = {}
        self._numbers: dict[Any, Concrete] = {}
        self.refusals: list[IRError] = []
        """What was refused, lest the code that is traced catches it and goes on another way than it would."""
        self._counts: dict[str, int] = {}
        self.plans: dict[Any, Any] = {}
        """What indices name, by index, shape and layout."""
        self._tokens: list[Token[Tape]] = []

    @staticmethod
    def current() -> Tape:
        """The tape of the trace that is going on; outside any, the eager one."""
        return _CURRENT.get()

    def __enter__(self) -> Self:
        self._tokens.append(_CURRENT.set(self))
        return self

    def __exit__(self, *error: object) -> None:
        _CURRENT.reset(self._tokens.pop())

    @contextmanager
    def within(self, builder: Emitter) -> Iterator[None]:
        """Inside, ops go to `builder`, that of a region."""
        around, self.b = self.b, builder
        try:
            yield
        finally:
            self.b = around

    def concrete(self, value: Any) -> Any:
        """The elements of `value` as a numpy array where they are known now, else None."""
        return value.array if type(value) is Concrete else None

    def known(self, array: Any) -> Concrete:
        """A numpy array of the user's as a value: a copy, for the user may write into it."""
        if array.nbytes < 512:
            return Concrete(self.b, array.copy())
        seen = self._copies.get(id(array))
        if seen is None or seen[0] is not array or not _same_bits(array, seen[1].array):
            seen = (array, Concrete(self.b, array.copy()))
            if self.is_tracing:
                self._copies[id(array)] = seen
        made: Concrete = seen[1]
        return made

    def number(self, x: Any, to: DType) -> Concrete:
        """A Python number as a value of this dtype. Raises: OverflowError where an int does not fit in it."""
        key = (to, repr(x))  # which tells -0.0 from 0.0 and 1 from True
        found = self._numbers.get(key)
        if found is None:
            found = Concrete(self.b, np.array(x, to.numpy))
            if len(self._numbers) < 4096:
                self._numbers[key] = found
        return found

    def integers(self, b: Emitter, value: Any, to: Any) -> Concrete:
        """An int or a few of them as a value: bounds, axes and shapes come again and again."""
        key = (to, value if type(value) is int else tuple(value))
        found = self._numbers.get(key)
        if found is None:
            found = Concrete(b, as_array(value, to))
            if len(self._numbers) < 4096:
                self._numbers[key] = found
        return found

    def where(self) -> Location | None:
        """The line of the user's code that is being traced."""
        return self.location if self.location is not None or not self.is_tracing else _line_of_caller()

    def named(self, array: Any, name: str) -> None:
        """Put a name of the source on the node that makes `array`; a name that is taken gets a number."""
        self.name_value(array.value, name)

    def name_value(self, value: Any, name: str) -> None:
        """Put a name on the node of an emitter value, where the graph has one without a name."""
        b = self.b
        if not isinstance(value, GraphValue) or not isinstance(b, Builder) or value.builder is not b:
            return
        if name == "out" or name.startswith("out."):
            name = f"{name}_1"  # outputs are called so
        free, taken = name, b._by_name
        while free in taken:
            self._counts[name] = self._counts.get(name, 0) + 1
            free = f"{name}_{self._counts[name]}"
        b.name_if_free(value, free)


class _Eager(Tape):
    """The tape outside any trace."""

    def __init__(self) -> None:
        self.b = _Computing()
        self.is_tracing = False
        self.location = None
        self._copies = {}
        self._numbers = {}
        self.plans = {}
        self._tokens = []


_EAGER = _Eager()
_CURRENT: ContextVar[Tape] = ContextVar("irlib_tape", default=_EAGER)


def _same_bits(a: Any, b: Any) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape or not a.flags.c_contiguous or not b.flags.c_contiguous:
        return False
    return bool(np.array_equal(a.reshape(-1).view(np.uint8), b.reshape(-1).view(np.uint8)))


_OWN = tuple(str(Path(module.__file__ or "?").parent) for module in (sys.modules["irlib"], np))


def source_files() -> dict[str, str]:
    """The paths of the source files that were traced, by their last names, where no two have the same."""
    made: dict[str, str] = {}
    for path, short in _SHORT.items():
        if short:
            made[short] = "" if short in made else path
    return made


_SHORT: dict[str, str] = {}
"""How messages and graphs call a source file; "" for those that no user wrote."""


def _line_of_caller() -> Location | None:
    """The innermost line on the stack that is neither irlib's nor numpy's; the file by its last name."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        short = _short_name(frame.f_code.co_filename)
        if short:
            return Location(short, frame.f_lineno)
        frame = frame.f_back
    return None


def line_of_error(error: BaseException) -> Location | None:
    """The user's line that an error of irlib or numpy comes from; None where the user's code itself raised it."""
    found: Location | None = None
    step, is_users = error.__traceback__, False
    while step is not None:
        short = _short_name(step.tb_frame.f_code.co_filename)
        is_users = bool(short)
        if short:
            found = Location(short, step.tb_lineno)
        step = step.tb_next
    return None if is_users else found


def _short_name(file: str) -> str:
    short = _SHORT.get(file)
    if short is None:
        own = file.startswith((*_OWN, "<__array_function__"))
        short = _SHORT[file] = "" if own else file if file.startswith("<") else Path(file).name
    return short
