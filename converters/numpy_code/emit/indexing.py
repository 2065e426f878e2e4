"""Gathering and scattering."""

from __future__ import annotations

from irlib.converters.numpy_code.emit import form
from irlib.converters.numpy_code.emit.form import Expr, Rule, Site, call, rules

__all__: list[str] = []

_COMBINE = {"add": "np.add", "multiply": "np.multiply", "max": "np.maximum", "min": "np.minimum"}


def _take(site: Site) -> Expr:
    x, places = site[0], site[1].ints
    if places is not None and site[1].rank == 0 and x.rank is not None:
        index = [*[":"] * (site.op.axis % x.rank), str(places[0])]
        if len(index) <= 4:
            return Expr(f"{x.atom}[{', '.join(index)}]")
    return call("np.take", site[0], site[1], site.op.axis)


def _gather_nd(site: Site) -> Expr:
    x, indices = site[0], site[1]
    places = site.helper("_tuples", x, indices, site.op.batch_dims)
    return Expr(f"{x.atom}.reshape(-1).take({places.text})")


def _scattering(places: str, where: str) -> Rule:
    """A scatter whose helper `places` numbers the elements that are meant; `where` is the attribute it asks for."""

    def rule(site: Site) -> Expr:
        x, indices, updates, op = site[0], site[1], site[2], site.op
        at = site.helper(places, x, indices, getattr(op, where)).text
        if op.reduction == "set":
            return site.helper("_scatter", x, at, updates)
        combine = _COMBINE[op.reduction]
        wide = "np.float32" if x.dtype.is_half else form.widened(x.dtype)
        if wide is None:
            return site.helper("_scatter", x, at, updates, combine)
        wider = [f"{o.atom}.astype({wide})" for o in (x, updates)]
        return Expr(f"{site.helper('_scatter', wider[0], at, wider[1], combine).text}.astype({site.dtype(x.dtype)})")

    return rule


rules(
    {
        "take": _take,
        "take_along_axis": lambda site: site.helper("_take_along_axis", site[0], site[1], site.op.axis),
        "gather_nd": _gather_nd,
        "scatter": _scattering("_rows", "axis"),
        "scatter_along_axis": _scattering("_spots", "axis"),
        "scatter_nd": _scattering("_tuples", "batch_dims"),
    }
)
