"""Shapes, slices, padding, joining, and values made from sizes."""

from __future__ import annotations

import numpy as np

from irlib.converters.numpy_code.emit.form import Expr, Site, call, rules
from irlib.dims import Dim
from irlib.types import TensorType, Type

__all__ = ["summed"]


def _reshape(site: Site) -> Expr:
    if site.static is not None:
        return Expr(f"{site[0].atom}.reshape({_dims(site.static)})")
    shape = site[1].ints
    if shape is not None and (-1 not in shape or 0 not in shape):
        return Expr(f"{site[0].atom}.reshape({shape[0] if len(shape) == 1 else shape})")
    if site[1].is_size and all(isinstance(d, Dim) or d >= 0 for d in site[1].known):  # type: ignore[union-attr,operator]
        return Expr(f"{site[0].atom}.reshape({site.ints(1)})")
    return site.helper("_reshape", site[0], site.ints(1))


def _transpose(site: Site) -> Expr:
    x, perm = site[0], site.op.perm
    if perm is None or tuple(perm) == tuple(range(len(perm)))[::-1]:
        return Expr(f"{x.atom}.T")
    moved = [k for k, p in enumerate(perm) if k != p]
    if len(moved) == 2:
        rank = len(perm)
        last = moved == [rank - 2, rank - 1]
        return call("np.swapaxes", x, *((-2, -1) if last else moved))
    return Expr(f"{x.atom}.transpose({perm})")


def _target(site: Site) -> str:
    return repr(site.static) if site.static is not None else site.ints(1)


def _sum_to(site: Site) -> Expr:
    x = site[0]
    shape = x.type.shape if isinstance(x.type, TensorType) else None
    if shape is not None and None not in shape and shape == site.result().shape:
        return Expr(str(x))
    found = summed(x.type, site.result())
    if found is not None and x.dtype.numpy.isbuiltin == 1 and x.dtype.name != "float16":
        axes, keepdims = found
        dtype = site.dtype(x.dtype) if x.dtype.is_integer else None
        axis = repr(axes[0]) if len(axes) == 1 else repr(axes)
        moved = keepdims and 0 in axes and x.rank != site.result().rank
        made = call(f"{x.atom}.sum", axis=axis, dtype=dtype, keepdims="True" if keepdims and not moved else None)
        return Expr(f"{made.text}.reshape({_target(site)})") if moved else made
    if not x.dtype.is_half:
        return site.helper("_sum_to", x, _target(site))
    made = site.helper("_sum_to", f"{x.atom}.astype(np.float32)", _target(site))
    return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")


def _broadcast_to(site: Site) -> Expr:
    x = site[0]
    if x.constant is not None and x.constant.ndim == 0 and x.dtype.kind == "float" and x.dtype.numpy.isbuiltin == 1:
        if not x.constant and not np.signbit(x.constant):
            return call("np.zeros", _target(site), site.dtype(x.dtype))
        if np.isfinite(x.constant):
            return call("np.full", _target(site), x.number(0), site.dtype(x.dtype))
    return call("np.broadcast_to", x, _target(site))


def summed(x: Type, y: Type) -> tuple[tuple[int, ...], bool] | None:
    """The axes that are summed, where types tell, and whether some of them stay as ones."""
    if not isinstance(x, TensorType) or not isinstance(y, TensorType) or x.shape is None or y.shape is None:
        return None
    lead = len(x.shape) - len(y.shape)
    pairs = list(zip(x.shape[lead:], y.shape, strict=True))
    if any(b not in (a, 1) for a, b in pairs) or any(a is None or b is None for a, b in pairs):
        return None
    ones = tuple(lead + k for k, (a, b) in enumerate(pairs) if b == 1 and a != 1)
    axes = (*range(lead), *ones)
    return (axes, bool(ones)) if axes else None


def _squeeze(site: Site) -> Expr:
    rank, axes = site[0].rank, site[1].ints if site.has(1) else None
    if rank is not None and axes is not None and all(_is_one(site[0].type, a) for a in axes):
        gone = {a % rank for a in axes}
        return Expr(f"{site[0].atom}[{_picked(['0' if k in gone else ':' for k in range(rank)])}]")
    if site.static is not None:
        return Expr(f"{site[0].atom}.reshape({site.static})")
    return call("np.squeeze", site[0], *([site.ints(1)] if site.has(1) else []))


def _unsqueeze(site: Site) -> Expr:
    rank, axes = site[0].rank, site[1].ints
    if rank is not None and axes is not None:
        more = rank + len(axes)
        new = {a % more for a in axes}
        return Expr(f"{site[0].atom}[{_picked(['None' if k in new else ':' for k in range(more)])}]")
    if site.static is not None:
        return Expr(f"{site[0].atom}.reshape({site.static})")
    return call("np.expand_dims", site[0], site.ints(1))


def _dims(shape: tuple[int, ...]) -> str:
    return str(shape[0]) if len(shape) == 1 else repr(shape)


def _is_one(t: Type, axis: int) -> bool:
    """Whether a dim is known to be 1, so that an index takes all there is."""
    return isinstance(t, TensorType) and t.shape is not None and t.shape[axis] == 1


def _picked(index: list[str]) -> str:
    """An index, the whole axes at one end left out."""
    first = next((k for k, part in enumerate(index) if part != ":"), len(index))
    last = next((k for k in range(len(index), 0, -1) if index[k - 1] != ":"), 0)
    if first > 1 and last == len(index):
        return ", ".join(["...", *index[first:]])
    return ", ".join(index[:last]) or "..."


def _index(site: Site, first: int) -> str:
    """The index that bounds from operand `first` on are: written out where they are constants."""
    bounds = [site[k].ints if site.has(k) else None for k in range(first, first + 4)]
    rank = site[0].rank
    known = all(b is not None or not site.has(first + k) for k, b in enumerate(bounds))
    if rank is None or not known or rank > 8:
        given = [site.ints(k) if site.has(k) else "None" for k in range(first, first + 4)]
        while given[-1] == "None":
            given.pop()
        return site.helper("_slices", f"{site[0].atom}.ndim", *given).text
    starts, ends, axes, steps = bounds
    assert starts is not None
    assert ends is not None
    places = range(len(starts)) if axes is None else [a % rank for a in axes]
    index = [":"] * rank
    for k, axis in enumerate(places):
        index[axis] = _slice(starts[k], ends[k], 1 if steps is None else steps[k])
    while index and index[-1] == ":" and len(index) > 1:
        index.pop()
    return ", ".join(index) or "..."


_FAR = 2**31 - 1


def _slice(start: int, end: int, step: int) -> str:
    """A slice without the bounds that are an end of the axis anyway."""
    first = "" if (start == 0 and step > 0) or (start >= _FAR and step < 0) else str(start)
    last = "" if (end >= _FAR and step > 0) or (end <= -_FAR and step < 0) else str(end)
    return f"{first}:{last}" if step == 1 else f"{first}:{last}:{step}"


def _slice_of(site: Site) -> Expr:
    return Expr(f"{site[0].atom}[{_index(site, 1)}]")


def _slice_update(site: Site) -> Expr:
    index = _index(site, 2)
    if index.startswith("_slices"):
        return site.helper("_slice_update", site[0], site[1], index)
    return site.helper("_slice_update", site[0], site[1], f"np.s_[{index}]")


def _pad(site: Site) -> Expr:
    given = [str(site[0]), site.ints(1)]
    if site.has(2):
        given.append(str(site[2]))
    if site.has(3):
        given.append(f"axes={site.ints(3)}")
    if site.op.mode != "constant":
        given.append(f'mode="{site.op.mode}"')
    return site.helper("_pad", *given)


def _concat(site: Site) -> Expr:
    arrays = [str(site[k]) for k in range(len(site.operands))]
    inside = f"({', '.join(arrays)},)" if len(arrays) == 1 else f"({', '.join(arrays)})"
    axis = "" if site.op.axis == 0 else f", axis={site.op.axis}"
    return Expr(f"np.concatenate({inside}{axis})")


def _split(site: Site) -> Expr:
    axis, count = site.op.axis, len(site.results)
    sizes = site.ints(1) if site.has(1) else site.helper("_even", f"{site[0].atom}.shape[{axis}]", count).text
    return site.helper("_split", site[0], sizes, axis)


def _reverse(site: Site) -> Expr:
    return call("np.flip", site[0], *([site.ints(1)] if site.has(1) else []))


def _iota(site: Site) -> Expr:
    dtype = site.dtype(site.op.dtype)
    made = f"np.arange({site.number(0)})"
    return Expr(made if dtype == "np.int64" else f"{made}.astype({dtype})")


rules(
    {
        "shape_of": lambda site: call("np.array", f"np.shape({site[0]})", "np.int64"),
        "reshape": _reshape,
        "transpose": _transpose,
        "broadcast_to": _broadcast_to,
        "sum_to": _sum_to,
        "squeeze": _squeeze,
        "unsqueeze": _unsqueeze,
        "slice": _slice_of,
        "slice_update": _slice_update,
        "pad": _pad,
        "reverse": _reverse,
        "concat": _concat,
        "split": _split,
        "iota": _iota,
    }
)
