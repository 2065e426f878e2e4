"""Indexing: which elements a key names, by numpy's rules, read as a view or a copy, and written.

A key of integers, slices, newaxis and Ellipsis is basic: what it names is a view. One that holds integer arrays, lists
or masks is advanced: its arrays broadcast together, and what it names is a copy.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.advanced import Advanced
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import TraceIndexError, refused
from irlib.converters.numpy_code.namespace.steps import FAR, Pick, Slices, Squeeze, Step, Unsqueeze
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.methods import Value

__all__ = ["combine_at", "fitted", "get", "put"]


class _Index:
    """An array of a key: integers for one axis, or the mask of one or several."""

    __slots__ = ("array", "is_mask")

    def __init__(self, array: Array) -> None:
        self.array = array
        self.is_mask = array.dtype.kind == "b"


class _Key:
    """A key by entries: ints and scalar values, slices, None for a new axis, and arrays; an Ellipsis written out."""

    def __init__(self, key: Any, rank: int) -> None:
        items = key if isinstance(key, tuple) else (key,)
        self.has_ellipsis = False
        self.copies = False
        """Whether a 0-d array is among the integers: numpy copies then."""
        entries = [self._entry(item) for item in items]
        taken = sum(_width(e) for e in entries)
        if taken > rank:
            raise refused(
                f"too many indices for an array: it is {rank}-dimensional, but {taken} were indexed",
                code="IR885",
                kind=TraceIndexError,
            )
        if not self.has_ellipsis:
            entries.append(Ellipsis)
        at = entries.index(Ellipsis)
        # an Ellipsis stands between arrays even where it is for no axis
        self.separator = at if self.has_ellipsis else None
        filling = [slice(None)] * (rank - taken)
        self.entries = entries[:at] + filling + entries[at + 1 :]
        self.separates_nothing = self.has_ellipsis and not filling
        self.is_advanced = any(isinstance(e, _Index) for e in entries)

    def _entry(self, item: Any) -> Any:
        if item is None or isinstance(item, slice):
            return item
        if item is Ellipsis:
            if self.has_ellipsis:
                raise refused("an index can only have a single ellipsis ('...')", code="IR885", kind=TraceIndexError)
            self.has_ellipsis = True
            return item
        if isinstance(item, bool | np.bool_):
            return _Index(lift(np.bool_(item)))
        if isinstance(item, int | np.integer):
            return int(item)
        if isinstance(item, str | float | np.floating | complex) or (
            not isinstance(item, Handle | np.ndarray | list | tuple | range) and not hasattr(item, "__index__")
        ):
            raise refused(
                f"got a {type(item).__name__} as an index, expected integers, slices (`:`), ellipsis (`...`), "
                "numpy.newaxis (`None`) and integer or boolean arrays",
                code="IR885",
                kind=TraceIndexError,
            )
        if not isinstance(item, Handle | np.ndarray | list | tuple | range):
            return operator.index(item)
        return self._array_entry(item)

    def _array_entry(self, item: Any) -> Any:
        if isinstance(item, list | tuple | range) and not len(item):
            item = np.zeros(0, np.int64)
        array = lift(item)
        if array.dtype.kind not in "iub":
            raise refused(
                f"arrays used as indices must be of integer (or boolean) type, got {array.dtype}",
                code="IR885",
                kind=TraceIndexError,
            )
        if array.dtype.kind == "b" or array.ndim:
            return _Index(array)
        self.copies = self.copies or not array.is_scalar
        known = array.concrete()
        return int(known) if known is not None else cast(array.value, np.int64)


def _width(entry: Any) -> int:
    if entry is None or entry is Ellipsis:
        return 0
    return entry.array.ndim if isinstance(entry, _Index) and entry.is_mask else 1


def get(x: Array, key: Any) -> Array:
    """``x[key]``."""
    plan = _planned(x, key)
    if plan is not None:
        return plan.read(x)
    parsed = _Key(key, x.ndim)
    if parsed.is_advanced:
        _, advanced = _advanced(x, parsed)
        return advanced.read()
    view = _basic(x, parsed.entries)
    if parsed.copies:
        return wrap(view.value, layout=strides.C)
    if view.ndim == 0 and not parsed.has_ellipsis:
        return wrap(view.value, True)
    return view


def put(x: Array, key: Any, new: Any) -> None:
    """``x[key] = new``."""
    if x.is_scalar:
        raise refused("a scalar does not support item assignment", code="IR882")
    plan = _planned(x, key)
    if plan is not None:
        _store(plan.view(x), new, plan.shape)
        return
    parsed = _Key(key, x.ndim)
    if parsed.is_advanced:
        target, advanced = _advanced(x, parsed)
        if advanced.mask is not None and _is_single(new):
            # one number for all that a mask names: no need to know how many
            b = x.tape.b
            number = cast(lift(new).value, x.dtype)
            value = b.where(advanced.mask, b.reshape(number, []) if number.rank else number, target.value)
            target.assign(value)
            return
        shape = advanced.shape_operand()
        if 0 not in (shape.operand.dims or ()):  # numpy looks at no shape where there is nothing to write
            advanced.write(fitted(new, x, shape=shape))
        return
    _store(_basic(x, parsed.entries), new)


def _store(view: Array, new: Any, dims: tuple[int, ...] | None = None) -> None:
    if isinstance(new, Array) and new._storage is view._storage and new._path == view._path:
        return  # x[a:b] += y has written already; numpy copies the view onto itself
    if 0 in (view.value.shape if dims is None else dims):
        return  # numpy looks at no shape where there is nothing to write
    view.assign(fitted(new, view, dims=dims))


class _Plan:
    """What a key without arrays names in arrays of one shape and layout."""

    __slots__ = ("is_scalar", "layout", "shape", "steps")

    def __init__(self, view: Array, *, skips: int, is_scalar: bool) -> None:
        self.steps = view._path[skips:]
        self.layout = view.layout
        self.shape: Any = view.value.shape
        self.is_scalar = is_scalar

    def view(self, x: Array) -> Array:
        return x.view(*self.steps, layout=self.layout)  # type: ignore[no-any-return]

    def read(self, x: Array) -> Array:
        view = self.view(x)
        return wrap(view.value, True) if self.is_scalar else view


_SIMPLE = (int, type(None), type(Ellipsis))


def _planned(x: Array, key: Any) -> _Plan | None:
    """The plan for a key of ints, slices, None and Ellipsis and an array of static shape: it is made once."""
    parts = []
    for item in key if type(key) is tuple else (key,):
        if type(item) is slice:
            for bound in (item.start, item.stop, item.step):
                if type(bound) not in _SIMPLE:
                    return None
            parts.append((item.start, item.stop, item.step))
        elif type(item) in _SIMPLE:
            parts.append(item)
        else:
            return None
    t = x.tensor
    if x.is_scalar or not t.is_static:
        return None
    plans = x.tape.plans
    known = (tuple(parts), t.shape, x.layout)
    plan = plans.get(known)
    if plan is None:
        parsed = _Key(key, x.ndim)
        view = _basic(x, parsed.entries)
        is_scalar = view.ndim == 0 and not parsed.has_ellipsis
        if len(plans) >= 4096:
            plans.clear()
        plan = plans[known] = _Plan(view, skips=len(x._path), is_scalar=is_scalar)
    return plan


def combine_at(ufunc: Any, a: Any, indices: Any, b: Any) -> None:
    """``ufunc.at(a, indices, b)``."""
    name = ufunc.__name__
    if not isinstance(a, Array):
        raise refused(f"{name}.at into a {type(a).__name__} from outside the trace", remedy="make it an argument")
    parsed = _Key(indices, a.ndim)
    others = () if b is None else (b,)
    if not parsed.is_advanced:
        view = _basic(a, parsed.entries)
        ufunc(view, *others, out=view, casting="unsafe")
        return
    e = a.tape.b
    reduction = _COMBINED.get(name)
    _, advanced = _advanced(a, parsed)
    loop = ufunc._loop([a, *[o if isinstance(o, bool | int | float | complex) else lift(o) for o in others]], None)[-1]
    # each step is rounded to the array's dtype, which only steps on one place could tell
    if reduction is None or loop.kind != a.value.dtype.kind or loop.kind == "bool":
        if not advanced.are_distinct():
            raise refused(
                f"{name}.at of {loop} into {a.dtype} is not traced where an index may be there twice",
                remedy="make both of one dtype, or use add, multiply, maximum or minimum",
            )
        advanced.write(cast(ufunc(advanced.read(), *others).value, a.dtype))
        return
    update = fitted(b, a, shape=advanced.shape_operand())
    if name == "subtract":
        update = e.negative(update) if a.dtype.kind != "u" else e.subtract(e.zeros_like(update), update)
    advanced.write(update, reduction)


_COMBINED = {"add": "add", "subtract": "add", "multiply": "multiply", "maximum": "max", "minimum": "min"}


def _is_single(new: Any) -> bool:
    if isinstance(new, Handle):
        return new.ndim == 0
    return isinstance(new, bool | int | float | complex | np.generic) or (isinstance(new, np.ndarray) and not new.ndim)


def fitted(
    new: Any, target: Array, *, shape: Any = None, strips: bool = True, dims: tuple[int, ...] | None = None
) -> Any:
    """The value of `new` cast to the dtype of `target` and broadcast to its shape: to `dims`, or to the value `shape`.

    Raises: OverflowError where a Python int does not fit; ValueError where the shapes do not.
    """
    tape = target.tape
    b, to = tape.b, (target if dims is None else target._root()).value.dtype
    value: Any
    if isinstance(new, bool | int | float | complex):
        value = tape.number(_real_only(new) if isinstance(new, complex) and not to.is_complex else new, to)
    else:
        value = cast(new if isinstance(new, Value) else lift(new).value, to)
    if dims is not None and value.shape == dims:
        return value
    wanted = b.lift(list(dims)) if dims is not None else b.shape(target.value) if shape is None else shape
    rank = wanted.shape[0]
    if value.rank is not None and isinstance(rank, int) and value.rank > rank and strips:
        extra = value.rank - rank
        if all(d == 1 for d in value.shape[:extra]):
            value = b.squeeze(value, list(range(extra)))
    sizes = dims if dims is not None else target.value.shape if shape is None else wanted.operand.dims
    if value.shape is not None and value.shape == sizes and None not in sizes:
        return value
    _check_broadcast(value.shape, sizes)
    return b.broadcast_to(value, wanted)


def _real_only(new: complex) -> Any:
    """Raises: TypeError as numpy does."""
    raise TypeError(f"float() argument must be a string or a real number, not 'complex': {new}")


def _check_broadcast(shape: Any, dims: Any) -> None:
    if shape is None or dims is None:
        return
    fits = len(shape) <= len(dims) and all(
        not isinstance(d, int) or not isinstance(e, int) or d in (1, e)
        for d, e in zip(reversed(shape), reversed(dims), strict=False)
    )
    if not fits:
        raise ValueError(f"could not broadcast input array from shape {shape} into shape {dims}")


def _basic(x: Array, entries: list[Any]) -> Array:
    """The view that a key without arrays names."""
    steps: list[Step] = []
    shape = x.value.shape
    cuts: list[tuple[int, Any, Any, int]] = []
    picks: list[tuple[int, Any]] = []
    new_axes: list[int] = []
    found = strides.strides_of(x.layout, shape)
    made: list[int] = []
    axis = kept = 0
    whole_rows = x.layout == strides.C and found is None
    for entry in entries:
        if entry is None:
            new_axes.append(kept)
            made.append(0)
            kept += 1
            continue
        d, stride = shape[axis], 0 if found is None else found[axis]
        if isinstance(entry, slice):
            cut = _cut(entry, d)
            if cut is not None:
                cuts.append((axis, *cut))
                whole_rows = whole_rows and axis == len(picks) == 0 and cut[2] == 1
            made.append(stride * (1 if cut is None else cut[2]))
            kept += 1
        else:
            picks.append((axis, _checked(entry, d, axis)))
            whole_rows = whole_rows and axis == len(picks) - 1 and not cuts
        axis += 1
    static = [(a, i) for a, i in picks if isinstance(i, int) and isinstance(shape[a], int)]
    if len(static) == 1 and not cuts:
        static = []
    gone = {a for a, _ in static}
    cuts += [(a, i, i + 1, 1) for a, i in static]
    if cuts:
        cuts.sort(key=lambda c: c[0])
        axes, starts, ends, every = zip(*cuts, strict=True)
        steps.append(Slices.of(x.tape.b, axes, starts, ends, every))
    others = [(a, i) for a, i in picks if a not in gone]
    steps += [Pick(a, i) for a, i in reversed(others)]
    if gone:
        steps.append(Squeeze(tuple(sorted(a - sum(o < a for o, _ in others) for a in gone))))
    if new_axes:
        steps.append(Unsqueeze(tuple(new_axes)))
    layout: strides.Layout = tuple(made) if found is not None else strides.C if whole_rows else None
    return x.view(*steps, layout=layout)  # type: ignore[no-any-return]


def _checked(index: Any, d: Any, axis: int) -> Any:
    """An integer index, counted from the front where the dim is known. Raises: TraceIndexError."""
    if not isinstance(index, int) or not isinstance(d, int):
        return index
    if not -d <= index < d:
        raise refused(
            f"index {index} is out of bounds for axis {axis} with size {d}", code="IR885", kind=TraceIndexError
        )
    return index % d


def _cut(entry: slice, d: Any) -> tuple[Any, Any, int] | None:
    """Start, end and step of a slice for a dim of `d`; None where it is all of it."""
    step = 1 if entry.step is None else _bound(entry.step)
    if not isinstance(step, int):
        raise refused("the step of a slice is not known while the code is traced", code="IR880")
    if step == 0:
        raise ValueError("slice step cannot be zero")
    start = None if entry.start is None else _bound(entry.start)
    stop = None if entry.stop is None else _bound(entry.stop)
    if isinstance(d, int) and isinstance(start, int | None) and isinstance(stop, int | None):
        first, last, step = slice(start, stop, step).indices(d)
        if (first, last, step) == (0, d, 1):
            return None
        if not range(first, last, step):
            return 0, 0, 1
        return first, last if last >= 0 or step > 0 else -FAR, step
    if start is None and stop is None and step == 1:
        return None
    if step > 0:
        return 0 if start is None else start, FAR if stop is None else stop, step
    return FAR if start is None else start, -FAR if stop is None else stop, step


def _bound(x: Any) -> Any:
    from irlib.converters.numpy_code.namespace.dims import one_int

    made = one_int(x, "a bound of a slice")
    return max(-FAR, min(FAR, made)) if isinstance(made, int) else made


def _advanced(x: Array, key: _Key) -> tuple[Array, Advanced]:
    """The view on which only whole axes and arrays are left of a key, and the reading and writing of the latter."""
    rest: list[Any] = []
    indices: list[tuple[int, Any]] = []
    place = 0
    groups: list[int] = []
    group, was_array = -1, False
    mask: Any = None
    counted = 0
    for number, entry in enumerate(key.entries):
        if key.separates_nothing and number == key.separator:
            was_array = False
        is_array = isinstance(entry, _Index) or not (entry is None or isinstance(entry, slice))
        if is_array and not was_array:
            group += 1
        was_array = is_array
        if not is_array:
            rest.append(entry)
            place += 1
            continue
        groups.append(group)
        counted += 1
        if not isinstance(entry, _Index):
            rest.append(slice(None))
            indices.append((place, entry))
            place += 1
            continue
        if entry.is_mask:
            _check_mask(entry.array, x, sum(_width(e) for e in key.entries[:number]))
            parts = _places(entry.array)
            if not entry.array.ndim:
                rest.append(None)
                indices.append((place, parts[0]))
                place += 1
                continue
            for part in parts:
                rest.append(slice(None))
                indices.append((place, part))
                place += 1
            if counted == 1 and place == entry.array.ndim:
                mask = entry.array
            continue
        rest.append(slice(None))
        indices.append((place, entry.array.value))
        place += 1
    target = _basic(x, rest) if any(e is None or e != slice(None) for e in rest) else x
    only_mask = mask if counted == 1 else None
    return target, Advanced(target, indices, in_place=group == 0, mask=_spread(only_mask, target))


def _spread(mask: Any, target: Array) -> Any:
    """A mask of the first axes with the others put behind it, so that it broadcasts to the whole."""
    if mask is None:
        return None
    extra = target.ndim - mask.ndim
    return target.tape.b.unsqueeze(mask.value, list(range(mask.ndim, mask.ndim + extra))) if extra else mask.value


def _check_mask(mask: Array, x: Array, first: int) -> None:
    for i, (d, e) in enumerate(zip(mask.value.shape, x.value.shape[first:], strict=False)):
        if isinstance(d, int) and isinstance(e, int) and d != e:
            raise refused(
                f"boolean index did not match indexed array along axis {first + i}; size of axis is {e} but size of "
                f"corresponding boolean axis is {d}",
                code="IR885",
                kind=TraceIndexError,
            )


def _places(mask: Array) -> list[Any]:
    """Where a mask holds: one integer vector for each of its axes; of a 0-d mask, one for the axis put in for it."""
    b = Tape.current().b
    value = mask.value if mask.ndim else b.unsqueeze(mask.value, [0])
    found = b.nonzero(value)
    return [b.take(found, i, axis=0) for i in range(max(mask.ndim, 1))]
