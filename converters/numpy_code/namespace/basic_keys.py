"""Basic indexing: the view that a key of integers, slices, newaxis and Ellipsis names."""

from __future__ import annotations

from typing import Any

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.keys import Key
from irlib.converters.numpy_code.namespace.refusal import TraceIndexError, refused
from irlib.converters.numpy_code.namespace.steps import FAR, Pick, Slices, Squeeze, Step, Unsqueeze

__all__ = ["basic_view", "planned"]


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


def planned(x: Array, key: Any) -> _Plan | None:
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
        parsed = Key(key, x.ndim)
        view = basic_view(x, parsed.entries)
        is_scalar = view.ndim == 0 and not parsed.has_ellipsis
        if len(plans) >= 4096:
            plans.clear()
        plan = plans[known] = _Plan(view, skips=len(x._path), is_scalar=is_scalar)
    return plan


def basic_view(x: Array, entries: list[Any]) -> Array:
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
        raise ValueError("a slice with step 0")
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
