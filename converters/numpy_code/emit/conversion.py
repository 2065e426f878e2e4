"""Conversions between dtypes."""

from __future__ import annotations

import ml_dtypes

from irlib.converters.numpy_code.emit.form import LOOSE, Expr, Site, call, rules
from irlib.types import DType

__all__: list[str] = []


def _cast(site: Site) -> Expr:
    x, to = site[0], site.op.dtype
    if x.is_size and not isinstance(x.known, tuple) and to.numpy.isbuiltin == 1 and to.kind in ("float", "int"):
        return call(site.dtype(to), x.size(LOOSE))
    of: DType = x.dtype
    target = site.dtype(to)
    wide = "np.float32" if of.kind == "float" else "np.int8"
    match of.kind, to.kind:
        case "string", "string":
            return Expr(f"{x.atom}.copy()")
        case "string", "float" if to.numpy.char not in "efd":
            return _small(site, site.helper("_parsed", x, "float", "np.float64").text, target)
        case "string", kind:
            return site.helper("_parsed", x, "float" if kind == "float" else "int", target)
        case _, "string":
            small = of.numpy.isbuiltin != 1 and of.kind != "bool"
            return site.helper(
                "_printed", f"{x.atom}.astype({'np.int64' if of.is_integer else 'np.float32'})" if small else x
            )
        case "float", ("int" | "uint"):
            floats = x if of.numpy.char in "fd" else f"{x.atom}.astype(np.float32)"
            given = [floats, target, to.bits, to.kind == "int", site.op.strict]
            if to.bits < 8:
                given.append("np.int64" if to.kind == "int" else "np.uint64")
            return site.helper("_to_integer", *given)
        case (("float" | "int" | "uint" | "bool"), "float") if to.numpy.char not in "efd":
            return _small(site, str(x), target)
        case _, "bool" if of.numpy.isbuiltin != 1:
            return Expr(f"{x.atom}.astype({wide}) != 0", 30)
        case (("int" | "uint" | "bool"), ("int" | "uint")) if of.bits < 8 or to.bits < 8:
            return Expr(f"{x.atom}.astype(np.int8).astype({target})" if of.bits < 8 else f"{x.atom}.astype({target})")
    return Expr(f"{x.atom}.astype({target})")


def _small(site: Site, x: str, target: str) -> Expr:
    """To a small float; an 8-bit one that saturates is held at its largest number."""
    to: DType = site.op.dtype
    if to.bits == 8 and site.op.saturate and to.name != "float8_e8m0fnu":
        return site.helper("_to_small", x, target, float(ml_dtypes.finfo(to.numpy).max))  # type: ignore[no-untyped-call]
    return site.helper("_to_small", x, target)


def _complex(site: Site) -> Expr:
    return site.helper("_complex", site[0], site[1], site.dtype(site.result().dtype))


def _bitcast(site: Site) -> Expr:
    return Expr(f"np.asarray({site[0]}).view({site.dtype(site.op.dtype)})")


rules(
    {
        "cast": _cast,
        "bitcast": _bitcast,
        "stop_gradient": lambda site: Expr(str(site[0])),
        "real": lambda site: call("np.real", site[0]),
        "imag": lambda site: call("np.imag", site[0]),
        "complex": _complex,
    }
)
