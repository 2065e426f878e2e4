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


def _layer_norm(site: Site) -> Expr:
    given: list[object] = [site[k] if site.has(k) else "None" for k in range(3)]
    x = site[0]
    if not x.dtype.is_half:
        return site.helper("_layer_norm", *given, site.op.axis, site.op.epsilon)
    made = site.helper("_layer_norm", f"{x.atom}.astype(np.float32)", *given[1:], site.op.axis, site.op.epsilon)
    return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")


def _gelu(site: Site) -> Expr:
    x = site[0]
    if site.op.tanh and not x.dtype.is_half:
        return site.helper("_gelu_tanh", x)
    if site.op.tanh:
        made = site.helper("_gelu_tanh", f"{x.atom}.astype(np.float32)")
        return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")
    if x.dtype.is_half:
        made = site.helper("_gelu", f"{x.atom}.astype(np.float32)")
        return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")
    return site.helper("_gelu", x)


rules({"relu": _relu, "gelu": _gelu, "layer_norm": _layer_norm})
rules({"softmax": _rows("_softmax"), "log_softmax": _rows("_log_softmax")})
