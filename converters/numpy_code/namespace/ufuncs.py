"""Numpy's ufuncs over ops: one row each. Loops and dtypes are those that numpy's own ufunc of the name resolves to."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.claims import is_row_major
from irlib.converters.numpy_code.namespace.handle import Storage
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast, kind_of
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.table import FUNCTIONS
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.types import DType
from irlib.types import dtype as dtype_of

__all__ = ["UFUNCS", "Ufunc", "call", "into", "layout_of", "ufunc"]

Maker = Callable[..., Any]

UFUNCS: dict[str, Ufunc] = {}
"""By numpy's name."""


class Ufunc:
    """A ufunc, called like numpy's, with `reduce`, `accumulate`, `outer` and `at` where there is a way."""

    def __init__(self, name: str, make: Maker, *, real: Any = None) -> None:
        self.__name__ = name
        self.real = getattr(np, name) if real is None else real
        """Numpy's own, which knows the dtypes."""
        self.make = make
        """Called with the emitter and the operands' values, in the dtypes of the loop; the results in theirs."""
        self._loops: dict[Any, tuple[DType, ...]] = {}
        self.nin: int = self.real.nin
        self.nout: int = self.real.nout

    def __repr__(self) -> str:
        return f"<ufunc {self.__name__!r}>"

    def __call__(
        self,
        *args: Any,
        out: Any = None,
        where: Any = True,
        dtype: Any = None,
        casting: str = "same_kind",
        order: str = "K",
        subok: bool = True,
        **others: Any,
    ) -> Any:
        if others:
            raise refused(f"{self.__name__}: {next(iter(others))}= is not traced")
        if len(args) > self.nin:
            if out is not None or len(args) > self.nin + self.nout:
                raise TypeError(f"{self.__name__}() takes {self.nin} operands, got {len(args)}")
            args, out = args[: self.nin], args[self.nin :]
        if len(args) < self.nin:
            raise TypeError(f"{self.__name__}() takes {self.nin} operands, got {len(args)}")
        tape = Tape.current()
        operands = [x if type(x) in _PYTHON else _array(x, tape) for x in args]
        loop = self._loop(operands, dtype)
        made = self._results(tape, operands, loop, where)
        layout = strides.C if self.real.signature else layout_of(operands)
        if out is None and where is True:
            if self.nout == 1:
                return _fresh(tape, made[0], loop[-1], layout)
            return tuple([_fresh(tape, value, to, layout) for value, to in zip(made, loop[self.nin :], strict=True)])
        outs = out if isinstance(out, tuple) else (out,) * self.nout if out is None else (out,)
        results = []
        for value, to, target in zip(made, loop[self.nin :], outs, strict=True):
            if target is None:
                if where is not True:
                    raise refused(
                        f"{self.__name__}: where= without out= leaves elements undefined",
                        remedy="give out=, or use np.where",
                    )
                results.append(_fresh(tape, value, to, layout))
            else:
                results.append(into(self.__name__, target, cast(value, to), where, casting))
        return results[0] if self.nout == 1 else tuple(results)

    def _results(
        self, tape: Tape, operands: Sequence[Any], loop: Sequence[DType], where: Any = True
    ) -> tuple[Any, ...]:
        try:
            values = [_value(x, to, tape) for x, to in zip(operands, loop, strict=False)]
        except OverflowError:
            decided = _beyond(self.real, operands)
            if decided is None:
                raise
            shape = tape.b.shape(next(x for x in operands if isinstance(x, Array)).value)
            return (tape.b.broadcast_to(tape.b.constant(decided), shape),)
        if where is not True and self.__name__ in _HARMLESS:
            # elsewhere nothing is computed: no infinite slope may come from there
            mask, harmless = lift(where, bool).value, _HARMLESS[self.__name__]
            values = [tape.b.where(mask, v, tape.b.constant(harmless, v.dtype)) for v in values]
        made = self.make(tape.b, *values)
        return made if isinstance(made, tuple) else (made,)

    def _loop(self, operands: Sequence[Any], dtype: Any) -> tuple[DType, ...]:
        """The dtypes of operands and results of the loop that numpy takes."""
        key = (dtype, *[_kind(x) for x in operands])
        found = self._loops.get(key)
        if found is not None:
            return found
        kinds = tuple([kind_of(x) for x in operands])
        try:
            resolved = _resolved(self.real, kinds, None if dtype is None else as_dtype(dtype))
        except TypeError as error:
            shown = ", ".join(getattr(k, "name", getattr(k, "__name__", "?")) for k in kinds)
            raise refused(f"{self.__name__} has no loop for ({shown}): {error}") from None
        found = self._loops[key] = tuple([dtype_of(d) for d in resolved])
        return found

    def reduce(
        self,
        array: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        """The elements along `axis` combined."""
        function = FUNCTIONS.get(_REDUCTIONS.get(self.__name__, ""))
        if function is None:
            raise refused(f"{self.__name__}.reduce is not traced")
        given = {"dtype": dtype, "out": out, "initial": initial}
        named = {k: v for k, v in given.items() if v is not None}
        if where is not True:
            named["where"] = where
        return function(array, axis=axis, keepdims=keepdims, **named)

    def accumulate(self, array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        """The elements along `axis` combined up to each."""
        op = _ACCUMULATIONS.get(self.__name__)
        if op is None:
            raise refused(f"{self.__name__}.accumulate is not traced")
        x = lift(array, dtype)
        kind = x.dtype
        if dtype is None and self.__name__ in ("add", "multiply") and kind.kind in "biu":
            kind = np.result_type(kind, np.uint64 if kind.kind == "u" else np.int64)
        made = getattr(Tape.current().b, op)(cast(x.value, kind), axis % max(x.ndim, 1))
        return wrap(made) if out is None else into(self.__name__, _single(out), made, True, "same_kind")

    def outer(self, x: Any, y: Any, **options: Any) -> Any:
        """The ufunc of every pair of an element of `x` and one of `y`."""
        x, y = lift(x), lift(y)
        if y.ndim and x.ndim:
            from irlib.converters.numpy_code.namespace.views import unsqueezed

            x = unsqueezed(x, range(x.ndim, x.ndim + y.ndim))
        return self(x, y, **options)

    def at(self, a: Any, indices: Any, b: Any = None) -> None:
        """``a[indices] = ufunc(a[indices], b)`` for each index in order: one that is there twice counts twice."""
        from irlib.converters.numpy_code.namespace.indexing import combine_at

        combine_at(self, a, indices, b)

    def reduceat(self, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        """The elements from each index to the next combined; the one at an index where the next is not greater."""
        x = lift(array)
        places = lift(indices).known("the indices of reduceat")
        place = operator.index(axis) % max(x.ndim, 1)
        size = x.shape[place]
        if isinstance(size, int) and ((places < 0) | (places >= size)).any():
            raise IndexError(f"{self.__name__}.reduceat: an index is outside an axis of size {size}")
        rows = [slice(None)] * place
        parts = []
        for first, after in itertools.zip_longest(places.tolist(), places[1:].tolist()):
            if after is None or first < after:
                parts.append(self.reduce(x[(*rows, slice(first, after))], place, dtype))
            else:
                parts.append(x[(*rows, first)])
        made = FUNCTIONS["stack"](parts, place, dtype=None if dtype is None else as_dtype(dtype))
        return made if out is None else into(self.__name__, _single(out), made.value, True, "same_kind")


_PYTHON = (bool, int, float, complex)
_HARMLESS = {
    **dict.fromkeys(
        ("divide", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "power", "float_power", "reciprocal"), 1.0
    ),
    **dict.fromkeys(("arcsin", "arccos", "arctanh"), 0.5),
    "arccosh": 2.0,
    "arctan2": 1.0,
    "hypot": 1.0,
}
"""An operand at which a ufunc with singular points has a value and a slope."""

_REDUCTIONS = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "max",
    "minimum": "min",
    "fmax": "nanmax",
    "fmin": "nanmin",
    "logical_and": "all",
    "logical_or": "any",
    "logaddexp": "irlib.logsumexp",
}
_ACCUMULATIONS = {
    "add": "cumulative_sum",
    "multiply": "cumulative_prod",
    "maximum": "cumulative_max",
    "minimum": "cumulative_min",
}


def _resolved(real: Any, kinds: tuple[Any, ...], dtype: Any) -> tuple[np.dtype[Any], ...]:
    if all(k in _DEFAULTS for k in kinds):
        kinds = tuple(_DEFAULTS[k] for k in kinds)
    outs = (None,) * real.nout
    if dtype is None:
        found = real.resolve_dtypes((*kinds, *outs))
    else:
        found = real.resolve_dtypes((*kinds, *outs), signature=(*(None,) * real.nin, *(dtype,) * real.nout))
    if any(d.kind not in "biufcV" for d in found):
        raise TypeError("objects are not traced")
    return tuple(found)


_DEFAULTS = {int: np.dtype(np.int64), float: np.dtype(np.float64), complex: np.dtype(np.complex128)}


def _beyond(real: Any, operands: Sequence[Any]) -> Any:
    """What a comparison of integers with a Python int gives that none of them can be; None for other ufuncs."""
    if real not in (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal):
        return None
    return np.bool_(real(*[np.zeros((), x.dtype) if isinstance(x, Array) else x for x in operands]))


def _array(x: Any, tape: Tape) -> Array:
    """An operand as an array of the trace; a size stays one, for it promotes weakly."""
    if type(x) is Array and x.tape is tape:
        return x
    return x if isinstance(x, Array) and x.weak and x.tape is tape else lift(x)


def _kind(x: Any) -> Any:
    """What the loop depends on: a dtype, the class of a Python number, or the class and dtype of a size."""
    if isinstance(x, Array):
        return (x.value.dtype, True) if x.weak else x.value.dtype
    return type(x)


def _value(x: Any, to: DType, tape: Tape) -> Any:
    """An operand in the dtype of its loop. Raises: OverflowError as numpy does where a Python int does not fit."""
    if isinstance(x, Array):
        value = x.value
        return value if value.dtype is to else cast(value, to)
    return tape.number(x, to)


def _fresh(tape: Tape, value: Any, to: DType, layout: strides.Layout) -> Array:
    if value.dtype is not to:
        value = cast(value, to)
    return Array(Storage(tape, value), (), is_scalar=value.rank == 0, layout=layout)


def layout_of(operands: Sequence[Any]) -> strides.Layout:
    """How numpy lays out what it makes of arrays element by element: row-major if all of them are."""
    arrays = [x for x in operands if isinstance(x, Array | np.ndarray)]
    if all(is_row_major(x) for x in arrays):
        return strides.C
    shapes = [x.shape for x in arrays]
    steps = [_strides(x) for x in arrays]
    if None in steps or not all(isinstance(d, int) for shape in shapes for d in shape):
        return None
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        return None  # the op says so
    return strides.of_elementwise(shape, list(zip(shapes, steps, strict=True)))  # type: ignore[arg-type]


def _strides(x: Any) -> tuple[int, ...] | None:
    if isinstance(x, Array):
        return strides.strides_of(x.layout, x.shape)
    return None if any(s % x.itemsize for s in x.strides) else tuple(s // x.itemsize for s in x.strides)


def _single(out: Any) -> Any:
    return out[0] if isinstance(out, tuple) else out


def into(name: str, target: Any, value: Any, where: Any, casting: Any) -> Any:
    """Write a result into an array given as out=, by the casting rule; returns the array."""
    if isinstance(target, np.ndarray):
        raise refused(
            f"{name}: a traced value into a numpy array from outside the trace",
            code="IR882",
            remedy="make the array an argument, or make it inside",
        )
    if not isinstance(target, Array):
        raise TypeError(f"{name}: out= is a {type(target).__name__}, expected an array")
    have, to = value.dtype.numpy, target.dtype
    if not np.can_cast(have, to, casting):
        raise refused(
            f"cannot cast the result of {name} from {have} to {to} with casting rule {casting!r}",
            remedy="convert with astype, or do not work in place",
        )
    b = Tape.current().b
    value = cast(value, to)
    if where is not True:
        value = b.where(lift(where, bool).value, value, target.value)
    target.store(value, grows=False)
    return target


def ufunc(name: str, *aliases: str, real: Any = None) -> Callable[[Maker], Maker]:
    """Enter a ufunc under numpy's name, and others that are the same."""

    def enter(make: Maker) -> Maker:
        made = Ufunc(name, make, real=real)
        for key in (name, *aliases):
            UFUNCS[key] = made
            FUNCTIONS[key] = made
        return make

    return enter


def call(name: str, *operands: Any) -> Any:
    """The ufunc called `name` of operands."""
    return UFUNCS[name](*operands)
