"""Functions of elements: arithmetic, exponentials, comparisons, logic, bits, rounding, selection."""

from __future__ import annotations

import numpy as np

from irlib.converters.numpy_code.emit import form
from irlib.converters.numpy_code.emit.form import Expr, Rule, Site, call, function, infix, prefix, rules, wide_function

__all__ = ["UFUNCS"]


def _checked(sign: str, ufunc: np.ufunc) -> Rule:
    """A division; one of integers by zero is an error."""
    floats = function(ufunc) if ufunc is np.fmod else infix(sign, form.PRODUCT, ufunc)

    def rule(site: Site) -> Expr:
        x, y = site[0], site[1]
        if not x.dtype.is_integer:
            return floats(site)
        if x.dtype.numpy.isbuiltin != 1:
            wide = form.widened(x.dtype)
            quotient = call(
                f"np.{ufunc.__name__}",
                f"{x.atom}.astype({wide})",
                site.helper("_nonzero_divisor", f"{y.atom}.astype({wide})").text,
            )
            return Expr(f"{quotient.text}.astype({site.dtype(x.dtype)})")
        return call(f"np.{ufunc.__name__}", x, site.helper("_nonzero_divisor", y).text)

    return rule  # fmt: skip


def _rounding(ufunc: np.ufunc) -> Rule:
    floats = function(ufunc)
    return lambda site: Expr(f"{site[0].atom}.copy()") if site[0].dtype.is_integer else floats(site)


def _shift(name: str) -> Rule:
    def rule(site: Site) -> Expr:
        x, y = site[0], site[1]
        wide = form.widened(x.dtype)
        if wide is None:
            return site.helper(name, x, y)
        made = site.helper(name, f"{x.atom}.astype({wide})", f"{y.atom}.astype({wide})")
        return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")

    return rule


def _clip(site: Site) -> Expr:
    x = site[0]
    wide = form.widened(x.dtype)
    made = x.at(form.LOOSE) if wide is None else f"{x.atom}.astype({wide})"
    for k, name in ((1, "np.maximum"), (2, "np.minimum")):
        if site.has(k):
            bound = site[k].at(form.LOOSE) if wide is None else f"{site[k].atom}.astype({wide})"
            made = f"{name}({made}, {bound})"
    if not (site.has(1) or site.has(2)):
        return Expr(f"{x.atom}.copy()")
    return Expr(made if wide is None else f"{made}.astype({site.dtype(x.dtype)})")


def _polygamma(site: Site) -> Expr:
    x = site[0]
    if x.dtype.numpy.char == "d":
        return site.helper("_polygamma", x, site.op.order)
    made = site.helper("_polygamma", f"{x.atom}.astype(np.float64)", site.op.order)
    return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")


_FUNCTIONS = {
    "abs": np.absolute, "sign": np.sign, "sqrt": np.sqrt, "maximum": np.maximum, "minimum": np.minimum,
    "reciprocal": np.reciprocal, "square": np.square, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1,
    "log": np.log, "log1p": np.log1p, "log2": np.log2, "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2, "sinh": np.sinh, "cosh": np.cosh,
    "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "hypot": np.hypot,
    "logaddexp": np.logaddexp, "isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite, "conj": np.conjugate,
}  # fmt: skip

_INFIX = {
    "add": ("+", form.SUM, np.add),
    "subtract": ("-", form.SUM, np.subtract),
    "multiply": ("*", form.PRODUCT, np.multiply),
    "divide": ("/", form.PRODUCT, np.divide),
    "equal": ("==", form.COMPARISON, np.equal),
    "not_equal": ("!=", form.COMPARISON, np.not_equal),
    "less": ("<", form.COMPARISON, np.less),
    "less_equal": ("<=", form.COMPARISON, np.less_equal),
    "greater": (">", form.COMPARISON, np.greater),
    "greater_equal": (">=", form.COMPARISON, np.greater_equal),
    "logical_and": ("&", form.BIT_AND, np.logical_and),
    "logical_or": ("|", form.BIT_OR, np.logical_or),
    "logical_xor": ("^", form.BIT_XOR, np.logical_xor),
    "bitwise_and": ("&", form.BIT_AND, np.bitwise_and),
    "bitwise_or": ("|", form.BIT_OR, np.bitwise_or),
    "bitwise_xor": ("^", form.BIT_XOR, np.bitwise_xor),
}

UFUNCS = {
    **_FUNCTIONS, **{name: row[2] for name, row in _INFIX.items()}, "power": np.power, "negative": np.negative,
    "logical_not": np.logical_not, "bitwise_not": np.invert, "floor": np.floor, "ceil": np.ceil, "round": np.rint,
    "trunc": np.trunc, "fmod": np.fmod, "floor_divide": np.floor_divide, "remainder": np.remainder,
}  # fmt: skip
"""The ops that are one ufunc, for the dtypes that numpy computes in."""

rules({name: function(ufunc) for name, ufunc in _FUNCTIONS.items()})
rules({name: infix(*row) for name, row in _INFIX.items()})
rules(
    {
        "power": function(np.power),
        "negative": prefix("-", np.negative),
        "logical_not": prefix("~", np.logical_not),
        "bitwise_not": prefix("~", np.invert),
        "floor_divide": _checked("//", np.floor_divide),
        "remainder": _checked("%", np.remainder),
        "fmod": _checked("", np.fmod),
        "floor": _rounding(np.floor),
        "ceil": _rounding(np.ceil),
        "round": _rounding(np.rint),
        "trunc": _rounding(np.trunc),
        "left_shift": _shift("_shift_left"),
        "right_shift": _shift("_shift_right"),
        "where": lambda site: call("np.where", *(site[k] for k in range(3))),
        "clip": _clip,
        "sigmoid": wide_function("_sigmoid", "fdFD"),
        "softplus": wide_function("_softplus"),
        "erf": wide_function("_erf", "d", "np.float64"),
        "erfc": wide_function("_erfc", "d", "np.float64"),
        "erfinv": wide_function("_erfinv", "d", "np.float64"),
        "lgamma": wide_function("_lgamma", "d", "np.float64"),
        "polygamma": _polygamma,
    }
)
