"""The rows of the ufunc table: which op, or which few, make each of numpy's ufuncs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.ufuncs import UFUNCS, ufunc

SAME = {
    "subtract": "subtract",
    "divide": "divide",
    "floor_divide": "floor_divide",
    "remainder": "remainder",
    "fmod": "fmod",
    "power": "power",
    "float_power": "power",
    "hypot": "hypot",
    "logaddexp": "logaddexp",
    "arctan2": "atan2",
    "sign": "sign",
    "sqrt": "sqrt",
    "square": "square",
    "exp": "exp",
    "exp2": "exp2",
    "expm1": "expm1",
    "log": "log",
    "log2": "log2",
    "log10": "log10",
    "log1p": "log1p",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "left_shift": "left_shift",
    "right_shift": "right_shift",
    "bitwise_and": "bitwise_and",
    "bitwise_or": "bitwise_or",
    "bitwise_xor": "bitwise_xor",
    "invert": "bitwise_not",
}
"""Ufuncs that are an op of the same meaning on every dtype of their loops."""

ALIASES = {
    "divide": ("true_divide",),
    "remainder": ("mod",),
    "power": ("pow",),
    "arctan2": ("atan2",),
    "arcsin": ("asin",),
    "arccos": ("acos",),
    "arctan": ("atan",),
    "arcsinh": ("asinh",),
    "arccosh": ("acosh",),
    "arctanh": ("atanh",),
    "left_shift": ("bitwise_left_shift",),
    "right_shift": ("bitwise_right_shift",),
    "invert": ("bitwise_not", "bitwise_invert"),
}


def _same(op: str) -> Any:
    return lambda b, *operands: getattr(b, op)(*operands)


for _name, _op in SAME.items():
    if hasattr(np, _name):
        ufunc(_name, *ALIASES.get(_name, ()))(_same(_op))


# bool has loops of its own, and integers are whole already


def _of_bools(name: str, op: str, of_bools: str) -> None:
    def make(b: Any, *operands: Any) -> Any:
        return getattr(b, of_bools if operands[0].dtype.kind == "bool" else op)(*operands)

    ufunc(name)(make)


_of_bools("add", "add", "logical_or")
_of_bools("multiply", "multiply", "logical_and")


def _extremum(name: str, of_bools: str, keeps: str) -> None:
    def make(b: Any, x: Any, y: Any) -> Any:
        if x.dtype.kind == "bool":
            return getattr(b, of_bools)(x, y)
        if not x.dtype.is_complex:
            return getattr(b, name)(x, y)
        first = b.logical_or(b.isnan(x), _lexicographic(b, keeps, x, y))
        return b.where(b.logical_and(b.isnan(y), b.logical_not(b.isnan(x))), y, b.where(first, x, y))

    ufunc(name)(make)


_extremum("maximum", "logical_or", "greater_equal")
_extremum("minimum", "logical_and", "less_equal")


def _product(name: str) -> None:
    def make(b: Any, x: Any, y: Any) -> Any:
        if name == "vecdot" and len({d for d in (*x.shape[-1:], *y.shape[-1:]) if isinstance(d, int)}) > 1:
            raise ValueError(f"vecdot: vectors of {x.shape[-1]} and {y.shape[-1]} elements")
        if x.dtype.kind == "bool":
            return cast(getattr(b, name)(cast(x, np.int64), cast(y, np.int64)), np.bool_)
        return getattr(b, name)(x, y)

    ufunc(name)(make)


for _name in ("matmul", "vecdot"):
    if hasattr(np, _name):
        _product(_name)


@ufunc("negative")
def _negative(b: Any, x: Any) -> Any:
    return b.subtract(b.constant(0, x.dtype), x) if x.dtype.kind == "uint" else b.negative(x)


@ufunc("rint")
def _rint(b: Any, x: Any) -> Any:
    return b.complex(b.round(b.real(x)), b.round(b.imag(x))) if x.dtype.is_complex else b.round(x)


def _whole(name: str, op: str) -> None:
    def make(b: Any, x: Any) -> Any:
        return getattr(b, op)(x) if x.dtype.is_float else x

    ufunc(name)(make)


for _name in ("floor", "ceil", "trunc"):
    _whole(_name, _name)


@ufunc("absolute", "abs")
def _absolute(b: Any, x: Any) -> Any:
    return x if x.dtype.kind in ("bool", "uint") else b.abs(x)


@ufunc("fabs")
def _fabs(b: Any, x: Any) -> Any:
    return b.abs(x)


@ufunc("positive")
def _positive(b: Any, x: Any) -> Any:
    return x


@ufunc("conjugate", "conj")
def _conjugate(b: Any, x: Any) -> Any:
    return b.conj(x) if x.dtype.is_complex else x


@ufunc("reciprocal")
def _reciprocal(b: Any, x: Any) -> Any:
    if not x.dtype.is_integer:
        return b.reciprocal(x)
    is_unit = b.equal(x, 1) if x.dtype.kind == "uint" else b.logical_or(b.equal(x, 1), b.equal(x, -1))
    return b.where(is_unit, x, b.floor_divide(b.constant(0, x.dtype), x))  # rounded towards 0; of 0 an error


@ufunc("cbrt")
def _cbrt(b: Any, x: Any) -> Any:
    size = b.abs(x)
    root = b.multiply(b.sign(x), b.power(size, b.constant(1 / 3, x.dtype)))
    return b.where(b.equal(x, 0), x, root)


@ufunc("degrees", "rad2deg")
def _degrees(b: Any, x: Any) -> Any:
    return b.multiply(x, b.constant(180 / math.pi, x.dtype))


@ufunc("radians", "deg2rad")
def _radians(b: Any, x: Any) -> Any:
    return b.multiply(x, b.constant(math.pi / 180, x.dtype))


# Comparisons


def _comparison(name: str) -> None:
    def make(b: Any, x: Any, y: Any) -> Any:
        if x.dtype is not y.dtype:  # numpy has loops for int64 beside uint64
            return _of_mixed_signs(b, name, x, y)
        if x.dtype.kind == "bool" and name not in ("equal", "not_equal"):
            x, y = cast(x, np.uint8), cast(y, np.uint8)
        if x.dtype.is_complex and name not in ("equal", "not_equal"):
            return _lexicographic(b, name, x, y)
        return getattr(b, name)(x, y)

    ufunc(name)(make)


def _of_mixed_signs(b: Any, name: str, x: Any, y: Any) -> Any:
    """A comparison of an int64 with a uint64: a negative number is the smaller, others compare unsigned."""
    signed_first = x.dtype.kind == "int"
    signed = x if signed_first else y
    below = b.less(signed, 0)
    same = getattr(b, name)(cast(x, np.uint64), cast(y, np.uint64))
    when_negative = {
        "equal": False,
        "not_equal": True,
        "less": signed_first,
        "less_equal": signed_first,
        "greater": not signed_first,
        "greater_equal": not signed_first,
    }[name]
    return b.where(below, b.constant(when_negative, "bool"), same)


def _lexicographic(b: Any, name: str, x: Any, y: Any) -> Any:
    """Complex numbers by their real parts, equal ones by their imaginary parts."""
    strict = "less" if name.startswith("less") else "greater"
    first = getattr(b, strict)(b.real(x), b.real(y))
    then = b.logical_and(b.equal(b.real(x), b.real(y)), getattr(b, name)(b.imag(x), b.imag(y)))
    return b.logical_or(first, then)


for _name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
    _comparison(_name)


# Logic, of anything that is true or not


def _logical(name: str) -> None:
    def make(b: Any, *operands: Any) -> Any:
        return getattr(b, name)(*[cast(x, np.bool_) for x in operands])

    ufunc(name)(make)


for _name in ("logical_and", "logical_or", "logical_xor", "logical_not"):
    _logical(_name)


# Kinds of numbers


def _classified(name: str, of_others: bool) -> None:
    def make(b: Any, x: Any) -> Any:
        if x.dtype.is_float or x.dtype.is_complex:
            return getattr(b, name)(x)
        return b.broadcast_to(b.constant(of_others, "bool"), b.shape(x))

    ufunc(name)(make)


_classified("isfinite", True)
_classified("isinf", False)
_classified("isnan", False)


@ufunc("signbit")
def _signbit(b: Any, x: Any) -> Any:
    bits = b.bitcast(x, dtype=f"int{x.dtype.bits}")
    return b.less(bits, 0)


@ufunc("copysign")
def _copysign(b: Any, x: Any, y: Any) -> Any:
    size = b.abs(x)
    return b.where(_signbit(b, y), b.negative(size), size)


@ufunc("nextafter")
def _nextafter(b: Any, x: Any, y: Any) -> Any:
    """The neighbour of `x` on the way to `y`: away from 0 the next larger bits, towards it the next smaller."""
    kind = f"int{x.dtype.bits}"
    zero = b.constant(0, x.dtype)
    bits = b.bitcast(x, dtype=kind)
    outwards = b.equal(b.greater(y, x), b.greater(x, zero))
    stepped = b.bitcast(b.add(bits, b.where(outwards, b.constant(1, kind), b.constant(-1, kind))), dtype=x.dtype)
    least = b.bitcast(b.constant(1, kind), dtype=x.dtype)
    away = b.where(b.less(y, zero), b.negative(least), least)
    made = b.where(b.equal(x, y), y, b.where(b.equal(x, zero), away, stepped))
    made = b.where(b.logical_or(b.isnan(x), b.isnan(y)), b.add(x, y), made)
    # bits have no slope; it is that of x
    moved = b.where(b.isfinite(x), b.subtract(x, b.stop_gradient(x)), zero)
    return b.add(b.stop_gradient(made), moved)


@ufunc("fmax")
def _fmax(b: Any, x: Any, y: Any) -> Any:
    return _but_nan(b, x, y, UFUNCS["maximum"].make)


@ufunc("fmin")
def _fmin(b: Any, x: Any, y: Any) -> Any:
    return _but_nan(b, x, y, UFUNCS["minimum"].make)


def _but_nan(b: Any, x: Any, y: Any, extremum: Any) -> Any:
    if not (x.dtype.is_float or x.dtype.is_complex):
        return extremum(b, x, y)
    return b.where(b.isnan(x), y, b.where(b.isnan(y), x, extremum(b, x, y)))


@ufunc("heaviside")
def _heaviside(b: Any, x: Any, y: Any) -> Any:
    one, zero = b.constant(1, x.dtype), b.constant(0, x.dtype)
    step = b.where(b.less(x, zero), zero, b.where(b.equal(x, zero), y, one))
    return b.where(b.isnan(x), x, step)


@ufunc("logaddexp2")
def _logaddexp2(b: Any, x: Any, y: Any) -> Any:
    if x.dtype.is_half:
        return cast(_logaddexp2(b, cast(x, np.float32), cast(y, np.float32)), x.dtype)
    between = b.multiply(b.add(x, y), b.constant(0.5, x.dtype))
    smaller = b.exp2(b.negative(b.abs(b.subtract(x, y))))
    apart = b.add(b.maximum(x, y), b.multiply(b.log1p(smaller), b.constant(1 / math.log(2), x.dtype)))
    # equal operands, infinite ones among them, have no difference to go by
    return b.where(b.equal(x, y), b.add(between, b.constant(1, x.dtype)), apart)


@ufunc("ldexp")
def _ldexp(b: Any, x: Any, exponent: Any) -> Any:
    return b.where(b.equal(x, 0), x, b.multiply(x, b.exp2(cast(exponent, x.dtype))))


@ufunc("divmod")
def _divmod(b: Any, x: Any, y: Any) -> Any:
    return b.floor_divide(x, y), b.remainder(x, y)


@ufunc("modf")
def _modf(b: Any, x: Any) -> Any:
    whole = b.trunc(x)
    rest = b.where(b.isinf(x), b.constant(0, x.dtype), b.subtract(x, whole))
    return _copysign(b, rest, x), whole


if hasattr(np, "matvec"):

    @ufunc("matvec")
    def _matvec(b: Any, x: Any, y: Any) -> Any:
        return b.squeeze(b.matmul(x, b.unsqueeze(y, [-1])), [-1])

    @ufunc("vecmat")
    def _vecmat(b: Any, x: Any, y: Any) -> Any:
        x = b.conj(x) if x.dtype.is_complex else x
        return b.squeeze(b.matmul(b.unsqueeze(x, [-2]), y), [-2])
