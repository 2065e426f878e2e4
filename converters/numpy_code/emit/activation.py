"""Composites that are a numpy idiom or a small function."""

from __future__ import annotations

from irlib.converters.numpy_code.emit import form
from irlib.converters.numpy_code.emit.form import Expr, Rule, Site, call, rules

__all__: list[str] = []


def _relu(site: Site) -> Expr:
    x = site[0]
    wide = form.widened(x.dtype)
    if wide is None:
        return call("np.maximum", x, "0")
    return Expr(f"np.maximum({x.atom}.astype({wide}), 0).astype({site.dtype(x.dtype)})")


def _rows(name: str) -> Rule:
    """A function of rows along an axis; half floats in float32."""

    def rule(site: Site) -> Expr:
        x = site[0]
        if not x.dtype.is_half:
            return site.helper(name, x, site.op.axis)
        made = site.helper(name, f"{x.atom}.astype(np.float32)", site.op.axis)
        return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")

    return rule


rules({"relu": _relu, "softmax": _rows("_softmax"), "log_softmax": _rows("_log_softmax")})
