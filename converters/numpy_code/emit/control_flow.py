"""Control flow: regions are functions of the module."""

from __future__ import annotations

from collections.abc import Sequence

from irlib.converters.numpy_code.emit.form import Expr, Site, call, rules
from irlib.types import TensorType, Type

__all__: list[str] = []


def _tuple(items: Sequence[object]) -> str:
    texts = [str(i) for i in items]
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


def _given(site: Site, first: int = 0, last: int | None = None) -> list[str]:
    return ["None" if o is None else str(o) for o in list(site.operands)[first:last]]


def _call(site: Site) -> Expr:
    return call(site.module.region(site.op.graph), *_given(site))


def _cond(site: Site) -> Expr:
    then, other = site.module.region(site.op.then_branch), site.module.region(site.op.else_branch)
    return Expr(f"({then} if {site[0]} else {other})({', '.join(_given(site, 1))})")


def _stack(t: Type, axis: int, reverse: object, site: Site) -> str:
    """How a per-step output is stacked: axis, direction, and the shape and dtype of no steps."""
    assert isinstance(t, TensorType)
    shape = tuple(d if isinstance(d, int) else 0 for d in t.shape or ())
    return _tuple([axis, reverse, shape, site.dtype(t.dtype)])


def _scan(site: Site) -> Expr:
    op = site.op
    first, last = op.carries, op.carries + op.scanned
    rows = zip(site.results[first:], op.axes_out, op.reverse_out, strict=True)
    outputs = [_stack(t, axis, reverse, site) for t, axis, reverse in rows]
    parts = (_tuple(_given(site, a, b)) for a, b in ((0, first), (first, last), (last, None)))
    body = site.module.region(op.body)
    return site.helper("_scan", body, *parts, tuple(op.axes_in), tuple(op.reverse_in), _tuple(outputs))


def _while_loop(site: Site) -> Expr:
    op = site.op
    count = op.carries
    trips = site.number(0) if site.has(0) else "None"
    start = str(site[1]) if site.has(1) else "True"
    parts = (_tuple(_given(site, 2, 2 + count)), _tuple(_given(site, 2 + count)))
    outputs = [_stack(t, 0, False, site) for t in site.results[count:]]
    return site.helper("_while_loop", site.module.region(op.body), trips, start, *parts, op.max_trips, _tuple(outputs))


rules({"call": _call, "cond": _cond, "scan": _scan, "while_loop": _while_loop})
