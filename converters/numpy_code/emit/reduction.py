"""Reductions and cumulative functions; half floats accumulate in float32."""

from __future__ import annotations

from typing import Any

from irlib.converters.numpy_code.emit import form
from irlib.converters.numpy_code.emit.form import Expr, Rule, Site, call, rules
from irlib.types import TensorType

__all__: list[str] = []


def _reduction(name: str, *, accumulates: bool = False) -> Rule:
    """``x.sum(axis)``; a dtype that numpy does not reduce in is computed wider and cast once."""

    def rule(site: Site) -> Expr:
        x = site[0]
        t = x.dtype
        axis = _axis(site)
        keep = "True" if site.op.keepdims else None
        wide = "np.float32" if t.is_half else form.widened(t)
        dtype = site.dtype(t) if accumulates and t.is_integer and wide is None else None
        source = x.atom if wide is None else f"{x.atom}.astype({wide})"
        made = call(f"{source}.{name}", axis=axis, dtype=dtype, keepdims=keep)
        back = wide is not None and site.result().dtype is t
        return Expr(f"{made.text}.astype({site.dtype(t)})") if back else made

    return rule


def _mean(site: Site) -> Expr:
    """``x.mean(axis)``; half floats in float32; of no elements NaN, which numpy's says with a warning."""
    x = site[0]
    shape = x.type.shape if isinstance(x.type, TensorType) else None
    if x.dtype.is_half or x.dtype.kind != "float" or shape is None or any(_may_be_empty(d) for d in shape):
        wide = x.atom if not x.dtype.is_half else f"{x.atom}.astype(np.float32)"
        made = site.helper("_mean", wide, site.ints(1) if site.has(1) else "None", site.op.keepdims)
        return Expr(f"{made.text}.astype({site.dtype(x.dtype)})") if x.dtype.is_half else made
    return call(f"{x.atom}.mean", axis=_axis(site), keepdims="True" if site.op.keepdims else None)


def _may_be_empty(dim: Any) -> bool:
    # a symbol is taken to stand for data, of which there is some
    return dim is None or dim == 0


def _axis(site: Site) -> str | None:
    """The axes, one of them as a number; None for all."""
    if not site.has(1):
        return None
    known = site[1].ints
    return repr(known[0]) if known is not None and len(known) == 1 else site.ints(1)


def _place(name: str) -> Rule:
    def rule(site: Site) -> Expr:
        x, op = site[0], site.op
        source = x.at(form.LOOSE) if form.widened(x.dtype) is None else f"{x.atom}.astype(np.float32)"
        if op.select_last:
            return site.helper("_arg_last", f"np.{name}", source, op.axis, op.keepdims)
        axis = None if op.axis is None else op.axis
        return call(f"np.{name}", source, axis=axis, keepdims="True" if op.keepdims else None)

    return rule


def _cumulative(ufunc: str, first: int) -> Rule:
    def rule(site: Site) -> Expr:
        x, op = site[0], site.op
        half = x.dtype.is_half
        wide = "np.float32" if half else form.widened(x.dtype)
        source = str(x) if wide is None else f"{x.atom}.astype({wide})"
        exclusive = getattr(op, "exclusive", False)
        if exclusive or op.reverse:
            made = site.helper(
                "_cumulative", f"np.{ufunc}.accumulate", source, site.number(1), first, exclusive, op.reverse
            )
        else:
            dtype = site.dtype(x.dtype) if wide is None else wide
            made = call(f"np.{ufunc}.accumulate", source, site.number(1), dtype)
        return made if wide is None else Expr(f"{made.text}.astype({site.dtype(x.dtype)})")

    return rule  # fmt: skip


def _linear_recurrence(site: Site) -> Expr:
    a, x = site[0], site[1]
    if not x.dtype.is_half:
        return site.helper("_linear_recurrence", a, x, site.number(2), site.op.reverse)
    wide = [f"{o.atom}.astype(np.float32)" for o in (a, x)]
    made = site.helper("_linear_recurrence", *wide, site.number(2), site.op.reverse)
    return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")


rules({name: _reduction(name) for name in ("max", "min", "any", "all")})
rules({name: _reduction(name, accumulates=True) for name in ("sum", "prod")})
rules(
    {
        "mean": _mean,
        "argmax": _place("argmax"),
        "argmin": _place("argmin"),
        "cumulative_sum": _cumulative("add", 0),
        "cumulative_prod": _cumulative("multiply", 1),
        "cumulative_max": _cumulative("maximum", 0),
        "cumulative_min": _cumulative("minimum", 0),
        "linear_recurrence": _linear_recurrence,
    }
)
