"""Convolutions, windows and pools."""

from __future__ import annotations

from irlib.converters.numpy_code.emit import form
from irlib.converters.numpy_code.emit.form import Expr, Rule, Site, rules

__all__: list[str] = []


def _half(site: Site, name: str, arrays: int, *rest: object) -> Expr:
    """A helper whose first operands are computed in float32 where they are half floats, and cast once."""
    t = site[0].dtype
    wide = "np.float32" if t.is_half else form.widened(t)
    if wide is None:
        return site.helper(name, *(site[k] for k in range(arrays)), *rest)
    made = site.helper(name, *(f"{site[k].atom}.astype({wide})" for k in range(arrays)), *rest)
    if site.result().dtype is not t:
        return made
    return Expr(f"{made.text}.astype({site.dtype(t)})")


def _geometry(site: Site, rank: int) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    strides, dilations = site.op.per_axis(rank)
    pads = site.ints(2) if site.has(2) else repr((0,) * (2 * rank))
    return pads, tuple(strides), tuple(dilations)


def _rank(site: Site) -> int:
    for k in (0, 1):
        rank = site[k].rank
        if rank is not None:
            return rank - 2
    return len(site.op.strides or site.op.dilations or (1, 1))


def _convolution(site: Site) -> Expr:
    pads, strides, dilations = _geometry(site, _rank(site))
    return _half(site, "_convolution", 2, pads, strides, dilations, site.op.groups)


def _convolution_transpose(site: Site) -> Expr:
    pads, strides, dilations = _geometry(site, _rank(site))
    sizes = site.ints(3) if site.has(3) else "None"
    return _half(site, "_convolution_transpose", 2, pads, sizes, strides, dilations, site.op.groups)


def _rows(site: Site) -> list[tuple[int, ...]]:
    """Window, strides and dilations, one tuple each."""
    return [tuple(column) for column in zip(*site.op.rows, strict=True)]


def _sliding_window(site: Site) -> Expr:
    return site.helper("_windows", site[0], *_rows(site))


def _overlap_add(site: Site) -> Expr:
    return _half(site, "_overlap_add", 1, site.ints(1), *_rows(site))


def _pool(name: str) -> Rule:
    def rule(site: Site) -> Expr:
        pads = site.ints(1) if site.has(1) else repr((0,) * (2 * len(site.op.window)))
        return _half(site, name, 1, pads, *_rows(site), site.op.ceil_mode)

    return rule


rules(
    {
        "convolution": _convolution,
        "convolution_transpose": _convolution_transpose,
        "sliding_window": _sliding_window,
        "overlap_add": _overlap_add,
        "max_pool": _pool("_max_pool"),
        "max_pool_indices": _pool("_max_pool_indices"),
    }
)
