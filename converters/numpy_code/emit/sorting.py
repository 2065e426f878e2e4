"""Sorting and searching: numpy's stable sort."""

from __future__ import annotations

from irlib.converters.numpy_code.emit import form
from irlib.converters.numpy_code.emit.form import Expr, Operand, Site, call, rules

__all__: list[str] = []


def _ordered(x: Operand) -> str:
    """`x` as a dtype that numpy orders."""
    return x.at(form.LOOSE) if form.widened(x.dtype) is None else f"{x.atom}.astype(np.float32)"


def _sort(site: Site) -> Expr:
    x, axis = site[0], site.op.axis
    if form.widened(x.dtype) is not None:
        places = site.helper("_order", _ordered(x), axis, site.op.descending)
        return call("np.take_along_axis", x, places.text, axis)
    made = call("np.sort", x, axis, kind='"stable"')
    return call("np.flip", made.text, axis) if site.op.descending else made


def _argsort(site: Site) -> Expr:
    if site.op.descending:
        return site.helper("_order", _ordered(site[0]), site.op.axis, True)
    return call("np.argsort", _ordered(site[0]), site.op.axis, kind='"stable"')


def _top_k(site: Site) -> Expr:
    x, op = site[0], site.op
    return site.helper("_top_k", x, _ordered(x), site.number(1), op.axis, op.largest, op.sorted)


def _unique(site: Site) -> Expr:
    """Of strings, slices are compared as numbers in their order: numpy compares no slices of objects."""
    x = site[0]
    if x.dtype.name == "string" and site.op.axis is not None:
        ranks = f"np.unique({x.atom}, return_inverse=True)[1].reshape({x.atom}.shape)"
        return site.helper("_unique", x, ranks, site.op.axis, site.op.sorted)
    return site.helper("_unique", x, _ordered(x), site.op.axis, site.op.sorted)


def _searchsorted(site: Site) -> Expr:
    side = None if site.op.side == "left" else f'"{site.op.side}"'
    return call("np.searchsorted", _ordered(site[0]), _ordered(site[1]), side=side)


rules(
    {
        "sort": _sort,
        "argsort": _argsort,
        "top_k": _top_k,
        "unique": _unique,
        "nonzero": lambda site: site.helper("_places", _ordered(site[0])),
        "searchsorted": _searchsorted,
    }
)
